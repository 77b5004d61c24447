"""What is said of an account that signs in by OAuth."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.settings.factories import OWN, STAMP
from tui.presentation.oauth_text import oauth_rows, oauth_ways, profile_words, token_words
from tui.presentation.target_text import delivery_rows, sender_words
from tui.settings.delivery.evidence import DeliveryEvidence
from tui.settings.delivery.oauth import OAuthSignIn, OAuthToken
from tui.settings.delivery.status import DeliveryStatus, Model, Queue

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PAST, FUTURE = "2026-11-30 11:59:59", "2026-11-30 12:00:01"
UNKNOWN = "unknown (hidden from this user)"
NAMED = OAuthSignIn("Own SMTP", "SMTP", "Exchange Online", "Microsoft")
BY_OAUTH = DeliveryStatus(
    name="dev1",
    release="",
    model=Model.ACCOUNT,
    why="The email account Own SMTP is active.",
    sender=OWN,
    sending=True,
    recipients=(),
    queue=Queue(0, "", 0),
    sent_from="",
    receiving=True,
    readers=(),
    changed=STAMP,
    unread=(),
    oauth=NAMED,
    evidence=DeliveryEvidence(read_at=NOW),
)
BY_GRAPH = replace(
    BY_OAUTH,
    model=Model.OTHER_SENDER,
    why="Graph sends, which is no SMTP account.",
    sender=None,
    oauth=replace(NAMED, account="Graph", type="Microsoft Graph (Send)"),
)


@pytest.mark.parametrize(
    ("profile", "provider", "words"),
    [
        (None, None, UNKNOWN),
        (None, "Microsoft", f"{UNKNOWN}, provider Microsoft"),
        ("", "", "not set"),
        ("Exchange", "", "Exchange"),
        ("Exchange", None, "Exchange"),
        ("Exchange", "Microsoft", "Exchange, provider Microsoft"),
    ],
)
def test_unknown_and_not_set_are_different_words(
    profile: str | None, provider: str | None, words: str
) -> None:
    assert profile_words(OAuthSignIn("x", "", profile, provider)) == words


@pytest.mark.parametrize(
    ("tokens", "words", "mark"),
    [
        (None, UNKNOWN, " "),
        ((OAuthToken("access", FUTURE),), f"access, expires at {FUTURE} UTC", " "),
        ((OAuthToken("", PAST),), f"expired at {PAST} UTC", "!"),
        ((OAuthToken("refresh", ""),), "refresh, with no expiry time", " "),
        (
            (OAuthToken("refresh", FUTURE), OAuthToken("access", PAST)),
            f"refresh, expires at {FUTURE} UTC; access, expired at {PAST} UTC",
            " ",
        ),
    ],
)
def test_tokens_are_told_by_when_they_expire(
    tokens: tuple[OAuthToken, ...] | None, words: str, mark: str
) -> None:
    found = replace(NAMED, tokens=tokens)
    assert token_words(found, NOW) == words
    assert (mark, "OAuth token", words) in list(oauth_rows(replace(BY_OAUTH, oauth=found)))


def test_leaving_it_and_switching_are_offered_with_what_each_needs() -> None:
    rows = {label: words for _, label, words in oauth_ways(BY_OAUTH, "--own-server")}
    assert (
        rows["Leave it as it is"]
        == "It needs nothing here. glidemail never changes an OAuth sign-in."
    )
    assert "Own SMTP is kept, inactive, so that you can go back." in rows["Or switch"]
    assert "and From if the user name isn't an address" in rows["You need"]
    assert "Not confirmed" not in rows


def test_graph_has_to_be_deactivated_first_as_more_is_not_confirmed() -> None:
    rows = {label: words for _, label, words in oauth_ways(BY_GRAPH, "--own-server")}
    assert "deactivate Graph on the instance first" in rows["Or switch"]
    assert "Whether an SMTP account can be active next to Graph." in rows["Not confirmed"]
    assert "You need" in rows


def test_nothing_is_said_of_oauth_where_there_is_none() -> None:
    assert list(oauth_rows(replace(BY_OAUTH, oauth=None))) == []
    assert list(oauth_ways(replace(BY_OAUTH, oauth=None), "")) == []
    assert "OAuth" not in sender_words(replace(BY_OAUTH, oauth=None))


def test_the_status_begins_with_it() -> None:
    assert [label for _, label, _ in delivery_rows(BY_OAUTH)][:2] == [
        "OAuth profile",
        "OAuth token",
    ]
    assert sender_words(BY_OAUTH).endswith("It is your own SMTP account, and signs in by OAuth.")
    assert sender_words(BY_GRAPH).endswith("Its type is Microsoft Graph (Send).")
