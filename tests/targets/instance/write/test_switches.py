"""POP3 and IMAP accounts that a save activates and deactivates, and what it refuses to switch."""

from collections.abc import Callable, Iterator

import pytest

from tests.sandbox.situations import no_active_account, own_account
from tests.targets.instance.write.factories import (
    ACCOUNTS,
    Desk,
    Wish,
    is_write,
    open_desk,
)
from tui.errors import Refusal, Unfinished
from tui.settings.delivery.account import NamedAccount
from tui.targets.instance.write.plan_writer import READ_BACK

IMAP, SPARE, THEIRS = "Old IMAP", "Spare POP3", "ServiceNow SMTP"
STOP = Wish(switches={IMAP: False})


@pytest.fixture
def desk() -> Iterator[Desk]:
    """ServiceNow's account sends; one IMAP account reads mail, and a POP3 account doesn't."""
    with open_desk() as desk:
        for name, kind, active in ((IMAP, "imap", "true"), (SPARE, "pop3", "false")):
            desk.sandbox.insert(ACCOUNTS, name=name, type=kind, active=active, user_name="a@b.c")
        yield desk


def test_only_active_is_written_once_to_each_and_read_back(desk: Desk) -> None:
    done = desk.apply(Wish(switches={SPARE: True, IMAP: False}))
    assert desk.writes() == [(IMAP, {"active": "false"}), (SPARE, {"active": "true"})]
    assert dict(done.verified) == {
        f"{IMAP} (inactive)": READ_BACK,
        f"{SPARE} (active)": READ_BACK,
    }
    assert desk.senders() == (THEIRS,)


def remove(desk: Desk) -> None:
    desk.remove(ACCOUNTS, IMAP)


def rename(desk: Desk) -> None:
    desk.sandbox.change(ACCOUNTS, desk.row(ACCOUNTS, IMAP)["sys_id"], name="Else")


def let_it_send(desk: Desk) -> None:
    desk.change(ACCOUNTS, IMAP, type="smtp", active="false")


def make_a_twin(desk: Desk) -> None:
    desk.sandbox.insert(ACCOUNTS, name=IMAP, type="smtp", active="false")


def change_its_mailbox(desk: Desk) -> None:
    desk.change(ACCOUNTS, IMAP, user_name="else@b.c")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (change_its_mailbox, f"{IMAP} was changed by "),
        (remove, "was returned"),
        (rename, "was returned"),
        (let_it_send, "is an SMTP account"),
        (make_a_twin, "Several accounts are called"),
    ],
)
def test_one_that_moved_since_it_was_planned_is_left_alone(
    desk: Desk, change: Callable[[Desk], None], words: str
) -> None:
    planned = desk.plan(STOP)
    change(desk)
    before = desk.state()
    with pytest.raises(Refusal, match="Nothing was written") as caught:
        desk.write(STOP, planned)
    assert words in caught.value.message
    assert not any(map(is_write, desk.requests))
    assert desk.state() == before


def test_another_account_may_move(desk: Desk) -> None:
    planned = desk.plan(STOP)
    desk.change(ACCOUNTS, SPARE, user_name="else@b.c")
    desk.change(ACCOUNTS, THEIRS, email_user_label="x")
    desk.write(STOP, planned)
    assert desk.row(ACCOUNTS, IMAP)["active"] == "false"


@pytest.mark.parametrize("situation", [no_active_account, own_account])
def test_it_is_switched_whatever_sends(desk: Desk, situation: Callable[..., object]) -> None:
    situation(desk.sandbox)
    senders = desk.senders()
    desk.apply(STOP)
    assert (desk.row(ACCOUNTS, IMAP)["active"], desk.senders()) == ("false", senders)


def test_where_two_accounts_send_one_that_reads_can_be_stopped_all_the_same(desk: Desk) -> None:
    sys_id = own_account(desk.sandbox, active=False)
    desk.sandbox.change(ACCOUNTS, sys_id, active="true")
    desk.apply(STOP)
    assert desk.row(ACCOUNTS, IMAP)["active"] == "false"
    assert len(desk.senders()) == 2


def test_what_stopped_before_a_switch_of_the_sender_failed_is_told(desk: Desk) -> None:
    own_account(desk.sandbox, active=False)
    wish = Wish(switches={IMAP: False, SPARE: True}, choice=NamedAccount("Own SMTP"))
    planned = desk.plan(wish)
    sys_id = desk.row(ACCOUNTS, "Own SMTP")["sys_id"]
    desk.act_before(
        lambda sent: f"sys_id={sys_id}" in sent.query.get("sysparm_query", ""),
        lambda: desk.change(ACCOUNTS, "Own SMTP", port="1"),
    )
    with pytest.raises(Unfinished) as caught:
        desk.write(wish, planned)
    words = caught.value.message
    assert f"Written: {IMAP} (inactive). Not written: {SPARE} (active)." in words
    assert "The active account was not changed." in words
    assert desk.senders() == (THEIRS,)
