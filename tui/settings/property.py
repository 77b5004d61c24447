"""The vocabulary in which a property is declared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class Kind(Enum):
    """The meaning of a property's text, which decides its control and its parser."""

    HOST = "host name or address"
    PORT = "port number"
    SECURITY = "connection security"
    SWITCH = "yes or no"
    TEXT = "text"
    USER = "email address"
    ADDRESSES = "email addresses"
    SECRET = "secret"  # noqa: S105


class Group(Enum):
    """The group in which a property is listed, in this order."""

    ARTICLE = "Article"
    CONNECTION = "Connection"
    SENDING = "Sending"
    INCOMING = "Incoming overrides"


SAME_WORDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """What the declaration of a field adds to its name, type and default.

    Attributes:
        kind: the meaning of its text.
        label: its label in KB0521756, or on the instance where the article has none.
        short: a label for little room.
        help: two lines of at most 52 characters: what it is, and what a blank value does.
        group: where it is listed.
        instance: its names on an instance, the one to show first; each with that name's
            words for values, where they differ from ours.
        account: the columns of an email account that hold it.
        port: the property that holds the port of this host.
        when_unset: what the instance does without it, where the default doesn't say.
    """

    kind: Kind
    label: str
    short: str
    help: str
    group: Group
    instance: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    account: tuple[str, ...] = ()
    port: str | None = None
    when_unset: str = ""
