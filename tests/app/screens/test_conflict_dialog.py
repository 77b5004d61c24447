"""The dialog that settles conflicts."""

from tests.app.factories import open_default
from tests.app.flows.factories import make_conflict
from tests.app.person import async_test, run_configurator
from tests.cli.house import House
from tui.app.screens.conflict_dialog import ConflictDialog
from tui.app.widgets.buttons import Button


@async_test
async def test_a_conflict_is_shown_with_all_three_values(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await make_conflict(here, person)
        await person.press("f9")
        await person.dialog(ConflictDialog)
        assert "was mail.old.example there mail.theirs.example here mail.mine" in person.words
        assert isinstance(person.app.focused, Button)
        assert person.app.focused.name == "cancel"


@async_test
async def test_a_conflict_is_taken_by_a_tick(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await make_conflict(here, person)
        await person.press("f9")
        await person.dialog(ConflictDialog)
        await person.settle()
        await person.answer("settle")
        await person.main_again()
        await person.until(lambda: not person.app.editing.open_conflicts)
        assert person.text("server") == "mail.theirs.example"
        assert person.changed == []
