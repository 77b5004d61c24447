"""Every finding, in a list."""

from textual.widgets import OptionList

from tests.app.factories import make_editing, make_instance_session
from tests.app.person import async_test, settle
from tests.app.widgets.fakes import WidgetApp, show_widget
from tui.app.widgets.problem_list import ProblemList
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Security
from tui.workspace.editing import Editing

START = make_editing(server="mail.old.example", test_recipients=("qa@corp.example",))
TYPED = START.type("port", "a lot").type("user", "a b").leave()


class ChoosingApp(WidgetApp):
    """An application that records what is chosen in a list."""

    def __init__(self, widget: ProblemList) -> None:
        super().__init__(widget)
        self.chosen: list[str] = []

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Record the property."""
        self.chosen.append((event.option.id or "").rpartition(":")[2])


@async_test
async def test_each_finding_is_listed_with_its_mark_and_its_label() -> None:
    problems = ProblemList(TYPED)
    async with show_widget(problems, (80, 20)) as (app, _):
        await settle(app)
        found = [each for each in TYPED.review.findings if each.property in ("port", "user")]
        for each in found:
            label = TYPED.draft.entries[each.property].declared.short
            words = f"{each.severity.mark} {label}: {each.message}"
            assert words in " ".join(app.shown.split())
        assert problems.option_count == len(TYPED.review.findings)


@async_test
async def test_a_finding_waits_while_its_text_is_typed() -> None:
    problems = ProblemList(START)
    async with show_widget(problems, (80, 20)) as (app, _):
        before = app.shown
        typed = START.type("port", "a lot")
        problems.show_editing(typed)
        await settle(app)
        assert app.shown == before
        problems.show_editing(typed.show_findings())
        await settle(app)
        assert "x Port: " in app.shown


@async_test
async def test_enter_tells_the_property_and_letters_move() -> None:
    problems = ProblemList(TYPED)
    app = ChoosingApp(problems)
    names = [each.property for each in TYPED.review.findings]
    async with app.run_test(size=(80, 20)) as pilot:
        await settle(app)
        await pilot.press("g", "enter", "j", "enter", "k", "enter", "G", "enter")
        await settle(app)
        assert app.chosen == [names[0], names[1], names[0], names[-1]]


@async_test
async def test_the_pointer_stays_in_its_row_while_there_is_one() -> None:
    problems = ProblemList(TYPED)
    async with show_widget(problems, (80, 20)) as (app, pilot):
        await settle(app)
        await pilot.press("g", "j")
        await settle(app)
        problems.show_editing(TYPED.type("from", "a b").leave())
        await settle(app)
        assert problems.highlighted == 1
        problems.show_editing(START)
        await settle(app)
        assert problems.highlighted is None


@async_test
async def test_a_long_finding_is_wrapped_for_each_width() -> None:
    problems = ProblemList(TYPED)
    async with show_widget(problems, (80, 60)) as (app, pilot):
        heights = []
        for room in (80, 30):
            await pilot.resize_terminal(room, 60)
            await settle(app)
            lines = [line.rstrip() for line in app.shown.split("\n")]
            assert all(len(line) <= room for line in lines)
            assert all(line[:2] in ("x ", "! ", "- ", "  ") for line in lines)
            heights.append(len(lines))
        assert heights[0] < heights[1]


@async_test
async def test_the_cursor_of_the_terminal_is_at_the_chosen_finding() -> None:
    problems = ProblemList(TYPED)
    async with show_widget(problems, (40, 30)) as (app, pilot):
        await settle(app)
        for key in ("g", "j"):
            await pilot.press(key)
            await settle(app)
            at = problems.highlighted or 0
            mark = TYPED.review.findings[at].severity.mark
            x, y = problems.cursor_screen_offset
            assert app.screen._compositor.render_strips()[y].text[x] == mark


@async_test
async def test_where_nothing_is_wrong_it_says_so() -> None:
    start = make_editing(
        server="mail.old.example",
        user="helpdesk@corp.example",
        authenticate=True,
        password=SecretState.KEPT,
        port=465,
        security=Security.SSL_TLS,
        sending_enabled=True,
        test_recipients=("qa@corp.example",),
        pop3_port=995,
        pop3_security=Security.SSL_TLS,
    )
    problems = ProblemList(start)
    async with show_widget(problems, (40, 5)) as (app, pilot):
        await settle(app)
        assert start.review.findings == ()
        assert app.shown.rstrip() == "Nothing is wrong."
        await pilot.press("enter")
        problems.show_editing(Editing.from_session(make_instance_session(is_read=False)))
        await settle(app)
        assert app.shown.rstrip() == "Not read yet."


@async_test
async def test_a_property_of_an_email_account_has_its_label_there() -> None:
    odd = Editing.from_session(make_instance_session(snapshot=Snapshot({"user": "a b"})))
    async with show_widget(ProblemList(odd), (60, 30)) as (app, _):
        await settle(app)
        assert "x User name: " in app.shown


@async_test
async def test_a_hostile_value_is_only_text() -> None:
    odd = make_editing(security="[/]\x1b[2J\u202e[@click=app.quit]")
    async with show_widget(ProblemList(odd), (60, 30)) as (app, _):
        await settle(app)
        assert all(c.isprintable() or c == "\n" for c in app.shown)
