"""What an account that is to be made is called, and whose mailbox is read."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import HOSTS, LEFT, MANAGED, OWN, READER, deterministic
from tui.settings.delivery.account import Account, is_ours, name_new_account, reads_mailbox

MAIL = "mail.corp.example"
LONG = "smtp-relay.a-very-long-name.of-a-region.corp.example"


def named(name: str, **more: bool | str) -> Account:
    return replace(Account(name=name), **more)  # type: ignore[arg-type]


def hosts() -> st.SearchStrategy[str]:
    return st.sampled_from((*HOSTS, LONG, f"{LONG}.x", "x" * 63))


@st.composite
def crowds(draw: st.DrawFn) -> tuple[str, tuple[Account, ...]]:
    """A server, and accounts some of which have the names that come first for it."""
    server = draw(hosts())
    crowd: list[Account] = []
    for _ in range(draw(st.integers(0, 12))):
        name = draw(st.sampled_from((name_new_account(server, crowd), "SMTP", "glidemail x")))
        kind = draw(st.sampled_from(("smtp", "pop3")))
        crowd.append(
            named(name, type=kind, active=draw(st.booleans()), managed=draw(st.booleans()))
        )
    return server, tuple(crowd)


@given(crowds())
@deterministic
def test_a_planned_name_is_short_and_ours_and_that_of_no_active_account(
    crowd: tuple[str, tuple[Account, ...]],
) -> None:
    server, accounts = crowd
    name = name_new_account(server, accounts)
    assert len(name) <= 40
    assert is_ours(name)
    there = [each for each in accounts if each.name.casefold() == name.casefold()]
    assert not any(each.active or each.managed or each.type != "smtp" for each in there)


@given(crowds())
@deterministic
def test_a_planned_name_stays_the_same_until_that_account_sends(
    crowd: tuple[str, tuple[Account, ...]],
) -> None:
    server, accounts = crowd
    name = name_new_account(server, accounts)
    made = named(name)
    assert name_new_account(server, (*accounts, made)) == name
    assert name_new_account(server, (*accounts, replace(made, active=True))) != name


def test_a_planned_name_says_the_server() -> None:
    assert name_new_account(MAIL, ()) == "glidemail mail.corp.example"
    assert name_new_account(MAIL, (named("glidemail MAIL.corp.example", active=True),)).endswith(
        " 2"
    )


def test_a_long_server_is_cut_and_still_counted() -> None:
    first = name_new_account(LONG, ())
    second = name_new_account(LONG, (named(first, active=True),))
    assert len(first) == len(second) == 40
    assert second.endswith(" 2")


@pytest.mark.parametrize("name", ["Own SMTP", "glidemail", "Glidemail x", ""])
def test_other_accounts_are_not_taken_for_ours(name: str) -> None:
    assert not is_ours(name)


def test_an_account_that_reads_is_known_by_its_type_or_by_its_label() -> None:
    assert READER.reads
    assert named("x", type="imap").reads
    assert named("x", type="g1", label="Microsoft Graph (Receive)").reads
    assert not named("x", type="g2", label="Microsoft Graph (Send)").reads
    assert not named("x", type="g1").reads
    assert not any(each.reads for each in (OWN, MANAGED, LEFT))


@pytest.mark.parametrize(
    ("user", "address", "read"),
    [
        ("helpdesk", "helpdesk@corp.example", True),
        ("HelpDesk@corp.example", "helpdesk@Corp.example", True),
        ("helpdesk@other.example", "helpdesk@corp.example", False),
        ("it", "helpdesk@corp.example", False),
        ("", "helpdesk@corp.example", False),
        ("", "@corp.example", False),
    ],
)
def test_a_mailbox_is_read_by_its_address_or_the_part_before_the_at(
    user: str, address: str, read: bool
) -> None:
    reader = replace(READER, user=user)
    assert reads_mailbox((OWN, reader), address) is read
    assert not reads_mailbox((replace(reader, active=False),), address)
    assert not reads_mailbox((replace(reader, type="smtp"),), address)
