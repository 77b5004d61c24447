"""Files of settings as people write them: with comments, keys of their own and tables."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from tests.settings.factories import NATIVE, SECRETS
from tui.credentials.secret import Secret
from tui.settings.catalog import catalog
from tui.settings.draft import Draft, parse
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Value
from tui.storage.settings_file import toml_value

_BETWEEN = ("", "# Asked for by the mail team: server = x", "#", "  # häuser 問い\t#", "#[table]")
_AFTER = ("", "  # until May", "# no blank before", "\t# port = 1", "   ")
_EQUALS = (" = ", "=", "   =\t")
_OWN = ("1_000  # ours", "[1, 2, # inside\n 3]", '"""two\nlines"""', "{ a = 1 }", "nan")
_TABLES = (
    "",
    '[other]\n  server = "not ours"  # theirs\n  port = 1',
    '\n# of the table\n["a.b"]\n  user = 1\n\n[[list]]\nx = 1\n[[list]]\nx = 2',
)

VALUES: Mapping[str, tuple[Value, ...]] = {
    name: (SecretState.KEPT, SecretState.NOT_KEPT, "")
    if entry.is_secret
    else (*NATIVE[entry.declared.kind], "")
    for name, entry in catalog().items()
}
"""What a file can hold of each property; the blank one too."""


@dataclass(frozen=True)
class Line:
    """One property in a file: what stands before its value, and after it."""

    name: str
    before: str
    value: str
    after: str

    def __str__(self) -> str:
        return f"{self.before}{self.value}{self.after}"


@dataclass(frozen=True)
class File:
    """A file: its lines, where a text is one that means nothing to the program."""

    lines: tuple[Line | str, ...]
    values: Mapping[str, Value]
    end: str = "\n"

    @property
    def text(self) -> str:
        """All of it."""
        return self.end.join("\n".join(map(str, self.lines)).split("\n"))

    def lines_of(self, apart: Collection[str]) -> list[Line | str]:
        """Its lines that are not blank, with their ends; those of some properties in parts."""
        end = self.end.removesuffix("\n")
        found: list[Line | str] = []
        for position, each in enumerate(self.lines, start=1):
            ending = end if position < len(self.lines) else ""
            if isinstance(each, Line) and each.name in apart:
                found.append(replace(each, after=f"{each.after}{ending}"))
            else:
                *inner, last = str(each).split("\n")
                whole = [*(f"{line}{end}" for line in inner), f"{last}{ending}"]
                found += [line for line in whole if line.strip()]
        return found


def values() -> st.SearchStrategy[dict[str, Value]]:
    """Any properties, specified as a file can do it."""
    return st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(options) for name, options in VALUES.items()}
    )


@st.composite
def files(draw: st.DrawFn) -> File:
    """Files in which any properties stand in any order, and much else."""
    given = draw(values())
    lines: list[Line | str] = []
    for number, name in enumerate(draw(st.permutations(sorted(given)))):
        lines.append(draw(st.sampled_from(_BETWEEN)))
        if draw(st.booleans()):
            lines.append(f"own_{number} = {draw(st.sampled_from(_OWN))}")
        key = draw(st.sampled_from((name, f'"{name}"', f"  '{name}'")))
        before = f"{key}{draw(st.sampled_from(_EQUALS))}"
        after = draw(st.sampled_from(_AFTER))
        lines.append(Line(name, before, toml_value(given[name]), after))
    lines.append(draw(st.sampled_from(_BETWEEN)))
    lines.append(draw(st.sampled_from(_TABLES)))
    if draw(st.booleans()):
        lines.append("")  # a line end after the last line
    return File(tuple(lines), given, draw(st.sampled_from(("\n", "\r\n"))))


def all_else_stays(file: File, text: str, changed: Collection[str]) -> None:
    """Fails unless an edited text is the file's but for the values of what changed.

    Blank lines are not looked at, since a new key may come with one.
    """
    new = tuple(f"{name} = " for name in set(changed) - set(file.values))
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith(new)]
    assert len(lines) == len([line for line in file.text.split("\n") if line.strip()])
    for old, line in zip(file.lines_of(changed), lines, strict=True):
        if isinstance(old, Line):
            assert line.startswith(old.before)
            assert line.endswith(old.after)
        else:
            assert line == old


def typed() -> st.SearchStrategy[dict[str, str]]:
    """Secrets that somebody types."""
    return st.fixed_dictionaries({}, optional={name: st.just("c4nary") for name in SECRETS})


def typed_over(base: Snapshot, texts: Mapping[str, str], secrets: Mapping[str, str]) -> Draft:
    """The draft with those of the texts that are values, and the secrets."""
    draft = Draft(base)
    for name, text in texts.items():
        draft = draft.edit(name, text)
    for name in parse(draft).broken:
        draft = draft.reset(name)
    for name, secret in secrets.items():
        draft = draft.type_secret(name, Secret(secret))
    return draft
