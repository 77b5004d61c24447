"""One thing that an instance's mail depends on, and how it stands."""

from dataclasses import dataclass

from tui.probes.stage import StageResult


@dataclass(frozen=True, slots=True)
class DeliveryStage:
    """One thing that mail depends on.

    Attributes:
        message: what was seen; not yet safe to show.
        next: what to do; "" if there is nothing to do.
        page: the path of the platform's own page for it, or "".
        details: more of what was seen, a line each.
        is_pending: whether it is still being looked up.
    """

    name: str
    result: StageResult
    message: str
    next: str = ""
    page: str = ""
    details: tuple[str, ...] = ()
    is_pending: bool = False
