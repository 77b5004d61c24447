"""What one run has of a sign-in beside its secret: the cookies of a session, and a token."""

import re
import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from math import inf
from urllib.parse import urlsplit

from tui.credentials.secret import Secret
from tui.targets.instance.api.browser_grant import BrowserGrant

_TOKEN_MARGIN = 60.0  # seconds
_SECRET_COOKIE = 12
"""Characters from which a cookie's value is never repeated; a short one could be any word."""


class ApiSession:
    """A session on one instance, in memory only, for all clients of one secret in a run.

    The platform makes a new session for each request without its cookies.

    Args:
        url: of the instance; cookies come from its host and go to it alone.
        passphrase: opens the key of the client certificate, if it needs one.

    Attributes:
        is_signed_in: whether a request was accepted since the session was opened.
        generation: counts how often it was opened again.
        token: what signs in place of the secret, where the method needs a token.
        grant: what signs in from now on in place of a browser sign-in's secret.
        secrets: everything that no message may repeat; it grows.
    """

    def __init__(self, url: str, passphrase: Secret | None = None) -> None:
        host = re.sub(":[0-9]+$", "", urlsplit(url).netloc)
        # As a server names it, and as the library writes one without a dot.
        domains = (host, f".{host}", f"{host}.local")
        self.cookies = CookieJar(DefaultCookiePolicy(allowed_domains=domains))
        self.passphrase = passphrase
        self.is_signed_in = False
        self.generation = 0
        self.token: Secret | None = None
        self.grant: BrowserGrant | None = None
        self.secrets: list[Secret] = []
        self._token_ends = 0.0
        self._hidden_cookies: set[str] = set()

    @property
    def is_open(self) -> bool:
        """Whether there is something that the instance may have ended before its time."""
        return self.is_signed_in and bool(len(self.cookies) or self.token)

    @property
    def needs_token(self) -> bool:
        """Whether there is no token, or it expires shortly: a refused one stops everything."""
        return self.token is None or time.monotonic() > self._token_ends

    def hide_cookies(self) -> None:
        """Have no message repeat the cookies that have come since the last call."""
        values = {cookie.value for cookie in self.cookies if cookie.value} - self._hidden_cookies
        new = {value for value in values if len(value) >= _SECRET_COOKIE}
        self.secrets += map(Secret, new)
        self._hidden_cookies |= new

    def use_token(self, token: Secret, seconds: float) -> None:
        """Sign with a token until shortly before it expires.

        Args:
            seconds: how long it is valid from now.
        """
        self.token = token
        self.secrets.append(token)
        margin = min(_TOKEN_MARGIN, seconds / 2) if seconds < inf else 0.0
        self._token_ends = time.monotonic() + seconds - margin

    def close(self) -> None:
        """Forget the cookies and the token; the next request signs in again."""
        self.cookies.clear()
        self.token = None
        self.generation += 1
