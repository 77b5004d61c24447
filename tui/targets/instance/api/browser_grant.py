"""Sign-in with any browser: an OAuth authorization code with PKCE, pasted back by a person.

Nothing listens for the redirect, so it works over SSH: the browser ends at an address that does not
load, and the code is in it (RFC 6749, section 4.1; RFC 7636).
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from tui.credentials.secret import Secret
from tui.errors import Refusal
from tui.storage.instance import Instance
from tui.terminal.visible import visible

REDIRECT_URL = "http://localhost/glidemail"
"""Where the instance sends the browser; the client's registry entry must have the same."""
_PARTS = ("code", "verifier", "refresh_token", "client_secret")


@dataclass(frozen=True, slots=True)
class BrowserGrant:
    """What signs in after the browser did: a code that works once, or a refresh token.

    Attributes:
        verifier: belongs to the code.
        client_secret: of the OAuth client, if it has one.
    """

    code: Secret | None = None
    verifier: Secret | None = None
    refresh_token: Secret | None = None
    client_secret: Secret | None = None

    @property
    def parts(self) -> list[Secret]:
        """What no message may repeat."""
        found = (getattr(self, name) for name in _PARTS)
        return [each for each in found if each]

    def to_secret(self) -> Secret:
        """Return it as one secret, as it is kept in a keyring."""
        parts = {name: getattr(self, name) for name in _PARTS}
        return Secret(json.dumps({name: part.reveal() for name, part in parts.items() if part}))

    def form(self, client_id: str) -> Secret | None:
        """Return the body that requests a token; None if neither code nor refresh token is left."""
        form = {"client_id": client_id}
        if self.client_secret:
            form["client_secret"] = self.client_secret.reveal()
        if self.code and self.verifier:
            form |= {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URL}
            form |= {"code": self.code.reveal(), "code_verifier": self.verifier.reveal()}
        elif self.refresh_token:
            form |= {"grant_type": "refresh_token", "refresh_token": self.refresh_token.reveal()}
        else:
            return None
        return Secret(urlencode(form))

    def renew(self, refresh_token: Secret | None) -> "BrowserGrant":
        """Return what signs in next, after a response with this refresh token or none."""
        return BrowserGrant(
            refresh_token=refresh_token or self.refresh_token, client_secret=self.client_secret
        )


def parse_grant(secret: Secret) -> BrowserGrant | None:
    """Return what a secret holds, or None if it is no browser sign-in."""
    try:
        parts = json.loads(secret.reveal())
    except (ValueError, RecursionError):
        return None
    if not isinstance(parts, dict) or not all(isinstance(each, str) for each in parts.values()):
        return None
    if not parts.keys() <= set(_PARTS):
        return None
    return BrowserGrant(**{name: Secret(text) for name, text in parts.items() if text})


class BrowserSignIn:
    """One sign-in with a browser, from the address to what is pasted back.

    Attributes:
        url: the address to open; there is no secret in it.
    """

    def __init__(self, instance: Instance) -> None:
        self._state = secrets.token_urlsafe(16)
        self._verifier = Secret(secrets.token_urlsafe(48))
        digest = hashlib.sha256(self._verifier.reveal().encode()).digest()
        query = {
            "response_type": "code",
            "client_id": instance.user,
            "redirect_uri": REDIRECT_URL,
            "state": self._state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        self.url = f"{instance.url}/oauth_auth.do?{urlencode(query)}"

    def accept(self, pasted: Secret, client_secret: Secret | None = None) -> Secret:
        """Return what signs in, from a code or the address that the browser ended at.

        A bare code has no state with it; the verifier ties it to this sign-in all the same.

        Raises:
            Refusal: it is neither, or of another sign-in, or says that the sign-in failed.
        """
        found = self._find_code(pasted)
        if isinstance(found, Refusal):
            raise found
        return BrowserGrant(found, self._verifier, client_secret=client_secret).to_secret()

    def _find_code(self, pasted: Secret) -> Secret | Refusal:
        # A function of its own: a traceback of the refusal must not hold what was pasted.
        text = pasted.reveal().strip()
        if "=" not in text and "/" not in text:
            return Secret(text) if _is_code(text) else _refusal("That isn't a code.")
        try:
            query = parse_qs(urlsplit(text).query or text.rpartition("?")[2], max_num_fields=50)
        except ValueError:
            return _refusal("That isn't a valid address.")
        values = {name: found[0] for name, found in query.items()}
        if not secrets.compare_digest(values.get("state", "").encode(), self._state.encode()):
            return _refusal("That address is from another sign-in: its state is different.")
        if error := values.get("error"):
            words = f"{error}: {values.get('error_description', '')}".rstrip(": ")
            return _refusal(f'The instance rejected the sign-in. It says: "{visible(words, 200)}".')
        code = values.get("code", "")
        return Secret(code) if _is_code(code) else _refusal("There is no code in that address.")


def _is_code(text: str) -> bool:
    return bool(text) and len(text) <= 2000 and all("!" <= character <= "~" for character in text)


def _refusal(words: str) -> Refusal:
    return Refusal(
        "sign-in.browser",
        f"{words} Nothing was sent.",
        "Start again, open the new address, and paste the whole address that the browser ends at.",
    )
