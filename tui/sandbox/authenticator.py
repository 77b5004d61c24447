"""Who a request comes from: basic, an API key, or an OAuth token.

Refused tries are counted, and a user is locked after five wrong passwords in a row.
"""

import base64
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tui.sandbox.access import User
from tui.sandbox.http_responses import error_response
from tui.sandbox.sandbox_state import SandboxState

TRIES = 5
"""Wrong passwords in a row that lock a user."""


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A client that gets tokens by its own credentials."""

    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """What a request says about who sends it.

    Attributes:
        user: who signed in, or None.
        claimed: who it claims to be: a user, a client id, "api key", "token", or "".
        wrong_password: whether that is why it is refused.
    """

    user: User | None
    claimed: str = ""
    wrong_password: bool = False


@dataclass(slots=True)
class Authenticator:
    """Checks credentials.

    Attributes:
        users: by name.
        api_key: of the user admin.
        oauth: the client there is; its tokens are the user admin's.
        refused: how often each was refused.
    """

    state: SandboxState
    users: Mapping[str, User]
    refused: Counter[str]
    api_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    oauth: OAuthClient = field(
        default_factory=lambda: OAuthClient(secrets.token_hex(16), secrets.token_urlsafe(24))
    )
    _in_a_row: Counter[str] = field(default_factory=Counter)
    _tokens: dict[str, datetime] = field(default_factory=dict)

    def attempt(self, headers: Mapping[str, str]) -> SignInAttempt:
        """Who a request comes from; counts nothing."""
        if key := headers.get("x-sn-apikey"):
            good = secrets.compare_digest(key.encode(), self.api_key.encode())
            return SignInAttempt(self.users["admin"] if good else None, "api key")
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        match scheme.lower():
            case "basic":
                return self._basic(rest)
            case "bearer":
                return self._bearer(rest)
        return SignInAttempt(None)

    def count(self, attempt: SignInAttempt) -> None:
        """Counts an attempt that was let in or refused."""
        if attempt.user is None and attempt.claimed:
            self.refused[attempt.claimed] += 1
        if attempt.wrong_password:
            self._in_a_row[attempt.claimed] += 1
        elif attempt.user:
            del self._in_a_row[attempt.claimed]

    def unlock(self, user: str) -> None:
        """Lets a locked user in again."""
        del self._in_a_row[user]

    async def token(self, request: Request) -> Response:
        """Answers a request for a token (client-credentials-grant-workflow)."""
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        if form.get("grant_type") != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", "the grant type is not supported")
        client = form.get("client_id", "")
        given = (client, form.get("client_secret", ""))
        if given != (self.oauth.client_id, self.oauth.client_secret):
            self.refused[client] += 1
            return _oauth_error(401, "server_error", "access_denied")
        seconds = self.state.switches.token_seconds
        token = secrets.token_urlsafe(48)
        self._tokens[token] = self.state.tables.clock() + timedelta(seconds=seconds)
        return JSONResponse(
            {
                "access_token": token,
                "scope": "useraccount",
                "token_type": "Bearer",
                "expires_in": seconds,
            }
        )

    def _basic(self, encoded: str) -> SignInAttempt:
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            return SignInAttempt(None)
        user = self.users.get(name)
        if user is None:
            return SignInAttempt(None, name)
        is_right = secrets.compare_digest(password.encode(), user.password.encode())
        is_locked = self._in_a_row[name] >= TRIES
        if not is_right:
            return SignInAttempt(None, name, wrong_password=True)
        if is_locked or self.state.switches.basic_restricted:
            return SignInAttempt(None, name)
        return SignInAttempt(user, name)

    def _bearer(self, token: str) -> SignInAttempt:
        ends = self._tokens.get(token)
        if ends is None:
            return SignInAttempt(None, "token")
        is_good = self.state.tables.clock() < ends
        return SignInAttempt(self.users["admin"] if is_good else None, self.oauth.client_id)


def not_authenticated() -> Response:
    """What is answered to whoever did not sign in."""
    return error_response(
        401,
        "User Not Authenticated",
        "Required to provide Auth information",
        {"WWW-Authenticate": 'BASIC realm="Service-now"'},
    )


def _oauth_error(status: int, name: str, description: str) -> Response:
    return JSONResponse({"error": name, "error_description": description}, status)
