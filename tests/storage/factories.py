"""Settings files as people write them, saves of them, and a certificate."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import strategies as st

from tests.cli.house import House
from tests.settings.factories import NATIVE, SECRETS
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.settings.catalog import catalog
from tui.settings.draft import Draft, parse
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Value
from tui.storage.file import lock_file
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
"""The values that a file can have for each property, including the blank one."""


CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBczCCARmgAwIBAgIUVptxvsCL31J1V8IklgadrluaT0cwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEQ29ycDAeFw0yNjExMjQyMjM5NDRaFw0zNjExMjEyMjM5NDRa
MA8xDTALBgNVBAMMBENvcnAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATRU+4I
H62dVaUCOkGNToj3KCBYuN2flLnGdAid44EfYmiSF6y5TuUwo5zDuFojsnxrIq+T
A5jfysYZ4/rreMgco1MwUTAdBgNVHQ4EFgQUtTdaLgfl8585iuSQComR7DBDWo8w
HwYDVR0jBBgwFoAUtTdaLgfl8585iuSQComR7DBDWo8wDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNIADBFAiEA5OUzW1dIpg9Z0boLGurzQ/KsalpKWjFFhB9v
zgzPK6MCIG5XiUsEhOM6rrDhPUUDysTllWHsfpmj5k2BjPGE/azR
-----END CERTIFICATE-----
"""
"""Of an authority of the tests' own, in PEM form."""


@dataclass(frozen=True)
class Line:
    """One property in a file, with what is before and after its value."""

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
        """The whole text."""
        return self.end.join("\n".join(map(str, self.lines)).split("\n"))

    def lines_of(self, apart: Collection[str]) -> list[Line | str]:
        """Return the lines that are not blank, with their ends; some properties in parts."""
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
    """Return a strategy for any properties as a file can specify them."""
    return st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(options) for name, options in VALUES.items()}
    )


@st.composite
def files(draw: st.DrawFn) -> File:
    """Draw a file with any properties in any order, among much else."""
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


def assert_rest_stays(file: File, text: str, changed: Collection[str]) -> None:
    """Assert that an edited text differs from the file only in the values that changed.

    Blank lines are ignored, since a new key may come with one.
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


def typed_secrets() -> st.SearchStrategy[dict[str, str]]:
    """Return a strategy for typed secrets."""
    return st.fixed_dictionaries({}, optional={name: st.just("c4nary") for name in SECRETS})


def edit_draft(base: Snapshot, texts: Mapping[str, str], secrets: Mapping[str, str]) -> Draft:
    """Return a draft with those of the texts that are valid, and the secrets."""
    draft = Draft(base)
    for name, text in texts.items():
        draft = draft.edit(name, text)
    for name in parse(draft).broken:
        draft = draft.reset(name)
    for name, secret in secrets.items():
        draft = draft.type_secret(name, Secret(secret))
    return draft


def save(path: Path, text: str = "new\n", keep_old: bool = True) -> None:
    """Save `text` at `path`."""
    with lock_file(path) as file:
        file.replace(text, keep_old)


def save_error(path: Path) -> Problem:
    """Return the Problem that a save at `path` ends in."""
    with pytest.raises(Problem) as raised:
        save(path)
    return raised.value


def file_names(path: Path) -> list[str]:
    """Return the names in the directory of `path`."""
    return sorted(os.listdir(path.parent))


def write_profile(here: House, text: str, name: str = "corp") -> Path:
    """Write the file of a profile."""
    return here.write(text, here.config / "profiles" / f"{name}.toml")
