"""What is worked on, in words."""

from pathlib import Path

import pytest

from tests.settings.factories import (
    FOR_OWN,
    FOR_PROVIDERS,
    GRAPH,
    LEGACY,
    ON_MANAGED,
    ON_TEST_OWN,
    UNKNOWN,
    UNNAMED,
)
from tui.presentation.sign_in_text import sign_in_label
from tui.presentation.target_text import banner_line, model_words, signer_words
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment
from tui.storage.instance import Instance, SignInMethod
from tui.storage.profile import Keep, Profile
from tui.targets.local_file import LocalFile
from tui.targets.target import Reading
from tui.workspace.session import Session, unread_session

HOST = "dev12345.service-now.com"


def profile(sign_in: SignInMethod = SignInMethod.BASIC, user: str = "admin") -> Profile:
    instance = Instance(f"https://{HOST}", sign_in, user)
    return Profile("dev", Path("unused"), Environment.NON_PRODUCTION, Keep.NOTHING, instance)


def session(place: TargetFacts, whose: Profile | None = None) -> Session:
    target = LocalFile(Path("/etc/dev.toml"))  # stands for one that was read
    return Session(whose or profile(), target, Reading(Snapshot(), place), ())


@pytest.mark.parametrize(
    ("place", "tag", "words"),
    [
        (ON_MANAGED, "PRODUCTION", "ServiceNow's account sends"),
        (ON_TEST_OWN, "NON-PROD", "account Own SMTP"),
        (FOR_OWN, "PRODUCTION", "own server, not sending yet"),
        (FOR_PROVIDERS, "PRODUCTION", "ServiceNow's account, not sending"),
        (LEGACY, "PRODUCTION", "properties, unverified"),
        (GRAPH, "PRODUCTION", "another sender"),
        (UNKNOWN, "NON-PROD", "what sends is not known"),
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
