"""A profile, opened."""

from pathlib import Path

import pytest

from tests.cli.house import House
from tests.settings.factories import TEST
from tests.storage.fakes import use_home
from tests.workspace.fakes import HOST, FakeInstance, make_instance_session
from tui.coroutines import run_without_loop
from tui.errors import Problem
from tui.settings.draft import Draft
from tui.settings.findings import Severity
from tui.settings.preconditions import Condition, PreconditionState
from tui.settings.snapshot import Origin
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, SecretState
from tui.storage.instance import Instance
from tui.storage.profile import Keep, Profile
from tui.storage.records import add_attestations
from tui.targets.local_file import LocalFile
from tui.workspace.apply import attest
from tui.workspace.session import Session, open_session, unread_session


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return use_home(tmp_path, monkeypatch)


def opened(
    here: House, environment: Environment | None = None, keep: Keep = Keep.NOTHING
) -> Session:
    return run_without_loop(open_session(Profile("default", here.settings, environment, keep)))


def test_a_profile_whose_file_is_not_there_specifies_nothing(here: House) -> None:
    session = opened(here)
    assert session.target == LocalFile(here.settings)
    assert (session.snapshot.values, session.attestations) == ({}, ())
    assert list(here.root.iterdir()) == []


def test_a_profile_is_opened_with_what_lies_in_its_file(here: House) -> None:
    here.write('server = "mail.corp.example"\nport = "25"\nsever = 1\n')
    session = opened(here)
    assert session.snapshot.value("server") == "mail.corp.example"
    assert session.snapshot.origins["server"] == Origin(str(here.settings), 1)
    assert session.snapshot.broken.keys() == {"port"}
    assert [each.code for each in session.snapshot.findings] == ["file.unknown-key"]


def test_a_file_that_is_no_toml_is_not_opened(here: House) -> None:
    here.write("server =\n")
    with pytest.raises(Problem, match=r"toml\.syntax"):
        opened(here)


def test_an_instance_with_broken_attestations_is_not_opened(here: House) -> None:
    here.write("attestation = 1\n", here.attestations)
    instance = Instance("https://dev12345.service-now.com", user="admin")
    with pytest.raises(Problem, match=r"attestations\.broken"):
        unread_session(Profile("default", here.settings, instance=instance))


def test_a_local_file_needs_no_attestations(here: House) -> None:
    here.write("attestation = 1\n", here.attestations)
    assert opened(here).attestations == ()


@pytest.mark.parametrize("environment", [None, *Environment])
def test_the_target_knows_what_the_profile_says(
    here: House, environment: Environment | None
) -> None:
    assert opened(here, environment).facts == TargetFacts(environment=environment)
    assert opened(here, environment, Keep.KEYRING).target == LocalFile(
        here.settings, environment, keeps=True
    )


def test_its_draft_has_no_edit_in_it(here: House) -> None:
    here.write('server = "mail.corp.example"\n')
    session = opened(here)
    assert session.draft == Draft(session.snapshot)
    assert session.draft.changed_properties() == ()
    assert session.review(session.draft).plan.changes == ()


def test_a_review_is_made_for_the_profiles_place_and_name(here: House) -> None:
    session = opened(here, Environment.PRODUCTION)
    review = session.review(session.draft.edit("display_name", "Help"))
    assert (review.name, review.facts) == (
        "default",
        TargetFacts(environment=Environment.PRODUCTION),
    )
    assert opened(here, Environment.NON_PRODUCTION).facts == TEST


def test_a_review_of_an_instance_asks_for_its_host(here: House) -> None:
    session = make_instance_session(FakeInstance(), Environment.PRODUCTION)
    review = session.review(session.draft.edit("display_name", "Help"))
    assert [each.word for each in review.plan.confirmations] == [HOST]


def test_a_review_counts_what_was_attested_for_this_profile_before(here: House) -> None:
    first = make_instance_session(FakeInstance())
    draft = first.draft.edit("server", "mail.corp.example")
    word = attest(first.review(draft), [Condition.EXPECTED, Condition.REACHABLE], "anna")
    add_attestations("default", word[:1])
    add_attestations("other", word[1:])
    session = make_instance_session(FakeInstance())
    stands = {each.condition: each.state for each in session.review(draft).preconditions}
    assert stands[Condition.EXPECTED] is PreconditionState.ATTESTED
    assert stands[Condition.REACHABLE] is PreconditionState.OPEN


@pytest.mark.parametrize("keep", Keep)
@pytest.mark.parametrize("text", ["", 'password = ""\n', 'password = "not kept"\n'])
def test_the_keyring_is_not_asked_for_a_secret_that_is_not_in_it(
    here: House, keep: Keep, text: str
) -> None:
    here.write(text)
    session = opened(here, keep=keep)
    assert session.snapshot.findings == ()
    assert session.snapshot.value("password") != SecretState.KEPT


def test_a_kept_secret_counts_as_not_kept_where_the_profile_keeps_nothing(here: House) -> None:
    here.write('password = "kept"\npop3_password = "kept"\n')
    snapshot = opened(here).snapshot
    assert snapshot.values == dict.fromkeys(("password", "pop3_password"), SecretState.NOT_KEPT)
    assert snapshot.findings == ()


def test_a_kept_secret_that_cannot_be_looked_for_counts_as_not_kept_and_is_told(
    here: House,
) -> None:
    here.write('server = "mail.corp.example"\npassword = "kept"\n')
    session = opened(here, keep=Keep.KEYRING)
    assert session.snapshot.value("password") is SecretState.NOT_KEPT
    (finding,) = session.snapshot.findings
    assert (finding.property, finding.severity) == ("password", Severity.WARNING)
    assert finding.code == "keyring.unavailable"
    assert "no D-Bus session" in finding.message
    assert finding in session.review(session.draft).findings
    assert session.draft.changed_properties() == ()
    assert here.settings.read_text().endswith('password = "kept"\n')
