"""The keys, from the bindings: for the bar below, the palette, and the page that lists them."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from textual.binding import Binding

from tui.app.screens.dialog import Dialog
from tui.app.screens.pick_list import PickRow
from tui.app.widgets.bars import Key
from tui.app.widgets.buttons import Button, Checkbox
from tui.app.widgets.choice import Choice
from tui.app.widgets.property_list import PropertyList
from tui.app.widgets.secret_field import SecretField
from tui.app.widgets.text_field import PortField
from tui.settings.catalog import Entry
from tui.settings.delivery.status import AccountChoice
from tui.terminal.layout import columns
from tui.workspace.session import Session

_NAMES = {
    "slash": "/",
    "question_mark": "?",
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}
_MARKS = (
    ("x", "an error: what it stands at is not saved"),
    ("!", "a warning: to weigh before a save"),
    ("-", "a note"),
    ("*", "changed, not saved"),
    ("~", "changed here, and by somebody else too"),
    ("#", "it cannot be changed here, and why"),
    ("k", "a password that a keyring keeps"),
    (">", "what the list points to"),
)
_ON_INSTANCES = (
    PickRow("do:app.verdict", "What sends there: the instance as it was read", "instance"),
    PickRow("do:app.own_server", "Own server: an account of your own is to send", "instance"),
    PickRow(
        "do:app.provider_server", "ServiceNow's server: its account is to send again", "instance"
    ),
)
_IN_FORCE = PickRow("do:app.in_force", "What sends now: back to its settings", "instance")

WELCOME_ROWS = (PickRow("do:app.welcome", "The sandbox: its mail server and its users", "sandbox"),)
"""What there is to do in a sandbox only."""


def instance_rows(session: Session) -> tuple[PickRow, ...]:
    """What can be done on an instance only, once it is read."""
    if session.place.is_file or not session.is_read:
        return ()
    verdict, *choices = _ON_INSTANCES
    chosen = session.place.choice is not AccountChoice.IN_FORCE
    return (verdict, *((_IN_FORCE,) if chosen else ()), *choices)


def key_name(key: str) -> str:
    """A key as it stands on a keyboard: `^S`, `F4`, `/`."""
    if key in _NAMES:
        return _NAMES[key]
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+').upper()}"
    return key.capitalize()


def bindings(owner: type) -> Iterator[Binding]:
    """The bindings with an id that a widget or screen declares itself."""
    for each in vars(owner).get("BINDINGS", ()):
        if isinstance(each, Binding) and each.id:
            yield each


def names_of(binding: Binding) -> str:
    """All keys of a binding."""
    return " ".join(key_name(key) for key in binding.key.split(","))


def bar(owner: type, order: Sequence[str], idle: Collection[str] = ()) -> list[Key]:
    """The keys of the bindings with these ids, in this order; some have nothing to do now."""
    known = {each.id: each for each in bindings(owner)}
    return [
        Key(key_name(known[name].key.split(",")[0]), known[name].description, name not in idle)
        for name in order
    ]


def palette(owner: type, themes: Iterable[str], entries: Iterable[Entry]) -> list[PickRow]:
    """A row for each action of a screen (`do:`), theme (`theme:`) and property (`go:`)."""
    return [
        *(
            PickRow(f"do:{each.action}", _words(each), names_of(each))
            for each in bindings(owner)
            if each.tooltip and each.id != "palette"
        ),
        *(PickRow(f"theme:{name}", f"Colours: {name}", "theme") for name in themes),
        *(PickRow(f"go:{e.name}", e.declared.short, e.instance_name or e.name) for e in entries),
    ]


def _words(binding: Binding) -> str:
    return ": ".join(filter(None, (binding.description, binding.tooltip)))


def key_page(main: type, room: int = 0) -> Iterator[str]:
    """Every key with what it does, grouped by where it works; then every mark.

    Args:
        main: the screen below all others.
        room: columns to fit into; the terminal's unless given.
    """
    places = (
        ("Everywhere", main),
        ("In the list", PropertyList),
        ("In a port", PortField),
        ("In a choice", Choice),
        ("In a password", SecretField),
        ("In a dialog", Dialog),
        ("On a statement to attest", Checkbox),
        ("On a button", Button),
    )
    for title, owner in places:
        yield title
        rows = [(names_of(each), _words(each)) for each in bindings(owner)]
        yield from columns(rows, room=room)
        yield ""
    yield "Marks"
    yield from columns(_MARKS, room=room)
