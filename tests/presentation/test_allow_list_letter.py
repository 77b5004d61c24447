"""The letter to the mail server's administrators."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import TEST, deterministic, edit
from tui.presentation.allow_list_letter import letter
from tui.settings.catalog import Settings
from tui.settings.draft import parse
from tui.settings.values import SecretState, Security
from tui.terminal.visible import visible

CANARY = "canary-3f9c"
HOST = "corp.service-now.com"
FULL = {
    "server": "mail.corp.example",
    "user": "helpdesk@corp.example",
    "display_name": "Help Desk",
    "authenticate": True,
    "password": SecretState.KEPT,
    "port": 587,
    "security": Security.STARTTLS,
    "test_recipients": ("qa@corp.example", "qb@corp.example"),
}
BLANK = r"\[FILL IN: [^\]]+\]"


def write_letter(host: str = HOST, environment: str = "production", **values: object) -> str:
    return letter(Settings(**{**FULL, **values}), host=host, environment=environment)  # type: ignore[arg-type]


def value(text: str, label: str) -> str:
    """What stands beside a label, or below it."""
    found = re.search(rf"^  {label}:\s+(.*)$", text, re.MULTILINE)
    assert found, text
    return found[1]


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_value_stands_in_it() -> None:
    text = write_letter()
    assert text.startswith(f"Subject: Mail from a ServiceNow instance: {HOST}\n")
    assert value(text, "Instance") == HOST
    assert value(text, "Environment") == "production"
    assert value(text, "Server") == "mail.corp.example"
    assert value(text, "Port") == "587"
    assert value(text, "Security").startswith("STARTTLS")
    assert value(text, "Login user") == "helpdesk@corp.example"
    assert value(text, "Envelope sender") == "helpdesk@corp.example"
    assert value(text, "From address") == "helpdesk@corp.example"
    assert value(text, "Display name") == "Help Desk"
    assert re.findall(r"Test recipient: +(.*)", text) == ["qa@corp.example", "qb@corp.example"]
    assert "The SPF record of corp.example must list them" in words(text)
    assert "sign with DKIM for corp.example?" in text


def test_what_is_not_known_is_left_to_fill_in_and_never_invented() -> None:
    text = write_letter()
    assert "Now Support, ServiceNow's portal, lists them" in words(text)
    assert re.findall(BLANK, re.sub(r"\. Now Support[^\]]+", "", words(text))) == [
        "[FILL IN: its outbound IP addresses]",
        "[FILL IN: messages an hour, and at peaks]",
        "[FILL IN: name, address and telephone]",
        "[FILL IN: your name]",
    ]
    assert not re.search(r"\d+\.\d+\.\d+", text)


def test_what_is_not_set_says_so() -> None:
    text = letter(Settings(), host="", environment="")
    assert value(text, "Server") == "not set"
    assert value(text, "Display name") == "not set"
    assert value(text, "Port") == "25"
    assert value(text, "Security") == "None: everything is sent unencrypted"
    assert value(text, "Login user") == "none: the instance doesn't log in"
    for label in ("Instance", "Environment", "Envelope sender", "From address", "Test recipient"):
        assert re.fullmatch(BLANK, value(text, label))
    assert "SPF record of [FILL IN: the sender's domain]" in words(text)
    assert value(write_letter(user=""), "Login user") == "not set"


def test_login_that_is_no_address_leaves_the_sender_to_fill_in() -> None:
    text = write_letter(user="apikey")
    assert value(text, "Login user") == "apikey"
    assert re.fullmatch(BLANK, value(text, "From address"))


def test_without_a_login_none_is_asked_for() -> None:
    text = write_letter(authenticate=False)
    assert "Email from these addresses without a login." in text
    assert "AUTH" not in text
    assert "password" not in text


@pytest.mark.parametrize("state", SecretState)
def test_of_a_password_nothing_is_told_but_whether_it_is_known(state: SecretState) -> None:
    text = words(write_letter(password=state))
    known = "The password is known to us" if state.is_set else "The password will be requested"
    assert known in text
    assert text.count("password") == 1
    assert SecretState.KEPT not in text.replace(known, "")


def test_password_that_is_typed_is_not_in_it() -> None:
    draft = edit(TEST, user="helpdesk@corp.example", authenticate="true", password=CANARY).draft
    text = letter(parse(draft).settings, host=HOST, environment="non-production")
    assert "The password is known to us" in words(text)
    assert CANARY not in text


@pytest.mark.parametrize(
    ("security", "said"), [(Security.SSL_TLS, "first byte"), (Security.NONE, "unencrypted")]
)
def test_security_is_told_in_words(security: Security, said: str) -> None:
    assert said in value(write_letter(security=security), "Security")


def test_international_domain_stands_as_dns_has_it() -> None:
    text = write_letter(user="hilfe@bücher.example")
    assert value(text, "From address") == "hilfe@bücher.example"
    assert "SPF record of xn--bcher-kva.example" in words(text)


TEXTS = st.text(st.characters(), max_size=120)


@deterministic
@given(TEXTS, TEXTS, TEXTS, TEXTS, st.lists(TEXTS, max_size=3))
def test_any_value_is_shown_whole_and_stays_on_its_line(
    server: str, user: str, name: str, host: str, recipients: list[str]
) -> None:
    text = write_letter(
        host,
        server=server,
        user=user,
        display_name=name,
        test_recipients=tuple(recipients),
    )
    lines = text.removesuffix("\n").split("\n")
    assert all(visible(line) == line for line in lines)
    shown = [visible(each) for each in (server, user, name, host, *recipients)]
    for each in shown:
        assert each in text
    for line in lines:
        assert len(line) <= 72 or any(each and each in line for each in shown)
    assert headings(text)[1:] == headings(write_letter())[1:]


def headings(text: str) -> list[str]:
    """The lines that are not indented."""
    return [line for line in text.split("\n") if not line.startswith(" ")]


def test_long_value_has_a_line_of_its_own() -> None:
    long = f"{'mail.' * 20}example"
    text = write_letter(server=long)
    assert f"  Server:\n    {long}\n" in text
    assert f" {long} " in words(write_letter(user=f"helpdesk@{long}"))
    others = [line for line in text.split("\n") if long not in line]
    assert max(map(len, others)) <= 72


def test_a_from_of_its_own_is_the_sender() -> None:
    text = letter(
        Settings(user="apikey", authenticate=True), host=HOST, environment="", sender="it@b.example"
    )
    assert value(text, "Login user") == "apikey"
    assert value(text, "Envelope sender") == value(text, "From address") == "it@b.example"
    assert "sign with DKIM for b.example" in words(text)
