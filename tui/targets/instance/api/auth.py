"""How requests to an instance are signed: a password, an API key, or an OAuth client's token.

Ways and header names as in ServiceNow's documentation: basic-authentication, configure-api-key,
client-credentials-grant-workflow.
"""

import base64
from collections.abc import MutableMapping
from dataclasses import dataclass
from math import inf
from urllib.parse import urlencode

from tui.credentials.secret import Secret
from tui.targets.instance.api.response_errors import (
    InstanceProblem,
    RequestContext,
    Response,
    not_a_result,
    parsed,
)
from tui.terminal.visible import visible

BASIC = "basic"
API_KEY = "api-key"
CLIENT_CREDENTIALS = "client-credentials"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, and what proves it.

    Attributes:
        method: `basic`, `api-key` or `client-credentials`.
        user: the user's name, or the OAuth client's id; empty for an API key.
        secret: the password, the key, or the client's secret.
    """

    method: str
    user: str
    secret: Secret

    def __post_init__(self) -> None:
        if self.method not in (BASIC, API_KEY, CLIENT_CREDENTIALS):
            raise ValueError("that is no way to sign in")

    @property
    def words(self) -> str:
        """Who it is, for a message."""
        if self.method == API_KEY:
            return "the API key"
        return f"{'user' if self.method == BASIC else 'OAuth client'} {visible(self.user, 80)}"

    @property
    def credential(self) -> Secret:
        """What goes over the line for it, but for a token: the key, or what basic sign-in sends.

        Raises:
            InstanceProblem: it cannot be sent.
        """
        if flaw := _flaw(self):
            raise InstanceProblem(
                "instance.sign-in-form",
                f"The sign-in cannot be sent: {flaw}.",
                "Correct it in the profile, or type the secret again.",
            )
        return _basic(self) if self.method == BASIC else self.secret


def _flaw(identity: Identity) -> str:
    encodable = not any("\ud800" <= c <= "\udfff" for c in identity.user + identity.secret.reveal())
    match identity.method:
        case _ if not identity.secret.shape.length:
            return "the secret is empty"
        case _ if not encodable:
            return "it holds characters that are no text"
        case "api-key" if not _fits_a_header(identity.secret):
            return "an API key is made of visible ASCII characters only"
        case "basic" | "client-credentials" if not identity.user:
            return "no user or client is named"
        # RFC 7617, section 2: the first colon ends the name.
        case "basic" if ":" in identity.user:
            return "a user's name with a colon in it does not fit a basic sign-in"
    return ""


def _fits_a_header(secret: Secret) -> bool:
    return all("!" <= character <= "~" for character in secret.reveal())


def _basic(identity: Identity) -> Secret:
    return Secret(
        base64.b64encode(f"{identity.user}:{identity.secret.reveal()}".encode()).decode("ascii")
    )


def sign(headers: MutableMapping[str, str], identity: Identity, credential: Secret) -> None:
    """Puts the credential, or the token got for it, where the instance looks for it."""
    if identity.method == API_KEY:
        headers["x-sn-apikey"] = credential.reveal()
    else:
        scheme = "Basic" if identity.method == BASIC else "Bearer"
        headers["Authorization"] = f"{scheme} {credential.reveal()}"


def token_form(identity: Identity) -> Secret:
    """The body that asks for a token, form-encoded: it holds the client's secret."""
    form = {
        "grant_type": "client_credentials",
        "client_id": identity.user,
        "client_secret": identity.secret.reveal(),
    }
    return Secret(urlencode(form))


def token_of(asked: RequestContext, answer: Response) -> tuple[Secret, float]:
    """The token in an answer, and for how many seconds it is good.

    Raises:
        InstanceProblem: the answer holds none.
    """
    if token := _token(answer):
        return token
    raise not_a_result(asked, answer)


def _token(answer: Response) -> tuple[Secret, float] | None:
    if answer.is_success:
        match parsed(answer.body):
            case {"access_token": str(text), **rest} if text and "error" not in rest:
                token, told = Secret(text), rest.get("expires_in")
                seconds = told if isinstance(told, int | float) and 0 < told < 1e9 else inf
                return (token, float(seconds)) if _fits_a_header(token) else None
    return None
