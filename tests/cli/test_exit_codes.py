"""The exit codes that are explained are those that the program ends with."""

from collections.abc import Iterator

from tests.cli.house import House
from tui.cli.exit_codes import EXIT_CODES
from tui.errors import Problem


def kinds(kind: type[Problem]) -> Iterator[type[Problem]]:
    yield kind
    for each in kind.__subclasses__():
        yield from kinds(each)


def test_every_problem_ends_with_an_exit_code_that_is_explained() -> None:
    codes = {str(kind.exit_code) for kind in kinds(Problem)}
    assert codes == EXIT_CODES.keys() - {"0", "2", "128+N"}


def test_a_plan_with_differences_ends_with_a_code_of_its_own(house: House) -> None:
    assert house.call("plan").code == 0
    assert house.call("plan", "--set", "port=2525").code == 2
    assert "`plan`" in EXIT_CODES["2"]
