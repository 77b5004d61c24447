"""What a field tells the screen."""

from textual.message import Message

from tui.credentials.secret import Secret


class Edited(Message):
    """A text was typed or chosen.

    Attributes:
        name: the property's.
        text: the whole of it, as it is now.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self.name = name
        self.text = text


class SecretTyped(Message):
    """A secret was typed; an empty one means that nothing stands there any more."""

    def __init__(self, name: str, secret: Secret) -> None:
        super().__init__()
        self.name = name
        self.secret = secret


class Said(Message):
    """Something a person should know at once, as what became of a paste."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words
