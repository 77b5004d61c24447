"""The list of properties."""

from dataclasses import replace

import pytest
from rich.color import Color

from tests.app.factories import make_editing, make_instance_session, make_session
from tests.app.person import async_test, settle
from tests.app.widgets.fakes import WidgetApp, show_widget
from tui.app.widgets.property_list import PropertyList
from tui.credentials.secret import Secret
from tui.settings.catalog import Group, catalog
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Value
from tui.workspace.editing import Editing

GOOD: dict[str, Value] = {"server": "mail.old.example", "user": "helpdesk@corp.example", "port": 25}


def find_row(app: WidgetApp, short: str) -> str:
    """Return the row of a property."""
    (line,) = [each for each in app.shown.split("\n") if f"{each[3:]}  ".startswith(f"{short}  ")]
    return line.rstrip()


def find_colours(app: WidgetApp, short: str) -> list[Color | None]:
    """Return the colours of a property's label and of its value."""
    strips = app.screen._compositor.render_strips()
    (strip,) = [strip for strip in strips if strip.text[3:].startswith(f"{short}  ")]
    segments = [(text, style.color) for text, style, _ in strip if style and text.strip()]
    label = next(colour for text, colour in segments if text.startswith(short))
    return [label, segments[-1][1]]


@async_test
async def test_the_properties_stand_in_their_groups_in_the_order_of_the_article() -> None:
    start = make_editing()
    listing = PropertyList(start)
    async with show_widget(listing, (40, 30)) as (app, _):
        expected = []
        for group in Group:
            inside = [e for e in start.draft.entries.values() if e.declared.group is group]
            expected += [f" {group.value}", *(f"{each.declared.short} " for each in inside)]
        # Before a label stand the pointer and two marks.
        lines = [line if line[1:2].isalpha() else line[3:] for line in app.shown.split("\n")]
        assert len(lines) == len(expected)
        assert all(map(str.startswith, lines, expected))


@async_test
async def test_no_group_can_be_chosen() -> None:
    listing = PropertyList(make_editing())
    async with show_widget(listing, (40, 30)) as (_, pilot):
        chosen = []
        for _ in catalog():
            await pilot.press("down")
            chosen.append(listing.current_property)
        assert "" not in chosen
        assert set(chosen) == set(make_editing().draft.entries)


@async_test
async def test_the_pointer_stands_in_one_row_and_moves() -> None:
    listing = PropertyList(make_editing(**GOOD))
    async with show_widget(listing, (40, 30)) as (app, pilot):
        await pilot.press("home")
        assert find_row(app, "Mail server").startswith(">")
        await pilot.press("down")
        await pilot.pause()
        assert find_row(app, "User email").startswith(">")
        assert app.shown.count(">") == 1
        listing.move_pointer("pop3_port")
        await pilot.pause()
        assert listing.current_property == "pop3_port"
        listing.move_pointer("none of them")
        assert listing.current_property == "pop3_port"


LOCKED = Editing.from_session(
    make_instance_session(
        snapshot=Snapshot({"user": "qa@corp.example"}, locked={"user": "It is locked."})
    )
)


@pytest.mark.parametrize(
    ("state", "mark"),
    [
        (make_editing(**GOOD), "   User email"),
        (make_editing(**GOOD).type("user", "qa@corp.example"), "  *User email"),
        (make_editing(**GOOD).type("user", "a b").leave(), " x*User email"),
        (make_editing(**GOOD).type("user", "a b").reset("user"), "   User email"),
        (make_editing(**{**GOOD, "user": "a b"}), " x User email"),
        (make_editing(server=""), " ! Mail server"),
        (make_editing(server="mail.old.example").type("server", "").leave(), " !*Mail server"),
        (make_editing(password=SecretState.KEPT), "  kPassword"),
        (make_editing(password=SecretState.NOT_KEPT), "   Password"),
        (make_editing(password=SecretState.KEPT).clear("password"), "  *Password"),
        (make_editing().type_secret("password", Secret("hunter2")), "  *Password"),
        (LOCKED, "  #User name"),
        (LOCKED.type("user", "a b").leave(), " x*User name"),
        (Editing.from_session(make_instance_session(is_read=False)), "  #Port"),
    ],
    ids=range(14),
)
@async_test
async def test_a_mark_tells_the_state_of_a_property(state: Editing, mark: str) -> None:
    listing = PropertyList(state)
    async with show_widget(listing, (40, 30)) as (app, pilot):
        await pilot.press("end")
        await pilot.pause()
        assert find_row(app, mark[3:]).startswith(mark)


@async_test
async def test_a_conflict_is_marked_until_it_is_settled() -> None:
    start = make_editing(**GOOD).type("server", "mail.mine.example")
    theirs = make_session(Snapshot({**GOOD, "server": "mail.theirs.example"}))
    over = start.rebase(theirs)
    listing = PropertyList(start)
    async with show_widget(listing, (40, 30)) as (app, pilot):
        await pilot.press("end")
        for state, mark in (
            (over, " ~*"),
            (over.resolve_with_mine("server"), "  *"),
            (start, "  *"),
        ):
            listing.show_editing(state)
            await pilot.pause()
            assert find_row(app, "Mail server").startswith(mark)


@async_test
async def test_a_row_follows_what_is_typed() -> None:
    start = make_editing(**GOOD)
    listing = PropertyList(start)
    async with show_widget(listing, (40, 30)) as (app, pilot):
        assert find_row(app, "Port").endswith("25")
        listing.show_editing(start.type("port", "587"))
        await pilot.pause()
        assert find_row(app, "Port").endswith("587")
        listing.show_editing(start.type("port", "587").undo())
        await pilot.pause()
        assert find_row(app, "Port").endswith("25")


@async_test
async def test_a_value_that_has_little_room_beside_its_label_is_cut() -> None:
    start = make_editing(pop3_security="starttls", port=25)
    async with show_widget(PropertyList(start), (30, 30)) as (app, pilot):
        await settle(app)
        assert find_row(app, "POP3 security").endswith(" STAR…")
        assert find_row(app, "Port").endswith(" 25")
        await pilot.resize_terminal(40, 30)
        await settle(app)
        assert find_row(app, "POP3 security").endswith(" STARTTLS")
        await pilot.resize_terminal(24, 30)
        await settle(app)
        assert find_row(app, "POP3 security") == "   POP3 security"


@async_test
async def test_a_value_is_dim_if_it_is_not_set_here() -> None:
    start = make_editing(**GOOD)
    listing = PropertyList(start)
    async with show_widget(listing, (40, 30)) as (app, pilot):
        for short, value, is_set in (
            ("Mail server", "mail.old.examp…", True),
            ("Port", "25", True),
            ("Display name", "not set", False),
            ("POP3 port", "110", False),
            ("POP3 server", "same as outgoi…", False),
        ):
            label, colour = find_colours(app, short)
            assert find_row(app, short).endswith(value)
            assert (label == colour) is is_set
        listing.show_editing(start.type("pop3_port", "110").leave())
        await pilot.pause()
        assert len({*find_colours(app, "POP3 port")}) == 1


@async_test
async def test_the_value_that_is_being_typed_follows_after_a_pause() -> None:
    start = make_editing(**GOOD)
    listing = PropertyList(start)
    async with show_widget(listing, (60, 30)) as (app, pilot):
        listing.move_pointer("server")
        typed = start.type("server", "mail.new.exampl").type("server", "a b")
        listing.show_editing(typed)
        await pilot.pause()
        assert find_row(app, "Mail server").startswith("> *")
        assert find_row(app, "Mail server").endswith(" mail.old.example")
        # What follows from it does so at once.
        assert "mail.old.example" not in find_row(app, "POP3 server")
        listing.show_editing(typed.show_findings())
        await pilot.pause()
        assert find_row(app, "Mail server").startswith(">x*")
        assert find_row(app, "Mail server").endswith(" a b")


@async_test
async def test_a_value_that_was_being_typed_follows_when_the_pointer_goes_on() -> None:
    start = make_editing(**GOOD)
    listing = PropertyList(start)
    async with show_widget(listing, (60, 30)) as (app, pilot):
        listing.move_pointer("server")
        typed = start.type("server", "mail.new.example")
        listing.show_editing(typed)
        listing.move_pointer("user")
        listing.show_editing(typed.leave())
        await pilot.pause()
        assert find_row(app, "Mail server").endswith(" mail.new.example")


@pytest.mark.parametrize(
    ("keys", "name"),
    [("gj", "user"), ("gjjk", "user"), ("G", "pop3_security"), ("Gg", "server")],
)
@async_test
async def test_letters_move_the_pointer(keys: str, name: str) -> None:
    listing = PropertyList(make_editing(**GOOD))
    async with show_widget(listing, (40, 30)) as (_, pilot):
        await pilot.press(*keys)
        await pilot.pause()
        assert listing.current_property == name


@async_test
async def test_the_cursor_of_the_terminal_is_at_the_pointer() -> None:
    listing = PropertyList(make_editing(**GOOD))
    async with show_widget(listing, (40, 8)) as (app, pilot):
        for key in ("home", "down", "end", "up"):
            await pilot.press(key)
            await pilot.pause()
            lines = app.screen._compositor.render_strips()
            x, y = listing.cursor_screen_offset
            assert lines[y].text[x] == ">"


@async_test
async def test_before_the_first_read_no_value_is_shown() -> None:
    listing = PropertyList(Editing.from_session(make_instance_session(is_read=False)))
    async with show_widget(listing, (40, 30)) as (app, _):
        assert find_row(app, "POP3 port") == "  #POP3 port"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("glide.email.server", ["server"]),
        ("GLIDE.POP3.PORT", ["pop3_port"]),
        ("test_rec", ["test_recipients"]),
        ("display", ["display_name"]),
        ("ssl", ["security"]),
        ("zzz", []),
        ("[/]\x1b", []),
    ],
)
@async_test
async def test_a_filter_leaves_what_has_the_text_in_a_label_or_a_name(
    text: str, names: list[str]
) -> None:
    listing = PropertyList(make_editing(**GOOD))
    async with show_widget(listing, (40, 30)) as (app, pilot):
        listing.set_filter(text)
        await pilot.pause()
        assert [option.id for option in listing.options if option.id] == names
        assert listing.current_property == (names[0] if names else "")
        assert ("none has that name" in app.shown) is (not names)
        listing.set_filter("")
        await pilot.pause()
        assert len([option for option in listing.options if option.id]) == len(catalog())


@async_test
async def test_the_pointer_stays_on_what_a_filter_leaves() -> None:
    listing = PropertyList(make_editing(**GOOD))
    async with show_widget(listing, (40, 30)) as (_, pilot):
        listing.move_pointer("pop3_user")
        listing.set_filter("pop3")
        await pilot.pause()
        assert listing.current_property == "pop3_user"
        listing.set_filter("")
        await pilot.pause()
        assert listing.current_property == "pop3_user"


@async_test
async def test_what_is_shown_while_a_filter_is_on_stays_filtered() -> None:
    start = make_editing(**GOOD)
    listing = PropertyList(start)
    async with show_widget(listing, (40, 30)) as (app, pilot):
        listing.set_filter("pop3")
        listing.show_editing(start.type("server", "a b").type("pop3_port", "x").leave())
        await pilot.pause()
        assert "Outgoing" not in app.shown
        assert find_row(app, "POP3 port")[1:3] == "x*"


@async_test
async def test_a_hostile_value_is_only_text() -> None:
    odd = make_editing(security="[/]\x1b[2J\u202e")
    listing = PropertyList(replace(odd))
    async with show_widget(listing, (60, 30)) as (app, _):
        assert all(c.isprintable() or c == "\n" for c in app.shown)
