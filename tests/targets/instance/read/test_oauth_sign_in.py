"""How an account signs in by OAuth, found by labels on the stand-in."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import (
    OAUTH_PROFILE,
    OAUTH_PROVIDER,
    OAUTH_TOKEN,
    oauth_account,
    oauth_profile,
)
from tui.credentials.secret import Secret
from tui.sandbox.platform_switches import PlatformSwitches
from tui.sandbox.sandbox_state import Switches
from tui.settings.delivery.oauth import OAuthSignIn, OAuthToken
from tui.storage.instance import Instance, SignInMethod
from tui.targets.instance.instance_target import InstanceTarget

FUTURE, LATER = "2199-01-01 00:00:00", "2199-02-01 00:00:00"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    platform, switches = PlatformSwitches(oauth_tables=True), Switches(sender_seconds=0)
    with Sandbox("accounts", switches=switches, platform=platform) as sandbox:
        yield sandbox


def read(sandbox: Sandbox, user: str = "admin") -> OAuthSignIn:
    running = sandbox.running
    instance = Instance(running.url, SignInMethod.BASIC, user, running.ca_file)
    target = InstanceTarget(instance, Secret(running.user(user).password), None)
    status = asyncio.run(target.read()).status
    assert status
    assert status.oauth
    return status.oauth


def describe(sandbox: Sandbox, table: str, name: str, /, **columns: str) -> None:
    """Change what the dictionary says of a column."""
    rows = sandbox.rows("sys_dictionary")
    (found,) = (row for row in rows if (row["name"], row["element"]) == (table, name))
    sandbox.change("sys_dictionary", found["sys_id"], **columns)


def test_only_the_tokens_of_the_accounts_own_profile_are_told(sandbox: Sandbox) -> None:
    account = oauth_account(sandbox)
    oauth_profile(sandbox, account, access=FUTURE)
    oauth_profile(sandbox, account, refresh=LATER, access=FUTURE)
    found = read(sandbox)
    assert (found.account, found.type) == ("OAuth SMTP", "SMTP")
    assert (found.profile, found.provider) == (OAUTH_PROFILE, OAUTH_PROVIDER)
    assert found.tokens == (OAuthToken("refresh", LATER), OAuthToken("access", FUTURE))
    assert OAUTH_TOKEN not in repr(found)


def rename_profile(sandbox: Sandbox) -> None:
    describe(sandbox, "sys_email_account", "made_up_profile", column_label="Something else")


def rename_expiry(sandbox: Sandbox) -> None:
    describe(sandbox, "made_up_token", "expires", column_label="Until")


def make_expiry_a_text(sandbox: Sandbox) -> None:
    describe(sandbox, "made_up_token", "expires", internal_type="string")


def name_an_owner_that_is_no_column(sandbox: Sandbox) -> None:
    """A query for it is ignored, and the tokens of everybody come back."""
    describe(sandbox, "made_up_token", "profile", element="owner")


def make_names_odd(sandbox: Sandbox) -> None:
    describe(sandbox, "sys_email_account", "made_up_profile", reference="a table/../x")


@pytest.mark.parametrize(
    ("spoil", "profile"),
    [
        (rename_profile, None),
        (make_names_odd, None),
        (rename_expiry, OAUTH_PROFILE),
        (name_an_owner_that_is_no_column, OAUTH_PROFILE),
        (make_expiry_a_text, OAUTH_PROFILE),
    ],
)
def test_what_no_label_leads_to_is_unknown_and_the_rest_is_told(
    sandbox: Sandbox, spoil: Callable[[Sandbox], None], profile: str | None
) -> None:
    oauth_profile(sandbox, oauth_account(sandbox), access=FUTURE)
    spoil(sandbox)
    found = read(sandbox)
    assert (found.profile, found.provider, found.tokens) == (profile, OAUTH_PROVIDER, None)


def test_the_kind_of_a_token_may_be_a_secret_and_is_then_not_told(sandbox: Sandbox) -> None:
    oauth_profile(sandbox, oauth_account(sandbox), access=FUTURE)
    describe(sandbox, "made_up_token", "type", internal_type="password2")
    assert read(sandbox).tokens == (OAuthToken("", FUTURE),)


def test_a_user_who_sees_accounts_only_is_told_no_token(sandbox: Sandbox) -> None:
    oauth_profile(sandbox, oauth_account(sandbox), access=FUTURE)
    found = read(sandbox, "mail.admin")
    assert (found.profile, found.tokens) == (OAUTH_PROFILE, None)
