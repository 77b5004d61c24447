"""Whether somebody reads the replies."""

from dataclasses import replace

import pytest

from tests.settings.factories import OWN, READER
from tui.settings.delivery.status import DeliveryStatus
from tui.settings.target_facts import Model, Queue

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
