"""The arguments of every command."""

from tests.cli.house import House
from tui import __version__


def test_the_version_and_the_help_are_given(house: House) -> None:
    assert house.run("--version").out == f"glidemail {__version__}\n"
    for argv in (["--help"], *([name, "--help"] for name in ("show", "plan", "apply", "profiles"))):
        told = house.call(*argv)
        assert told.code == 0
        assert told.out.startswith("usage: glidemail")


def test_the_profile_and_the_form_of_the_answer_stand_before_or_after_the_command(
    house: House,
) -> None:
    house.call("profiles", "add", "dev")
    assert (
        house.call("-p", "dev", "--json", "show").out
        == house.call("show", "--json", "--profile", "dev").out
    )
