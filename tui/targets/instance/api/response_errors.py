"""What an odd response means, in words, with what to do now.

Shapes and statuses as in ServiceNow's documentation: r_RESTAPIHTTPResponseCodes, c_TableAPI,
inbound-REST-API-rate-limiting, understanding_pdis; and as clients have met them.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.terminal.visible import visible

_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,400})", re.IGNORECASE)
_PAGE = re.compile(r"\s*<(!doctype|html)", re.IGNORECASE)
_LOGIN = re.compile(r"log[-_ ]?[io]n|sign[-_ ]?in|\bsso\b|saml|auth_redirect", re.IGNORECASE)
_SIGN_IN_ERRORS = frozenset(
    {"invalid_client", "invalid_grant", "unauthorized_client", "access_denied", "server_error"}
)
_BASIC_HINT = (
    "Check the user and type the password again. A right password can be rejected too. The user "
    "may be locked out, or have to use MFA or single sign-on. An IP or REST API access policy "
    "may apply. Basic authentication may be restricted (release Brazil and later). Then the "
    "sign-in needs a web-service-access-only user, a valid MFA one-time password, or the role "
    "snc_basic_auth_api_access. An API key or OAuth also works."
)
"""Brazil: basic-auth-restriction, basic-auth-exceptions."""
_MAYBE = "It may have been written anyway: read it again first. "

T = TypeVar("T", list[object], dict[str, object])


class InstanceProblem(Problem):
    """An instance did not do what was requested.

    Attributes:
        uncertain: a write may have taken effect.
        retry_after: seconds to wait before the next request; None if it does not say.
    """

    def __init__(
        self,
        code: str,
        message: str,
        hint: str,
        *,
        uncertain: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(code, message, f"{_MAYBE if uncertain else ''}{hint}")
        self.uncertain = uncertain
        self.retry_after = retry_after


class SignInRefused(InstanceProblem):
    """The instance rejects this secret: forget it, and ask for it again."""


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What a message about a response needs to know of its request.

    Attributes:
        about: the table, or what else was requested.
        signer: who signed the request, in words.
        method: how, as in `Identity`.
        secrets: what is never repeated, whoever sent it.
    """

    host: str
    about: str
    signer: str
    method: str = "basic"
    writes: bool = False
    secrets: Sequence[Secret] = ()

    def quote(self, text: str, limit: int = 200) -> str:
        """Return text from outside, fit for a message."""
        if any((value := secret.reveal()) and value in text for secret in self.secrets):
            return "(text that contains a secret)"
        return visible(" ".join(text.split()), limit)


@dataclass(frozen=True, slots=True)
class Response:
    """A response as it came."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case names, or found whatever their case."""
    body: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def parse_json(body: bytes) -> Any:
    """Return the JSON in a body, None if it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def parse_result(context: RequestContext, response: Response, kind: type[T]) -> T:
    """Return what a good response of the Table API holds: a list of records, or one record.

    Raises:
        InstanceProblem: the response is not a good one.
    """
    result = _find_result(response)
    if isinstance(result, kind):
        return result
    raise response_problem(context, response)


def _find_result(response: Response) -> object:
    # A function of its own: a traceback of the problem above must not hold the texts.
    if response.is_success:
        match parse_json(response.body):
            # A result beside an error is only a part of one.
            case {"result": result, **rest} if "error" not in rest:
                return result
    return None


def response_problem(context: RequestContext, response: Response) -> InstanceProblem:
    """Return the problem that an unexpected response stands for."""
    status, headers, content = response.status, response.headers, parse_json(response.body)
    if 300 <= status < 400:
        return _redirect_problem(context, headers)
    match content:
        case {"error": dict() as error}:
            texts = [error.get("message"), error.get("detail")]
            words = context.quote(": ".join(t for t in texts if t and isinstance(t, str)))
            return _status_problem(context, status, headers, words, is_api_error=True)
        case {"error": str(error)}:
            return _oauth_problem(
                context, status, error, str(content.get("error_description") or "")
            )
    if status in (401, 429) or (status >= 500 and status != 511):
        return _status_problem(context, status, headers, "", is_api_error=False)
    return _body_problem(context, response, content)


def _status_problem(
    context: RequestContext, status: int, headers: Mapping[str, str], words: str, is_api_error: bool
) -> InstanceProblem:
    where = f"{context.host}, {context.about}"
    says = f' It says: "{words}".' if words else ""
    # Only an error in the Table API's shape surely comes from the instance, and is complete.
    uncertain = context.writes and not (is_api_error and 400 <= status < 500) and status != 401
    no_table = "invalid table" in words.lower() or "does not represent any resource" in words
    match status:
        case 401:
            return _sign_in_problem(context)
        case 400 | 404 if no_table:
            code, what = "no-table", f"{where}: the instance has no such table.{says}"
            hint = "Check that the URL is the instance's own and that its release has that table."
        case 400:
            code, what = "bad-request", f"{where}: the instance doesn't accept the request.{says}"
            hint = "Check the value that was sent. If it is right, report this message."
        case 403:
            code, what = "forbidden", f"{where}: not allowed to {context.signer}.{says}"
            hint = (
                "An access rule, a business rule or a data policy forbids it. Sign in as a user "
                "with the role, or have an administrator check these three."
            )
        case 404:
            code = "not-found"
            what = f"{where}: the record is missing, or not visible to {context.signer}.{says}"
            hint = (
                "Read it again. If an administrator can see it, access rules hide it from this "
                "user."
            )
        case 405 | 406 | 415:
            code = "unsupported"
            what = f"{where}: the instance doesn't accept this kind of request ({status}).{says}"
            hint = (
                "Check that nothing between here and the instance changes requests. If not, "
                "report it."
            )
        case 429:
            code, (what, hint) = "rate-limit", _rate_limit_words(where, headers, context)
        case 502 | 503 | 504:
            code = "unavailable"
            what = f"{where}: the gateway can't reach the instance ({status}).{says}"
            hint = (
                "It may be restarting or hibernating. Open it in a browser, or wake a developer "
                "instance at developer.servicenow.com, and try again in a few minutes."
            )
        case _ if status >= 500:
            code, what = "server-error", f"{where}: the instance failed ({status}).{says}"
            hint = "Try again later. If it keeps happening, check its system log."
        case _:
            code, what = "refused", f"{where}: the instance rejects it with status {status}.{says}"
            hint = "Follow its message, then try again."
    wait = _parse_retry_after(headers.get("retry-after", ""))
    return InstanceProblem(f"instance.{code}", what, hint, uncertain=uncertain, retry_after=wait)


def _parse_retry_after(text: str) -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110, section 10.2.3)."""
    if re.fullmatch("[0-9]{1,9}", text.strip()):
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        return None
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _sign_in_problem(context: RequestContext) -> SignInRefused:
    if context.method == "basic":
        why = "the user or the password is wrong, or the user isn't allowed to sign in this way"
        hint = _BASIC_HINT
    elif context.method == "api-key":
        why = "it is wrong, inactive or expired, or no access policy accepts API keys"
        hint = "Check the key, its user and the REST API access policies, then type the key again."
    else:
        why = "its token isn't accepted, or its user is locked out or inactive"
        hint = "Check the client and its user in the Application Registry, then sign in again."
    return SignInRefused(
        "instance.sign-in",
        f"{context.host} rejected the sign-in of {context.signer}: {why}. One attempt was made; "
        "more can lock the account.",
        hint,
    )


def _oauth_problem(
    context: RequestContext, status: int, error: str, description: str
) -> InstanceProblem:
    """Return the problem that an OAuth error names (RFC 6749, section 5.2)."""
    says = context.quote(f"{error}: {description}" if description else error)
    is_rejected = status == 401 or (status < 500 and error in _SIGN_IN_ERRORS)
    if is_rejected and context.method == "browser":
        return SignInRefused(
            "instance.token",
            f'{context.host} didn\'t issue a token to {context.signer}. It says: "{says}".',
            "A code works once and only for a short time, and a refresh token expires: sign in "
            "again with the browser. If that fails too, check the client in the Application "
            "Registry: its id, its secret, whether it is active, and its redirect URL.",
        )
    if is_rejected:
        return SignInRefused(
            "instance.token",
            f'{context.host} didn\'t issue a token to {context.signer}. It says: "{says}".',
            "Check the client in the Application Registry: its id, its secret, whether it is "
            "active, its user and its client credentials grant. One attempt was made.",
        )
    return InstanceProblem(
        "instance.oauth",
        f'{context.host}, {context.about}: OAuth error, status {status}. It says: "{says}".',
        "Check the instance's Application Registry and its OAuth properties.",
        uncertain=context.writes,
    )


def _rate_limit_words(
    where: str, headers: Mapping[str, str], context: RequestContext
) -> tuple[str, str]:
    rule = context.quote(headers.get("x-ratelimit-rule", ""), 40)
    after = context.quote(headers.get("retry-after", ""), 40)
    when = f"in {after} seconds" if after.isdecimal() else f"after {after}" if after else "later"
    by = f", by rule {rule}" if rule else ""
    what = f"{where}: too many requests this hour{by}."
    return what, f"Try again {when}, or have an administrator check the rate limit rules."


def _redirect_problem(context: RequestContext, headers: Mapping[str, str]) -> InstanceProblem:
    """Return the problem of a redirect: none is followed, as credentials go to no other host."""
    location = headers.get("location", "")
    try:
        host = urlsplit(location).hostname or context.host
    except ValueError:
        host = "an invalid address"
    host = context.quote(host, 80)
    if _LOGIN.search(location):
        return _login_page_problem(context, f"redirects to a sign-in page on {host}")
    return InstanceProblem(
        "instance.moved",
        f"{context.host}, {context.about}: the answer redirects to another address, on {host}. "
        "It was not followed.",
        "If the instance has a new name, change the url in the profile.",
        uncertain=context.writes,
    )


def _login_page_problem(context: RequestContext, how: str) -> InstanceProblem:
    return InstanceProblem(
        "instance.login-page",
        f"{context.host}, {context.about}: the answer {how}, for people in a browser.",
        "Check that the URL is the instance's own, and that its REST API can be used without "
        "single sign-on: with a local user, an API key or OAuth client credentials.",
        uncertain=context.writes,
    )


def _body_problem(context: RequestContext, response: Response, content: Any) -> InstanceProblem:
    """Return the problem of a body that is not the Table API's."""
    status = response.status
    where = f"{context.host}, {context.about}"
    text = response.body[:100_000].decode(errors="replace")
    title = _TITLE.search(text)
    page = f' titled "{context.quote(title[1], 80)}"' if title else ""
    elsewhere = (
        "Check that the URL is the instance's own. A proxy, a firewall or a maintenance page "
    )
    if "instance is hibernating" in text.lower() or "hibernating page" in text.lower():
        code = "hibernating"
        what = f"{context.host} is hibernating: it answers with a web page."
        hint = "Wake it at developer.servicenow.com. It takes about 5 minutes."
    elif _PAGE.match(text) or "html" in response.headers.get("content-type", "").lower():
        if _LOGIN.search(title[1] if title else "") or "login.do" in text:
            return _login_page_problem(context, f"is a sign-in page{page}")
        code, what = "web-page", f"{where}: the answer is a web page{page}, with status {status}."
        hint = f"{elsewhere}may answer instead: open it in a browser from here."
    elif not response.body.strip():
        code, what = "empty", f"{where}: the answer is empty, with status {status}."
        hint = f"{elsewhere}may answer instead. If not, try again later."
    elif content is None:
        code, what = "not-json", f"{where}: the answer isn't JSON (status {status})."
        hint = f"{elsewhere}may answer instead."
    else:
        code, what = "shape", f"{where}: the answer isn't the Table API's ({status})."
        hint = "Check that the URL is the instance's own; if it is, report this message."
    return InstanceProblem(f"instance.{code}", what, hint, uncertain=context.writes)
