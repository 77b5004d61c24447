"""The draft that is being edited: its values, its rebase, its undo and redo."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from tui.credentials.secret import Secret
from tui.settings.catalog import Entry, Kind, Settings, catalog
from tui.settings.findings import Finding, Fix, ParseError, Severity, Suggestion
from tui.settings.parse.value import format_value, parse_value
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Security, Value


@dataclass(frozen=True, slots=True)
class Draft:
    """Texts and typed secrets over a snapshot.

    Attributes:
        texts: the raw text of each edited property. For a secret it can only be `""`, which
            clears the secret.
        switches: by name, the POP3 and IMAP accounts to activate (True) or deactivate. The screen
            saves such a switch by itself at once, so no draft on disk ever has one.
    """

    base: Snapshot
    texts: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    settings: type[Settings] = Settings
    switches: Mapping[str, bool] = field(default_factory=dict)

    @property
    def entries(self) -> Mapping[str, Entry]:
        return catalog(self.settings)

    def text(self, name: str) -> str:
        """Return the text of a property as it is edited now."""
        return self.texts.get(name, format_value(self.base.value(name)))

    def value(self, name: str) -> Value:
        """Return the value that saving would leave; a text that doesn't parse as it is."""
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

    def changed_properties(self) -> tuple[str, ...]:
        """Return the properties that saving would change, in the catalog's order."""
        edited = self.texts.keys() | self.secrets.keys()
        return tuple(
            name
            for name in self.entries
            if name in edited and not is_same_value(self.value(name), self.base.value(name))
            if not self.is_unset(name)
        )

    def is_unset(self, name: str) -> bool:
        """Return whether a property that isn't set has the value that counts without one."""
        other = self.entries[name].declared.same_as
        if not other or self.base.value(name):
            return False
        return str(self.value(name)).casefold() == str(self.value(other)).casefold()

    def edit(self, name: str, text: str) -> "Draft":
        """Return the draft with another text; the text as loaded resets the property.

        Raises:
            ValueError: the property is a secret, which `type_secret` takes.
        """
        if self.entries[name].is_secret and text:
            raise ValueError("a secret is no text")
        plain = self.reset(name)
        if name not in self.base.broken and text == format_value(self.base.value(name)):
            return plain
        return replace(plain, texts={**plain.texts, name: text})

    def type_secret(self, name: str, secret: Secret) -> "Draft":
        return replace(self.reset(name), secrets={**self.secrets, name: secret})

    def reset(self, name: str) -> "Draft":
        """Return the draft with a property as it was loaded."""
        return replace(
            self,
            texts={key: text for key, text in self.texts.items() if key != name},
            secrets={key: value for key, value in self.secrets.items() if key != name},
        )

    def switch_account(self, name: str, *, active: bool) -> "Draft":
        """Return the draft with a POP3 or IMAP account to activate or deactivate."""
        return replace(self, switches={**self.switches, name: active})

    def apply_fix(self, fix: Fix) -> "Draft":
        """Return the draft with the texts of a fix."""
        draft = self
        for name, text in fix.set.items():
            draft = draft.edit(name, text)
        return draft


def is_same_value(one: Value, other: Value) -> bool:
    """Return whether two values are equal and both or neither boolean: `True` isn't 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


@dataclass(frozen=True, slots=True)
class ParsedDraft:
    """The values of a draft.

    Attributes:
        settings: the values in effect, with the default if a property is broken.
        broken: the properties whose text doesn't parse, each with the finding that says why.
        specified: the properties with a value of their own, broken or not; neither blank ones
            nor secrets that are unset or cleared.
        blank: the properties that are specified and blank, without the secrets.
    """

    settings: Settings
    broken: Mapping[str, Finding] = field(default_factory=dict)
    specified: frozenset[str] = frozenset()
    blank: frozenset[str] = frozenset()

    @property
    def own_from(self) -> str:
        """The From if it isn't the user name; else ""."""
        address = self.settings.from_
        return "" if address.casefold() == self.settings.user.casefold() else address

    @property
    def sender_address(self) -> str:
        """The address that mail comes from: From, or else the user name."""
        return self.own_from or self.settings.user

    def value(self, name: str) -> Any:
        return getattr(self.settings, catalog(type(self.settings))[name].field)


def parse(draft: Draft) -> ParsedDraft:
    """Parse the texts of a draft."""
    values: dict[str, Value] = {}
    broken: dict[str, Finding] = {}
    for name, entry in draft.entries.items():
        edited = name in draft.texts or name in draft.secrets
        if not edited and name in draft.base.broken:
            broken[name] = draft.base.broken[name]
        elif entry.is_secret:
            values[name] = draft.value(name) or SecretState.UNSET
        else:
            try:
                values[name] = parse_value(entry, draft.text(name))
            except ParseError as error:
                broken[name] = _make_finding(entry, error, draft)
    given = {name: value for name, value in values.items() if value != ""}
    specified = {name for name, value in given.items() if not _is_absent_secret(value)}
    named = draft.base.values.keys() | draft.texts.keys()
    return ParsedDraft(
        draft.settings(**{draft.entries[name].field: value for name, value in given.items()}),  # type: ignore[arg-type]
        broken,
        frozenset(specified | broken.keys()),
        frozenset(name for name in named if values.get(name) == ""),
    )


def _is_absent_secret(value: Value) -> bool:
    # The type comes first, as a text may be "unset" too.
    return isinstance(value, SecretState) and value in (SecretState.UNSET, SecretState.CLEARED)


def _make_finding(entry: Entry, error: ParseError, draft: Draft) -> Finding:
    fix = _make_fix(entry, error.suggestion, draft) if error.suggestion else None
    about = frozenset({entry.name})
    return Finding(entry.name, Severity.ERROR, error.code, error.message, fix, about)


def _make_fix(entry: Entry, suggestion: Suggestion, draft: Draft) -> Fix:
    """Return what sets the suggested text, and what it says of the port and the security."""
    label, texts, declared = suggestion.label, {entry.name: suggestion.value}, entry.declared
    port, security = suggestion.port, None
    if declared.protocol:
        port, security = declared.protocol.resolve(suggestion.scheme, port)
    if port is None or declared.port is None:
        return Fix(label, texts)
    texts = {**texts, declared.port: str(port)}
    if security and declared.security:
        present = draft.value(declared.security) or Security.NONE
        if not (isinstance(present, Security) and security.is_weaker_than(present)):
            texts = {**texts, declared.security: security.value}
            return Fix(f"{label}, {security.after_port(port)}", texts)
    return Fix(f"{label} and port {port}", texts)


def has_changed(was: Value, now: Value) -> bool:
    """Return whether a value has changed; keeping a secret elsewhere does not change it."""
    if isinstance(was, SecretState) and isinstance(now, SecretState):
        return was.is_set and not now.is_set
    return not is_same_value(was, now)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A property that moved on both sides, to different values."""

    property: str
    base: Value
    mine: Value
    theirs: Value


@dataclass(frozen=True, slots=True)
class RebaseResult:
    """A draft over what is there now.

    Attributes:
        draft: my edits over their snapshot; mine where both moved.
        conflicts: the properties where both moved.
        taken: the properties that moved only there.
    """

    draft: Draft
    conflicts: tuple[Conflict, ...]
    taken: tuple[str, ...]


def rebase(draft: Draft, theirs: Snapshot) -> RebaseResult:
    """Return the draft's edits over another snapshot; nothing typed is lost."""
    unset = (name for name in draft.texts if draft.is_unset(name))
    changed = frozenset((*draft.changed_properties(), *unset))
    conflicts: list[Conflict] = []
    taken: list[str] = []
    rebased = replace(draft, base=theirs)
    for name in draft.entries:
        base, now, mine = draft.base.value(name), theirs.value(name), draft.value(name)
        if name not in changed:
            rebased = rebased.reset(name)
            if has_changed(base, now):
                taken.append(name)
        elif is_same_value(mine, now):
            rebased = rebased.reset(name)
        elif has_changed(base, now):
            conflicts.append(Conflict(name, base, mine, now))
    return RebaseResult(rebased, tuple(conflicts), tuple(taken))


def _loosens(draft: Draft, now: Draft, name: str) -> bool:
    """Return whether a draft's value lets mail out, or out less protected, than what is there."""
    value, there = draft.value(name), now.base.value(name)
    match draft.entries[name].declared.kind:
        case Kind.SWITCH:
            return name == "sending_enabled" and value is not False
        case Kind.ADDRESSES:
            return not value
        case Kind.SECURITY:
            mine, other = value or Security.NONE, there or Security.NONE
            if isinstance(mine, Security) and isinstance(other, Security):
                return mine.is_weaker_than(other)
            return True
    return False


@dataclass(frozen=True, slots=True)
class History:
    """A draft with the steps that led to it.

    A step is one visit to a field, however much is typed there, a fix, a reset or a clearing.

    Attributes:
        settled: the draft when the current visit began.
        past: the drafts of earlier steps, the oldest first.
        future: the drafts of undone steps, the next one first.
    """

    draft: Draft
    settled: Draft
    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()

    @classmethod
    def from_draft(cls, draft: Draft) -> "History":
        """Return a history that starts with a draft."""
        return cls(draft, draft)

    def update(self, draft: Draft) -> "History":
        """Change the draft within the current visit, which is not a step yet."""
        return replace(self, draft=draft, future=self.future if draft == self.draft else ())

    def settle(self) -> "History":
        """End the current visit and make one step of what it changed."""
        if self.draft == self.settled:
            return self
        return replace(self, settled=self.draft, past=(*self.past, self.settled))

    def add_step(self, draft: Draft) -> "History":
        """Change the draft in a step of its own."""
        return self.settle().update(draft).settle()

    def undo(self) -> "History":
        """Go back one step, if there is one."""
        now = self.settle()
        if not now.past:
            return now
        *past, before = now.past
        return History(before, before, tuple(past), (now.draft, *now.future))

    def redo(self) -> "History":
        """Repeat the step that was undone last, if there is one."""
        now = self.settle()
        if not now.future:
            return now
        after, *future = now.future
        return History(after, after, (*now.past, now.draft), tuple(future))

    def carry_past_save(self, written: Draft, after: Draft) -> "History":
        """Return the steps over what a save left, so that it can be undone by another save.

        What the save wrote becomes an edit again in every earlier step, but for secrets, and for
        what would turn sending on, empty the test address or weaken the connection security.

        Args:
            written: the draft that was saved.
            after: what is left to save, over what was read after the save.
        """
        if after.entries != written.entries:
            return History.from_draft(after)

        def carry(draft: Draft) -> Draft:
            carried = replace(after, texts={}, secrets={})
            for name in (*written.changed_properties(), *draft.texts):
                if not (after.entries[name].is_secret or _loosens(draft, carried, name)):
                    carried = carried.edit(name, draft.text(name))
            return carried

        past = [
            *map(carry, self.past),
            *([] if self.draft == self.settled else [carry(self.settled)]),
        ]
        steps = [one for one, other in pairwise([*past, after]) if one != other]
        return History(after, after, tuple(steps))

    def rebase(self, theirs: Snapshot) -> "History":
        """Return the same steps over a newer snapshot."""

        def rebase_draft(draft: Draft) -> Draft:
            return rebase(draft, theirs).draft

        return History(
            rebase_draft(self.draft),
            rebase_draft(self.settled),
            tuple(map(rebase_draft, self.past)),
            tuple(map(rebase_draft, self.future)),
        )
