"""A probe on a terminal: the bytes written, signals, and quitting while it runs."""

import re
import signal

import pytest

from tests.cli.house import House
from tests.probes.factories import credential_forms
from tests.probes.mail_server import (
    HOST,
    PASSWORD,
    Script,
    Traffic,
    pop3_script,
    repeat_credentials,
    serve,
    stay_silent,
)
from tests.probes.net.factories import trusted_file
from tests.pty.configurator import (
    ENTER,
    ESCAPE,
    QUIT,
    SOON,
    check_restored,
    configurator,
    press_and_wait,
    type_password,
)
from tests.pty.terminal_emulator import DEADLINE, TerminalEmulator

F12, CTRL_N = "\x1b[24~", "\x0e"
HOSTILE = (
    b"220 \x1b[31mred\x1b]0;owned\x07\x1b[6n\x1bP+q544e\x1b\\ \xe2\x80\xaeevil "
    b"[bold]x[/bold] [@click=app.quit]y[/] \xc2\x9b5n\r\n"
)
_FORBIDDEN = (b"\x1b]0;owned", b"\x1b[6n", b"\x1bP+q", b"\xe2\x80\xae", b"\xc2\x9b", b"\x9b5n")


def write_settings(house: House, smtp: Traffic, read: Traffic | None = None) -> None:
    """Write settings that name the servers; the user is no address, so DNS isn't asked."""
    lines = [f'server = "{HOST}"', f"port = {smtp.port}", 'security = "starttls"']
    lines += ['user = "canary-user"', "authenticate = true", 'password = "not kept"']
    if read:
        lines += [f"pop3_port = {read.port}", 'pop3_security = "starttls"']
    house.write("\n".join(lines) + "\n")


def trusted_environment() -> dict[str, str]:
    return {"SSL_CERT_FILE": str(trusted_file())}


def check_text_only(terminal: TerminalEmulator) -> None:
    """Check that what the server sent reached the terminal as text only."""
    assert not [each for each in _FORBIDDEN if each in terminal.raw]
    assert b"\x1b[31mred" not in terminal.raw


def test_a_hostile_greeting_is_only_text_on_the_screen(house: House) -> None:
    with serve(Script(greeting=HOSTILE)) as smtp:
        write_settings(house, smtp)
        with configurator(house, size=(100, 70), NO_COLOR="1", **trusted_environment()) as terminal:
            terminal.wait_until_idle()
            press_and_wait(terminal, CTRL_N, "answers QUIT")
            terminal.wait_until_idle()
            assert " ▲ greeting" in terminal.text()
            words = " ".join(terminal.text().replace("│", " ").split())
            assert "^[[31mred^[]0;owned^G^[[6n" in words
            assert "[bold]x[/bold] [@click=app.quit]y[/]" in words
            press_and_wait(terminal, ESCAPE, "^S Save")
            terminal.press(QUIT)
            assert terminal.wait_for_exit() == 0
            check_text_only(terminal)
            check_restored(terminal)


def test_a_hostile_greeting_is_only_text_on_the_command_line(house: House) -> None:
    with serve(Script(greeting=HOSTILE)) as smtp:
        write_settings(house, smtp)
        argv = ("probe", "--smtp-only", "--transcript", "--ca-file", str(trusted_file()))
        with house.on_terminal(*argv) as terminal:
            assert terminal.end() == 0
    shown = terminal.shown
    assert b"^[[31mred^[]0;owned^G^[[6n" in re.sub(rb"\s+", b" ", shown).replace(b"\r", b"")
    assert b"\x1b" not in shown
    assert b"\xe2\x80\xae" not in shown
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]", shown)


@pytest.mark.grid
def test_a_typed_password_is_tried_once_and_is_in_no_byte_and_asked_about_before_again(
    house: House,
) -> None:
    with serve(Script(answers={"AUTH": repeat_credentials})) as smtp, serve(pop3_script()) as read:
        write_settings(house, smtp, read)
        with configurator(house, size=(100, 40), **trusted_environment()) as terminal:
            terminal.wait_until_idle()
            type_password(terminal, PASSWORD)
            terminal.wait_until_idle()
            press_and_wait(terminal, F12 + F12, "Failed: login.")
            terminal.wait_until_idle()
            terminal.press(ESCAPE)
            terminal.wait_until_idle()
            press_and_wait(terminal, F12, "Try a login again that was refused?")
            terminal.press("no" + ENTER)
            terminal.wait_for("Not tried: that is not yes.")
            terminal.press(ESCAPE)
            terminal.wait_for("Nothing was probed.")
            assert (smtp.logins, read.logins) == (1, 0)
            terminal.send_signal(signal.SIGTERM)
            assert terminal.wait_for_exit() == 143
            check_restored(terminal)
            raw = terminal.raw
    assert not [form for form in credential_forms() if form.encode() in raw]


@pytest.mark.parametrize(("how", "code"), [(QUIT, 0), (signal.SIGTERM, 143)])
def test_it_is_left_at_once_while_a_server_says_nothing(
    house: House, how: str | signal.Signals, code: int
) -> None:
    with serve(Script(greeting=stay_silent)) as smtp:
        write_settings(house, smtp)
        with configurator(house, size=(60, 20), **trusted_environment()) as terminal:
            terminal.wait_until_idle()
            press_and_wait(terminal, F12, " ✓ connect")
            terminal.wait_for("Under way")
            if isinstance(how, str):
                terminal.press(how)
            else:
                terminal.send_signal(how)
            assert terminal.wait_for_exit(SOON) == code
            check_restored(terminal)
        assert smtp.gone.wait(DEADLINE)
