"""Problems: what a person is told, and what a program can rely on."""

import pytest

from tui.cli.output import OutputError
from tui.errors import Problem, Refusal, Unfinished, UsageError
from tui.targets.instance.api.response_errors import InstanceProblem, SignInRefused


@pytest.mark.parametrize(
    "problem",
    [
        *(kind("a.code", "No.", "Do it.") for kind in (Problem, Refusal, Unfinished, UsageError)),
        InstanceProblem("instance.timeout", "No.", "Do it.", uncertain=True),
        SignInRefused("instance.sign-in", "No.", "Do it."),
        OutputError(BrokenPipeError(32, "Broken pipe"), "Saved. "),
    ],
)
def test_other_words_for_a_problem_leave_all_it_knows(problem: Problem) -> None:
    before = dict(vars(problem))
    other = problem.with_message("It failed.")
    assert type(other) is type(problem)
    assert vars(other) == {**before, "message": "It failed."}
    assert other.args == (problem.code, "It failed.", problem.hint)
    assert vars(problem) == before
