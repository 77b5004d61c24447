"""Planned faults: one request goes wrong in one way."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

EFFECTLESS = (
    "refuse_403",
    "status_429",
    "status_500",
    "drop_before",
    "garbage",
    "hibernating",
    "login_redirect",
    "never",
    "endless",
    "error_on_200",
)
"""Kinds of fault before which nothing was done."""

EFFECTIVE = ("status_500_after", "drop_after", "garbage_after", "truncated_after", "never_after")
"""Kinds of fault after the request has taken effect."""


@dataclass(slots=True)
class Recorded:
    """A request as it arrived.

    Attributes:
        number: counted from 1.
        method: in capitals.
        path: without the query.
        query: its parameters, decoded.
        headers: by lower-case name.
        body: as it came.
        user: who signed in, or "".
        status: what was answered, 0 where nothing was.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    user: str
    status: int = 0


def anything(recorded: Recorded) -> bool:
    """Holds for every request."""
    return True


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and with which requests.

    Attributes:
        kind: one of `EFFECTLESS` or `EFFECTIVE`.
        when: which requests it hits.
        times: how many of them; the later ones go well.

    Raises:
        ValueError: there is no such kind.
    """

    kind: str
    when: Callable[[Recorded], bool] = anything
    times: int = 1

    def __post_init__(self) -> None:
        if self.kind not in EFFECTLESS + EFFECTIVE:
            raise ValueError(f"there is no fault {self.kind}")


class Faults:
    """The faults that are planned; of several that fit a request the first one hits it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        """Plans a fault."""
        with self._lock:
            self._left.append((fault, fault.times))

    def clear(self) -> None:
        """Forgets all that are planned."""
        with self._lock:
            self._left.clear()

    @property
    def left(self) -> int:
        """How many requests are still to be hit."""
        with self._lock:
            return sum(times for _, times in self._left)

    def due(self, recorded: Recorded) -> str:
        """The kind of fault that hits a request, or ""; it is used up by that."""
        with self._lock:
            for place, (fault, times) in enumerate(self._left):
                if fault.when(recorded):
                    if times > 1:
                        self._left[place] = (fault, times - 1)
                    else:
                        del self._left[place]
                    return fault.kind
        return ""
