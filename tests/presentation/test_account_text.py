"""An email account in words, and what can be done with it."""

from dataclasses import replace

import pytest

from tests.settings.factories import (
    BY_HAND,
    MANAGED,
    OWN,
    READER,
    RESTING,
    UNKNOWN,
    instance,
)
from tui.presentation.account_text import (
    account_label,
    account_words,
    action_words,
    find_account_action,
)
from tui.settings.delivery.account import Account, NamedAccount
from tui.settings.delivery.account_switch import AccountSwitch
from tui.settings.target_facts import TargetFacts

GRAPH = Account(name="Graph", type="g2", label="Microsoft Graph (Send)", uses_oauth=True)
SPARE = replace(READER, name="Spare", active=False, label="POP3")
FACTS = instance(OWN, RESTING, BY_HAND, READER, SPARE, GRAPH)


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (SPARE, "POP3, inactive, pop.corp.example as helpdesk"),
        (READER, "pop3, active, pop.corp.example as helpdesk"),
        (replace(READER, user="", label="POP3"), "POP3, active, pop.corp.example"),
        (replace(GRAPH, user="a@b.c"), "Microsoft Graph (Send), inactive, as a@b.c"),
        (Account(name="x", type=""), "type unknown, inactive"),
    ],
)
def test_an_account_is_its_type_its_state_and_its_mailbox(account: Account, words: str) -> None:
    assert account_label(account) == words


@pytest.mark.parametrize(
    ("account", "action", "button", "words"),
    [
        (READER, AccountSwitch(READER.name, False), "Deactivate", "no longer reads its mailbox."),
        (SPARE, AccountSwitch("Spare", True), "Activate", "reads and deletes its mail."),
        (BY_HAND, NamedAccount(BY_HAND.name), "Send through it", "replace Own SMTP, which"),
        (RESTING, NamedAccount(RESTING.name), "Send through it", "ServiceNow configured it."),
    ],
)
def test_what_can_be_done_is_said_with_what_it_does(
    account: Account, action: NamedAccount | AccountSwitch, button: str, words: str
) -> None:
    assert find_account_action(account, FACTS) == (action, "")
    assert action_words(action) == button
    said = " ".join(account_words(account, FACTS))
    assert words in said
    assert said.endswith("You see what changes before anything is written.")


@pytest.mark.parametrize(
    ("account", "facts", "words"),
    [
        (OWN, FACTS, "Own SMTP is already active"),
        (MANAGED, instance(MANAGED, READER), "ServiceNow SMTP is already active"),
        (GRAPH, FACTS, "change it on the instance itself"),
        (BY_HAND, replace(UNKNOWN, accounts=(BY_HAND,)), "It isn't certain what sends"),
        (READER, replace(FACTS, accounts=(READER, READER)), "Several accounts are called POP3"),
    ],
)
def test_where_nothing_can_be_done_the_reason_is_said(
    account: Account, facts: TargetFacts, words: str
) -> None:
    action, obstacle = find_account_action(account, facts)
    assert action is None
    assert obstacle
    said = " ".join(account_words(account, facts))
    assert "It can't be changed here. " in said
    assert words in said
    assert "changes before" not in said


def test_where_nothing_sends_it_is_said_to_begin() -> None:
    words = " ".join(account_words(BY_HAND, instance(BY_HAND, READER)))
    assert "It can be activated. The instance then sends through it." in words
