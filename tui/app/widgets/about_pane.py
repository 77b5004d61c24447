"""All about the chosen property, in a window that has room for it."""

from functools import partial

from tui.app.widgets.lines import WrappedLines, page
from tui.presentation.review_text import explanation_lines
from tui.settings.catalog import Entry
from tui.settings.review import Review


class AboutPane(WrappedLines):
    """What F1 says of the chosen property."""

    def __init__(self, *, id: str) -> None:
        super().__init__(lambda _: (), id=id)
        self.border_title = "About this setting"

    def show_property(self, entry: Entry, review: Review) -> None:
        """Show what there is to say of a property."""
        self.set_layout(page(partial(explanation_lines, entry, review)))
