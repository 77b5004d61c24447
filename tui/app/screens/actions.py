"""The actions of the configurator with their keys, for key bar, palette and key page alike."""

from textual.binding import Binding

_ACTIONS = (
    ("save", "ctrl+s", "app.save", "Save", "shows first what would be written"),
    ("fix", "f4", "fix", "Fix", "does what the finding proposes"),
    ("reset", "ctrl+r", "reset", "Reset", "the property as it was loaded"),
    ("clear", "ctrl+x", "clear", "Clear", "leaves the property blank"),
    ("undo", "f7", "undo", "Undo", "one visit to a field, fix or reset back"),
    ("redo", "f8", "redo", "Redo", "one step forward again"),
    ("find", "slash", "find", "Find", "narrows the list"),
    ("explain", "f1,ctrl+g", "app.explain", "Explain", "why a value is what it is"),
    ("palette", "ctrl+p", "app.palette", "All", "every action and every property"),
    ("keys", "f3,question_mark", "app.keys", "Keys", "every key and every mark"),
    ("view", "f6", "view", "View", "list, form and incoming in turn"),
    ("reread", "f5", "app.read_again", "Read again", "what is there now"),
    ("profiles", "ctrl+o", "app.profiles", "Profiles", "works on another file or instance"),
    ("probe", "ctrl+n,f12", "app.probe", "Probe", "why the mail servers do or do not work"),
    ("compare", "f9", "app.compare", "Compare", "settles what was changed there and here"),
    ("redraw", "ctrl+l", "app.redraw", "Redraw", "what something else has written over"),
    ("back", "escape", "back", "Back", "to the list; ends a search"),
    ("quit", "ctrl+q,f10", "app.leave", "Quit", "asks where something is not saved"),
)
"""Id, keys, action, name, explanation."""

ACTIONS = [
    Binding(keys, action, name, id=id_, tooltip=explanation)
    for id_, keys, action, name, explanation in _ACTIONS
]
