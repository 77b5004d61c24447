"""The settings as a target returned them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.settings.findings import Finding
from tui.settings.values import Value


@dataclass(frozen=True, slots=True)
class Stamp:
    """The version of a record: how often it was updated, when last (UTC) and by whom."""

    count: str
    when: str
    by: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was read.

    Attributes:
        name: the file, the email account, or the property's name on the instance.
        line: the line of a file, from 1; None if it is not known.
        is_account: whether the name is that of an email account.
    """

    name: str
    line: int | None = None
    is_account: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyRow:
    """A record of an instance that holds a property.

    Attributes:
        stamp: its version; None if it was not returned, so missing or hidden from this user.
        flushes: whether writing it flushes all caches.
        private: whether it stays out of update sets.
        takes: the values, as texts, for which it is written; None means all of them.
    """

    name: str
    stamp: Stamp | None = None
    flushes: bool = False
    private: bool = True
    takes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The settings as a target returned them.

    Attributes:
        values: what is specified there; `""` is specified and blank. A property that is
            missing here is left alone. For a secret it holds the state.
        origins: where each value was read.
        broken: properties whose value has the wrong type; `values` then holds it as text.
        findings: what else was noticed while reading.
        locked: properties that cannot be changed here, each with the reason in a sentence.
        rows: the records of an instance that hold each property, or can.
        hidden: properties that are not among the values because this user can't see them.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    broken: Mapping[str, Finding] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    locked: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, tuple[PropertyRow, ...]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    def value(self, name: str) -> Value:
        """Return the value that was read, `""` if it is blank or not specified."""
        return self.values.get(name, "")
