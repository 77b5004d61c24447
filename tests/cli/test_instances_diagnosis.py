"""Whatever an instance does instead of answering: what a person is told, and the exit code."""

import shutil
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.house import assert_harmless
from tests.cli.site import Site, is_write, open_site, shorten_waits
from tests.sampling import sample
from tests.sandbox.fault_injection import Fault, RecordedRequest

SAVE = ("apply", "--set", "test_recipients=a@corp.example", "--yes")
HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("house")) as site:
        yield site


@pytest.fixture
def site(shared: Site) -> Iterator[Site]:
    """A stand-in that behaves again afterwards."""
    shared.sandbox.recorded.clear()
    shared.sandbox.refused_sign_ins.clear()
    yield shared
    shutil.rmtree(shared.house.root / "state" / "glidemail" / "refused-sign-ins", True)
    shared.sandbox.faults.clear()
    for name in ("rate_limited", "hibernating", "broken", "error_on_200", "login_redirect"):
        setattr(shared.sandbox.switches, name, False)
    for name in ("never_answers", "basic_restricted", "accounts_hidden"):
        setattr(shared.sandbox.switches, name, False)


def refusal_words(site: Site, code: str, *argv: str, exit_code: int = 1, **how: Any) -> str:
    """What went wrong in words; a program is told the same."""
    answered = site.call(*argv, "--json", **how)
    assert answered.code == exit_code, answered
    answer = answered.answer()
    assert answer.keys() == {"schema", "error"}
    assert answer["error"].keys() == {"code", "message", "next"}
    assert answer["error"]["code"] == code
    said = site.call(*argv, "--sign-in-again", **how)
    assert_harmless(said)
    assert said.code == exit_code
    assert said.err.startswith("glidemail: ")
    error = f"{answer['error']['message']} {answer['error']['next']}"
    assert said.words.endswith(" ".join(f"glidemail: {error}".split()))
    return error


# Signing in


def test_a_wrong_password_costs_one_attempt(site: Site) -> None:
    refused = site.call("show", sign_in="wr0ng")
    assert (refused.code, refused.out) == (1, "")
    assert f"{HOST} rejected the sign-in of user admin: the user or the password is wrong" in (
        refused.words
    )
    assert "One attempt was made; more can lock the account." in refused.words
    assert "Check the user and type the password again." in refused.words
    assert site.sandbox.refused_sign_ins == {"admin": 1}
    assert len(site.sandbox.recorded) == 1
    site.sandbox.unlock("admin")


def test_a_wrong_password_is_told_a_program_too(site: Site) -> None:
    refusal_words(site, "instance.sign-in", "plan", sign_in="wr0ng")
    site.sandbox.unlock("admin")


def test_a_restricted_basic_sign_in_is_named_with_the_ways_around_it(site: Site) -> None:
    site.sandbox.switches.basic_restricted = True
    words = refusal_words(site, "instance.sign-in", "show")
    for cause in (
        "locked out",
        "MFA or single sign-on",
        "An IP or REST API access policy may apply.",
        "Basic authentication may be restricted (release Brazil and later)",
        "a web-service-access-only user, a valid MFA one-time password, or the role "
        "snc_basic_auth_api_access",
        "An API key or OAuth also works.",
    ):
        assert cause in words


@pytest.mark.parametrize(
    ("sign_in", "user", "code", "words"),
    [
        ("api-key", "", "instance.sign-in", "rejected the sign-in of the API key"),
        ("client-credentials", "abc", "instance.token", "didn't issue a token to OAuth client abc"),
    ],
)
def test_other_ways_to_sign_in_are_refused_after_one_attempt(
    site: Site, sign_in: str, user: str, code: str, words: str
) -> None:
    site.add(sign_in, "--sign-in", sign_in, user=user)
    assert words in refusal_words(site, code, "show", profile=sign_in, sign_in="wr0ng")
    assert sum(site.sandbox.refused_sign_ins.values()) == 2
    assert len(site.sandbox.recorded) == 2


def test_nothing_that_signs_in_is_refused_before_anything_is_asked(site: Site) -> None:
    for form, out in (((), ""), (("--json",), "sign-in.missing")):
        refused = site.house.call("-p", "dev", "show", *form)
        assert refused.code == 5
        assert out in refused.out
        assert f"There is no sign-in for {site.host} here." in refused.words
        assert "--secrets-stdin, as a line sign_in=" in refused.words
    assert site.sandbox.recorded == []


# Instead of an answer


@pytest.mark.parametrize(
    ("switch", "code", "words"),
    [
        ("rate_limited", "rate-limit", "too many requests this hour, by rule 5f1a1d"),
        ("rate_limited", "rate-limit", "Try again in 60 seconds"),
        ("hibernating", "hibernating", f"{HOST} is hibernating"),
        ("hibernating", "hibernating", "Wake it at developer.servicenow.com"),
        ("broken", "server-error", "the instance failed (500)."),
        ("error_on_200", "refused", 'It says: "Transaction cancelled: maximum execution time'),
        ("login_redirect", "login-page", "redirects to a sign-in page on 127.0.0.1"),
        ("login_redirect", "login-page", "can be used without single sign-on"),
    ],
)
def test_an_instance_that_does_not_answer_as_one_is_diagnosed(
    site: Site, switch: str, code: str, words: str
) -> None:
    setattr(site.sandbox.switches, switch, True)
    assert words in refusal_words(site, f"instance.{code}", "show")
    assert len(site.sandbox.recorded) == 2


def test_an_instance_that_never_answers_is_given_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten_waits(monkeypatch)
    site.sandbox.switches.never_answers = True
    words = refusal_words(site, "instance.timeout", "show")
    assert "no answer in 0.4 seconds" in words
    assert "The instance may be busy or rebuilding its caches" in words


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("drop_before", "cut", "the connection was cut before an answer"),
        ("garbage", "not-json", "the answer isn't JSON (status 200)"),
        ("truncated_after", "cut-short", "the connection was cut in the middle of the answer"),
    ],
)
def test_an_answer_that_is_none_is_diagnosed(site: Site, kind: str, code: str, words: str) -> None:
    site.sandbox.faults.add(Fault(kind, times=2))
    assert words in refusal_words(site, f"instance.{code}", "check")


# On the way there


def test_a_name_that_leads_nowhere_is_told(site: Site) -> None:
    add_url(site, "nowhere", "https://no-such-host.invalid")
    words = refusal_words(site, "instance.unknown-host", "show", profile="nowhere")
    assert "no-such-host.invalid: the name can't be resolved" in words


def test_a_port_where_nothing_listens_is_told(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))  # and does not listen
        add_url(site, "stopped", f"https://{HOST}:{taken.getsockname()[1]}")
        words = refusal_words(site, "instance.connection-refused", "show", profile="stopped")
    assert f"Can't connect to {HOST}: connection refused." in words


def test_a_certificate_nobody_vouches_for_gets_no_secret(site: Site) -> None:
    add_url(site, "plain", site.sandbox.running.url)
    words = refusal_words(site, "instance.certificate-unknown-issuer", "show", profile="plain")
    assert ", which is not trusted here and not sent (" in words
    assert ". Nothing was sent to it." in words
    assert "set ca_file in the profile" in words
    assert site.sandbox.recorded == []


def test_certificates_that_are_gone_are_told(site: Site) -> None:
    path = site.house.config / "profiles" / "dev.toml"
    text = path.read_text()
    lost = text.replace(str(site.sandbox.running.ca_file), str(site.house.root / "gone.pem"))
    site.house.write(lost, path.with_name("lost.toml"))
    words = refusal_words(site, "instance.ca-file", "show", profile="lost")
    assert "gone.pem as ca_file: No such file or directory." in words


def test_another_instance_at_the_same_url_is_refused(site: Site) -> None:
    assert site.call("show").code == 0  # its name is known from now on
    site.change("sys_properties", "instance_name", value="clone")
    words = refusal_words(site, "instance.other", "show", exit_code=5)
    assert f"{site.host} now has the name clone; at the first sign-in it was sandbox." in words
    assert site.call(*SAVE).code == 5
    assert site.writes == []
    site.change("sys_properties", "instance_name", value="sandbox")


# What a user may see and do


@pytest.mark.parametrize("user", sample(["reader", "nobody"], 2))
def test_who_sees_no_accounts_is_told_so_and_changes_nothing(site: Site, user: str) -> None:
    site.add(user, user=user)
    how: dict[str, Any] = {"profile": user, "sign_in": site.password(user)}
    shown = site.call("show", **how)
    assert_harmless(shown)
    assert shown.code == 0
    for words in (
        "sender unknown",
        "Sign in with the role email_account_admin.",
        "Not read:",
        "Can't read how many emails are in the queue.",
    ):
        assert words in shown.words
    refused = site.call("apply", "--set", "server=x.corp.example", *site.settled, **how)
    assert refused.code == 1
    assert "x Mail server:" in refused.words
    planned = site.answer("plan", "--set", "server=x.corp.example", code=1, **how)
    codes = {each["code"] for each in planned["findings"] if each["severity"] == "error"}
    assert "property.locked" in codes
    assert refusal_words(site, "account.choice", "plan", "--own-server", exit_code=5, **how)
    assert site.writes == []


def test_accounts_that_are_hidden_from_everybody_leave_it_undetermined(site: Site) -> None:
    site.sandbox.switches.accounts_hidden = True
    assert site.answer("show")["model"] == "undetermined"


def test_a_write_that_is_not_allowed_is_told_and_nothing_was_written(site: Site) -> None:
    site.add("reader2", user="reader")
    before = site.state()
    words = refusal_words(
        *(site, "instance.forbidden", *SAVE),
        profile="reader2",
        sign_in=site.password("reader"),
    )
    assert "sys_properties: not allowed to user reader." in words
    assert "Nothing was written." in words
    assert "An access rule, a business rule or a data policy forbids it" in words
    assert site.state() == before


@pytest.mark.grid
@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("refuse_403", "instance.forbidden", "ACL Exception Update Failed"),
        ("status_429", "instance.rate-limit", "Try again in 60 seconds"),
        (
            "status_500",
            "instance.server-error",
            "Reading it back shows that it hadn't been written",
        ),
        ("drop_before", "instance.cut", "Reading it back shows that it hadn't been written"),
        (
            "hibernating",
            "instance.hibernating",
            "Reading it back shows that it hadn't been written",
        ),
    ],
)
def test_a_write_that_fails_says_that_nothing_was_written(
    site: Site, kind: str, code: str, words: str
) -> None:
    site.sandbox.faults.add(Fault(kind, is_write, times=2))
    before = site.state()
    error = refusal_words(site, code, *SAVE)
    assert words in error
    assert "Nothing was written." in error
    assert site.state() == before


@pytest.mark.parametrize("kind", sample(["drop_after", "status_500_after", "truncated_after"], 3))
def test_a_write_whose_answer_is_lost_is_seen_to_have_been_done(site: Site, kind: str) -> None:
    site.sandbox.faults.add(Fault(kind, is_write))
    text = f"{kind.replace('_', '-')}@corp.example"
    saved = site.call("apply", "--set", f"test_recipients={text}", "--yes")
    assert saved.code == 0
    assert "Test address read back" in saved.words
    assert site.value("glide.email.test.user") == text
    assert len(site.writes) == 1


def test_a_write_that_is_never_answered_is_looked_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten_waits(monkeypatch)
    site.sandbox.faults.add(Fault("never_after", is_write))
    saved = site.call("apply", "--set", "test_recipients=late@corp.example", "--yes")
    assert saved.code == 0
    assert site.value("glide.email.test.user") == "late@corp.example"


def test_a_failure_after_a_part_says_which_part(site: Site) -> None:
    def second(recorded: RecordedRequest) -> bool:
        return is_write(recorded) and len(site.writes) == 2

    site.sandbox.faults.add(Fault("refuse_403", second))
    edits = ("--set", "test_recipients=p@corp.example", "--set", "sending_enabled=no")
    failed = site.call("apply", *edits, "--yes")
    assert_harmless(failed)
    assert failed.code == 1
    assert "Written: sending_enabled. Failed: test_recipients." in failed.words
    assert site.value("glide.email.smtp.active") == "false"
    site.change("sys_properties", "glide.email.smtp.active", value="true")


def add_url(site: Site, name: str, url: str) -> None:
    where = ("--instance", url, "--environment", "non-production", "--user", "admin")
    assert site.house.call("profiles", "add", name, *where).code == 0
