"""Email accounts, and whether anyone reads the replies."""

from dataclasses import replace

import pytest

from tests.settings.factories import LEFT, MANAGED, OWN, READER
from tui.settings.delivery.account import Account, reads_mailbox
from tui.settings.delivery.status import DeliveryStatus, Model, Queue


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


VERDICT = DeliveryStatus(
    name="corp",
    release="",
    model=Model.ACCOUNT,
    why="Own SMTP is active.",
    sender=OWN,
    sending=True,
    recipients=(),
    queue=Queue(),
    sent_from="helpdesk@corp.example",
    receiving=True,
    readers=(READER,),
    changed=None,
    unread=(),
)


@pytest.mark.parametrize("receiving", [True, False, None])
def test_a_mailbox_that_an_account_reads_is_read_while_receiving_is_on(
    receiving: bool | None,
) -> None:
    assert replace(VERDICT, receiving=receiving).replies_are_read is receiving


def test_a_mailbox_of_no_active_account_is_not_read() -> None:
    assert replace(VERDICT, readers=()).replies_are_read is False
    assert replace(VERDICT, sent_from="it@corp.example").replies_are_read is False
    resting = replace(READER, active=False)
    assert replace(VERDICT, readers=(resting,)).replies_are_read is False


def test_what_an_unseen_account_or_a_property_may_read_is_not_known() -> None:
    assert replace(VERDICT, readers=(), hides_readers=True).replies_are_read is None
    legacy = replace(VERDICT, readers=(), model=Model.NO_ACTIVE_ACCOUNT)
    assert legacy.replies_are_read is None
    assert replace(VERDICT, sent_from="").replies_are_read is None
