"""A rule that finds the cause of a reply."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from tui.replies.cause import MEANINGS, Cause, Meaning, Owner
from tui.replies.provider import Provider
from tui.replies.reply import Reply, ReplyStage

LOGIN = (ReplyStage.LOGIN,)
SENDER = (ReplyStage.SENDER,)


@dataclass(frozen=True)
class ReplyRule:
    """A cause, and what a reply must have for it; everything that is given must hold.

    Attributes:
        words: patterns in small letters, one of which the reply's text holds.
        codes: one of these is the reply's code, its class (`4xx`), its enhanced code (`5.7.8`) or
            the last two parts of that (`7.8`); separated by blanks. `none` is no code at all.
        stages: what was rejected; with () it doesn't matter.
        statement: what happened, if the cause's own statement says less.
        next: what to do, if the cause's own advice says less.
        owner: who can solve it, if not the cause's own.
    """

    cause: Cause
    words: tuple[str, ...] = ()
    codes: str = ""
    stages: tuple[ReplyStage, ...] = ()
    provider: Provider | None = None
    statement: str = ""
    next: str = ""
    owner: Owner | None = None

    def matches(self, reply: Reply, providers: Collection[Provider]) -> bool:
        """Whether the rule applies to a reply whose text is in small letters."""
        return (
            (not self.stages or reply.stage in self.stages)
            and (self.provider is None or self.provider in providers)
            and (not self.codes or not reply.codes.isdisjoint(self._codes))
            and (not self.words or bool(self._pattern.search(reply.text)))
        )

    @property
    def meaning(self) -> Meaning:
        """What the cause means here."""
        general = MEANINGS[self.cause]
        return Meaning(
            self.statement or general.statement,
            self.owner or general.owner,
            self.next or general.next,
            general.helps_to_wait,
            general.may_lock,
        )

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(self.codes.split())

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(self.words))
