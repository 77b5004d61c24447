"""The commands that are sent, and the record of all that was said: no credential gets into it."""

import re
from dataclasses import dataclass

from tui.credentials.secret import Secret
from tui.terminal.visible import visible

_LINES = 300
_WIDTH = 240
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Command:
    """One line to send: texts, and secrets between them."""

    parts: tuple[str | Secret, ...]

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The parts that may never be shown."""
        return tuple(part for part in self.parts if isinstance(part, Secret))

    @property
    def verb(self) -> str:
        """The first word; "" if the line begins with a secret."""
        first = self.parts[0]
        return "" if isinstance(first, Secret) else first.split(" ")[0]

    @property
    def shown(self) -> str:
        """The line as it may be shown."""
        return "".join(
            f"(credentials, {part.shape.length} characters)" if isinstance(part, Secret) else part
            for part in self.parts
        )

    def to_bytes(self) -> bytes:
        """Return the line as it goes over the wire, with its end.

        Raises:
            ValueError: one of the parts would end the line, or is not text.
        """
        if any(
            not is_sendable(part.reveal() if isinstance(part, Secret) else part)
            for part in self.parts
        ):
            raise ValueError("that is not one line of text")
        return b"%b\r\n" % b"".join(
            (part.reveal() if isinstance(part, Secret) else part).encode() for part in self.parts
        )


def command(*parts: str | Secret) -> Command:
    """Return one line to send."""
    return Command(parts)


def is_sendable(text: str) -> bool:
    """Whether a text fits into a line: no line ends, no NUL or other controls, no surrogates."""
    return not _UNSENDABLE.search(text)


class Transcript:
    """What was said, line by line and safe to show; of an endless conversation its beginning."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    @property
    def lines(self) -> tuple[str, ...]:
        """All lines."""
        return tuple(self._lines)

    def add_sent(self, sent: Command) -> None:
        """Add a command that is sent."""
        self._add(">", sent.shown)

    def add_received(self, text: str) -> None:
        """Add a line that was received."""
        self._add("<", text)

    def add_note(self, text: str) -> None:
        """Add something that happened and nobody said."""
        self._add("=", text)

    def _add(self, mark: str, text: str) -> None:
        if len(self._lines) < _LINES:
            self._lines.append(f"{mark} {visible(text, _WIDTH)}")
        elif len(self._lines) == _LINES:
            self._lines.append("= and more, which is not kept")
