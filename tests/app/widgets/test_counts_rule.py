"""The rule with what is changed and how much is wrong."""

import pytest

from tests.app.factories import make_editing
from tests.app.person import async_test, settle
from tests.app.widgets.fakes import show_widget
from tui.app.widgets.counts_rule import CountsRule
from tui.workspace.editing import Editing

START = make_editing(server="mail.old.example", test_recipients=("qa@corp.example",))
"""Settings about which there is nothing to say but a note."""
TYPED = START.type("port", "a lot").type("user", "a b").type("test_recipients", "")


@pytest.mark.parametrize(
    ("state", "keeps_draft", "words"),
    [
        (START, True, "0 changed"),
        (START, False, "0 changed"),
        (START.type("display_name", "Post").leave(), True, "1 changed"),
        (START.type("display_name", "Post").leave(), False, "1 changed  no draft"),
        (START.type("port", "a lot"), True, "1 changed"),
        (START.type("port", "a lot").show_findings(), True, "1 changed  x 1"),
        (TYPED.leave(), True, "3 changed  x 2  ! 1"),
        (TYPED.leave(), False, "3 changed  no draft  x 2  ! 1"),
        (TYPED.leave().undo(), True, "0 changed"),
    ],
)
@async_test
async def test_it_counts_what_is_changed_and_what_is_wrong(
    state: Editing, keeps_draft: bool, words: str
) -> None:
    rule = CountsRule()
    async with show_widget(rule, (60, 3)) as (app, _):
        rule.show_editing(state, keeps_draft=keeps_draft)
        await settle(app)
        shown = app.shown.split("\n")[0]
        assert shown.strip("_ ") == words
        assert shown.startswith("___")
        assert shown.endswith(f" {words} __")
        assert len(shown) == 60


@async_test
async def test_it_is_as_wide_as_the_window_and_its_words_stay_at_the_right() -> None:
    rule = CountsRule()
    async with show_widget(rule, (60, 3)) as (app, pilot):
        rule.show_editing(TYPED.leave(), keeps_draft=False)
        for room in (40, 120, 60):
            await pilot.resize_terminal(room, 3)
            await settle(app)
            shown = app.shown.split("\n")[0]
            assert len(shown) == room
            assert shown.endswith(" 3 changed  no draft  x 2  ! 1 __")


@async_test
async def test_a_terminal_that_has_them_is_shown_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.terminal.signs.has_signs", lambda: True)
    rule = CountsRule()
    async with show_widget(rule, (60, 3)) as (app, _):
        rule.show_editing(TYPED.leave())
        await settle(app)
        assert app.shown.split("\n")[0] == f"{'─' * 37} 3 changed  ✗ 2  ▲ 1 ──"
