"""Reading secrets from standard input or a prompt, never from the command line.

Functions that hold what was read return their errors instead of raising them (`_raise_usage` does),
so that a traceback with local variables does not show it.
"""

import os
import select
import signal
import sys
import termios
from collections.abc import Collection
from typing import BinaryIO, TypeVar

from tui.credentials.secret import NOT_TEXT, Secret
from tui.errors import Refusal, UsageError

PASSWORD_BYTES = 4096
SECRETS_BYTES = 64 * 1024
_PASTE_SECONDS = 0.05

_Read = TypeVar("_Read")


def read_password(stream: BinaryIO) -> Secret:
    """Read one password: the whole stream without a final line end.

    Raises:
        UsageError: it is empty, over 4096 bytes, or not UTF-8.
    """
    return _raise_usage(_parse_password(stream.read(PASSWORD_BYTES + len("\r\n") + 1)))


def read_secrets(stream: BinaryIO, names: Collection[str]) -> dict[str, Secret]:
    """Read lines `name=value`; a value is everything up to the line end.

    Raises:
        UsageError: a line has no `=`, a repeated name, one that is not in `names` or an empty
            value; or the input is over 64 KiB or not UTF-8.
    """
    return _raise_usage(_parse_secrets(stream.read(SECRETS_BYTES + 1), names))


def ask_secret(label: str, *, confirm: bool = False) -> Secret:
    """Ask for a secret on the terminal, without echo; with `confirm`, twice.

    Raises:
        UsageError: there is no terminal, nothing was typed, or it is not text.
        Refusal: the two entries differ.
    """
    secret = _raise_usage(_ask_on_terminal(label))
    return _confirm(label, secret) if confirm else secret


def ask_optional_secret(label: str, *, confirm: bool = True) -> Secret | None:
    """Ask for a secret as `ask_secret` does; return None if nothing is typed at first."""
    secret = _ask_on_terminal(label)
    if isinstance(secret, UsageError) and secret.code == "secrets.empty":
        return None
    secret = _raise_usage(secret)
    return _confirm(label, secret) if confirm else secret


def _raise_usage(found: _Read | UsageError) -> _Read:
    if isinstance(found, UsageError):
        raise found
    return found


def _confirm(label: str, secret: Secret) -> Secret:
    again = _raise_usage(_ask_on_terminal(f"{label} again"))
    if again.reveal() != secret.reveal():
        raise Refusal(
            "secrets.different", "The two entries differ.", "Type the same password twice."
        )
    return secret


def _parse_password(data: bytes) -> Secret | UsageError:
    data = data.removesuffix(b"\n").removesuffix(b"\r") if data.endswith(b"\n") else data
    if not data:
        return _usage_error("empty", "There is no password on standard input.")
    if len(data) > PASSWORD_BYTES:
        return _usage_error("too-long", f"The password is longer than {PASSWORD_BYTES} bytes.")
    text = _decode(data)
    return text if isinstance(text, UsageError) else Secret(text)


def _parse_secrets(data: bytes, names: Collection[str]) -> dict[str, Secret] | UsageError:
    if len(data) > SECRETS_BYTES:
        return _usage_error("too-long", f"Standard input is longer than {SECRETS_BYTES} bytes.")
    text = _decode(data)
    if isinstance(text, UsageError):
        return text
    secrets: dict[str, Secret] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        name, equals, value = line.removesuffix("\r").partition("=")
        if not equals:
            code, words = "no-equals-sign", "has no equals sign"
        elif name not in names:
            code, words = "unknown-name", "starts with an unknown name"
        elif name in secrets:
            code, words = "name-twice", "repeats a name"
        elif not value:
            code, words = "empty", "has no value"
        else:
            secrets[name] = Secret(value)
            continue
        return _usage_error(code, f"Line {number} {words}.", f"Names: {', '.join(names)}.")
    return secrets


def _ask_on_terminal(label: str) -> Secret | UsageError:
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return UsageError(
            "secrets.no-terminal",
            "There is no terminal to ask for a secret.",
            "Pass it on standard input instead.",
        )
    # If this were stopped, the shell would turn echo on for the rest of the secret.
    stopping = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    try:
        return _read_line(terminal, label)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("Nothing was written.") from None
    finally:
        signal.signal(signal.SIGTSTP, stopping)
        os.close(terminal)


def _read_line(terminal: int, label: str) -> Secret | UsageError:
    before = termios.tcgetattr(terminal)
    quiet = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(terminal, termios.TCSAFLUSH, quiet)
    try:
        os.write(terminal, f"{label}: ".encode())
        data = os.read(terminal, PASSWORD_BYTES)
        more, _, _ = select.select([terminal], [], [], _PASTE_SECONDS)
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)  # discards unread input
        os.write(terminal, b"\n")
    if more and data:
        return _typing_error(
            "several-lines", "You pasted more than one line: a password is a single line."
        )
    try:
        text = data.decode(sys.getfilesystemencoding()).removesuffix("\n")
    except UnicodeDecodeError:
        return _typing_error("encoding", NOT_TEXT)
    return Secret(text) if text else _typing_error("empty", "Nothing was typed.")


def _typing_error(code: str, message: str) -> UsageError:
    return UsageError(f"secrets.{code}", f"{message} Nothing was done.", "Start again and type it.")


def _decode(data: bytes) -> str | UsageError:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _usage_error("encoding", "Standard input isn't UTF-8.")


def _usage_error(code: str, message: str, hint: str = "") -> UsageError:
    form = "Pass one password, or lines name=value for several secrets."
    return UsageError(f"secrets.{code}", message, hint or form)
