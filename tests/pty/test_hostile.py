"""Everything from outside reaches the terminal as text only."""

import signal

import pytest

from tests.cli.house import House
from tests.pty.configurator import (
    DOWN,
    ENTER,
    ESCAPE,
    F1,
    F6,
    F9,
    PALETTE,
    SAVE,
    SERVER,
    TAB,
    check_restored,
    configurator,
    has_draft,
    paste,
    press_and_wait,
    stop,
    type_server,
)
from tests.pty.hostile_texts import ALL, CLICK, TEXTS, check_harmless, toml_string
from tests.pty.terminal_emulator import TerminalEmulator
from tests.sampling import sample

NAMES = (
    *("server", "user", "display_name", "authenticate", "port", "security", "sending_enabled"),
    *("test_recipients", "pop3_server", "pop3_user", "pop3_port", "pop3_security"),
)
PROPERTIES = len(NAMES) + 2  # with the passwords
PASTED = {"all": ALL.replace("\x1b", ""), "long": "ab\x9b" * 3400}


def write_settings(house: House, texts: list[str]) -> None:
    """Write a file with these texts as values, and as unknown keys."""
    keys = [f"{toml_string(text)} = {toml_string(text)}\n" for text in {*texts} if len(text) < 2000]
    values = zip(NAMES, texts, strict=False)
    house.write("".join([*(f"{name} = {toml_string(text)}\n" for name, text in values), *keys]))


def stop_and_check(terminal: TerminalEmulator) -> None:
    """End the program and check that it did the terminal no harm."""
    terminal.wait_until_idle()
    assert stop(terminal, signal.SIGTERM) == 143
    check_restored(terminal)
    check_harmless(terminal)


def explain_everything(terminal: TerminalEmulator) -> None:
    """Open the page of every property, from the list."""
    for _ in range(PROPERTIES):
        press_and_wait(terminal, F1, "[ Close ]")
        press_and_wait(terminal, ENTER, "^S Save")
        terminal.press(DOWN)


@pytest.mark.parametrize("shift", sample(range(0, len(TEXTS), 5), 3))
def test_values_of_a_file_are_shown_as_text_in_list_forms_and_pages(
    house: House, shift: int
) -> None:
    texts = [*TEXTS.values()]
    write_settings(house, texts[shift:] + texts[:shift])
    with configurator(house, shows="^S Save") as terminal:
        explain_everything(terminal)
        terminal.press(F6)
        for _ in range(PROPERTIES):
            terminal.press(TAB)
            terminal.read(0.05)
        stop_and_check(terminal)


@pytest.mark.grid
@pytest.mark.parametrize("size", sample([((40, 10),), ((120, 40),)], 2))
def test_values_of_a_file_are_shown_as_text_at_other_sizes(
    house: House, size: tuple[int, int]
) -> None:
    write_settings(house, [ALL] * len(NAMES))
    with configurator(house, shows="FILE", size=size) as terminal:
        for _ in range(3):
            terminal.press(F6)
            terminal.wait_until_idle(0.1)
        stop_and_check(terminal)


@pytest.mark.parametrize("text", sample([ALL, TEXTS["long"]], 2), ids=["all", "long"])
def test_value_that_is_replaced_is_shown_as_text_before_it_is_saved(
    house: House, text: str
) -> None:
    house.write(f"display_name = {toml_string(text)}\n")
    with configurator(house, shows="Read default.toml") as terminal:
        press_and_wait(terminal, DOWN * 2 + TAB, "▸")
        terminal.wait_until_idle(0.1)
        press_and_wait(terminal, "\x15" + "Mail", "1 changed")  # ctrl+u empties the field
        press_and_wait(terminal, SAVE, "Save to")
        stop_and_check(terminal)


@pytest.mark.grid
def test_markup_in_a_value_is_shown_letter_by_letter(house: House) -> None:
    house.write(f"display_name = {toml_string(CLICK)}\nserver = {toml_string('[/] [bold]b')}\n")
    with configurator(house, shows="^S Save") as terminal:
        terminal.wait_for("│ [/] [bold]b\n")
        press_and_wait(terminal, DOWN * 2 + TAB, f"│ {CLICK}\n")
        press_and_wait(terminal, F1, f"value          {CLICK}")
        stop_and_check(terminal)


@pytest.mark.grid
def test_characters_that_are_typed_are_shown_as_text(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        for name in ("c1", "bidi", "zero", "markup", "click", "astral", "stack"):
            terminal.press(TEXTS[name])
            terminal.wait_until_idle(0.1)
        terminal.wait_for(lambda: has_draft(house, CLICK))
        press_and_wait(terminal, F1, "[ Close ]")
        stop_and_check(terminal)


@pytest.mark.grid
def test_sequences_that_are_typed_end_nothing(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        for name in ("title", "clipboard", "link", "erase", "string"):
            terminal.press(TEXTS[name])
            terminal.wait_until_idle(0.1)
        stop_and_check(terminal)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PASTED["all"], id="all"),
        pytest.param(PASTED["long"], id="long", marks=pytest.mark.grid),
    ],
)
def test_paste_into_any_field_is_shown_as_text_and_restored_as_text(
    house: House, text: str
) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        for _ in range(PROPERTIES):
            paste(terminal, text)
            terminal.press(TAB)
            terminal.wait_until_idle(0.05)
        terminal.wait_for(lambda: has_draft(house, "pop3_server"))
        terminal.wait_until_idle()
        assert stop(terminal, signal.SIGKILL) == -signal.SIGKILL
        check_harmless(terminal)
    with configurator(house, shows="[ Restore ]") as terminal:
        press_and_wait(terminal, ENTER, "Draft restored.")
        press_and_wait(terminal, SAVE, "correct these first")
        press_and_wait(terminal, ENTER, "^S Save")
        stop_and_check(terminal)


@pytest.mark.grid
def test_paste_into_the_line_to_find_with_or_the_palette_is_shown_as_text(house: House) -> None:
    with configurator(house) as terminal:
        press_and_wait(terminal, "/", "find")
        paste(terminal, PASTED["all"])
        terminal.wait_for("none has that name")
        press_and_wait(terminal, ESCAPE, "Display name")
        press_and_wait(terminal, PALETTE, "[ Close ]")
        paste(terminal, PASTED["all"])
        terminal.wait_for(lambda: "Read again" not in terminal.text())
        stop_and_check(terminal)


@pytest.mark.grid
def test_conflict_is_shown_as_text_on_both_sides(house: House) -> None:
    house.write('display_name = "Mail"\n')
    with configurator(house, shows="Read default.toml") as terminal:
        terminal.press(DOWN * 2 + TAB)
        terminal.wait_until_idle(0.1)
        paste(terminal, f"here{PASTED['all']}")
        terminal.wait_for("1 changed")
        house.write(f"display_name = {toml_string(f'there{ALL}')}\n")
        terminal.wait_for("(F9)")
        press_and_wait(terminal, F9, "[ Settle ]")
        stop_and_check(terminal)


def test_path_of_the_file_is_shown_as_text(house: House) -> None:
    odd = "[@click=app.quit]x[/] 𝕏 e\u0301\u0301\u0301\u0301\u0301\u0301.toml"
    house.write(f"file = {toml_string(odd)}\n", house.config / "profiles" / "odd.toml")
    house.write('server = "mail.example.com"\n', house.config / "profiles" / odd)
    with configurator(house, "-p", "odd", shows=SERVER, size=(120, 40)) as terminal:
        terminal.wait_for("] 𝕏")
        stop_and_check(terminal)


@pytest.mark.grid
def test_folder_of_the_file_is_shown_as_text(house: House) -> None:
    folder = house.root / "".join(TEXTS[name] for name in ("c0", "c1", "bidi", "zero", "lines"))
    house.write('server = "mail.example.com"\n', folder / "glidemail" / "default.toml")
    size = (200, 40)
    with configurator(house, shows=SERVER, size=size, XDG_CONFIG_HOME=str(folder)) as terminal:
        press_and_wait(terminal, F1, "[ Close ]")
        stop_and_check(terminal)
        assert "\\u{202e}" in terminal.raw.decode()
