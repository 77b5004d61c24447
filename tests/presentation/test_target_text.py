"""What is worked on, and what sends there, in words."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.settings.factories import (
    FOR_OWN,
    FOR_PROVIDERS,
    GRAPH,
    LEGACY,
    MANAGED,
    ON_MANAGED,
    ON_TEST_OWN,
    OWN,
    READER,
    STAMP,
    UNKNOWN,
    UNNAMED,
)
from tui.presentation.target_text import (
    banner_line,
    delivery_lines,
    delivery_rows,
    model_words,
    reader_words,
    sender_words,
    sign_in_label,
    signer_words,
)
from tui.settings.delivery.status import DeliveryStatus, Model, Queue
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment
from tui.storage.instance import Instance, SignInMethod
from tui.storage.profile import Keep, Profile
from tui.targets.local_file import LocalFile
from tui.targets.target import Reading
from tui.terminal.layout import width
from tui.workspace.session import Session, unread_session

HOST = "dev12345.service-now.com"
SENDS = DeliveryStatus(
    name="dev12345",
    release="glide-x",
    model=Model.ACCOUNT,
    why="The email account Own SMTP is active.",
    sender=OWN,
    sending=True,
    recipients=(),
    queue=Queue(0, "", 0),
    sent_from="helpdesk@corp.example",
    receiving=True,
    readers=(READER,),
    changed=STAMP,
    unread=(),
)


def profile(sign_in: SignInMethod = SignInMethod.BASIC, user: str = "admin") -> Profile:
    instance = Instance(f"https://{HOST}", sign_in, user)
    return Profile("dev", Path("unused"), Environment.NON_PRODUCTION, Keep.NOTHING, instance)


def session(place: TargetFacts, whose: Profile | None = None) -> Session:
    target = LocalFile(Path("/etc/dev.toml"))  # stands for one that was read
    return Session(whose or profile(), target, Reading(Snapshot(), place), ())


@pytest.mark.parametrize(
    ("place", "tag", "words"),
    [
        (ON_MANAGED, "PRODUCTION", "ServiceNow-configured account"),
        (ON_TEST_OWN, "NON-PROD", "account Own SMTP"),
        (FOR_OWN, "PRODUCTION", "your own account, not active yet"),
        (FOR_PROVIDERS, "PRODUCTION", "ServiceNow-configured, not active"),
        (LEGACY, "PRODUCTION", "no active account"),
        (GRAPH, "PRODUCTION", "another sender"),
        (UNKNOWN, "NON-PROD", "sender unknown"),
    ],
)
def test_a_banner_tells_what_is_worked_on_and_what_decides(
    place: TargetFacts, tag: str, words: str
) -> None:
    said = banner_line(session(place))
    assert said.startswith(f"{tag}  dev  ")
    assert said.endswith(f"  admin  {words}")


def test_a_banner_of_a_file_names_no_one_who_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/etc")
    file = Profile("dev", Path("/etc/dev.toml"), None)
    assert banner_line(session(UNNAMED, file)) == "FILE  dev  ~/dev.toml  (counts as production)"
    assert signer_words(session(UNNAMED, file)) == ""


def test_an_instance_that_was_not_read_is_not_connected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert model_words(unread_session(profile())) == "not connected"


@pytest.mark.parametrize(
    ("sign_in", "user", "who", "label"),
    [
        (SignInMethod.BASIC, "admin", "admin", f"Password of admin at {HOST}"),
        (SignInMethod.API_KEY, "", "API key", f"API key for {HOST}"),
        (
            SignInMethod.CLIENT_CREDENTIALS,
            "9f7c57e5",
            "OAuth client",
            f"Secret of the OAuth client 9f7c57e5 at {HOST}",
        ),
    ],
)
def test_who_signs_in_is_named_and_what_is_asked_for_too(
    sign_in: SignInMethod, user: str, who: str, label: str
) -> None:
    whose = profile(sign_in, user)
    assert whose.instance
    assert signer_words(session(ON_MANAGED, whose)) == who
    assert sign_in_label(whose.instance) == label


def row(verdict: DeliveryStatus, name: str) -> tuple[str, str]:
    """The mark and the words of a row."""
    (found,) = ((mark, words) for mark, title, words in delivery_rows(verdict) if title == name)
    return found


def test_what_sends_is_told_with_whose_it_is_and_what_that_means() -> None:
    own = sender_words(SENDS)
    assert (
        own == f"{SENDS.why} It sends through mail.corp.example:587. It is your own SMTP account."
    )
    managed = sender_words(replace(SENDS, sender=MANAGED))
    assert (
        "through relay.service-now.com:465. ServiceNow configured it: KB0521756 doesn't apply"
        in managed
    )
    assert sender_words(replace(SENDS, sender=None, why="Nobody knows.")) == "Nobody knows."
    assert "mail.corp.example. It" in sender_words(replace(SENDS, sender=replace(OWN, port="")))


@pytest.mark.parametrize(
    ("change", "name", "expected"),
    [
        ({}, "Email sending enabled", (" ", "on")),
        ({"sending": False}, "Email sending enabled", (" ", "off")),
        (
            {"sending": None},
            "Email sending enabled",
            (" ", "not returned: missing, or hidden from this user"),
        ),
        ({}, "Test address", (" ", "not set: email reaches its recipients")),
        (
            {"recipients": ("a@b.example", "c@d.example")},
            "Test address",
            (" ", "all email goes to a@b.example, c@d.example"),
        ),
        (
            {"recipients": None},
            "Test address",
            (" ", "not returned: missing, or hidden from this user; email may reach real people"),
        ),
        ({}, "Queue", (" ", "No email is in the queue.")),
        ({"queue": Queue()}, "Queue", ("!", "Can't read how many emails are in the queue.")),
        ({}, "From", (" ", "helpdesk@corp.example; replies are read there")),
        (
            {"receiving": False},
            "From",
            ("!", "helpdesk@corp.example; replies are not read, as receiving is off"),
        ),
        (
            {"receiving": None},
            "From",
            (" ", "helpdesk@corp.example; it isn't known whether replies are read"),
        ),
        (
            {"readers": ()},
            "From",
            ("!", "helpdesk@corp.example; no active account reads that mailbox"),
        ),
        (
            {"readers": (), "hides_readers": True},
            "From",
            (" ", "helpdesk@corp.example; it isn't known whether replies are read"),
        ),
        (
            {"readers": (), "model": Model.NO_ACTIVE_ACCOUNT},
            "From",
            (" ", "helpdesk@corp.example; it isn't known whether replies are read"),
        ),
        ({"sent_from": ""}, "From", (" ", "not known")),
        ({}, "Email receiving enabled", (" ", "on")),
        ({}, "POP3/IMAP account", (" ", "POP3: pop3 pop.corp.example as helpdesk, active")),
        ({}, "Last changed", (" ", "2026-01-02 03:04:05 UTC by admin")),
        ({}, "Instance", (" ", "dev12345, glide-x")),
        ({"name": "", "release": ""}, "Instance", (" ", "name not returned, release not returned")),
    ],
)
def test_everything_a_change_could_move_is_told(
    change: dict[str, object], name: str, expected: tuple[str, str]
) -> None:
    assert row(replace(SENDS, **change), name) == expected  # type: ignore[arg-type]


def test_an_inactive_reader_is_told_as_one() -> None:
    resting = replace(READER, active=False, port="995")
    assert reader_words(resting) == "pop3 pop.corp.example:995 as helpdesk"
    assert row(replace(SENDS, readers=(resting,)), "POP3/IMAP account")[1].endswith(", inactive")


def test_nothing_is_said_of_a_change_that_nobody_knows_of() -> None:
    rows = delivery_rows(replace(SENDS, changed=None))
    assert "Last changed" not in [title for _, title, _ in rows]


def test_the_verdict_is_told_in_lines_that_fit() -> None:
    verdict = replace(SENDS, unread=("some email accounts (hidden from this user)", "the rest"))
    lines = list(delivery_lines(verdict, 60))
    assert lines[0] == "What sends now"
    assert lines[-2].startswith("   ! Not read: some email accounts")
    assert max(map(width, lines)) <= 60


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("glide.email.server",), "glide.email.server is set; a clone can turn it into an account"),
        (("glide.email.server", "a", "b"), "glide.email.server and 2 more properties of KB0521756"),
    ],
)
def test_properties_that_have_no_effect_are_named(names: tuple[str, ...], words: str) -> None:
    found = {label: told for _, label, told in delivery_rows(replace(SENDS, left_over=names))}
    assert words in found["No effect"]
    assert "No effect" not in {label for _, label, _ in delivery_rows(replace(SENDS, left_over=()))}
