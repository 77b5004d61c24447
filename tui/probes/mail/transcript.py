"""What is sent, in parts, and the record of all that was said: no credential gets into it."""

from dataclasses import dataclass

from tui.credentials.secret import Secret
from tui.terminal.visible import visible

_LINES = 300
_WIDTH = 240


@dataclass(frozen=True, slots=True)
class Command:
    """One line to send: texts, and secrets between them."""

    parts: tuple[str | Secret, ...]

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What in it may never be shown."""
        return tuple(part for part in self.parts if isinstance(part, Secret))

    @property
    def verb(self) -> str:
        """What it asks for, in a word; "" where a secret is all it is."""
        first = self.parts[0]
        return "" if isinstance(first, Secret) else first.split(" ")[0]

    @property
    def shown(self) -> str:
        """The line as it may be shown."""
        return "".join(
            f"(credentials, {part.shape.length} characters)" if isinstance(part, Secret) else part
            for part in self.parts
        )

    def wire(self) -> bytes:
        """The line as it goes over the wire, with its end.

        Raises:
            ValueError: one of the parts would end the line, or is no text.
        """
        if any(
            not sendable(part.reveal() if isinstance(part, Secret) else part) for part in self.parts
        ):
            raise ValueError("that is not one line of text")
        return b"%b\r\n" % b"".join(
            (part.reveal() if isinstance(part, Secret) else part).encode() for part in self.parts
        )


def command(*parts: str | Secret) -> Command:
    """One line to send."""
    return Command(parts)


def sendable(text: str) -> bool:
    """Whether a text fits into a line: no line ends, no NUL and other controls, no surrogates."""
    return not any(
        char < " "
        or "\x7f" <= char <= "\x9f"
        or char in "\u2028\u2029"
        or "\ud800" <= char <= "\udfff"
        for char in text
    )


class Transcript:
    """What was said, line by line and safe to show; of an endless talk its beginning."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it."""
        return tuple(self._lines)

    def sent(self, what: Command) -> None:
        """Something goes out."""
        self._add(">", what.shown)

    def received(self, text: str) -> None:
        """A line came in."""
        self._add("<", text)

    def note(self, text: str) -> None:
        """Something happened that nobody said."""
        self._add("=", text)

    def _add(self, mark: str, text: str) -> None:
        if len(self._lines) < _LINES:
            self._lines.append(f"{mark} {visible(text, _WIDTH)}")
        elif len(self._lines) == _LINES:
            self._lines.append("= and more, which is not kept")
