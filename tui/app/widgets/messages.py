"""The messages of a field to its screen."""

from textual.message import Message

from tui.credentials.secret import Secret


class FieldChanged(Message):
    """A text was typed or chosen.

    Attributes:
        name: the property.
        text: the whole text as it is now.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self.name = name
        self.text = text


class SecretChanged(Message):
    """A secret was typed; an empty one means that the field is empty now."""

    def __init__(self, name: str, secret: Secret) -> None:
        super().__init__()
        self.name = name
        self.secret = secret


class Notice(Message):
    """Something to say at once, such as what was taken of a paste."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words
