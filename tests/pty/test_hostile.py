"""Nothing from outside reaches the terminal but as text, wherever it comes from and goes to."""

import signal
from collections.abc import Iterator

import pytest

from tests.cli.house import House, open_house
from tests.pty.hostile import ALL, CLICK, TEXTS, harmless, toml
from tests.pty.program import (
    DOWN,
    ENTER,
    ESCAPE,
    F1,
    F6,
    F9,
    PALETTE,
    RIGHT,
    SAVE,
    SERVER,
    SHIFT_TAB,
    TAB,
    configurator,
    drafted,
    given_back,
    paste,
    press_and_wait,
    settle,
    stop,
    type_server,
)
from tests.pty.screen import Screen

NAMES = (
    *("server", "user", "display_name", "authenticate", "port", "security", "sending_enabled"),
    *("test_recipients", "pop3_server", "pop3_user", "pop3_port", "pop3_security"),
)
PROPERTIES = len(NAMES) + 2  # with the passwords
PASTED = {"all": ALL.replace("\x1b", ""), "long": "ab\x9b" * 3400}


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as opened:
        yield opened


def write(house: House, texts: list[str]) -> None:
    """A file with these texts as values, and as keys that no property has."""
    keys = [f"{toml(text)} = {toml(text)}\n" for text in {*texts} if len(text) < 2000]
    values = zip(NAMES, texts, strict=False)
    house.write("".join([*(f"{name} = {toml(text)}\n" for name, text in values), *keys]))


def ends_well(screen: Screen) -> None:
    """Ends it, and fails unless it had done no harm all the while."""
    settle(screen)
    assert stop(screen, signal.SIGTERM) == 143
    given_back(screen)
    harmless(screen)


def explain_everything(screen: Screen) -> None:
    """Opens the page of every property, from the list."""
    for _ in range(PROPERTIES):
        press_and_wait(screen, F1, "[ Close ]")
        press_and_wait(screen, ENTER, "^S Save")
        screen.press(DOWN)


@pytest.mark.parametrize("shift", range(0, len(TEXTS), 5))
def test_values_of_a_file_are_shown_as_text_in_list_forms_and_pages(
    house: House, shift: int
) -> None:
    texts = [*TEXTS.values()]
    write(house, texts[shift:] + texts[:shift])
    with configurator(house, shows="^S Save") as screen:
        explain_everything(screen)
        screen.press(F6)
        for _ in range(PROPERTIES):
            screen.press(TAB)
            screen.read(0.05)
        ends_well(screen)


@pytest.mark.parametrize("size", [(40, 10), (120, 40)])
def test_values_of_a_file_are_shown_as_text_at_other_sizes(
    house: House, size: tuple[int, int]
) -> None:
    write(house, [ALL] * len(NAMES))
    with configurator(house, shows="FILE", size=size) as screen:
        for _ in range(3):
            screen.press(F6)
            settle(screen, 0.1)
        ends_well(screen)


@pytest.mark.parametrize("text", [ALL, TEXTS["long"]], ids=["all", "long"])
def test_value_that_is_replaced_is_shown_as_text_before_it_is_saved(
    house: House, text: str
) -> None:
    house.write(f"display_name = {toml(text)}\n")
    with configurator(house, shows="Read default.toml") as screen:
        press_and_wait(screen, DOWN * 2 + TAB, ">")
        settle(screen, 0.1)
        press_and_wait(screen, "\x15" + "Mail", "1 changed")  # ctrl+u empties the field
        press_and_wait(screen, SAVE, "What changes")
        ends_well(screen)


def test_markup_in_a_value_is_shown_letter_by_letter(house: House) -> None:
    house.write(f"display_name = {toml(CLICK)}\nserver = {toml('[/] [bold]b')}\n")
    with configurator(house, shows="^S Save") as screen:
        screen.wait_for("│ [/] [bold]b\n")
        press_and_wait(screen, DOWN * 2 + TAB, f"│ {CLICK}\n")
        press_and_wait(screen, F1, f"value                {CLICK}")
        ends_well(screen)


def test_characters_that_are_typed_are_shown_as_text(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        for name in ("c1", "bidi", "zero", "markup", "click", "astral", "stack"):
            screen.press(TEXTS[name])
            settle(screen, 0.1)
        screen.wait_for(lambda: drafted(house, CLICK))
        press_and_wait(screen, F1, "[ Close ]")
        ends_well(screen)


def test_sequences_that_are_typed_end_nothing(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        for name in ("title", "clipboard", "link", "erase", "string"):
            screen.press(TEXTS[name])
            settle(screen, 0.1)
        ends_well(screen)


@pytest.mark.parametrize("text", PASTED.values(), ids=PASTED)
def test_paste_into_any_field_is_shown_as_text_and_restored_as_text(
    house: House, text: str
) -> None:
    with configurator(house) as screen:
        type_server(screen)
        for _ in range(PROPERTIES):
            paste(screen, text)
            screen.press(TAB)
            settle(screen, 0.05)
        screen.wait_for(lambda: drafted(house, "pop3_server"))
        settle(screen)
        assert stop(screen, signal.SIGKILL) == -signal.SIGKILL
        harmless(screen)
    with configurator(house, shows="[ Restore ]") as screen:
        press_and_wait(screen, ENTER, "Restored.")
        press_and_wait(screen, SAVE, "mend these first")
        press_and_wait(screen, ENTER, "^S Save")
        ends_well(screen)


def test_paste_into_the_line_to_find_with_or_the_palette_is_shown_as_text(house: House) -> None:
    with configurator(house) as screen:
        press_and_wait(screen, "/", "find")
        paste(screen, PASTED["all"])
        screen.wait_for("none has that name")
        press_and_wait(screen, ESCAPE, "Display name")
        press_and_wait(screen, PALETTE, "[ Close ]")
        paste(screen, PASTED["all"])
        screen.wait_for(lambda: "Read again" not in screen.text())
        ends_well(screen)


def test_paste_into_the_word_of_a_save_is_shown_as_text_and_saves_nothing(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        press_and_wait(screen, SAVE, "[ Cancel ]")
        press_and_wait(screen, SHIFT_TAB, "Type default")
        settle(screen, 0.1)
        paste(screen, PASTED["all"])
        settle(screen, 0.1)
        press_and_wait(screen, f"{TAB}{RIGHT}{ENTER}", "Still open")
        ends_well(screen)
    assert not house.settings.exists()


def test_conflict_is_shown_as_text_on_both_sides(house: House) -> None:
    house.write('display_name = "Mail"\n')
    with configurator(house, shows="Read default.toml") as screen:
        screen.press(DOWN * 2 + TAB)
        settle(screen, 0.1)
        paste(screen, f"here{PASTED['all']}")
        screen.wait_for("1 changed")
        house.write(f"display_name = {toml(f'there{ALL}')}\n")
        screen.wait_for("F9 compares")
        press_and_wait(screen, F9, "[ Settle ]")
        ends_well(screen)


def test_path_of_the_file_is_shown_as_text(house: House) -> None:
    odd = "[@click=app.quit]x[/] 𝕏 e\u0301\u0301\u0301\u0301\u0301\u0301.toml"
    house.write(f"file = {toml(odd)}\n", house.config / "profiles" / "odd.toml")
    house.write('server = "mail.example.com"\n', house.config / "profiles" / odd)
    with configurator(house, "-p", "odd", shows=SERVER, size=(120, 40)) as screen:
        screen.wait_for("] 𝕏")
        ends_well(screen)


def test_folder_of_the_file_is_shown_as_text(house: House) -> None:
    folder = house.root / "".join(TEXTS[name] for name in ("c0", "c1", "bidi", "zero", "lines"))
    house.write('server = "mail.example.com"\n', folder / "glidemail" / "default.toml")
    size = (200, 40)
    with configurator(house, shows=SERVER, size=size, XDG_CONFIG_HOME=str(folder)) as screen:
        press_and_wait(screen, F1, "[ Close ]")
        ends_well(screen)
        assert "\\u{202e}" in screen.raw.decode()
