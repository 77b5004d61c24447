"""Explaining a reply on a terminal, and the bytes that it costs."""

from tests.cli.house import House
from tests.pty.configurator import (
    ENTER,
    PALETTE,
    QUIT,
    check_restored,
    configurator,
    paste,
    press_and_wait,
)

KEY = 450
"""The most bytes that one typed key may send at 80x24, the answer to it included."""

ANSWER = 800
"""The most bytes that the answer to a paste may send at 80x24."""


def test_a_reply_is_explained_for_few_bytes_and_not_kept(house: House) -> None:
    with configurator(house) as terminal:
        press_and_wait(terminal, PALETTE, "type to narrow")
        press_and_wait(terminal, "explain-reply", "Explain a mail server's reply")
        press_and_wait(terminal, ENTER, "Paste what a mail server said")
        terminal.wait_until_idle()
        sent = []
        for key in "550":
            before = len(terminal.raw)
            terminal.press(key)
            terminal.wait_until_idle(0.05)
            sent.append(len(terminal.raw) - before)
        assert min(sent) > 0
        assert max(sent) <= KEY, sent
        press_and_wait(terminal, "\x15", "Paste what a mail server said")
        before = len(terminal.raw)
        paste(terminal, "550-5.1.1 Canary\r\n550 5.1.1 \x1b[31munknown \x11user")
        terminal.wait_for("recipient-unknown")
        terminal.wait_until_idle()
        assert len(terminal.raw) - before <= ANSWER
        assert "550-5.1.1 Canary ^[[31munknown ^Quser" in terminal.text()
        terminal.press(QUIT)
        assert terminal.wait_for_exit() == 0
        assert "Canary" not in check_restored(terminal)
    files = [path for path in house.root.rglob("*") if path.is_file()]
    assert not [path for path in files if b"Canary" in path.read_bytes()]
