"""Looking again and again: it finds what comes in time, heeds what the instance asks, and ends."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.targets.instance.api.response_errors import InstanceProblem, SignInRefused
from tui.targets.instance.mail.look import Pace, look_until


class Watcher:
    """A look that answers by plan, and a clock that only sleep moves."""

    def __init__(self, *answers: str | InstanceProblem | None) -> None:
        self._answers = answers
        self.looks: list[float] = []
        self.time = 100.0
        self.pace = Pace(now=lambda: self.time, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.time += seconds

    async def look(self) -> str | None:
        answer = self._answers[min(len(self.looks), len(self._answers) - 1)]
        self.looks.append(self.time - 100)
        if isinstance(answer, InstanceProblem):
            raise answer
        return answer

    def run(
        self, seconds: float = 10, pause: float = 4
    ) -> tuple[str | None, InstanceProblem | None]:
        return asyncio.run(look_until(self.look, seconds, pause, self.pace))


def problem(code: str = "instance.timeout", after: float | None = None) -> InstanceProblem:
    return InstanceProblem(code, "No answer.", "Wait.", retry_after=after)


def test_what_is_there_is_found_at_the_first_look() -> None:
    watcher = Watcher("sent")
    assert watcher.run() == ("sent", None)
    assert watcher.looks == [0]


def test_the_last_look_is_made_when_the_time_is_up() -> None:
    watcher = Watcher(None)
    assert watcher.run() == (None, None)
    assert watcher.looks == [0, 4, 8, 10]


def test_no_time_at_all_means_one_look() -> None:
    watcher = Watcher(None)
    assert watcher.run(seconds=0) == (None, None)
    assert watcher.looks == [0]


def test_a_look_that_fails_is_made_again() -> None:
    watcher = Watcher(problem(), "sent")
    assert watcher.run() == ("sent", None)
    assert watcher.looks == [0, 4]


def test_the_last_failure_is_told_when_the_time_is_up() -> None:
    lost = problem()
    assert Watcher(None, lost).run() == (None, lost)
    assert Watcher(lost, None).run() == (None, None)


def test_the_instances_retry_after_is_heeded() -> None:
    watcher = Watcher(problem("instance.rate-limit", 7), "sent")
    assert watcher.run() == ("sent", None)
    assert watcher.looks == [0, 7]


def test_a_retry_after_beyond_the_time_ends_it_at_once() -> None:
    busy = problem("instance.rate-limit", 60)
    watcher = Watcher(busy)
    assert watcher.run() == (None, busy)
    assert watcher.looks == [0]


@pytest.mark.parametrize("code", ["forbidden", "not-found", "no-table", "bad-request", "stopped"])
def test_what_the_next_look_meets_again_ends_it_at_once(code: str) -> None:
    lasting = problem(f"instance.{code}")
    watcher = Watcher(lasting)
    assert watcher.run() == (None, lasting)
    assert watcher.looks == [0]


def test_after_a_rejected_sign_in_nothing_more_is_sent() -> None:
    watcher = Watcher(SignInRefused("instance.sign-in", "Rejected.", "Sign in again."))
    with pytest.raises(SignInRefused):
        watcher.run()
    assert watcher.looks == [0]


ANSWERS: dict[str, Callable[[], InstanceProblem | None]] = {
    "nothing": lambda: None,
    "timeout": problem,
    "busy": lambda: problem("instance.rate-limit", 3),
    "very busy": lambda: problem("instance.rate-limit", 1e9),
}


@given(
    st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=20),
    st.floats(0, 3600),
    st.floats(0.5, 60),
)
def test_it_always_ends_and_never_looks_after_the_time(
    answers: list[str], seconds: float, pause: float
) -> None:
    watcher = Watcher(*(ANSWERS[each]() for each in answers))
    found, _ = watcher.run(seconds, pause)
    assert found is None
    assert watcher.looks[-1] <= seconds + 1e-6
