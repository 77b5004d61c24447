"""A letter to a mail server's administrators: what will come from the instance, and what to allow.

KB0521756 wants them to expect it, "so they can white list the IP addresses". The addresses are
unknown here and never guessed: an instance sends from the addresses of its nodes (KB0535456),
which the support portal lists.
"""

from textwrap import fill

from tui.probes.sender.sender_checks import domain_of
from tui.settings.catalog import Settings
from tui.settings.values import Security
from tui.terminal.visible import visible

_WIDTH = 72
_LABEL = 18
_NOT_SET = "not set"
_SECURITY = {
    Security.NONE: "None: everything is sent unencrypted",
    Security.STARTTLS: "STARTTLS: starts plain, then TLS",
    Security.SSL_TLS: "SSL/TLS: TLS from the first byte",
}


def letter(settings: Settings, *, host: str, environment: str, sender: str = "") -> str:
    """Return the letter as plain text of at most 72 columns, unless a value is longer.

    What a person must add is marked `[FILL IN: …]`. It says whether a password is known, never
    the password.

    Args:
        host: the instance's host name, or "".
        environment: `production`, `non-production`, or "" if that is unknown.
        sender: the address that mail comes from; "" takes the user.
    """
    sender = sender or settings.user
    parts = (
        f"Subject: Mail from a ServiceNow instance{': ' if host else ''}{visible(host)}",
        "Hello,",
        _prose(
            "a ServiceNow instance will send its email through your mail server. Please check "
            "that you are happy with this, allow what is listed below, and tell us if anything "
            "is missing."
        ),
        _sender_part(host, environment),
        _part(
            "Mail server",
            _line("Server", visible(settings.server) or _NOT_SET),
            _line("Port", str(settings.port)),
            _line("Security", _SECURITY[settings.security]),
        ),
        _login_part(settings, sender),
        _request_part(settings),
        _question_part(sender),
        _test_part(settings),
        _part("Contact", _line("For questions", _blank("name, address and telephone"))),
        _part("With kind regards", _blank("your name")),
    )
    return "\n\n".join(parts) + "\n"


def _sender_part(host: str, environment: str) -> str:
    addresses = _blank(
        "its outbound IP addresses. Now Support, ServiceNow's portal, lists them for each "
        "instance under IP information: those for integrations without a VPN"
    )
    return _part(
        "Who sends",
        _line("Instance", visible(host) or _blank("the instance's host name")),
        _line("Environment", visible(environment) or _blank("production or non-production")),
        "  IP addresses:",
        _prose(addresses, indent="    "),
        _prose("They can change when it moves to another data centre.", indent="    "),
    )


def _login_part(settings: Settings, address: str) -> str:
    user = visible(settings.user) or _NOT_SET
    sender = visible(address) if "@" in address else _blank("the address that mail comes from")
    return _part(
        "Login and sender",
        _line("Login user", user if settings.authenticate else "none: the instance doesn't log in"),
        _line("Envelope sender", sender),
        _line("From address", sender),
        _line("Display name", visible(settings.display_name) or _NOT_SET),
    )


def _request_part(settings: Settings) -> str:
    login = "Email from these addresses without a login."
    if settings.authenticate:
        known = "is known to us" if settings.password.is_set else "will be requested separately"
        login = f"Login of that user with SMTP AUTH (PLAIN or LOGIN). The password {known}."
    return _numbered_part(
        "Please allow",
        "Connections from these addresses to that port, in every firewall in between.",
        login,
        "Email from that sender to recipients inside and outside your domains.",
        f"About {_blank('messages an hour, and at peaks')}, without greylisting.",
    )


def _question_part(sender: str) -> str:
    domain = domain_of(sender) or _blank("the sender's domain")
    return _numbered_part(
        "Please tell us",
        "From which IP addresses does your server send to other domains? The SPF record of "
        f"{domain} must list them, or include a record that does. Which one?",
        f"Does your server sign with DKIM for {domain}?",
        "Does it rewrite the sender, or reject one that isn't the login user?",
        "What are its limits for message size, recipients per message and connections?",
    )


def _test_part(settings: Settings) -> str:
    if not settings.test_recipients:
        return _part("Tests", _line("Test recipient", _blank("an address to test with")))
    lines = (_line("Test recipient", visible(each)) for each in settings.test_recipients)
    notice = _prose("For now the instance sends all email to these addresses.", indent="  ")
    return _part("Tests", *lines, notice)


def _part(title: str, *lines: str) -> str:
    return "\n".join((title, *lines))


def _numbered_part(title: str, *items: str) -> str:
    numbered = (f"{number}. {item}" for number, item in enumerate(items, start=1))
    return _part(title, *(_prose(each, indent="  ", hanging="     ") for each in numbered))


def _blank(what: str) -> str:
    return f"[FILL IN: {what}]"


def _line(label: str, value: str) -> str:
    """Return a value beside its label, or below it if there is too little room."""
    line = f"  {label + ':':<{_LABEL}}{value}"
    return line if len(line) <= _WIDTH else f"  {label}:\n    {value}"


def _prose(text: str, *, indent: str = "", hanging: str | None = None) -> str:
    return fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
