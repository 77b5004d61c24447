"""Sign-in in a browser: OAuth codes with PKCE (RFC 6749, RFC 7636) and refresh tokens.

A person signs in on the page at /oauth_auth.do and is sent on to the redirect URL with a code.
"""

import base64
import hashlib
import html
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from tui.sandbox.sandbox_state import SandboxState

REDIRECT_URL = "http://localhost/glidemail"
"""The only redirect URL that the client has in its registry."""
_CODE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class _Code:
    user: str
    challenge: str
    end: datetime


@dataclass(slots=True)
class BrowserGrants:
    """The codes and tokens of people who signed in with a browser.

    Attributes:
        gives_refresh_tokens: Whether a code also gives a refresh token.
        rotates: Whether a refresh token is replaced each time it is used.
    """

    state: SandboxState
    client_id: str
    client_secret: str
    gives_refresh_tokens: bool = True
    rotates: bool = False
    _codes: dict[str, _Code] = field(default_factory=dict)
    _access: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _refresh: dict[str, str] = field(default_factory=dict)

    def find_user(self, token: str) -> str:
        """Return whose an access token is, or "" if there is none or it has expired."""
        user, end = self._access.get(token, ("", self._now()))
        return user if self._now() < end else ""

    def revoke(self) -> None:
        """Forget all tokens."""
        self._access.clear()
        self._refresh.clear()

    def show_page(self, query: Mapping[str, str]) -> Response:
        """Return the page on which a person signs in."""
        if error := self._query_error(query):
            return HTMLResponse(f"<h1>Invalid request</h1>{html.escape(error)}", 400)
        return HTMLResponse(
            f"<html><head><title>Log in</title></head><body><form method=post action="
            f'"/oauth_auth.do?{html.escape(urlencode(query))}">User <input name=user> '
            "Password <input name=password type=password> <button>Allow</button></form></body>"
        )

    def redirect(self, query: Mapping[str, str], user: str) -> Response:
        """Send a user who has signed in on with a code; "" is one who did not allow it."""
        if error := self._query_error(query):
            return HTMLResponse(f"<h1>Invalid request</h1>{html.escape(error)}", 400)
        answer = {"error": "access_denied", "state": query.get("state", "")}
        if user:
            code = secrets.token_urlsafe(48)
            end = self._now() + timedelta(seconds=_CODE_SECONDS)
            self._codes[code] = _Code(user, query["code_challenge"], end)
            answer = {"code": code, "state": query.get("state", "")}
        return RedirectResponse(f"{REDIRECT_URL}?{urlencode(answer)}", 302)

    def give_token(self, form: Mapping[str, str]) -> Response:
        """Respond to a code or a refresh token."""
        given = form.get("client_secret")
        if form.get("client_id") != self.client_id or given not in (None, self.client_secret):
            return oauth_error(401, "invalid_client", "access_denied")
        if form.get("grant_type") == "refresh_token":
            old = form.get("refresh_token", "")
            user = self._refresh.get(old, "")
            if user and self.rotates:
                del self._refresh[old]
                old = ""
        else:
            user, old = self._redeem(form), ""
        if not user:
            return oauth_error(401, "server_error", "access_denied")
        return self._tokens(user, old)

    def _tokens(self, user: str, refresh: str) -> Response:
        seconds = self.state.switches.token_seconds
        token = secrets.token_urlsafe(48)
        self._access[token] = (user, self._now() + timedelta(seconds=seconds))
        body = {
            "access_token": token,
            "scope": "useraccount",
            "token_type": "Bearer",
            "expires_in": seconds,
        }
        if self.gives_refresh_tokens:
            refresh = refresh or secrets.token_urlsafe(48)
            self._refresh[refresh] = user
            body["refresh_token"] = refresh
        return JSONResponse(body)

    def _redeem(self, form: Mapping[str, str]) -> str:
        """Return whose a code is; it is used up, even if something else is wrong."""
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or self._now() >= code.end or form.get("redirect_uri") != REDIRECT_URL:
            return ""
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return code.user if challenge == code.challenge else ""

    def _query_error(self, query: Mapping[str, str]) -> str:
        wanted = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT_URL,
            "code_challenge_method": "S256",
        }
        wrong = [name for name, value in wanted.items() if query.get(name) != value]
        wrong += [name for name in ("state", "code_challenge") if not query.get(name)]
        return f"wrong: {', '.join(wrong)}" if wrong else ""

    def _now(self) -> datetime:
        return self.state.tables.clock()


def oauth_error(status: int, name: str, description: str) -> Response:
    """Return an error in OAuth's shape (RFC 6749, section 5.2)."""
    return JSONResponse({"error": name, "error_description": description}, status)
