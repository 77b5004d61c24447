"""ServiceNow instances: where one is, and how a person signs in to it. Never a secret."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tui.errors import Problem, Refusal
from tui.settings.parse.error import ParseError
from tui.settings.parse.host import a_label, address_of, is_loopback, parse_host
from tui.terminal.visible import visible

SIGN_IN = "sign_in"
"""The name under which a keyring keeps what a profile signs in with."""

EXAMPLE_URL = "https://dev12345.service-now.com"

_URL = re.compile(
    r"((?P<scheme>[a-z][a-z0-9+.-]*):/{1,2})?(?P<authority>[^/?#\\]*)"
    r"(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_AUTHORITY = re.compile(r"(?P<host>\[[^\[\]]*:[^\[\]]*\]|[^\[\]:]*)(:(?P<port>.*))?", re.DOTALL)
_PORT = re.compile(r"[0-9]{1,5}")

_KEYS = ("instance", "sign_in", "user", "ca_file", "instance_name")


class SignInMethod(StrEnum):
    """How a person or a program signs in to an instance."""

    BASIC = "basic"
    API_KEY = "api-key"
    CLIENT_CREDENTIALS = "client-credentials"


@dataclass(frozen=True, slots=True)
class Instance:
    """A ServiceNow instance.

    Attributes:
        url: as `check_url` gives it: `https://`, the host and a port where one is needed.
        user: the user name, or the client's id; empty for an API key.
        ca_file: PEM certificates of more authorities to trust, beside the system's.
        name: its `instance_name`, as pinned when it was first reached; empty before that.
    """

    url: str
    sign_in: SignInMethod = SignInMethod.BASIC
    user: str = ""
    ca_file: Path | None = None
    name: str = ""

    @property
    def host(self) -> str:
        """The host, with `:port` where one is given; an IPv6 address in brackets."""
        return self.url.removeprefix("https://")

    @property
    def is_loopback(self) -> bool:
        """Whether it runs on the machine that asks."""
        return is_loopback(re.sub(r":[0-9]+$", "", self.host).strip("[]"))


def parse_instance(
    table: Mapping[str, str], where: Mapping[str, str], ca_file: Path | None
) -> Instance | None:
    """The instance that a profile's file names, if it names one.

    Args:
        table: the file's keys and values, each of the right type.
        where: the place of each key, in words.
        ca_file: the path that is meant by the key of that name.

    Raises:
        Problem: the keys do not go together, or as `check_url` and `check_user`.
    """
    if "instance" not in table:
        for key in _KEYS[1:]:
            if key in table:
                raise Problem(
                    "profile.no-instance",
                    f"{where[key]}: {key} is about an instance, and the profile names none.",
                    f'Add instance = "{EXAMPLE_URL}" with the right host, or remove that line.',
                )
        return None
    if "file" in table:
        raise Problem(
            "profile.file",
            f"{where['file']}: the profile names an instance, whose settings lie in no file.",
            "Remove that line, or those about the instance.",
        )
    if "environment" not in table:
        raise Problem(
            "profile.environment",
            f"{where['instance']}: the profile does not say what this instance is, and whether "
            "mail may reach people depends on it.",
            'Add environment = "production" or environment = "non-production".',
        )
    sign_in = SignInMethod(table.get("sign_in", SignInMethod.BASIC))
    with _prefix_problems(where["instance"]):
        url = check_url(table["instance"])
    with _prefix_problems(where.get("user", where["instance"])):
        user = check_user(table.get("user", ""), sign_in)
    return Instance(url, sign_in, user, ca_file, table.get("instance_name", ""))


@contextlib.contextmanager
def _prefix_problems(where: str) -> Iterator[None]:
    """Has what goes wrong told with its place."""
    try:
        yield
    except Problem as problem:
        raise Problem(problem.code, f"{where}: {problem.message}", problem.hint) from None


def instance_values(instance: Instance) -> dict[str, str]:
    """What a profile's file says of an instance; nothing of what is empty."""
    ca_file = str(instance.ca_file) if instance.ca_file else ""
    values = (instance.url, str(instance.sign_in), instance.user, ca_file, instance.name)
    return {key: value for key, value in zip(_KEYS, values, strict=True) if value}


def check_url(text: str) -> str:
    """The URL of an instance, in the one form in which it is kept.

    A name alone is completed: `dev12345` to `https://dev12345.service-now.com`, and one with
    dots or a port to `https://NAME`. International names become A-labels (IDNA 2008, UTS 46).

    Raises:
        Problem: it is none; the text is never repeated, since a password can stand in it.
            `instance.password`, `.user`, `.blanks`, `.scheme`, `.path`, `.port` or `.host`.
    """
    found = next(_URL.finditer(text))  # which always is: every part of it is optional
    authority = found["authority"]
    _check_no_user(authority, text)
    if not text.isprintable() or " " in text:
        raise _url_problem(
            "blanks", "There are blanks, or characters that do not show, in the URL.", "Remove them"
        )
    scheme = (found["scheme"] or "https").lower()
    if scheme != "https":
        why = ": the sign-in would travel in clear" if scheme == "http" else ""
        raise _url_problem(
            "scheme", f"An instance is reached over https only{why}.", "Begin it with https://"
        )
    _check_no_rest(found)
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None or (parts["port"] and address_of(authority)):
        raise _url_problem("host", "The host cannot be read.", "An IPv6 address stands in brackets")
    port = _format_port(parts["port"])
    host = _normalize_host(parts["host"])
    is_alone = not found["scheme"] and not port and "." not in host and not host.startswith("[")
    if is_alone and not is_loopback(host):
        host += ".service-now.com"
    return f"https://{host}{port}"


def _check_no_user(authority: str, text: str) -> None:
    user, at, _ = authority.rpartition("@")
    # A slash in a password ends what looks like the host, and then its port is no number.
    is_cut = "@" in text and re.search(r":(?![0-9]*$)", authority)
    if ":" in user or (not at and is_cut):
        raise Problem(
            "instance.password",
            "A password stands in the URL; it is not repeated here.",
            "Remove it, change it, and give only the host and the user's name.",
        )
    if at:
        raise Problem(
            "instance.user",
            "A user name stands in the URL, before the @.",
            f"Keep only the host, as in {EXAMPLE_URL}; the user has a place of its own.",
        )


def _check_no_rest(found: re.Match[str]) -> None:
    rest = {
        "a path": found["path"] not in ("", "/"),
        "a query": found["query"] is not None,
        "a fragment": found["fragment"] is not None,
    }
    parts = " and ".join(part for part, is_there in rest.items() if is_there)
    if parts:
        raise _url_problem("path", f"After the host comes {parts}.", "Keep only the host")


def _format_port(text: str | None) -> str:
    if text is None:
        return ""
    if not _PORT.fullmatch(text) or not 1 <= int(text) <= 65535:
        raise _url_problem(
            "port", "The port is not a number from 1 to 65535.", "Correct it, or drop it"
        )
    return f":{int(text)}"


def _normalize_host(text: str) -> str:
    """A name in lower case and as it goes over the wire, or an address."""
    name = text.strip("[]")
    if not name:
        raise _url_problem("host", "There is no host in the URL.", "Give the host")
    ascii_name = name if name.isascii() else a_label(name) or name
    try:
        parse_host(ascii_name)
    except ParseError as malformed:
        raise _url_problem("host", malformed.message, "Give the host") from None
    address = address_of(ascii_name)
    if address is None:
        return ascii_name.lower().removesuffix(".")
    return f"[{address}]" if address.version == 6 else str(address)


def _url_problem(code: str, message: str, next_: str) -> Problem:
    return Problem(f"instance.{code}", message, f"{next_}, as in {EXAMPLE_URL}.")


def check_user(user: str, sign_in: SignInMethod) -> str:
    """The user's name or the client's id, if it fits the way of signing in.

    Raises:
        Problem: `instance.user`, or `instance.password` where it holds a colon, which no user
            of HTTP's basic sign-in has (RFC 7617 section 2). The text is never repeated.
    """
    if ":" in user:
        raise Problem(
            "instance.password",
            "What is given as the user has a colon in it, which no user has: a password may stand "
            "after it. It is not repeated here.",
            "Give the user alone, and change the password if it was one.",
        )
    if sign_in is SignInMethod.API_KEY and user:
        raise Problem(
            "instance.user",
            "Whoever signs in with an API key gives no user.",
            "Leave the user out.",
        )
    if sign_in is not SignInMethod.API_KEY and not user:
        what = "user name" if sign_in is SignInMethod.BASIC else "id of the client"
        raise Problem(
            "instance.user",
            f"The {what} to sign in with is missing.",
            "Give it with --user, or as user in the profile.",
        )
    if not user.isprintable() or user != user.strip():
        raise Problem(
            "instance.user",
            "The user has blanks around it, or characters that do not show in it.",
            "Remove them.",
        )
    return user


def check_instance_name(instance: Instance, name: str, path: Path) -> None:
    """Checks the name an instance gives itself against the one that is known.

    Args:
        name: its property `instance_name`.
        path: the profile's file, as it is named to the person.

    Raises:
        Refusal: `instance.other`: the two differ.
        Problem: `instance.name`: it cannot be read by a person, so it is none to go by.
    """
    if not name or not name.isprintable():
        raise Problem(
            "instance.name",
            f'{instance.host} gives itself a name that cannot be read: "{visible(name)}".',
            "Have its property instance_name set right.",
        )
    if instance.name not in ("", name):
        raise Refusal(
            "instance.other",
            f'{instance.host} calls itself "{visible(name)}"; when it was first reached, it was '
            f'"{visible(instance.name)}".',
            "Find out whether it was renamed or is another one. If it is the right one, remove "
            f"instance_name from {path}.",
        )


def check_ca_file(file: Path) -> Path:
    """The whole path of a file of certificates in PEM form, if there is one in it at least.

    Raises:
        Problem: `instance.ca-file`; the path is not repeated, as it was just given and could be
            anything.
    """
    # Imported late: few instances need it.
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if not str(file).isprintable():
            why = "has characters in its name that do not show"
        elif not file.is_file():
            why = "is not there, or is no file"
        else:
            context.load_verify_locations(file)
            why = "" if context.cert_store_stats()["x509"] else "holds none"
    except ssl.SSLError:
        why = "holds none that can be read"
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    if why:
        raise Problem(
            "instance.ca-file",
            f"The file of certificates {why}.",
            "Name a file with certificates in PEM form (BEGIN CERTIFICATE).",
        )
    return file.absolute()
