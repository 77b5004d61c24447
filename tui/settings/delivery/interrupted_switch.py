"""A switch of accounts that may have stopped half-way, as the accounts themselves show it.

A switch prepares the new account, deactivates the old one and activates the new one. Whatever
stops it in between (a killed program, a lost connection) leaves the accounts as they were then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui.settings.delivery.account import Account, ChoiceHints, is_ours
from tui.settings.delivery.evidence import parse_time

RECENT = timedelta(hours=1)
"""How long ago a switch may have begun that is still worth mentioning."""
_AHEAD = timedelta(minutes=10)
"""How far the instance's clock may be ahead of this machine's."""


@dataclass(frozen=True, slots=True)
class InterruptedSwitch:
    """A switch that may have stopped half-way: that is a guess from who changed what, and when.

    Attributes:
        old: the account that was to be deactivated.
        new: the account that was to be activated.
        is_direction_known: whether the records tell which of the two is which.
    """

    old: Account
    new: Account
    is_direction_known: bool = True

    @property
    def words(self) -> str:
        """What is seen of it, in a sentence."""
        state = {
            (False, False): "neither is active",
            (True, True): "both are active",
            (True, False): f"only {self.old.name} is active",
            (False, True): f"only {self.new.name} is active",
        }[self.old.active, self.new.active]
        names = f"from {self.old.name} to {self.new.name}"
        if not self.is_direction_known:
            names = f"between {self.old.name} and {self.new.name}"
        return f"A switch {names} may have stopped halfway: {state}."

    def ways(self, hints: ChoiceHints) -> str:
        """Return how to finish it, and how to go back."""
        if not self.is_direction_known:
            both = (self.old, self.new)
            return " ".join(f"{_way_to(each, hints)} activates {each.name}." for each in both)
        if self.old.active and self.new.active:
            return f"Deactivate {self.old.name} or {self.new.name} on the instance."
        if self.old.active:
            return (
                f"To finish, repeat the switch: it reuses {self.new.name}. Or leave "
                f"{self.old.name} active."
            )
        return f"To finish: {_way_to(self.new, hints)}. To go back: {_way_to(self.old, hints)}."


def find_interrupted_switch(
    accounts: Iterable[Account], user: str, now: datetime
) -> InterruptedSwitch | None:
    """Return the switch that may have stopped half-way within the last hour, if any.

    A switch that came to its end leaves the account that it activated as the last one changed.

    Args:
        user: who signs in; only that user's switches count. "" if the sign-in names none: then
            anyone's count.
    """
    smtp = [each for each in accounts if each.type == "smtp" and each.stamp]
    recent = [each for each in smtp if _is_recent(each, user, now)]
    if not any(is_ours(each.name) and not each.managed for each in recent):
        return None
    active = [each for each in smtp if each.active]
    if len(active) > 1:
        return _find_both_active(active, recent)
    if active:
        return _find_unfinished(active[0], recent)
    return _find_none_active(smtp, recent)


def _find_both_active(active: list[Account], recent: list[Account]) -> InterruptedSwitch | None:
    old, new = sorted(active, key=_order)[-2:]
    return InterruptedSwitch(old, new) if new in recent else None


def _find_unfinished(active: Account, recent: list[Account]) -> InterruptedSwitch | None:
    """Return the switch that prepared an account after the active one was changed last."""
    prepared = [
        each
        for each in recent
        if is_ours(each.name) and not each.managed and _when(each) > _when(active)
    ]
    return InterruptedSwitch(active, max(prepared, key=_order)) if prepared else None


def _find_none_active(smtp: list[Account], recent: list[Account]) -> InterruptedSwitch | None:
    """Return the switch whose last write deactivated an account."""
    old = max(recent, key=_order)
    others = [each for each in smtp if each is not old]
    prepared = [each for each in others if each in recent and is_ours(each.name)]
    if prepared:
        return InterruptedSwitch(old, max(prepared, key=_order))
    # Either ours was deactivated and ServiceNow's account, which needs no other write, was not yet
    # activated; or ours was prepared and not yet activated.
    managed = next((each for each in others if each.managed), None)
    if managed and is_ours(old.name):
        return InterruptedSwitch(old, managed, is_direction_known=False)
    return None


def _is_recent(account: Account, user: str, now: datetime) -> bool:
    when = parse_time(_when(account))
    by = account.stamp.by if account.stamp else ""
    return when is not None and -_AHEAD <= now - when <= RECENT and user in ("", by)


def _order(account: Account) -> tuple[str, bool]:
    """Return what orders accounts by their last change.

    Of one second, the account that is not ours comes last: ours is prepared before it.
    """
    return _when(account), not is_ours(account.name)


def _when(account: Account) -> str:
    return account.stamp.when if account.stamp else ""


def _way_to(account: Account, hints: ChoiceHints) -> str:
    """Return what activates an account."""
    if account.managed:
        return hints.activate_providers
    if is_ours(account.name):
        return hints.activate_own
    return hints.activate_named
