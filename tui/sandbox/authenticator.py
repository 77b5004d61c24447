"""The users and their sign-in with a password, an API key or an OAuth token.

Rejected attempts are counted; five wrong passwords in a row lock a user.
"""

import base64
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tui.sandbox.browser_grants import BrowserGrants, oauth_error
from tui.sandbox.http_messages import error_response
from tui.sandbox.sandbox_state import SandboxState

MAX_ATTEMPTS = 5
"""Wrong passwords in a row that lock a user."""


ROLES_BY_USER = {
    "admin": ("admin",),
    "mail.admin": ("email_account_admin",),
    "sender": ("email_api_send",),
    "resender": ("email_admin",),
    "reader": ("email_reader",),
    "nobody": (),
}


@dataclass(frozen=True, slots=True)
class User:
    """A user who can sign in.

    Attributes:
        password: Different for each sandbox.
        roles: Roles the user holds; admin includes all others.
    """

    name: str
    password: str
    roles: tuple[str, ...]

    def has_any(self, roles: frozenset[str]) -> bool:
        """Return whether the user holds one of these roles, or admin."""
        return "admin" in self.roles or not roles.isdisjoint(self.roles)


def make_users() -> tuple[User, ...]:
    """Return the users, each with a random password."""
    return tuple(
        User(name, secrets.token_urlsafe(15), roles) for name, roles in ROLES_BY_USER.items()
    )


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A client that gets tokens with its own credentials."""

    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """The credentials of one request.

    Attributes:
        user: The user they belong to, or None.
        claimed: Who they claim to be: a user, a client id, "api key", "token", or "".
        wrong_password: Whether a wrong password is why they are rejected.
    """

    user: User | None
    claimed: str = ""
    wrong_password: bool = False


@dataclass(slots=True)
class Authenticator:
    """Checks credentials.

    Attributes:
        api_key: API key of the user admin.
        oauth: The one OAuth client; its tokens are the user admin's.
        browser: Codes and tokens of people who signed in with a browser, for the same client.
        refused: How often each claimed identity was rejected.
    """

    state: SandboxState
    users: Mapping[str, User]
    api_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    oauth: OAuthClient = field(
        default_factory=lambda: OAuthClient(secrets.token_hex(16), secrets.token_urlsafe(24))
    )
    browser: BrowserGrants = field(init=False)
    refused: Counter[str] = field(default_factory=Counter)
    _failures: Counter[str] = field(default_factory=Counter)
    _tokens: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.browser = BrowserGrants(self.state, self.oauth.client_id, self.oauth.client_secret)

    def attempt(self, headers: Mapping[str, str]) -> SignInAttempt:
        """Return what the headers of a request say; counts nothing."""
        if key := headers.get("x-sn-apikey"):
            is_right = secrets.compare_digest(key.encode(), self.api_key.encode())
            return SignInAttempt(self.users["admin"] if is_right else None, "api key")
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        match scheme.lower():
            case "basic":
                return self._basic(rest)
            case "bearer":
                return self._bearer(rest)
        return SignInAttempt(None)

    def count(self, attempt: SignInAttempt) -> None:
        """Count an attempt that was accepted or rejected."""
        if attempt.user is None and attempt.claimed:
            self.refused[attempt.claimed] += 1
        if attempt.wrong_password:
            self._failures[attempt.claimed] += 1
        elif attempt.user:
            del self._failures[attempt.claimed]

    async def handle_token(self, request: Request) -> Response:
        """Respond to a request for a token (client-credentials-grant-workflow)."""
        form = dict(parse_qsl((await request.body()).decode()))
        if form.get("grant_type") in ("authorization_code", "refresh_token"):
            response = self.browser.give_token(form)
            if response.status_code != 200:
                self.refused[form.get("client_id", "")] += 1
            return response
        if form.get("grant_type") != "client_credentials":
            return oauth_error(400, "unsupported_grant_type", "the grant type is not supported")
        client = OAuthClient(form.get("client_id", ""), form.get("client_secret", ""))
        if client != self.oauth:
            self.refused[client.client_id] += 1
            return oauth_error(401, "server_error", "access_denied")
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

    async def handle_authorization(self, request: Request) -> Response:
        """Show a person the page to sign in on, or send one who has signed in on with a code."""
        query = dict(request.query_params)
        if request.method == "GET":
            return self.browser.show_page(query)
        form = dict(parse_qsl((await request.body()).decode()))
        user = self.users.get(form.get("user", ""))
        is_right = user and secrets.compare_digest(
            form.get("password", "").encode(), user.password.encode()
        )
        return self.browser.redirect(query, user.name if user and is_right else "")

    def _basic(self, encoded: str) -> SignInAttempt:
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            return SignInAttempt(None)
        user = self.users.get(name)
        if user is None:
            return SignInAttempt(None, name)
        if not secrets.compare_digest(password.encode(), user.password.encode()):
            return SignInAttempt(None, name, wrong_password=True)
        if self._failures[name] >= MAX_ATTEMPTS or self.state.switches.basic_restricted:
            return SignInAttempt(None, name)
        return SignInAttempt(user, name)

    def _bearer(self, token: str) -> SignInAttempt:
        if name := self.browser.find_user(token):
            return SignInAttempt(self.users[name], name)
        end = self._tokens.get(token)
        if end is None:
            return SignInAttempt(None, "token")
        is_valid = self.state.tables.clock() < end
        return SignInAttempt(self.users["admin"] if is_valid else None, self.oauth.client_id)


def authentication_error() -> Response:
    """Return the response to a request without valid credentials."""
    return error_response(
        401,
        "User Not Authenticated",
        "Required to provide Auth information",
        {"WWW-Authenticate": 'BASIC realm="Service-now"'},
    )
