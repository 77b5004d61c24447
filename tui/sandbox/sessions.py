"""Sessions that the instance keeps by cookie, and the nodes that they are on."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

SESSION_COOKIE = "JSESSIONID"
NODE_COOKIE = "glide_user_route"


@dataclass(frozen=True, slots=True)
class UserSession:
    """A session of a user.

    Attributes:
        key: What its cookie holds.
        node: Name of the node it is on.
    """

    key: str
    user: str
    node: str

    @property
    def cookies(self) -> tuple[str, str]:
        """The Set-Cookie headers of the response that opens it."""
        flags = "Path=/; HttpOnly; Secure"
        return (
            f"{SESSION_COOKIE}={self.key}; {flags}",
            f"{NODE_COOKIE}=glide.{self.node}; Max-Age=2147483647; {flags}",
        )


@dataclass(slots=True)
class Sessions:
    """All sessions since the start; a cookie never signs anybody in.

    Attributes:
        node_count: Nodes that requests without a cookie go to in turn.
        opened: The sessions, the oldest first.
    """

    node_count: int
    opened: list[UserSession] = field(default_factory=list)
    _nodes: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._nodes = [secrets.token_hex(16) for _ in range(max(1, self.node_count))]

    def find(self, cookies: Mapping[str, str], user: str) -> UserSession | None:
        """Return the user's session that the cookies name."""
        key = cookies.get(SESSION_COOKIE, "")
        return next((one for one in self.opened if (one.key, one.user) == (key, user)), None)

    def open(self, cookies: Mapping[str, str], user: str) -> UserSession:
        """Open a session for a user, on the node that the cookies name or on the next one."""
        node = cookies.get(NODE_COOKIE, "").removeprefix("glide.")
        if node not in self._nodes:
            node = self._nodes[len(self.opened) % len(self._nodes)]
        session = UserSession(secrets.token_hex(16).upper(), user, node)
        self.opened.append(session)
        return session
