"""The actions and their keys: for the bindings, the key bar and the key page."""

from collections.abc import Collection, Iterator, Sequence

from textual.binding import Binding

from tui.app.widgets.bars import Key
from tui.app.widgets.fields import ChoiceField, PortField, SecretField
from tui.app.widgets.property_list import PropertyList
from tui.terminal.layout import columns

_ACTIONS = (
    ("save", "ctrl+s", "app.save", "Save", "shows what would change, then asks"),
    ("fix", "f4", "fix", "Fix", "does what the finding proposes"),
    ("undo", "f7,ctrl+z", "undo", "Undo", "the last visit to a field, fix or reset"),
    ("redo", "f8", "redo", "Redo", "what was undone last"),
    ("reset", "ctrl+r", "reset", "Reset", "takes back what was typed here"),
    ("clear", "ctrl+u", "clear", "Clear", "leaves the setting blank"),
    ("find", "slash", "find", "Find", "narrows the list"),
    ("probe", "ctrl+n,f12", "app.probe", "Test", "why mail goes out or doesn't"),
    ("explain", "f1,ctrl+g", "app.explain", "About", "why the value is what it is"),
    ("palette", "ctrl+p", "app.palette", "Commands", "all there is to do"),
    ("profiles", "ctrl+o", "app.profiles", "Profiles", "opens another file or instance"),
    ("reread", "f5", "app.read_again", "Read again", "what is there now"),
    ("compare", "f9", "app.compare", "Compare", "settles what was changed there and here"),
    ("view", "f6", "view", "View", "list, form and incoming mail in turn"),
    ("redraw", "ctrl+l", "app.redraw", "Redraw", "the screen, if another program wrote on it"),
    ("back", "escape", "back", "Back", "to the list; ends a search"),
    ("keys", "f3,question_mark", "app.keys", "Help", "every key and every sign"),
    ("quit", "ctrl+q,f10", "app.leave", "Quit", "asks first if something isn't saved"),
)
"""Id, keys, action, name, explanation."""

ACTIONS = [
    Binding(keys, action, name, id=id_, tooltip=explanation)
    for id_, keys, action, name, explanation in _ACTIONS
]


SEND_TEST = Binding("ctrl+t", "app.send_test", "Send a test message", id="send_test", show=False)
"""Works on an instance only; the palette has its row only there."""

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
    ("~", "changed here, and by someone else too"),
    ("#", "it cannot be changed here, and why"),
    ("k", "a password that a keyring keeps"),
    (">", "what the list points to"),
)


def format_key(key: str) -> str:
    """Return the name of a key: `^S`, `F4`, `/`."""
    if key in _NAMES:
        return _NAMES[key]
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+').upper()}"
    return key.capitalize()


def bindings_of(owner: type) -> Iterator[Binding]:
    """Yield the bindings with an id that a widget or screen declares itself."""
    for each in vars(owner).get("BINDINGS", ()):
        if isinstance(each, Binding) and each.id:
            yield each


def format_keys(binding: Binding) -> str:
    """Return the names of all keys of a binding."""
    return " ".join(format_key(key) for key in binding.key.split(","))


def bar_keys(owner: type, order: Sequence[str], idle: Collection[str] = ()) -> list[Key]:
    """Return the keys of bindings by their ids; the idle ones have nothing to do now."""
    known = {each.id: each for each in bindings_of(owner)}
    return [
        Key(format_key(known[name].key.split(",")[0]), known[name].description, name not in idle)
        for name in order
    ]


def describe(binding: Binding) -> str:
    return ": ".join(filter(None, (binding.description, binding.tooltip)))


def key_page(main: type, room: int = 0) -> Iterator[str]:
    """Yield every key with what it does, grouped by where it works; then every mark.

    Args:
        main: the screen below all others.
        room: the width in columns; 0 for the terminal's.
    """
    # Imported late: the first frame needs nothing of it.
    from tui.app.screens.delivery_dialog import DeliveryDialog
    from tui.app.screens.dialog import Dialog
    from tui.app.widgets.buttons import Button, Checkbox

    places = (
        ("Everywhere", main),
        ("In the list", PropertyList),
        ("In a port", PortField),
        ("In a choice", ChoiceField),
        ("In a password", SecretField),
        ("In a dialog", Dialog),
        ("Where it says whether mail goes out", DeliveryDialog),
        ("On a statement to attest", Checkbox),
        ("On a button", Button),
    )
    for title, owner in places:
        yield title
        rows = [(format_keys(each), describe(each)) for each in bindings_of(owner)]
        yield from columns(rows, room=room)
        yield ""
    yield "Marks"
    yield from columns(_MARKS, room=room)
