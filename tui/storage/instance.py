"""ServiceNow instances: their URL, and how a person signs in to one; never a secret."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tui.errors import Problem, Refusal
from tui.settings.findings import ParseError
from tui.settings.parse.host import is_loopback, parse_host, parse_ip, to_a_label
from tui.terminal.visible import visible

if TYPE_CHECKING:
    from tui.tls.client_certificate import ClientCertificate

SIGN_IN = "sign_in"
"""The name under which a keyring keeps the sign-in secret of a profile."""

EXAMPLE_URL = "https://dev12345.service-now.com"

_URL = re.compile(
    r"((?P<scheme>[a-z][a-z0-9+.-]*):/{1,2})?(?P<authority>[^/?#\\]*)"
    r"(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_AUTHORITY = re.compile(r"(?P<host>\[[^\[\]]*:[^\[\]]*\]|[^\[\]:]*)(:(?P<port>.*))?", re.DOTALL)
_NO_PART = ("", "/", None)
_PORT = re.compile(r"[0-9]{1,5}")

_KEYS = (
    "instance",
    "sign_in",
    "user",
    "ca_file",
    "client_certificate",
    "client_key",
    "instance_name",
)
PATH_KEYS = ("ca_file", "client_certificate", "client_key")
"""The keys of a profile about an instance that are paths."""


class SignInMethod(StrEnum):
    """How a person or a program signs in to an instance."""

    BASIC = "basic"
    API_KEY = "api-key"
    CLIENT_CREDENTIALS = "client-credentials"
    BROWSER = "browser"


@dataclass(frozen=True, slots=True)
class Instance:
    """A ServiceNow instance.

    Attributes:
        url: as `check_url` returns it.
        user: the user name or client ID; empty for an API key.
        ca_file: PEM certificates of authorities to trust besides the system's.
        client_certificate: shown to an instance that requires one (mutual TLS), as PEM.
        client_key: its key; None if it is in the same file.
        name: its `instance_name`, pinned at the first connection; empty before that.
    """

    url: str
    sign_in: SignInMethod = SignInMethod.BASIC
    user: str = ""
    ca_file: Path | None = None
    name: str = ""
    client_certificate: Path | None = None
    client_key: Path | None = None

    @property
    def host(self) -> str:
        """The host, with `:port` if there is one; an IPv6 address in brackets."""
        return self.url.removeprefix("https://")

    @property
    def client(self) -> "ClientCertificate | None":
        """The client certificate with its key."""
        # Imported late: few profiles need it.
        from tui.tls.client_certificate import ClientCertificate

        if self.client_certificate is None:
            return None
        return ClientCertificate(self.client_certificate, self.client_key)

    @property
    def is_loopback(self) -> bool:
        """Whether it runs on this machine."""
        return is_loopback(re.sub(r":[0-9]+$", "", self.host).strip("[]"))


def parse_instance(
    table: Mapping[str, str], where: Mapping[str, str], files: Mapping[str, Path]
) -> Instance | None:
    """Return the instance that a profile names, if it names one.

    Args:
        table: the keys and values of the profile's file, each of the right type.
        where: the file and line of each key, for messages.
        files: the expanded paths of those keys that are one.
    """
    if "instance" not in table:
        for key in _KEYS[1:]:
            if key in table:
                raise Problem(
                    "profile.no-instance",
                    f"{where[key]}: {key} is only for an instance, but the profile doesn't name "
                    "one.",
                    f'Add instance = "{EXAMPLE_URL}" with the right host, or remove that line.',
                )
        return None
    if "file" in table:
        raise Problem(
            "profile.file",
            f"{where['file']}: the profile names an instance, whose settings aren't in a file.",
            "Remove that line, or those about the instance.",
        )
    if "environment" not in table:
        raise Problem(
            "profile.environment",
            f"{where['instance']}: the profile doesn't say whether this instance is production. "
            "That decides whether mail may reach people.",
            'Add environment = "production" or environment = "non-production".',
        )
    sign_in = SignInMethod(table.get("sign_in", SignInMethod.BASIC))
    with _prefix_problems(where["instance"]):
        url = check_url(table["instance"])
    with _prefix_problems(where.get("user", where["instance"])):
        user = check_user(table.get("user", ""), sign_in)
    if "client_key" in table and "client_certificate" not in table:
        raise Problem(
            "profile.value",
            f"{where['client_key']}: client_key needs client_certificate.",
            "Add client_certificate, or remove that line.",
        )
    paths = [files.get(key) for key in PATH_KEYS]
    return Instance(url, sign_in, user, paths[0], table.get("instance_name", ""), *paths[1:])


@contextlib.contextmanager
def _prefix_problems(where: str) -> Iterator[None]:
    """Prefix the message of a problem with the file and line it is about."""
    try:
        yield
    except Problem as problem:
        raise problem.with_message(f"{where}: {problem.message}") from None


def instance_values(instance: Instance) -> dict[str, str]:
    """Return the keys and values of an instance in a profile's file, without empty ones."""
    paths = (instance.ca_file, instance.client_certificate, instance.client_key)
    files = [str(path) if path else "" for path in paths]
    values = (instance.url, str(instance.sign_in), instance.user, *files, instance.name)
    return {key: value for key, value in zip(_KEYS, values, strict=True) if value}


def check_url(text: str) -> str:
    """Return the URL of an instance in its canonical form: `https://`, host, any port.

    A bare name is completed: `dev12345` to `https://dev12345.service-now.com`, one with dots or
    a port to `https://NAME`. International names become A-labels (IDNA 2008, UTS 46).

    Raises:
        Problem: `instance.password`, `.user`, `.blanks`, `.scheme`, `.path`, `.port` or `.host`;
            the text is never repeated, since it may contain a password.
    """
    found = next(_URL.finditer(text))  # always matches: every part is optional
    authority = found["authority"]
    _check_no_user(authority, text)
    if not text.isprintable() or " " in text:
        raise _url_problem(
            "blanks", "The URL contains blanks or invisible characters.", "Remove them"
        )
    scheme = (found["scheme"] or "https").lower()
    if scheme != "https":
        why = ": the sign-in would be sent unencrypted" if scheme == "http" else ""
        raise _url_problem(
            "scheme", f"An instance is only reached over https{why}.", "Start it with https://"
        )
    rest = [f"a {part}" for part in ("path", "query", "fragment") if found[part] not in _NO_PART]
    if rest:
        words = f"The URL has {' and '.join(rest)} after the host."
        raise _url_problem("path", words, "Keep only the host")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None or (parts["port"] and parse_ip(authority)):
        raise _url_problem("host", "The host isn't valid.", "Put an IPv6 address in brackets")
    port = _format_port(parts["port"])
    host = _normalize_host(parts["host"])
    is_alone = not found["scheme"] and not port and "." not in host and not host.startswith("[")
    if is_alone and not is_loopback(host):
        host += ".service-now.com"
    return f"https://{host}{port}"


def _check_no_user(authority: str, text: str) -> None:
    user, at, _ = authority.rpartition("@")
    # A slash in a password ends what looks like the host, whose port is then not a number.
    is_cut = "@" in text and re.search(r":(?![0-9]*$)", authority)
    if ":" in user or (not at and is_cut):
        raise Problem(
            "instance.password",
            "The URL contains a password; it isn't repeated here.",
            "Remove it, change that password, and enter only the host and the user name.",
        )
    if at:
        raise Problem(
            "instance.user",
            "The URL contains a user name, before the @.",
            f"Keep only the host, as in {EXAMPLE_URL}; the user is a separate setting.",
        )


def _format_port(text: str | None) -> str:
    if text is None:
        return ""
    if not _PORT.fullmatch(text) or not 1 <= int(text) <= 65535:
        raise _url_problem(
            "port", "The port isn't a number from 1 to 65535.", "Correct it, or remove it"
        )
    return f":{int(text)}"


def _normalize_host(text: str) -> str:
    """Return an ASCII name in lower case, or an address."""
    name = text.strip("[]")
    if not name:
        raise _url_problem("host", "The URL has no host.", "Give the host")
    ascii_name = name if name.isascii() else to_a_label(name) or name
    try:
        parse_host(ascii_name)
    except ParseError as malformed:
        raise _url_problem("host", malformed.message, "Give the host") from None
    address = parse_ip(ascii_name)
    if address is None:
        return ascii_name.lower().removesuffix(".")
    return f"[{address}]" if address.version == 6 else str(address)


def _url_problem(code: str, message: str, hint: str) -> Problem:
    return Problem(f"instance.{code}", message, f"{hint}, as in {EXAMPLE_URL}.")


def check_user(user: str, sign_in: SignInMethod) -> str:
    """Return the user name or client ID if it fits the sign-in method.

    Raises:
        Problem: `instance.user`, or `instance.password` if it contains a colon, which no user
            ID of HTTP basic authentication can (RFC 7617, section 2). The text is not repeated.
    """
    if ":" in user:
        raise Problem(
            "instance.password",
            "The user name contains a colon, which isn't allowed: there may be a password after "
            "it. It isn't repeated here.",
            "Enter the user name only. If there was a password, change it.",
        )
    if sign_in is SignInMethod.API_KEY and user:
        why, then = "An API key needs no user.", "Leave the user out."
    elif sign_in is not SignInMethod.API_KEY and not user:
        what = "user name" if sign_in is SignInMethod.BASIC else "id of the client"
        why = f"The {what} is missing."
        then = "Pass it with --user, or set user in the profile."
    elif not user.isprintable() or user != user.strip():
        why = "The user name has blanks around it, or invisible characters in it."
        then = "Remove them."
    else:
        return user
    raise Problem("instance.user", why, then)


def check_instance_name(instance: Instance, name: str, path: Path) -> None:
    """Check the `instance_name` that an instance reports against the pinned one.

    Args:
        path: of the profile's file, for the message.

    Raises:
        Refusal: `instance.other`: the two differ.
        Problem: `instance.name`: it is empty or unprintable.
    """
    if not name or not name.isprintable():
        raise Problem(
            "instance.name",
            f'{instance.host} has an invalid name: "{visible(name)}".',
            "Correct its property instance_name.",
        )
    if instance.name not in ("", name):
        names = f'"{visible(name)}"', f'"{visible(instance.name)}"'
        raise other_instance(instance.host, *names, str(path))


def other_instance(where: str, name: str, pinned: str, file: str) -> Refusal:
    """Return the refusal `instance.other` of an instance whose name is not the pinned one.

    Args:
        where: how the instance is reached.
        name: what it calls itself, in words.
        pinned: what it called itself when it was first reached, in words.
        file: the profile's file, for the hint.
    """
    return Refusal(
        "instance.other",
        f"{where} now has the name {name}; at the first sign-in it was {pinned}.",
        "Check whether it was renamed or is another instance. If it is the right one, remove "
        f"instance_name from {file}.",
    )


def check_ca_file(file: Path) -> Path:
    """Return the absolute path of a PEM file if it has at least one certificate.

    Raises:
        Problem: `instance.ca-file`; the path, which could be anything, is not repeated.
    """
    # Imported late: few profiles need it.
    import ssl

    from tui.tls.context import CaFileError, load_ca_file

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if not str(file).isprintable():
            why = "has invisible characters in its name"
        elif not file.is_file():
            why = "doesn't exist, or isn't a file"
        else:
            load_ca_file(context, file)
            why = "" if context.cert_store_stats()["x509"] else "contains none"
    except CaFileError as error:
        why = f"can't be read: {error.reason}" if error.reason else "contains none that can be read"
    except OSError as error:  # of a folder on the way to it
        why = f"can't be read: {error.strerror}"
    if why:
        raise Problem(
            "instance.ca-file",
            f"The file of certificates {why}.",
            "Name a file with certificates in PEM form (BEGIN CERTIFICATE).",
        )
    return file.absolute()
