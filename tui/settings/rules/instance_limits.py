"""Rules for instances only."""

from dataclasses import replace

from tui.settings.catalog import Settings, catalog
from tui.settings.delivery.account import is_ours, reads_mailbox
from tui.settings.delivery.activation import plan_activation
from tui.settings.delivery.status import Model
from tui.settings.rules.rule import Findings, error, note, rule, warning
from tui.settings.target_facts import Context
from tui.settings.values import SecretState


def find_locked_changes(context: Context) -> Findings:
    """Yield an error for each locked property that the draft changes."""
    for name in catalog(type(context.after.settings)):
        if name in context.changed and name in context.locked:
            finding = error(name, "property.locked", context.locked[name])
            yield replace(finding, about=frozenset({name}))


@rule("server", "user", "password")
def missing_account_password(settings: Settings, context: Context) -> Findings:
    """A stored password can't be copied into a new account."""
    activation = plan_activation(context)
    signs_in = settings.authenticate or "authenticate" in context.after.broken
    if not activation or not signs_in or settings.password is SecretState.NEW:
        return
    if context.facts.awaits_own and not activation.creates:
        words = f"{activation.account} was created earlier, perhaps without the password."
        if not context.facts.chosen:
            yield error("password", "account.password-unseen", f"{words} Type it.")
        elif is_ours(activation.account):
            # It may have sent before, and then it has one.
            words += " Type it, unless the account has sent mail before."
            yield warning("password", "account.password-unseen", words)
    elif activation.creates and not context.facts.awaits_own:
        yield error(
            "password",
            "account.password",
            f"An active account is never edited: {activation.account} is created to replace it. "
            "A stored password can't be copied, so type it.",
        )


@rule("server", "user")
def unconfirmed_model(settings: Settings, context: Context) -> Findings:
    """It isn't confirmed that current releases honour the article's properties."""
    if context.facts.model is Model.NO_ACTIVE_ACCOUNT:
        yield note(
            "server",
            "model.unverified",
            "No SMTP account is active. Whether the instance then sends with these properties is "
            "not confirmed: only a test message shows it.",
        )


@rule("server", "user", "from")
def missing_account_user(settings: Settings, context: Context) -> Findings:
    """c_EmailAccounts: the user name is the sender too, without From."""
    if context.facts.awaits_own and settings.server and not context.after.sender_address:
        yield error(
            "user",
            "account.user",
            "Your own SMTP account needs a user name or From: that is the sender's address.",
        )


@rule("user", "from")
def unread_replies(settings: Settings, context: Context) -> Findings:
    """Replies go to the address that the mail came from."""
    facts = context.facts
    address = context.after.sender_address
    leaves = facts.model is Model.ACCOUNT and not facts.awaits_servicenows
    if leaves and "@" in address and not reads_mailbox(facts.accounts, address):
        moves = address != context.before.sender_address
        yield (warning if moves else note)(
            "from" if context.after.own_from else "user",
            "replies.unread",
            f"No active account that this user can see reads {address}. Replies only reach the "
            "instance if that mailbox forwards them.",
        )


@rule("password", "pop3_password")
def legacy_password(settings: Settings, context: Context) -> Findings:
    """It isn't confirmed on any release that writing such a record encrypts it."""
    if context.facts.model is not Model.NO_ACTIVE_ACCOUNT:
        return
    for name in ("password", "pop3_password"):
        if name in context.typed:
            yield warning(
                name,
                "password.unverified",
                "It isn't confirmed that this release encrypts a password written to a property. "
                "Check the record on the instance afterwards.",
            )
