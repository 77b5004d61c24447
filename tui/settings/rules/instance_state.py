"""Rules about an instance as a whole: what it says it is, and what reads mail there."""

import re

from tui.settings.catalog import Settings
from tui.settings.delivery.status import Account, Model
from tui.settings.rules.rule import Findings, error, note, rule, warning
from tui.settings.target_facts import Context, TargetFacts
from tui.settings.values import Environment

INSTANCE = ("environment", "incoming")
"""What the findings about an instance as a whole have in place of a property."""

_PRODUCTION = re.compile(r"(?<!non)(?<!non[-_. ])(?<!pre)(?<!pre[-_. ])prod(?:uction|(?!u))")
_TEST = re.compile(r"(?<![a-z])(?:test|dev|qa|uat|stag|sandbox|demo|train|(?:non|pre)[-_. ]?prod)")


@rule()
def contradicted_environment(settings: Settings, context: Context) -> Findings:
    """The profile and the instance don't agree; the stricter of the two counts."""
    if not context.facts.contradicts_profile:
        return
    says = "says non-production, but the instance says it is production"
    if context.facts.environment is Environment.PRODUCTION:
        says = "says production, but the instance says it isn't"
    yield warning(
        "environment",
        "environment.contradiction",
        f"The profile {says} (glide.installation.production). It counts as production here. "
        "Correct the one that is wrong.",
    )


@rule("receiving")
def readers_after_clone(settings: Settings, context: Context) -> Findings:
    """A clone can bring production's accounts, active (clone-exclusions-preservers)."""
    facts = context.facts
    if facts.is_file or facts.is_production or context.receiving is False:
        return
    # What the draft itself brings about is said where it is changed.
    about = "receiving" if "receiving" in context.changed else "incoming"
    for each in facts.readers:
        if not each.active or _is_instances_own(each, facts):
            continue
        does = f"It reads {_describe_mailbox(each)} and deletes what it reads"
        if context.receiving is None:
            does = f"If receiving is enabled, it reads {_describe_mailbox(each)} and deletes that"
        stop = f"clear Active {_describe_form(each, facts)}."
        if why := _find_production_sign(each, _find_sender_domain(settings, facts)):
            yield error(
                about,
                "receiving.production-account",
                f"{each.name} is active, and may be production's: {why}. {does}. "
                f"Deactivate it: {stop}",
            )
        else:
            yield warning(
                about,
                "receiving.active-account",
                f"{each.name} is active on this non-production instance. {does}. If production "
                f"needs that mailbox, deactivate the account: {stop}",
            )


def _is_instances_own(account: Account, facts: TargetFacts) -> bool:
    """Return whether ServiceNow configured the account for this instance, by its user name."""
    mailbox = account.user.partition("@")[0].casefold()
    return account.managed and facts.name.casefold() in ("", mailbox)


def _find_production_sign(account: Account, sender_domain: str) -> str:
    """Return what makes an account look like production's, in words, or ""."""
    texts = {"name": account.name, "server": account.server, "user name": account.user}
    for label, text in texts.items():
        if _PRODUCTION.search(text.casefold()):
            return f'"prod" is in its {label}'
    if account.managed or any(_TEST.search(text.casefold()) for text in texts.values()):
        return ""
    domain = (account.user.rpartition("@")[2] if "@" in account.user else account.server).casefold()
    if sender_domain and f".{domain}".endswith(f".{sender_domain}"):
        return f"its mailbox is at {sender_domain}, where mail from here comes from"
    return ""


def _find_sender_domain(settings: Settings, facts: TargetFacts) -> str:
    """Return the domain that mail comes from, or "" for ServiceNow's or one that isn't known."""
    if facts.managed or facts.model in (Model.OTHER_SENDER, Model.UNDETERMINED):
        return ""
    address = facts.sent_from or settings.user
    return address.rpartition("@")[2].casefold() if "@" in address else ""


def _describe_mailbox(account: Account) -> str:
    user = f"the mailbox {account.user}" if account.user else "a mailbox"
    return f"{user} on {account.server}" if account.server else user


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
            words = "What sends here isn't known, so these properties aren't checked."
            yield note("server", "model.no-effect", words)
        case Model.ACCOUNT | Model.NO_ACTIVE_ACCOUNT if not context.facts.derives_incoming:
            if "pop3_server" in context.after.specified:
                words = "Email accounts read mail here, so the POP3 properties have no effect."
                yield note("pop3_server", "model.no-effect", words)
