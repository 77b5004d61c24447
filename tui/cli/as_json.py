"""Reviews, plans and delivery as JSON, schema 1."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

from tui.presentation.value_text import is_hidden, source_of
from tui.settings.delivery.account import Account
from tui.settings.delivery.activation import Activation
from tui.settings.delivery.evidence import Judgement
from tui.settings.delivery.oauth import OAuthSignIn
from tui.settings.delivery.status import DeliveryStatus, Model
from tui.settings.findings import Finding
from tui.settings.import_document import SkippedValue
from tui.settings.incoming import DerivedValue
from tui.settings.parse.host import mask_password
from tui.settings.plan import Change
from tui.settings.preconditions import Precondition
from tui.settings.review import Review
from tui.settings.values import SecretState
from tui.storage.settings_file import json_value, to_native
from tui.workspace.session import Session


def properties(review: Review, sources: Mapping[str, str]) -> dict[str, Any]:
    """Return each property's value, or a secret's state, and where it comes from."""
    return {name: _property(review, name, sources) for name in review.draft.entries}


def _property(review: Review, name: str, sources: Mapping[str, str]) -> dict[str, Any]:
    source = source_of(review, name, sources)
    if review.draft.entries[name].is_secret:
        return {"state": str(review.draft.value(name) or SecretState.UNSET), "source": source}
    if name in review.parsed.broken:
        return {"value": None, "text": mask_password(review.draft.text(name)), "source": source}
    if is_hidden(review, name):
        return {"value": None, "state": "unknown", "source": source}
    value = review.parsed.value(name)
    return {"value": None if value is None else to_native(value), "source": source}


def derived(review: Review) -> dict[str, Any]:
    """Return the derived POP3 settings, whether they have an effect, and what reads mail if not."""
    names = [each.name for each in fields(review.incoming)]
    pop3 = {name: derived_setting(getattr(review.incoming, name)) for name in names}
    if review.draft.base.hidden and review.facts.model is Model.UNDETERMINED:
        unknown = {"value": None, "state": "unknown", "from": "hidden from this user"}
        pop3 = dict.fromkeys(names, unknown)
    return {
        "pop3": pop3,
        "in_effect": review.facts.derives_incoming,
        "readers": [account(each) for each in review.facts.readers],
    }


def derived_setting(each: DerivedValue) -> dict[str, Any]:
    """Return a derived value, or a secret's state, and where it comes from."""
    if isinstance(each.value, SecretState):
        return {"state": str(each.value), "from": each.origin}
    return {"value": None if each.value is None else to_native(each.value), "from": each.origin}


def finding(each: Finding) -> dict[str, Any]:
    """Return a finding; it has a `fix` only if there is one."""
    answer: dict[str, Any] = {
        "property": each.property,
        "severity": str(each.severity),
        "code": each.code,
        "message": each.message,
    }
    if each.fix:
        answer["fix"] = {
            "label": each.fix.label,
            "set": {name: str(text) for name, text in each.fix.set.items()},
        }
    return answer


def change(each: Change) -> dict[str, Any]:
    """Return a change; of a secret, its effect alone."""
    if isinstance(each.after, SecretState):
        return {"property": each.property, "effect": str(each.after)}
    return {
        "property": each.property,
        "before": json_value(mask_password(each.before)),
        "after": json_value(mask_password(each.after)),
    }


def precondition(each: Precondition) -> dict[str, Any]:
    """Return a precondition, its state and its evidence."""
    return {
        "name": str(each.condition),
        "statement": each.condition.statement,
        "state": str(each.state),
        "evidence": each.evidence,
    }


def plan(session: Session, review: Review, skipped: Iterable[SkippedValue]) -> dict[str, Any]:
    """Return what a save would do, what it asks for first, and what of a document was skipped."""
    switches = review.plan.switches
    return {
        **header(session),
        "changes": [change(each) for each in review.plan.changes],
        **({"activation": _activation(review.plan.activation)} if review.plan.activation else {}),
        **({"accounts": [asdict(each) for each in switches]} if switches else {}),
        "side_effects": [
            {"code": each.code, "message": each.message} for each in review.plan.side_effects
        ],
        "preconditions": [precondition(each) for each in review.preconditions],
        "confirmations": [
            {"code": each.code, "reason": each.reason, "word": each.word}
            for each in review.plan.confirmations
        ],
        "findings": [finding(each) for each in review.findings],
        "held_back": [{"property": each.property, "reason": each.reason} for each in skipped],
    }


def _activation(each: Activation) -> dict[str, str | None]:
    return {"account": each.account, "instead_of": each.instead_of or None}


def header(session: Session) -> dict[str, Any]:
    """Return profile, target and environment, and an instance's model."""
    place = session.facts
    about = {
        "profile": session.profile.name,
        "target": session.target.where,
        "environment": str(place.counted_environment) if place.counted_environment else None,
    }
    if place.model:
        return {**about, "model": str(place.model), "account": str(place.choice)}
    return about


def delivery_status(each: DeliveryStatus) -> dict[str, Any]:
    """Return what sends on an instance, and the state of what affects it."""
    queue, changed = each.queue, each.changed
    return {
        "instance_name": each.name or None,
        "release": each.release or None,
        "model": str(each.model),
        "why": each.why,
        "sender": account(each.sender) if each.sender else None,
        **({"oauth": _oauth(each.oauth)} if each.oauth else {}),
        "sending_enabled": each.sending,
        "test_recipients": None if each.recipients is None else list(each.recipients),
        "queue": {
            "waiting": queue.waiting,
            "oldest": queue.oldest or None,
            "young_enough": queue.fresh,
            "hours": queue.hours,
        },
        "from": each.sent_from or None,
        "replies_are_read": each.replies_are_read,
        "receiving": each.receiving,
        "readers": [account(reader) for reader in each.readers],
        "changed": {"when": changed.when, "by": changed.by} if changed else None,
        "left_over": list(each.left_over),
        **({"interrupted_switch": each.interrupted.words} if each.interrupted else {}),
        **({"delivery": judgement(each.judgement)} if each.judgement else {}),
        "unread": list(each.unread),
    }


def _oauth(each: OAuthSignIn) -> dict[str, Any]:
    """Return how the account that sends signs in by OAuth; null is unknown."""
    tokens = None
    if each.tokens is not None:
        tokens = [{"kind": one.kind or None, "expires": one.expires or None} for one in each.tokens]
    return {
        "account": each.account,
        "type": each.type or None,
        "profile": each.profile,
        "provider": each.provider,
        "tokens": tokens,
    }


def judgement(each: Judgement) -> dict[str, Any]:
    """Return whether mail goes out, and what shows it."""
    return {
        "status": str(each.state),
        "reason": each.reason,
        "message": each.message,
        "next": each.next,
    }


def account(each: Account) -> dict[str, Any]:
    """Return an email account."""
    names = ("name", "type", "active", "managed", "server", "port", "user")
    return {name: getattr(each, name) for name in names}
