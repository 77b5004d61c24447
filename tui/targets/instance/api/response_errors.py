"""What an odd answer, or none, means: in words, with what to do now.

Shapes and statuses as in ServiceNow's documentation: r_RESTAPIHTTPResponseCodes, c_TableAPI,
inbound-REST-API-rate-limiting, understanding_pdis; and as clients have met them.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
_MAYBE = "It may have been written all the same: read it again before anything else. "

T = TypeVar("T", list[object], dict[str, object])


class InstanceProblem(Problem):
    """An instance did not do what it was asked for.

    Attributes:
        uncertain: the request was a write, and may have taken effect.
    """

    def __init__(self, code: str, message: str, hint: str, *, uncertain: bool = False) -> None:
        super().__init__(code, message, f"{_MAYBE if uncertain else ''}{hint}")
        self.uncertain = uncertain


class SignInRefused(InstanceProblem):
    """The instance takes no more of this secret: forget it, and ask for it anew."""


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What was asked, as far as words about its answer need it.

    Attributes:
        host: of the instance.
        about: the table, or what else was asked for.
        signer: who asked.
        method: how that is proved.
        writes: it was to change something.
        secrets: what is never repeated, whoever says it.
    """

    host: str
    about: str
    signer: str
    method: str = "basic"
    writes: bool = False
    secrets: Sequence[Secret] = ()

    def said(self, text: str, limit: int = 200) -> str:
        """Text from outside, fit for a message."""
        if any((value := secret.reveal()) and value in text for secret in self.secrets):
            return "(words that hold a secret)"
        return visible(" ".join(text.split()), limit)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as it came.

    Attributes:
        headers: by names in small letters, or found whatever their letters.
        body: as far as it is text, of any kind.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether its status says so."""
        return 200 <= self.status < 300


def parsed(body: bytes) -> Any:
    """The JSON in a body; None where there is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def result_of(asked: RequestContext, answer: Response, kind: type[T]) -> T:
    """What a good answer of the Table API holds: a list of records, or the one record.

    Raises:
        InstanceProblem: it is no good answer.
    """
    result = _result(answer)
    if isinstance(result, kind):
        return result
    raise not_a_result(asked, answer)


def _result(answer: Response) -> object:
    if answer.is_success:
        match parsed(answer.body):
            # A result beside an error is a part of one.
            case {"result": result, **rest} if "error" not in rest:
                return result
    return None


def not_a_result(asked: RequestContext, answer: Response) -> InstanceProblem:
    """What an answer means that does not hold what was asked for."""
    status, headers, content = answer.status, answer.headers, parsed(answer.body)
    if 300 <= status < 400:
        return _redirected(asked, headers)
    match content:
        case {"error": dict() as error}:
            said = [error.get("message"), error.get("detail")]
            words = asked.said(": ".join(each for each in said if each and isinstance(each, str)))
            return _refused(asked, status, headers, words, in_shape=True)
        case {"error": str(error)}:
            return _oauth(asked, status, error, str(content.get("error_description") or ""))
    if status in (401, 429) or (status >= 500 and status != 511):
        return _refused(asked, status, headers, "", in_shape=False)
    return _unintelligible(asked, answer, content)


def _refused(
    asked: RequestContext, status: int, headers: Mapping[str, str], words: str, in_shape: bool
) -> InstanceProblem:
    """An error that says itself what it is, by its status."""
    where = f"{asked.host}, {asked.about}"
    says = f' It says: "{words}".' if words else ""
    # Only a refusal in its own words is sure to be the instance's, and to be all of it.
    unsure = asked.writes and not (in_shape and 400 <= status < 500) and status != 401
    no_table = "invalid table" in words.lower() or "does not represent any resource" in words
    match status:
        case 401:
            return _signed_in_vain(asked)
        case 400 | 404 if no_table:
            code, what = "no-table", f"{where}: the instance has no such table.{says}"
            todo = "See that the URL is the instance's own, and that its release has that table."
        case 400:
            code, what = "bad-request", f"{where}: the instance does not take the request.{says}"
            todo = "Look at the value that was sent; else report these words."
        case 403:
            code = "forbidden"
            what = f"{where}: not allowed to {asked.signer}.{says}"
            todo = (
                "An access rule, a business rule or a data policy forbids it: "
                "sign in as a user with the role, or have an administrator look at these three."
            )
        case 404:
            code = "not-found"
            what = f"{where}: the record is missing, or not visible to {asked.signer}.{says}"
            todo = (
                "Read it anew; if it is there for an administrator, it is hidden by access rules."
            )
        case 405 | 406 | 415:
            code = "unsupported"
            what = f"{where}: the instance does not take this kind of request ({status}).{says}"
            todo = (
                "See that nothing between here and the instance changes requests; else report it."
            )
        case 429:
            code, (what, todo) = "rate-limit", _limited(where, headers, asked)
        case 502 | 503 | 504:
            code = "unavailable"
            what = f"{where}: the instance cannot be reached behind its gateway ({status}).{says}"
            todo = (
                "It may be restarting or hibernating: open it in a browser, wake a developer "
                "instance at developer.servicenow.com, and try again in some minutes."
            )
        case _ if status >= 500:
            code, what = "server-error", f"{where}: the instance failed ({status}).{says}"
            todo = "Try again later; if it stays so, its system log says why."
        case _:
            code, what = "refused", f"{where}: the instance refuses, with status {status}.{says}"
            todo = "Do what its words ask for, then try again."
    return InstanceProblem(f"instance.{code}", what, todo, uncertain=unsure)


def _signed_in_vain(asked: RequestContext) -> SignInRefused:
    if asked.method == "basic":
        why = (
            "the user or the password is wrong, or basic sign-in is restricted, as it is on newly "
            "provisioned instances"
        )
        todo = (
            "Check the user and type the password anew; if both are right, sign in with an API "
            "key or OAuth client credentials."
        )
    elif asked.method == "api-key":
        why = "it is wrong, inactive or expired, or no access policy there takes API keys"
        todo = "Check the key, its user and the REST API access policies, then type the key anew."
    else:
        why = "its token is not taken, or its user is locked out or inactive"
        todo = "Check the client and its user in the Application Registry, then sign in anew."
    return SignInRefused(
        "instance.sign-in",
        f"{asked.host} refuses the sign-in of {asked.signer}: {why}. "
        "One attempt was made; more of them can lock the account.",
        todo,
    )


def _oauth(asked: RequestContext, status: int, error: str, description: str) -> InstanceProblem:
    """RFC 6749, section 5.2: another shape than the Table API's."""
    says = asked.said(f"{error}: {description}" if description else error)
    if status == 401 or (status < 500 and error in _SIGN_IN_ERRORS):
        return SignInRefused(
            "instance.token",
            f'{asked.host} gives no token to {asked.signer}. It says: "{says}".',
            "Check the client's id and secret, that it is active, and that it has a user and the "
            "client credentials grant (Application Registry); one attempt was made.",
        )
    return InstanceProblem(
        "instance.oauth",
        f'{asked.host}, {asked.about}: an OAuth error, with status {status}. It says: "{says}".',
        "See the Application Registry of the instance, and its OAuth properties.",
        uncertain=asked.writes,
    )


def _limited(where: str, headers: Mapping[str, str], asked: RequestContext) -> tuple[str, str]:
    rule = asked.said(headers.get("x-ratelimit-rule", ""), 40)
    after = asked.said(headers.get("retry-after", ""), 40)
    when = f"in {after} seconds" if after.isdecimal() else f"after {after}" if after else "later"
    by = f", by rule {rule}" if rule else ""
    what = f"{where}: too many requests in this hour{by}."
    return what, f"Try again {when}, or have an administrator look at the rate limit rules."


def _redirected(asked: RequestContext, headers: Mapping[str, str]) -> InstanceProblem:
    """Nothing is followed: credentials go to no other host."""
    location = headers.get("location", "")
    try:
        host = urlsplit(location).hostname or asked.host
    except ValueError:
        host = "an address that is none"
    host = asked.said(host, 80)
    if _LOGIN.search(location):
        return _login(asked, f"points to a sign-in page on {host}")
    return InstanceProblem(
        "instance.moved",
        f"{asked.host}, {asked.about}: the answer points to another address, on {host}. "
        "It was not followed.",
        "If the instance has a new name, write that into the profile's url.",
        uncertain=asked.writes,
    )


def _login(asked: RequestContext, how: str) -> InstanceProblem:
    return InstanceProblem(
        "instance.login-page",
        f"{asked.host}, {asked.about}: the answer {how}, for people in a browser.",
        "See that the URL is the instance's own, and that its REST API can be used without single "
        "sign-on: with a local user, an API key or OAuth client credentials.",
        uncertain=asked.writes,
    )


def _unintelligible(asked: RequestContext, answer: Response, content: Any) -> InstanceProblem:
    """An answer that the Table API does not give."""
    status = answer.status
    where = f"{asked.host}, {asked.about}"
    text = answer.body[:100_000].decode(errors="replace")
    title = _TITLE.search(text)
    page = f' titled "{asked.said(title[1], 80)}"' if title else ""
    elsewhere = "See that the URL is the instance's own; a proxy, a firewall or a maintenance page "
    if "instance is hibernating" in text.lower() or "hibernating page" in text.lower():
        code, what = "hibernating", f"{asked.host} is hibernating: it answers with a page of words."
        todo = "Wake it at developer.servicenow.com; it is ready in about 5 minutes."
    elif _PAGE.match(text) or "html" in answer.headers.get("content-type", "").lower():
        if _LOGIN.search(title[1] if title else "") or "login.do" in text:
            return _login(asked, f"is a sign-in page{page}")
        code, what = "web-page", f"{where}: the answer is a web page{page}, with status {status}."
        todo = f"{elsewhere}may answer in its place: open it in a browser from here."
    elif not answer.body.strip():
        code, what = "empty", f"{where}: the answer is empty, with status {status}."
        todo = f"{elsewhere}may answer in its place; else try again later."
    elif content is None:
        code, what = "not-json", f"{where}: the answer is no JSON, with status {status}."
        todo = f"{elsewhere}may answer in its place."
    else:
        code, what = "shape", f"{where}: the answer is not what the Table API gives ({status})."
        todo = "See that the URL is the instance's own; else report these words."
    return InstanceProblem(f"instance.{code}", what, todo, uncertain=asked.writes)
