"""What is read, what is being edited, and the values that follow from both."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tui.credentials.secret import Secret
from tui.settings.catalog import Entry, Settings, catalog
from tui.settings.findings import Finding, Fix, Severity
from tui.settings.parse.error import ParseError
from tui.settings.parse.value import format_value, parse_value
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Value


@dataclass(frozen=True, slots=True)
class Draft:
    """What an operator edits: texts and typed secrets over a snapshot.

    Attributes:
        base: the snapshot it started from.
        texts: the raw text of each property that was edited. Of a secret only `""`, which
            clears it, can stand here.
        secrets: secrets that were typed.
        settings: the declaration of the properties.
    """

    base: Snapshot
    texts: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    settings: type[Settings] = Settings

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The catalog of its properties."""
        return catalog(self.settings)

    def text(self, name: str) -> str:
        """The text of a property as it is edited now."""
        return self.texts.get(name, format_value(self.base.value(name)))

    def edit(self, name: str, text: str) -> "Draft":
        """The draft with another text for a property; the text it had leaves it as loaded.

        Raises:
            ValueError: a text for a secret; `type_secret` takes those.
        """
        if self.entries[name].is_secret and text:
            raise ValueError("a secret is no text")
        plain = self.reset(name)
        if name not in self.base.broken and text == format_value(self.base.value(name)):
            return plain
        return replace(plain, texts={**plain.texts, name: text})

    def type_secret(self, name: str, secret: Secret) -> "Draft":
        """The draft with a new secret."""
        return replace(self.reset(name), secrets={**self.secrets, name: secret})

    def reset(self, name: str) -> "Draft":
        """The draft with a property as it was loaded."""
        return replace(
            self,
            texts={key: text for key, text in self.texts.items() if key != name},
            secrets={key: value for key, value in self.secrets.items() if key != name},
        )

    def apply_fix(self, fix: Fix) -> "Draft":
        """The draft with a finding's fix in it."""
        draft = self
        for name, text in fix.set.items():
            draft = draft.edit(name, text)
        return draft

    def after(self, name: str) -> Value:
        """The value a save would leave there; a broken text as it is."""
        if name in self.secrets:
            return SecretState.NEW
        if name not in self.texts:
            return self.base.value(name)
        if self.entries[name].is_secret:
            return SecretState.CLEARED if self.base.value(name) else ""
        try:
            return parse_value(self.entries[name], self.texts[name])
        except ParseError:
            return self.texts[name]

    def changed(self) -> tuple[str, ...]:
        """The properties a save would change, in the catalog's order."""
        edited = self.texts.keys() | self.secrets.keys()
        return tuple(
            name
            for name in self.entries
            if name in edited and not is_same_value(self.after(name), self.base.value(name))
        )


def is_same_value(one: Value, other: Value) -> bool:
    """Whether two values are equal in type too: `True` is no `1`."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A draft's values.

    Attributes:
        settings: the values in effect; the default stands where a property is broken.
        broken: the properties whose text is no value, each with the finding that says why.
        specified: the properties that have a value of their own, broken or not; a blank one is
            none, and neither is a secret that is unset or cleared.
        blank: the properties that are specified and blank; no secret is among them.
    """

    settings: Settings
    broken: Mapping[str, Finding] = field(default_factory=dict)
    specified: frozenset[str] = frozenset()
    blank: frozenset[str] = frozenset()

    def value(self, name: str) -> Any:
        """The value in effect of a property."""
        return getattr(self.settings, name)


def parse(draft: Draft) -> Parsed:
    """The values a draft stands for."""
    values: dict[str, Value] = {}
    broken: dict[str, Finding] = {}
    for name, entry in draft.entries.items():
        edited = name in draft.texts or name in draft.secrets
        if not edited and name in draft.base.broken:
            broken[name] = draft.base.broken[name]
        elif entry.is_secret:
            values[name] = draft.after(name) or SecretState.UNSET
        else:
            try:
                values[name] = parse_value(entry, draft.text(name))
            except ParseError as malformed:
                broken[name] = _finding(entry, malformed)
    given = {name: value for name, value in values.items() if value != ""}
    specified = {name for name, value in given.items() if not _is_no_secret(value)}
    named = draft.base.values.keys() | draft.texts.keys()
    return Parsed(
        draft.settings(**given),  # type: ignore[arg-type]
        broken,
        frozenset(specified | broken.keys()),
        frozenset(name for name in named if values.get(name) == ""),
    )


def _is_no_secret(value: Value) -> bool:
    # By its type first: a text may be "unset" as well.
    return isinstance(value, SecretState) and value in (SecretState.UNSET, SecretState.CLEARED)


def _finding(entry: Entry, malformed: ParseError) -> Finding:
    fix = None
    if salvage := malformed.salvage:
        fix = Fix(salvage.label, {entry.name: salvage.value})
        if salvage.port and entry.declared.port:
            fix = Fix(salvage.label, {**fix.set, entry.declared.port: salvage.port})
    return Finding(
        entry.name,
        Severity.ERROR,
        malformed.code,
        malformed.message,
        fix,
        frozenset({entry.name}),
    )
