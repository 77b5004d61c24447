"""The configurator by its keys: typing, undoing, fixing, and moving about."""

from collections.abc import Callable

import pytest
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from tests.app.factories import HOSTILE, open_default
from tests.app.person import Person, async_test, run_configurator, settle
from tests.cli.house import House
from tui.app.app import ConfiguratorApp
from tui.app.screens.configurator import Configurator
from tui.app.widgets.problem_list import ProblemList
from tui.app.widgets.property_list import PropertyList
from tui.settings.catalog import catalog

LAST = [*catalog()][-1]


def find_row(person: Person, label: str) -> str:
    """Return the row of the list that has a label."""
    rows = [line.partition("│")[0].rstrip() for line in person.shown.split("\n")]
    (row,) = [row for row in rows if f" {label}  " in f" {row[3:]}  "]
    return row


def is_dim(person: Person, label: str, value: str) -> bool:
    """Return whether a value of the list has a paler colour than its label."""
    (strip,) = [s for s in person.strips if s.text[3:].startswith(f"{label}  ")]
    segments = [(text, style.color) for text, style, _ in strip if style]
    (at_label,) = {colour for text, colour in segments if text.startswith(f"{label}  ")}
    at_value = next(colour for text, colour in segments if text.rstrip().endswith(value))
    return at_value != at_label


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
async def test_a_finding_stands_below_its_field_after_a_pause(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("enter", "end", "space")
        assert person.notes("server").startswith("x ")
        assert ">x*" in person.shown
        assert "1 changed  x 1" in person.counts
        await person.press("backspace")
        assert person.changed == []
        assert person.counts == "0 changed  ! 1"


@pytest.mark.usefixtures("endless_pause")
@async_test
async def test_before_a_pause_nothing_is_said_of_a_text_that_is_half_typed(here: House) -> None:
    async with run_configurator(open_default(here), (120, 40)) as person:
        notes, problems = person.notes("server"), person.pane("problems")
        await person.press("enter", "end", "space")
        assert person.changed == ["server"]
        assert "> *" in person.shown
        assert person.notes("server") == f"{notes} was mail.old.example"
        assert person.pane("problems") == problems
        assert person.counts == "1 changed  ! 1"
        assert find_row(person, "Mail server").endswith("mail.old.example")
        person.app.workspace.show_findings()
        await settle(person.app)
        assert person.notes("server").startswith("x ")
        assert person.pane("problems") != problems
        assert person.counts == "1 changed  x 1  ! 1"


@pytest.mark.usefixtures("endless_pause")
@pytest.mark.parametrize("key", ["escape", "tab"])
@async_test
async def test_leaving_a_field_says_at_once_what_is_wrong_with_it(here: House, key: str) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("port", "a lot")
        assert "x" not in person.counts
        await person.press(key)
        assert person.counts == "1 changed  x 1  ! 1"
        assert find_row(person, "Port")[1:3] == "x*"
        assert person.notes("port").startswith("x ")


@pytest.mark.usefixtures("endless_pause")
@async_test
async def test_what_is_mended_is_gone_before_a_pause(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("port", "a lot")
        await person.press("escape", "enter")
        assert person.notes("port").startswith("x ")
        await person.press(*["backspace"] * 5, "2")
        assert not person.notes("port").startswith("x ")
        assert "x" not in person.counts


@pytest.mark.usefixtures("endless_pause")
@async_test
async def test_f4_mends_before_a_pause_what_has_not_been_said_yet(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("server", "smtp://mail.corp.example:587")
        assert "F4" not in person.notes("server")
        await person.press("f4")
        assert person.text("server") == "mail.corp.example"
        assert person.changed == ["server", "port", "security"]
        assert find_row(person, "Port").endswith("587")


@pytest.mark.usefixtures("endless_pause")
@async_test
async def test_each_key_begins_another_pause(here: House, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Timer] = []

    def set_timer(screen: Configurator, delay: float, call: Callable[[], object]) -> Timer:
        begun.append(Screen.set_timer(screen, delay, call))
        return begun[-1]

    monkeypatch.setattr(Configurator, "set_timer", set_timer)
    async with run_configurator(open_default(here)) as person:
        await person.press("enter", "end", "space", "space", "left")
        assert len(begun) == 2
        assert [each._task is None for each in begun] == [True, False]


@async_test
async def test_the_list_shows_what_is_typed_after_a_pause_and_dims_what_is_not_set(
    here: House,
) -> None:
    async with run_configurator(open_default(here)) as person:
        for name, label, value, is_set in (
            ("port", "Port", "25", True),
            ("display_name", "Display name", "Help Desk", True),
            ("pop3_port", "POP3 port", "110", False),
            ("pop3_server", "POP3 server", "same as outgoing", False),
            ("test_recipients", "Test address", "not set", False),
        ):
            assert find_row(person, label).endswith(value)
            assert is_dim(person, label, value) is not is_set
            await person.enter(name, "995")
            assert find_row(person, label).endswith("995")
            assert not is_dim(person, label, "995")


@async_test
async def test_one_form_follows_the_pointer_of_the_list(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        places = set()
        for entry in person.app.editing.draft.entries.values():
            form = person.app.main.form
            assert form.entry == entry
            assert person.listing.current_property == entry.name
            assert [field for field in form.query("Input, ChoiceField") if field.display] == [
                form.field
            ]
            head = [line.split("│")[1].strip() for line in person.shown.split("\n")[1:3]]
            assert head[0] in (entry.declared.label, entry.declared.short)
            assert head[1] == entry.platform_name
            places.add(form.field.region)
            await person.press("down")
        assert len({place.offset for place in places}) == 1
        await person.press("home", "enter")
        assert person.focused_property == "server"


@async_test
async def test_a_pointer_that_moves_twice_at_once_comes_to_rest(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        shown: list[str] = []
        show_property = person.app.main.show_property

        def count(name: str, *, focus: bool = False) -> None:
            shown.append(name)
            show_property(name, focus=focus)

        person.app.main.show_property = count  # type: ignore[method-assign]
        person.app.main.listing.move_pointer("port")
        person.app.main.listing.move_pointer("password")
        await person.until(lambda: person.app.main.current_property == "password")
        assert shown == ["password"]


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
            assert f"*server    {typed} " in person.incoming
        assert "from user email" in person.incoming


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
async def test_ctrl_u_in_the_list_leaves_the_property_blank(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("ctrl+u")
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
async def test_a_field_that_is_gone_to_just_after_the_list_keeps_the_focus(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        person.app.main.show_session()
        person.app.main.focus_property("port")
        await settle(person.app)
        assert person.focused_property == "port"


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


@async_test
async def test_enter_goes_from_field_to_field_whatever_its_kind(here: House) -> None:
    async with run_configurator(open_default(here), (120, 40)) as person:
        await person.press("enter")
        for name in person.app.editing.draft.entries:
            assert person.focused_property == name
            await person.press("enter")
        assert person.focused_property == "list"
        assert person.changed == []


@pytest.mark.parametrize(
    ("keys", "name"),
    [("j", "user"), ("jjk", "user"), ("G", "pop3_security"), ("Gg", "server"), ("jG", LAST)],
)
@async_test
async def test_the_letters_of_the_list_move_its_pointer(here: House, keys: str, name: str) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press(*keys)
        assert person.focused_property == "list"
        assert person.app.main.current_property == name
        assert person.changed == []


@async_test
async def test_y_copies_the_value_and_never_a_secret(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr(ConfiguratorApp, "copy_to_clipboard", lambda _, text: copied.append(text))
    async with run_configurator(open_default(here)) as person:
        await person.press("y")
        assert person.said == "Sent to the terminal's clipboard: mail.old.example"
        await person.enter("display_name", "Post")
        await person.press("escape", "y")
        assert copied == ["mail.old.example", "Post"]
        await person.enter("password", "hunter2")
        await person.press("escape", "y")
        assert person.said == "There is no value to copy."
        assert person.app.main.current_property == "password"
        await person.press("G", "y")
        assert person.said == "There is no value to copy."
        assert copied == ["mail.old.example", "Post"]


@async_test
async def test_a_wide_window_says_all_about_the_property_at_the_pointer(here: House) -> None:
    async with run_configurator(open_default(here), (150, 60)) as person:
        assert "About this setting" in person.shown
        for name in ("user", "display_name"):
            await person.press("down")
            entry = person.app.editing.draft.entries[name]
            assert person.pane("about").startswith(entry.declared.label[:30])
            assert entry.instance_name in person.pane("about")
        await person.enter("user", "a b")
        assert "x User email: " in person.pane("about")


@async_test
async def test_enter_on_a_problem_goes_to_its_property(here: House) -> None:
    async with run_configurator(open_default(here), (120, 40)) as person:
        await person.enter("port", "a lot")
        await person.press("escape")
        problems = person.app.main.query_one(ProblemList)
        problems.focus()
        await settle(person.app)
        await person.press("g")
        assert person.pane("problems").startswith("x Port: ")
        await person.press("enter")
        assert person.focused_property == "port"
        assert person.listing.current_property == "port"
        await person.press("ctrl+r", "escape")
        assert "Port:" not in person.pane("problems")
        problems.focus()
        await settle(person.app)
        await person.press("G", "enter")
        assert person.focused_property == "pop3_security"
        await person.press("escape")
        problems.focus()
        await settle(person.app)
        await person.press("k", "enter")
        assert person.focused_property == "test_recipients"


@async_test
async def test_a_window_that_grows_shows_the_side_panes_and_one_that_shrinks_hides_them(
    here: House,
) -> None:
    async with run_configurator(open_default(here)) as person:
        assert "Problems" not in person.shown
        await person.press("down")
        for columns, is_shown in ((120, True), (80, False), (120, True)):
            await person.resize(columns, 40)
            assert ("Problems" in person.shown) is is_shown
            assert ("About this setting" in person.shown) is is_shown
            assert ("email address" in person.shown) is is_shown


@async_test
async def test_every_field_is_reached_by_tab_and_stands_on_the_screen_then(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        names = list(person.app.editing.draft.entries)
        await person.press("tab")
        for name in names:
            assert person.focused_property == name
            assert person.app.main.current_property == name
            form = person.app.main.form
            assert form.entry.name == name
            assert form.field.region.height in (1, 2)
            assert form.region.contains_region(form.field.region)
            await person.press("tab")
        assert person.focused_property == "list"
        await person.press("shift+tab")
        assert person.focused_property == names[-1]


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
        titles = ("Test address", "glide.email.server", "Derived POP3 settings")
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
