"""The help of the program and of its commands."""

import pytest

from tests.cli.house import House
from tui.cli.options import COMMANDS, CommandGroup

SCREEN = (80, 23)
"""Columns and lines of a terminal of 80x24, the last line left for the prompt."""

LARGE = {"plan", "apply", "probe"}


def lines_of_help(house: House, *argv: str, columns: str = "80") -> list[str]:
    told = house.call(*argv, "--help", COLUMNS=columns)
    assert (told.code, told.err) == (0, "")
    return told.out.splitlines()


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS if name not in LARGE)])
def test_the_help_fits_a_small_screen(house: House, command: list[str]) -> None:
    lines = lines_of_help(house, *command)
    assert lines[0].startswith(" ".join(["usage: glidemail", *command]))
    assert len(lines) <= SCREEN[1]
    assert max(map(len, lines)) <= SCREEN[0]


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_the_help_names_every_command_beside_what_it_is_for(house: House, columns: str) -> None:
    lines = lines_of_help(house, columns=columns)
    for group in CommandGroup:
        names = [name for name, each in COMMANDS.items() if each.group is group]
        place = next(n for n, line in enumerate(lines) if line.startswith(f"  {group} "))
        assert f" {names[0]} " in lines[place]
        for name in names:
            assert any(f" {name} " in line for line in lines[place:])


def test_the_help_of_the_program_says_where_there_is_more(house: House) -> None:
    lines = lines_of_help(house)
    assert "glidemail COMMAND --help" in lines[-1]
    assert "man glidemail" in lines[-1]


def test_an_option_with_a_short_name_needs_one_line(house: House) -> None:
    assert "  -p, --profile NAME  the profile to work on (default: default)" in lines_of_help(house)


def test_the_help_of_profiles_lists_their_actions(house: House) -> None:
    lines = lines_of_help(house, "profiles")
    place = lines.index("actions:")
    actions = [line.split()[0] for line in lines[place + 1 : place + 5]]
    assert actions == ["list", "add", "set", "remove"]
    assert "usage: glidemail profiles add [OPTION ...] NAME" in lines_of_help(
        house, "profiles", "add"
    )
