"""Email accounts, and whose mailbox is read."""

from dataclasses import replace

import pytest

from tests.settings.factories import LEFT, MANAGED, OWN, READER
from tui.settings.delivery.account import Account, reads_mailbox


def make_account(name: str, **more: bool | str) -> Account:
    return replace(Account(name=name), **more)  # type: ignore[arg-type]


def test_an_account_that_reads_is_known_by_its_type_or_by_its_label() -> None:
    assert READER.reads_mail
    assert make_account("x", type="imap").reads_mail
    assert make_account("x", type="g1", label="Microsoft Graph (Receive)").reads_mail
    assert not make_account("x", type="g2", label="Microsoft Graph (Send)").reads_mail
    assert not make_account("x", type="g1").reads_mail
    assert not any(each.reads_mail for each in (OWN, MANAGED, LEFT))


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
