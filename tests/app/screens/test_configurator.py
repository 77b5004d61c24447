"""The configurator by its keys: typing, undoing, fixing, and moving about."""

import pytest
from textual.widgets import Input

from tests.app.factories import HOSTILE, open_default
from tests.app.person import async_test, run_configurator
from tests.cli.house import House
from tui.app.widgets.property_list import PropertyList


@async_test
async def test_the_list_has_the_focus_at_the_start(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        assert isinstance(person.app.focused, PropertyList)
        assert person.app.main.current_property == "server"
        assert person.said.startswith("F3 shows every key. Read default.toml;")


@async_test
async def test_a_letter_typed_at_the_start_changes_nothing(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        before = person.shown
        await person.press(*"ab1", "space", "backspace", "delete")
        assert person.changed == []
        assert person.shown == before


@async_test
async def test_a_finding_stands_below_its_field_as_soon_as_it_is_typed(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("enter", "end", "space")
        assert "x " in person.notes("server")
        assert person.notes("server").startswith("x ")
        assert ">x*" in person.shown
        assert "1 changed x 1" in person.words
        await person.press("backspace")
        assert person.changed == []
        assert "nothing changed" in person.words


@async_test
async def test_what_is_wrong_is_kept_as_it_was_typed(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("port", "a lot")
        assert person.text("port") == "a lot"
        assert person.app.editing.draft.text("port") == "a lot"
        assert person.notes("port").startswith("x ")


@async_test
async def test_the_incoming_mail_follows_every_key(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("enter", "end")
        for typed in ("mail.old.examples", "mail.old.examplesy"):
            await person.press(typed[-1])
            assert f"* server    {typed} " in person.incoming
        assert "same as outgoing" in person.incoming


@pytest.mark.grid
@async_test
async def test_f4_mends_what_the_finding_proposes(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        assert "F4" not in person.notes("server")
        await person.enter("server", "smtp://mail.corp.example:587")
        assert "F4 Use mail.corp.example, port 587 and STARTTLS" in person.notes("server")
        assert "F4 Fix" in person.shown
        await person.press("f4")
        assert person.text("server") == "mail.corp.example"
        assert person.text("port") == "587"
        assert person.changed == ["server", "port", "security"]
        assert person.said.startswith("Done: Use mail.corp.example, port 587 and STARTTLS.")


@async_test
async def test_what_a_provider_publishes_is_one_fix_and_one_step_back(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("server", "smtp.gmail.com")
        assert "F4 Use port 465 and SSL/TLS" in person.notes("server")
        assert person.changed == ["server"]
        await person.press("f4")
        assert person.changed == ["server", "port", "security"]
        assert person.app.editing.draft.text("security") == "ssl_tls"
        assert "F4" not in person.notes("server")
        await person.press("f7")
        assert person.changed == ["server"]
        await person.press("f8")
        assert person.changed == ["server", "port", "security"]


@async_test
async def test_f4_says_so_where_there_is_nothing_to_mend(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("f4")
        assert person.said == "No finding here has a fix."
        assert person.changed == []


@async_test
async def test_f7_takes_back_a_fix_and_then_a_whole_visit_and_f8_brings_them_again(
    here: House,
) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("server", "smtp://mail.corp.example:587")
        await person.press("f4", "f7")
        assert person.text("server") == "smtp://mail.corp.example:587"
        assert person.text("port") == "25"
        await person.press("f7")
        assert person.text("server") == "mail.old.example"
        assert person.changed == []
        await person.press("f7")
        assert person.said == "Nothing to undo."
        await person.press("f8", "f8")
        assert (person.text("server"), person.text("port")) == ("mail.corp.example", "587")
        assert person.app.editing.draft.text("security") == "starttls"
        await person.press("f8")
        assert person.said == "Nothing to redo."


@async_test
async def test_two_visits_are_two_steps(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("server", "mail.a.example")
        await person.enter("display_name", "Post")
        await person.press("f7")
        assert person.changed == ["server"]
        await person.press("f7")
        assert person.changed == []


@async_test
async def test_what_is_taken_back_is_pointed_to(here: House) -> None:
    async with run_configurator(open_default(here), (120, 40)) as person:
        await person.enter("pop3_user", "box")
        await person.press("escape", "home")
        assert person.app.main.current_property == "server"
        await person.press("f7")
        assert person.app.main.current_property == "pop3_user"


@pytest.mark.grid
@async_test
async def test_ctrl_r_gives_back_what_was_loaded(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("server", "mail.new.example")
        await person.enter("display_name", "Post")
        await person.press("ctrl+r")
        assert person.text("display_name") == "Help Desk"
        assert person.text("server") == "mail.new.example"
        await person.press("f7")
        assert person.text("display_name") == "Post"


@async_test
async def test_ctrl_x_in_the_list_leaves_the_property_blank(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("ctrl+x")
        assert person.text("server") == ""
        assert person.changed == ["server"]
        assert person.notes("server").startswith("! ")
        await person.press("f7")
        assert person.text("server") == "mail.old.example"


@async_test
async def test_a_choice_is_chosen_by_its_keys_and_is_one_step(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        person.app.main.focus_property("security")
        await person.press("right", "right")
        assert person.app.editing.draft.value("security") == "starttls"
        await person.press("escape", "f7")
        assert person.changed == []


@pytest.mark.grid
@async_test
async def test_nothing_that_is_pasted_does_anything_but_stand_there(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        for text in HOSTILE:
            for name in ("test_recipients", "display_name"):
                await person.enter(name, text)
            assert person.app.editing.draft.text("display_name") == text.splitlines()[0]
            lines = person.shown.split("\n")
            assert all(character.isprintable() for line in lines for character in line)
            styles = [style for strip in person.strips for _, style, _ in strip if style]
            assert not [s for s in styles if s.link or any(k.startswith("@") for k in s.meta)]


@async_test
async def test_enter_goes_to_the_field_and_escape_back_to_the_list(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("down", "enter")
        assert person.focused_property == "user"
        await person.press("escape")
        assert person.focused_property == "list"
        assert person.app.main.current_property == "user"


@async_test
async def test_tab_goes_from_the_list_to_the_chosen_field_and_on_and_back(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("down", "down", "tab")
        assert person.focused_property == "display_name"
        await person.press("tab")
        assert person.focused_property == "authenticate"
        assert person.app.main.current_property == "authenticate"
        await person.press("shift+tab", "shift+tab")
        assert person.focused_property == "user"
        await person.press("shift+tab", "shift+tab")
        assert person.focused_property == "list"


@pytest.mark.grid
@async_test
async def test_enter_goes_from_field_to_field(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("enter", "enter")
        assert person.focused_property == "user"
        await person.press("enter")
        assert person.focused_property == "display_name"


@async_test
async def test_every_field_is_reached_by_tab_and_stands_on_the_screen_then(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        names = list(person.app.editing.draft.entries)
        await person.press("tab")
        for name in names:
            assert person.focused_property == name
            assert person.app.main.current_property == name
            assert person.form(name).entry.declared.short in person.shown
            field = person.form(name).field
            assert field.region.height == 1
            assert person.app.main.query_one("#forms").region.contains_region(field.region)
            await person.press("tab")


@async_test
async def test_the_form_follows_the_pointer_of_the_list(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("end")
        assert person.app.main.current_property == "pop3_security"
        assert "Connection security of the POP3" in person.words or "POP3 security" in person.words


@async_test
async def test_a_search_narrows_the_list_and_enter_goes_to_what_was_found(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("slash")
        assert isinstance(person.app.focused, Input)
        await person.paste("glide.pop3.user")
        assert person.listing.option_count == 2
        assert person.app.main.current_property == "pop3_user"
        await person.press("enter")
        assert person.focused_property == "pop3_user"
        assert not person.app.main.query_one("#find").display
        assert person.listing.option_count > 14


@async_test
async def test_escape_ends_a_search_in_the_list(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("slash", *"zz")
        assert "none has that name" in person.shown
        await person.press("escape")
        assert person.focused_property == "list"
        assert person.app.main.current_property == "server"
        assert person.changed == []


@async_test
async def test_f6_shows_one_view_at_a_time_where_there_is_no_room_for_more(here: House) -> None:
    async with run_configurator(open_default(here), (60, 30)) as person:
        titles = ("Test address", "glide.email.server", "Incoming mail (POP3), derived")
        for view in (0, 1, 2, 0):
            assert [title in person.shown for title in titles] == [
                each == view for each in range(3)
            ]
            await person.press("f6")
        assert person.focused_property == "server"
        await person.press("escape")
        assert person.focused_property == "list"
        assert titles[1] not in person.shown


@async_test
async def test_a_port_that_was_typed_is_lost_to_no_arrow_key(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        for key, comes_to in (("down", "security"), ("up", "password")):
            await person.enter("port", "2525")
            await person.press(key)
            assert person.focused_property == comes_to
            assert person.text("port") == "2525"


@async_test
async def test_what_is_said_too_late_is_no_fault(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        main = person.app.main
        await main.query_one("#said").remove()
        main.warn("Nobody reads this any more.")
