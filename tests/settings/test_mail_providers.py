"""What is known of providers' mail servers."""

import pytest

from tui.settings.mail_provider_list import LIST
from tui.settings.mail_providers import (
    LoginShape,
    MailServer,
    PublishedPort,
    find_pop3_server,
    find_smtp_server,
)
from tui.settings.parse.host import parse_host
from tui.settings.values import Security

NONE, STARTTLS, SSL_TLS = Security
PORTS = {
    "smtp.gmail.com": {(465, SSL_TLS), (587, STARTTLS)},
    "smtp.office365.com": {(587, STARTTLS), (25, STARTTLS)},
    "email-smtp.eu-west-1.amazonaws.com": {
        *((465, SSL_TLS), (2465, SSL_TLS)),
        *((25, STARTTLS), (587, STARTTLS), (2587, STARTTLS)),
    },
    "smtp.sendgrid.net": {
        *((465, SSL_TLS), (25, STARTTLS), (587, STARTTLS), (2525, STARTTLS)),
    },
    "smtp.postmarkapp.com": {(25, STARTTLS), (587, STARTTLS), (2525, STARTTLS)},
    "corp-example.mail.protection.outlook.com": {(25, STARTTLS)},
}


def find(host: str) -> MailServer:
    server = find_smtp_server(host)
    assert server
    return server


@pytest.mark.parametrize("host", PORTS)
def test_the_ports_of_a_provider_are_those_it_publishes(host: str) -> None:
    assert {(each.port, each.security) for each in find(host).ports} == PORTS[host]


@pytest.mark.parametrize(
    ("host", "login"),
    [
        ("smtp.gmail.com", "the user is the whole address"),
        ("email-smtp.us-east-2.amazonaws.com", "the user is a key or token"),
        ("smtp.sendgrid.net", "the user is the word apikey"),
        ("smtp.eu.mailgun.org", "the user is the whole address"),
        ("smtp-relay.gmail.com", "the user is the whole address, or no login is needed"),
        ("corp-example.mail.protection.outlook.com", "no login is needed"),
        ("mail.hal.ne.jp", "the user is the part before the @"),
    ],
)
def test_the_login_of_a_provider_is_said_in_words(host: str, login: str) -> None:
    assert find(host).describe_login() == login


def test_the_source_says_where_it_is_from_and_when() -> None:
    assert find("mail.hal.ne.jp").source == "Thunderbird's provider list, November 2026"
    assert find("smtp.sendgrid.net").source == "SendGrid's documentation, read in November 2026"


@pytest.mark.parametrize("host", ["SMTP.Gmail.com", "smtp.gmail.com.", "Smtp.GMAIL.com."])
def test_a_host_is_found_in_every_spelling(host: str) -> None:
    assert find(host).host == "smtp.gmail.com"


@pytest.mark.parametrize(
    "host",
    [
        *("", ".", "*", "gmail.com", "smtp.gmail.com.example", "xsmtp.gmail.com", "mail"),
        *("email-smtp.amazonaws.com", "email-smtp.a.b.amazonaws.com", "s3.eu.amazonaws.com"),
        *("mail.protection.outlook.com", "a.b.mail.protection.outlook.com", "192.0.2.1", "::1"),
    ],
)
def test_a_host_that_only_looks_like_a_providers_is_not_known(host: str) -> None:
    assert find_smtp_server(host) is None
    assert find_pop3_server(host) is None


def test_a_pop3_server_belongs_to_its_sending_one() -> None:
    (host,) = find("smtp.gmail.com").pop3
    server = find_pop3_server(host)
    assert server
    assert server.ports == (PublishedPort(995, SSL_TLS),)
    assert find("smtp.sendgrid.net").pop3 == ()


def test_every_line_of_the_list_is_read() -> None:
    for line in LIST.splitlines():
        sending, _, reading = line.partition(" | ")
        for text, find_server in ((sending, find_smtp_server), (reading, find_pop3_server)):
            for host in (part.split()[0] for part in text.split(", ") if part):
                assert parse_host(host) == host
                server = find_server(host)
                assert server, line
                assert server.ports, line
                assert server.logins, line


def server_with(*ports: tuple[int, Security]) -> MailServer:
    published = sorted(ports, key=lambda each: -list(Security).index(each[1]))
    logins = (LoginShape.ADDRESS,)
    return MailServer(
        "mail.corp.example", tuple(PublishedPort(*each) for each in published), logins, "a page"
    )


@pytest.mark.parametrize(
    ("published", "present", "chosen"),
    [
        ([(465, SSL_TLS), (587, STARTTLS)], (25, NONE), (465, SSL_TLS)),
        ([(465, SSL_TLS), (587, STARTTLS)], (25, STARTTLS), (587, STARTTLS)),
        ([(465, SSL_TLS), (587, STARTTLS)], (587, SSL_TLS), (465, SSL_TLS)),
        ([(465, SSL_TLS), (587, STARTTLS)], (587, STARTTLS), (587, STARTTLS)),
        ([(587, STARTTLS), (25, NONE)], (25, NONE), (587, STARTTLS)),
        ([(587, STARTTLS)], (465, SSL_TLS), None),
        ([(587, NONE)], (25, NONE), (587, NONE)),
        ([(587, NONE)], (587, STARTTLS), None),
        ([(465, SSL_TLS)], (587, STARTTLS), (465, SSL_TLS)),
    ],
)
def test_what_is_offered_is_like_the_present_and_never_weaker(
    published: list[tuple[int, Security]],
    present: tuple[int, Security],
    chosen: tuple[int, Security] | None,
) -> None:
    offer = server_with(*published).choose(*present)
    assert offer == (PublishedPort(*chosen) if chosen else None)


def test_the_ports_are_told_by_their_security() -> None:
    server = server_with((587, STARTTLS), (465, SSL_TLS), (25, STARTTLS), (26, NONE))
    assert server.describe_ports() == (
        "465 with SSL/TLS, or 587 or 25 with STARTTLS, or 26 without encryption"
    )


@pytest.mark.parametrize(
    ("shape", "login"),
    [
        (LoginShape.ADDRESS, "help@corp.example"),
        (LoginShape.LOCAL_PART, "help"),
        (LoginShape.DOTTED, "help.corp.example"),
        (LoginShape.APIKEY, "apikey"),
        (LoginShape.KEY, ""),
        (LoginShape.NONE, ""),
    ],
)
def test_a_login_is_derived_from_an_address_if_it_can_be(shape: LoginShape, login: str) -> None:
    assert shape.derive("help@corp.example") == login
    assert not login or shape.matches(login)
    assert shape.derive("help") == ("apikey" if shape is LoginShape.APIKEY else "")
