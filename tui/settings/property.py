"""What can be said of a property: the vocabulary of its declaration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class Kind(Enum):
    """What a property's text means, and so which control and which parser it has."""

    HOST = "host name or address"
    PORT = "port number"
    SECURITY = "connection security"
    SWITCH = "yes or no"
    TEXT = "text"
    USER = "email address"
    ADDRESSES = "email addresses"
    SECRET = "secret"  # noqa: S105


class Group(Enum):
    """Where a property stands in a list, in this order."""

    ARTICLE = "Article"
    CONNECTION = "Connection"
    SENDING = "Sending"
    INCOMING = "Incoming overrides"


SAME_WORDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """What the name, type and default of a field do not say.

    Attributes:
        kind: what its text means.
        label: the article's words for it, or the instance's where it has none.
        short: the label where there is little room.
        help: two lines of at most 52 characters: what it is, and what a blank one does.
        group: where it stands.
        instance: the instance's own names, the one to show first; each with the words
            that name uses for a value, where they differ from ours.
        account: the columns of an email account that hold it.
        port: the property that holds the port of this host.
        when_unset: what the instance does without it, where the default does not say.
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
