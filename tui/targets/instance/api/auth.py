"""How requests to an instance are signed: with a password, an API key or an OAuth token.

Methods and header names as in ServiceNow's documentation: basic-authentication,
configure-api-key, client-credentials-grant-workflow.
"""

import base64
from dataclasses import dataclass
from math import inf
from urllib.parse import urlencode

import httpx2

from tui.credentials.secret import Secret
from tui.storage.instance import SignInMethod
from tui.targets.instance.api.browser_grant import BrowserGrant, parse_grant
from tui.targets.instance.api.response_errors import (
    InstanceProblem,
    RequestContext,
    Response,
    SignInRefused,
    parse_json,
    response_problem,
)
from tui.targets.instance.api.session import ApiSession
from tui.terminal.visible import visible

_WITH_TOKEN = (SignInMethod.CLIENT_CREDENTIALS, SignInMethod.BROWSER)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs in, and what proves it.

    Attributes:
        user: the user name, or the OAuth client's id; empty for an API key.
    """

    method: SignInMethod
    user: str
    secret: Secret

    @property
    def words(self) -> str:
        """The identity as a message names it."""
        if self.method is SignInMethod.API_KEY:
            return "the API key"
        kind = "user" if self.method is SignInMethod.BASIC else "OAuth client"
        return f"{kind} {visible(self.user, 80)}"

    @property
    def credential(self) -> Secret:
        """What is sent without a token: the key, or the value of basic authentication.

        Raises:
            InstanceProblem: it cannot be sent.
        """
        if flaw := _flaw(self):
            raise InstanceProblem(
                "instance.sign-in-form",
                f"The sign-in can't be sent: {flaw}.",
                "Correct it in the profile, or type the secret again.",
            )
        if self.method is not SignInMethod.BASIC:
            return self.secret
        pair = f"{self.user}:{self.secret.reveal()}".encode()
        return Secret(base64.b64encode(pair).decode("ascii"))


def _flaw(identity: Identity) -> str:
    encodable = not any("\ud800" <= c <= "\udfff" for c in identity.user + identity.secret.reveal())
    match identity.method:
        case _ if not identity.secret.shape.length:
            return "the secret is empty"
        case _ if not encodable:
            return "it contains characters that aren't text"
        case SignInMethod.API_KEY if not _fits_header(identity.secret):
            return "an API key only has visible ASCII characters"
        case method if method is not SignInMethod.API_KEY and not identity.user:
            return "it has no user or client"
        # RFC 7617, section 2: the first colon ends the name.
        case SignInMethod.BASIC if ":" in identity.user:
            return "a basic sign-in doesn't allow a colon in the user name"
    return ""


def _fits_header(secret: Secret) -> bool:
    return all("!" <= character <= "~" for character in secret.reveal())


class Signer:
    """Signs the requests of one identity.

    Attributes:
        secrets: everything that no message may repeat; it grows.

    Raises:
        InstanceProblem: the secret cannot be sent.
    """

    def __init__(self, identity: Identity, session: ApiSession) -> None:
        self.identity = identity
        self._session = session
        self._credential = identity.credential
        self.secrets = session.secrets
        self.secrets += [identity.secret, self._credential]
        if identity.method is SignInMethod.BROWSER:
            self._use_grant(session.grant or _require_grant(identity))

    @property
    def needs_token(self) -> bool:
        """Whether a token has to be fetched before the next request."""
        return self.identity.method in _WITH_TOKEN and self._session.needs_token

    def token_form(self) -> Secret:
        """Return the form-encoded body that requests a token; it holds secrets.

        Raises:
            SignInRefused: nothing is left to request one with.
        """
        if self._session.grant is None:
            return token_form(self.identity)
        if form := self._session.grant.form(self.identity.user):
            return form
        raise SignInRefused(
            "instance.token",
            "The browser sign-in has expired, and the instance didn't issue a refresh token.",
            "Sign in again with the browser.",
        )

    def use_response(self, context: RequestContext, response: Response) -> None:
        """Sign with the token in a response from now on.

        Raises:
            InstanceProblem: there is none.
        """
        self._session.use_token(*parse_token(context, response))
        if self._session.grant:
            self._use_grant(self._session.grant.renew(_find_refresh_token(response)))

    def _use_grant(self, grant: BrowserGrant) -> None:
        self._session.grant = grant
        self.secrets += grant.parts

    def sign(self, request: httpx2.Request) -> httpx2.Request:
        """Put the credential where the instance looks for it."""
        if self.identity.method is SignInMethod.API_KEY:
            request.headers["x-sn-apikey"] = self._credential.reveal()
        else:
            scheme = "Basic" if self.identity.method is SignInMethod.BASIC else "Bearer"
            credential = self._session.token or self._credential
            request.headers["Authorization"] = f"{scheme} {credential.reveal()}"
        return request


def token_form(identity: Identity) -> Secret:
    """Return the form-encoded body that requests a token; it holds the client's secret."""
    form = {
        "grant_type": "client_credentials",
        "client_id": identity.user,
        "client_secret": identity.secret.reveal(),
    }
    return Secret(urlencode(form))


def _require_grant(identity: Identity) -> BrowserGrant:
    if grant := parse_grant(identity.secret):
        return grant
    raise SignInRefused(
        "instance.token",
        "The stored browser sign-in can't be read.",
        "Sign in again with the browser.",
    )


def _find_refresh_token(response: Response) -> Secret | None:
    match parse_json(response.body):
        case {"refresh_token": str(text)} if text:
            return Secret(text)
    return None


def parse_token(context: RequestContext, response: Response) -> tuple[Secret, float]:
    """Return the token in a response, and for how many seconds it is valid.

    Raises:
        InstanceProblem: there is none.
    """
    if found := _find_token(response):
        return found
    raise response_problem(context, response)


def _find_token(response: Response) -> tuple[Secret, float] | None:
    # A function of its own: a traceback of the problem above must not hold the token's text.
    if response.is_success:
        match parse_json(response.body):
            case {"access_token": str(text), **rest} if text and "error" not in rest:
                token, expires = Secret(text), rest.get("expires_in")
                seconds = expires if isinstance(expires, int | float) and 0 < expires < 1e9 else inf
                return (token, float(seconds)) if _fits_header(token) else None
    return None
