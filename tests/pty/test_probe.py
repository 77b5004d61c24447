"""Probing on a terminal of its own: the bytes that reach it, signals, and leaving in between."""

import re
import signal
from collections.abc import Iterator

import pytest

from tests.cli.running import House, open_house
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
from tests.pty.program import (
    DOWN,
    ENTER,
    ESCAPE,
    QUIT,
    TAB,
    configurator,
    given_back,
    press_and_wait,
    settle,
)
from tests.pty.screen import Screen

F12, CTRL_N = "\x1b[24~", "\x0e"
HOSTILE = (
    b"220 \x1b[31mred\x1b]0;owned\x07\x1b[6n\x1bP+q544e\x1b\\ \xe2\x80\xaeevil "
    b"[bold]x[/bold] [@click=app.quit]y[/] \xc2\x9b5n\r\n"
)
_FORBIDDEN = (b"\x1b]0;owned", b"\x1b[6n", b"\x1bP+q", b"\xe2\x80\xae", b"\xc2\x9b", b"\x9b5n")


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as opened:
        yield opened


def named(house: House, smtp: Traffic, read: Traffic | None = None) -> None:
    """Settings that name servers; what mails is no address, so that nobody asks DNS about it."""
    lines = [f'server = "{HOST}"', f"port = {smtp.port}", 'security = "starttls"']
    lines += ['user = "canary-user"', "authenticate = true", 'password = "not kept"']
    if read:
        lines += [f"pop3_port = {read.port}", 'pop3_security = "starttls"']
    house.write("\n".join(lines) + "\n")


def trusting() -> dict[str, str]:
    return {"SSL_CERT_FILE": str(trusted_file())}


def type_password(screen: Screen, password: str) -> None:
    """Goes to the field of the outgoing password, and types."""
    press_and_wait(screen, DOWN * 4, lambda: re.search("> .{1,3}Outgoing password", screen.text()))
    screen.press(TAB)
    settle(screen)
    press_and_wait(screen, password, "•" * len(password))
    settle(screen)


def visible_only(screen: Screen) -> None:
    """Nothing of what a server sent has reached the terminal as anything but text."""
    assert not [each for each in _FORBIDDEN if each in screen.raw]
    assert b"\x1b[31mred" not in screen.raw


def test_a_hostile_greeting_is_only_text_on_the_screen(house: House) -> None:
    with serve(Script(greeting=HOSTILE)) as smtp:
        named(house, smtp)
        with configurator(house, size=(100, 70), NO_COLOR="1", **trusting()) as screen:
            settle(screen)
            press_and_wait(screen, CTRL_N, "took leave")
            settle(screen)
            assert " ! greeting" in screen.text()
            words = " ".join(screen.text().split())
            assert "^[[31mred^[]0;owned^G^[[6n" in words
            assert "[bold]x[/bold] [@click=app.quit]y[/]" in words
            press_and_wait(screen, ESCAPE, "^S Save")
            screen.press(QUIT)
            assert screen.end() == 0
            visible_only(screen)
            given_back(screen)


def test_a_hostile_greeting_is_only_text_on_the_command_line(house: House) -> None:
    with serve(Script(greeting=HOSTILE)) as smtp:
        named(house, smtp)
        argv = ("probe", "--smtp-only", "--transcript", "--ca-file", str(trusted_file()))
        with house.on_terminal(*argv) as terminal:
            assert terminal.end() == 0
    shown = terminal.shown
    assert b"^[[31mred^[]0;owned^G^[[6n" in re.sub(rb"\s+", b" ", shown).replace(b"\r", b"")
    assert b"\x1b" not in shown
    assert b"\xe2\x80\xae" not in shown
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]", shown)


def test_a_typed_password_is_tried_once_and_is_in_no_byte_and_asked_about_before_again(
    house: House,
) -> None:
    with serve(Script(answers={"AUTH": repeat_credentials})) as smtp, serve(pop3_script()) as read:
        named(house, smtp, read)
        with configurator(house, size=(100, 40), **trusting()) as screen:
            settle(screen)
            type_password(screen, PASSWORD)
            press_and_wait(screen, F12 + F12, "Failed: login.")
            settle(screen)
            screen.press(ESCAPE)
            settle(screen)
            press_and_wait(screen, F12, "Try a login again that was refused?")
            screen.press("no" + ENTER)
            screen.wait_for("Not tried: that is not yes.")
            screen.press(ESCAPE)
            screen.wait_for("Nothing was probed.")
            assert (smtp.logins, read.logins) == (1, 0)
            screen.send(signal.SIGTERM)
            assert screen.end() == 143
            given_back(screen)
            raw = screen.raw
    assert not [form for form in credential_forms() if form.encode() in raw]


@pytest.mark.parametrize(("how", "code"), [(QUIT, 0), (signal.SIGTERM, 143)])
def test_it_is_left_at_once_while_a_server_says_nothing(
    house: House, how: str | signal.Signals, code: int
) -> None:
    with serve(Script(greeting=stay_silent)) as smtp:
        named(house, smtp)
        with configurator(house, size=(60, 20), **trusting()) as screen:
            settle(screen)
            press_and_wait(screen, F12, " + connect")
            screen.wait_for("under way")
            if isinstance(how, str):
                screen.press(how)
            else:
                screen.send(how)
            assert screen.end(5) == code
            given_back(screen)
        assert smtp.gone.wait(5)
