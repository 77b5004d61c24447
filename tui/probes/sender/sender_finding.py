"""A finding about a sender."""

from dataclasses import dataclass

from tui.probes.stage import StageResult


@dataclass(frozen=True, slots=True)
class SenderFinding:
    """One thing found about a sender.

    Attributes:
        code: stable and dotted: `sender`, then login, domain, spf, dmarc or dkim, then what.
        message: what was found, safe to show, at most two sentences.
        hint: what to do now; "" if there is nothing to do.
    """

    result: StageResult
    code: str
    message: str
    hint: str = ""
