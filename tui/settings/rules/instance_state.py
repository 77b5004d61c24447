"""Rules about an instance as a whole: what it says it is, and what reads mail there."""

from tui.settings.catalog import Settings
from tui.settings.delivery.account import Account, describe_mailbox
from tui.settings.delivery.activation import plan_activation
from tui.settings.delivery.production_signs import find_production_sign, find_production_word
from tui.settings.delivery.status import Model
from tui.settings.rules.rule import Findings, error, note, rule, warning
from tui.settings.target_facts import Context, TargetFacts
from tui.settings.values import Environment

ENVIRONMENT = "environment"
INSTANCE = (ENVIRONMENT, "sender", "incoming")
"""What the findings about an instance as a whole have in place of a property."""


@rule()
def contradicted_environment(settings: Settings, context: Context) -> Findings:
    """The profile and the instance don't agree; the stricter of the two counts."""
    if not context.facts.contradicts_profile:
        return
    says = "says non-production, but the instance says it is production"
    if context.facts.environment is Environment.PRODUCTION:
        says = "says production, but the instance says it isn't"
    yield warning(
        ENVIRONMENT,
        "environment.contradiction",
        f"The profile {says} (glide.installation.production). It counts as production. Correct "
        "the one that is wrong.",
    )


@rule("receiving")
def readers_after_clone(settings: Settings, context: Context) -> Findings:
    """A clone can bring production's accounts, active (clone-exclusions-preservers)."""
    facts = context.facts
    if facts.is_file or facts.is_production or context.receiving is False:
        return
    stopped = {each.name for each in context.switches if not each.active}
    # What the draft itself brings about is said where it is changed.
    about = "receiving" if "receiving" in context.changed else "incoming"
    for each in facts.readers:
        if not each.active or _is_instances_own(each, facts) or each.name in stopped:
            continue
        does = f"It reads {describe_mailbox(each)} and deletes what it reads"
        if context.receiving is None:
            does = (
                f"If receiving is enabled, it reads {describe_mailbox(each)} and deletes what it "
                "reads"
            )
        if why := find_production_sign(each, settings, facts):
            yield error(
                about,
                "receiving.production-account",
                f"{each.name} is active and may belong to production: {why}. {does}. Deactivate "
                f"it{_describe_stop(each, facts)}",
            )
        else:
            yield warning(
                about,
                "receiving.active-account",
                f"{each.name} is active on this non-production instance. {does}. If production "
                f"needs that mailbox, deactivate the account{_describe_stop(each, facts)}",
            )


@rule()
def sender_after_clone(settings: Settings, context: Context) -> Findings:
    """A clone can bring production's SMTP account, active (clone-exclusions-preservers)."""
    facts = context.facts
    if facts.is_file or facts.is_production or facts.model is not Model.ACCOUNT:
        return
    hints = facts.hints
    way = f"{hints.activate_own} replaces it with your own."
    if any(each.managed and each.type == "smtp" for each in facts.accounts):
        way = f"{hints.activate_providers} activates ServiceNow's account instead."
    activation = plan_activation(context)
    replaced = activation.instead_of if activation else ""
    senders = (each for each in facts.accounts if each.active and not each.reads_mail)
    for each in senders:
        if each.name != replaced and not each.managed and (why := find_production_word(each)):
            yield warning(
                "sender",
                "sending.production-account",
                f"{each.name} is active and may belong to production: {why}. If it came with a "
                f"clone: {way}",
            )


def _is_instances_own(account: Account, facts: TargetFacts) -> bool:
    """Return whether ServiceNow configured the account for this instance, by its user name."""
    mailbox = account.user.partition("@")[0].casefold()
    return account.managed and facts.name.casefold() in ("", mailbox)


def _describe_stop(account: Account, facts: TargetFacts) -> str:
    """Return how an account is deactivated, to end a sentence."""
    form = f"clear Active {_describe_form(account, facts)}."
    return f" with {facts.hints.deactivate}, or {form}" if facts.hints.deactivate else f": {form}"


def _describe_form(account: Account, facts: TargetFacts) -> str:
    """Return where the platform's form of an account is."""
    page = f"sys_email_account.do?sys_id={account.sys_id}" if account.sys_id else ""
    if facts.url and page:
        return f"in its form, {facts.url}/{page}"
    return "in its form (System Mailboxes > Administration > Email Accounts)"


@rule()
def unjudged_properties(settings: Settings, context: Context) -> Findings:
    """What has no effect on delivery is not judged, and that is said once."""
    match context.facts.model:
        case Model.OTHER_SENDER:
            words = "Another sender is active here, so these properties have no effect on delivery."
            yield note("server", "model.no-effect", words)
        case Model.UNDETERMINED:
            words = "It isn't known what sends here, so these properties aren't checked."
            yield note("server", "model.no-effect", words)
        case Model.ACCOUNT | Model.NO_ACTIVE_ACCOUNT if not context.facts.derives_incoming:
            if "pop3_server" in context.after.specified:
                words = "Email accounts read mail here, so the POP3 properties have no effect."
                yield note("pop3_server", "model.no-effect", words)
