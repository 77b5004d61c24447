"""The POP settings, each with where it comes from."""

import pytest
from hypothesis import given

from tests.settings.factories import TEST, Situation, deterministic, edit, situations
from tui.settings.draft import Draft, parse
from tui.settings.incoming import (
    DerivedValue,
    IncomingSettings,
    derive_incoming,
)
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Security, Value

MAIL, POP = "mail.corp.example", "pop.corp.example"
KEPT, UNKNOWN, NOT_KEPT = SecretState.KEPT, SecretState.UNKNOWN, SecretState.NOT_KEPT


def incoming(**texts: str) -> IncomingSettings:
    return derive_incoming(parse(edit(TEST, None, **texts).draft))


def test_nothing_specified_leaves_the_defaults() -> None:
    nothing = incoming()
    assert nothing.server == DerivedValue(None, "no outgoing server", "server")
    assert nothing.user == DerivedValue(None, "no user email", "user")
    assert nothing.password.value is SecretState.UNSET
    assert nothing.port == DerivedValue(110, "default", "")
    assert nothing.security == DerivedValue(Security.NONE, "default", "")


def test_the_server_follows_the_outgoing_one() -> None:
    assert incoming(server=MAIL).server == DerivedValue(MAIL, "same as outgoing", "server")


def test_the_user_is_what_stands_before_the_at_sign() -> None:
    derived = incoming(user="helpdesk@company.com").user
    assert derived == DerivedValue("helpdesk", "from user email", "user")


@pytest.mark.parametrize(
    ("user", "name"), [("a.b+c@corp.example", "a.b+c"), ('"a@b"@corp.example', '"a@b"')]
)
def test_all_that_stands_before_the_last_at_sign_counts(user: str, name: str) -> None:
    assert incoming(user=user).user.value == name


def test_a_user_of_one_word_gives_no_pop_account_name() -> None:
    assert incoming(user="apikey").user == DerivedValue(None, "user email has no @", "user")


def test_the_password_follows_as_a_state() -> None:
    derived = incoming(password="hunter2").password
    assert (derived.value, derived.follows) == (SecretState.NEW, "password")
    assert "hunter2" not in repr(derived)


@pytest.mark.parametrize("state", [KEPT, NOT_KEPT, UNKNOWN])
def test_the_password_follows_whatever_is_known_of_it(state: SecretState) -> None:
    derived = derive_incoming(parse(Draft(Snapshot({"password": state})))).password
    assert derived.value is state


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("server", POP, POP),
        ("user", "reader", "reader"),
        ("port", "995", 995),
        ("port", "110", 110),
        ("security", "ssl_tls", Security.SSL_TLS),
        ("security", "none", Security.NONE),
        ("password", "hunter3", SecretState.NEW),
    ],
)
def test_an_override_wins_and_says_so(field: str, text: str, value: Value) -> None:
    texts = {"server": MAIL, "user": "a@corp.example", "password": "x", f"pop3_{field}": text}
    assert getattr(incoming(**texts), field) == DerivedValue(value, "set here", f"pop3_{field}")


def test_an_override_of_one_leaves_the_others_derived() -> None:
    derived = incoming(server=MAIL, user="a@corp.example", pop3_server=POP)
    assert derived.user.follows == "user"
    assert derived.password.follows == "password"


@pytest.mark.parametrize("state", [SecretState.UNSET, SecretState.CLEARED])
def test_a_pop_password_that_is_not_set_gives_way_to_the_outgoing_one(state: SecretState) -> None:
    draft = Draft(Snapshot({"password": KEPT, "pop3_password": state}))
    assert derive_incoming(parse(draft)).password.follows == "password"


def test_a_cleared_pop_password_gives_way_to_the_outgoing_one() -> None:
    draft = Draft(Snapshot({"password": KEPT, "pop3_password": KEPT})).edit("pop3_password", "")
    derived = derive_incoming(parse(draft)).password
    assert (derived.value, derived.follows) == (KEPT, "password")


@pytest.mark.parametrize(
    ("field", "broken", "text", "words"),
    [
        ("server", "server", "a b", "no valid outgoing server"),
        ("server", "pop3_server", "a b", "not valid"),
        ("user", "user", "<a@b>", "no valid user email"),
        ("user", "pop3_user", "\x00", "not valid"),
        ("port", "pop3_port", "x", "not valid"),
        ("security", "pop3_security", "TLS", "not valid"),
    ],
)
def test_what_follows_a_broken_property_has_no_value(
    field: str, broken: str, text: str, words: str
) -> None:
    texts = {"server": MAIL, "user": "a@corp.example", broken: text}
    assert getattr(incoming(**texts), field) == DerivedValue(None, words, broken)


def test_an_override_does_not_depend_on_what_it_overrides() -> None:
    assert incoming(server="a b", pop3_server=POP).server.value == POP


@given(situations())
@deterministic
def test_the_password_is_never_more_than_a_state(situation: Situation) -> None:
    derived = derive_incoming(parse(situation.draft)).password
    assert derived.value is None or isinstance(derived.value, SecretState)


@given(situations())
@deterministic
def test_everything_derived_says_where_it_comes_from(situation: Situation) -> None:
    derived = derive_incoming(parse(situation.draft))
    for each in (derived.server, derived.user, derived.password, derived.port, derived.security):
        assert each.origin
        assert each.follows in {*situation.draft.entries, ""}
        assert (each.origin == "default") is (each.follows == "")


def test_the_pop3_user_comes_from_the_user_email_whatever_from_is() -> None:
    derived = incoming(user="helpdesk@corp.example", **{"from": "it@corp.example"}).user
    assert (derived.value, derived.follows) == ("helpdesk", "user")
    assert derived.origin == "from user email"
