"""All about a property, in a pane."""

from tests.app.factories import make_editing, make_entry
from tests.app.person import async_test, settle
from tests.app.widgets.fakes import show_widget
from tui.app.widgets.about_pane import AboutPane
from tui.presentation.review_text import explanation_lines

START = make_editing(server="mail.old.example")


@async_test
async def test_it_says_what_f1_says_for_each_width_and_property() -> None:
    pane = AboutPane(id="about")
    async with show_widget(pane, (80, 40)) as (app, pilot):
        assert app.shown.strip() == ""
        for name in ("server", "port", "password"):
            pane.show_property(make_entry(name), START.review)
            for room in (80, 40):
                await pilot.resize_terminal(room, 40)
                await settle(app)
                told = explanation_lines(make_entry(name), START.review, room)
                words = " ".join(" ".join(told).split())
                assert " ".join(app.shown.split()) == words
                assert make_entry(name).declared.label.split()[0] in words


@async_test
async def test_it_follows_the_draft() -> None:
    pane = AboutPane(id="about")
    async with show_widget(pane, (60, 40)) as (app, _):
        pane.show_property(make_entry("port"), START.review)
        await settle(app)
        assert "a lot" not in app.shown
        pane.show_property(make_entry("port"), START.type("port", "a lot").review)
        await settle(app)
        assert "a lot" in app.shown
