"""The program starts on a terminal that can show a screen, and nowhere else."""

import re
import signal

import pytest

from tests.cli.house import House, program
from tests.pty.configurator import (
    ENTER,
    ESCAPE,
    F1,
    PALETTE,
    QUIT,
    SAVE,
    TAB,
    check_restored,
    close,
    configurator,
    press_and_wait,
    stop,
    type_server,
)
from tests.pty.terminal_emulator import TerminalEmulator
from tests.sampling import sample

_SGR = re.compile(rb"\x1b\[([\d;]*)m")
COLOURS = {*range(30, 39), *range(40, 49), *range(90, 108)}


def test_it_starts_and_shows_the_list_the_forms_and_the_incoming_mail(house: House) -> None:
    with configurator(house) as terminal:
        shown = terminal.text()
    lines = shown.split("\n")
    assert lines[0].startswith(" FILE  default  ")
    assert "changes no instance" in lines[0]
    assert "▸ " in lines[2]
    assert "Mail server" in lines[2]
    assert "Derived POP3 settings" in shown
    assert "Nothing is set yet" in lines[22]
    assert lines[23].startswith(" ^S Save")
    assert "^Q Quit" in lines[23]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("size", sample([((40, 10),), ((120, 40),)], 2))
def test_it_shows_where_it_is_at_any_width(house: House, size: tuple[int, int]) -> None:
    with configurator(house, shows="Mail server", size=size) as terminal:
        terminal.wait_for("FILE  default")
        terminal.wait_for("^S Save")
        terminal.press(QUIT)
        assert terminal.wait_for_exit() == 0
        check_restored(terminal)


def test_a_terminal_without_a_size_is_drawn_once_and_ends(house: House) -> None:
    with configurator(house, size=(0, 0)) as terminal:
        terminal.wait_until_idle()
        terminal.press(QUIT)
        assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_stream_that_is_no_terminal_names_the_commands_instead(house: House, missing: int) -> None:
    redirected = ("</dev/null", "| cat", "2>words")[missing]
    with TerminalEmulator() as terminal:
        line = f'"$@" {redirected}; echo "code ${{PIPESTATUS[0]}}"'
        argv = ["/bin/bash", "-c", f"cd '{house.root}'; {line}", "bash", *program()]
        terminal.start(argv, house.environment)
        assert terminal.wait_for_exit() == 0
        written = terminal.raw
    words = house.root / "words"
    written += words.read_bytes() if missing == 2 else b""
    assert b"code 64" in written
    assert b"The configurator needs a terminal." in written
    assert b"glidemail show, check, plan, apply" in written
    assert b"\x1b" not in written


@pytest.mark.parametrize("term", ["", "dumb"])
def test_terminal_that_can_show_no_screen_is_told_the_commands(house: House, term: str) -> None:
    with TerminalEmulator() as terminal:
        terminal.start(program(), {**house.environment, "TERM": term})
        assert terminal.wait_for_exit() == 64
        assert b"glidemail show, check, plan, apply" in terminal.raw
        assert b"\x1b" not in terminal.raw
        assert terminal.restored


def test_terminal_type_that_is_not_set_is_told_the_commands(house: House) -> None:
    with TerminalEmulator() as terminal:
        terminal.start(["env", "-u", "TERM", *program()], house.environment)
        assert terminal.wait_for_exit() == 64
        assert b"glidemail show, check, plan, apply" in terminal.raw
        assert b"\x1b" not in terminal.raw


@pytest.mark.grid
def test_without_colour_no_colour_is_sent_at_all(house: House) -> None:
    house.write('server = "smtp://x"\nuser = "me@example.com"\nport = 465\n')
    with configurator(house, shows="^S Save", NO_COLOR="1") as terminal:
        press_and_wait(terminal, F1, "[ Close ]")
        close(terminal, ENTER, "[ Close ]")
        press_and_wait(terminal, PALETTE, "[ Close ]")
        close(terminal, ESCAPE, "[ Close ]")
        type_server(terminal, "x")
        press_and_wait(terminal, SAVE, "correct these first")
        close(terminal, ESCAPE, "correct these first")
        press_and_wait(terminal, QUIT, "[ Discard ]")
        terminal.press(f"{TAB}{TAB}{ENTER}")
        assert terminal.wait_for_exit() == 0
        check_restored(terminal)
        sent = {
            int(code) for codes in _SGR.findall(terminal.raw) for code in codes.split(b";") if code
        }
    assert not sent & COLOURS
    assert sent <= {0, 1, 2, 3, 4, 7, 22, 23, 24, 27, 39, 49}
    assert 7 in sent


@pytest.mark.grid
def test_empty_no_color_is_none(house: House) -> None:
    with configurator(house, NO_COLOR="") as terminal:
        assert b"\x1b[38;5;" in terminal.raw or b";38;5;" in terminal.raw


@pytest.mark.parametrize("term", sample(["linux", "xterm", "screen"], 3))
def test_it_starts_on_terminals_of_any_usual_type(house: House, term: str) -> None:
    with configurator(house, TERM=term) as terminal:
        type_server(terminal)
        assert stop(terminal, signal.SIGTERM) == 143
        check_restored(terminal)


@pytest.mark.grid
def test_profile_that_was_used_last_is_opened(house: House) -> None:
    assert house.call("profiles", "add", "acme").code == 0
    with configurator(house, shows="FILE  default"):
        pass
    with configurator(house, "-p", "acme", shows="FILE  acme"):
        pass
    with configurator(house, shows="FILE  acme"):
        pass
    assert house.call("profiles", "remove", "acme").code == 0
    with configurator(house, shows="FILE  default"):
        pass


def test_profile_that_is_not_there_is_said_before_any_screen(house: House) -> None:
    with TerminalEmulator() as terminal:
        terminal.start([*program(), "-p", "nowhere"], house.environment)
        assert terminal.wait_for_exit() == 1
        assert b"There is no profile with that name." in terminal.raw
        assert b"\x1b" not in terminal.raw


@pytest.mark.parametrize("text", [b"server = \n", b"\xff\xfe", b"server = 'a'\nserver = 'b'\n"])
def test_broken_file_says_so_before_any_screen(house: House, text: bytes) -> None:
    house.write(text)
    with TerminalEmulator() as terminal:
        terminal.start(program(), house.environment)
        assert terminal.wait_for_exit() == 1
        assert b"default.toml isn't" in b" ".join(terminal.raw.split())
        assert b"\x1b" not in terminal.raw
        assert b"Traceback" not in terminal.raw
    assert house.settings.read_bytes() == text
