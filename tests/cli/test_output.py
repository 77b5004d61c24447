"""Streams that are closed, full or no longer read."""

import tomllib

import pytest

from tests.cli.house import House, assert_harmless
from tests.sampling import sample

SAVE = ("apply", "--set", "display_name=x", "--yes")


@pytest.mark.parametrize("argv", sample([["show"], ["profiles"], ["plan"]], 3))
def test_a_closed_standard_output_or_input_is_survived(house: House, argv: list[str]) -> None:
    whole = house.run(*argv)
    for closed in ('"$@" >&-', '"$@" <&-', '"$@" 2>&-', '"$@" <&- >&- 2>&-'):
        result = house.shell(closed, *argv)
        assert_harmless(result)
        assert result.code == whole.code
        assert result.out in ("", whole.out)


def test_a_save_with_every_stream_closed_is_a_whole_one(house: House) -> None:
    result = house.shell('"$@" >&- 2>&-', *SAVE)
    assert (result.code, result.out, result.err) == (0, "", "")
    assert tomllib.loads(house.settings.read_text()) == {"display_name": "x"}


@pytest.mark.parametrize("argv", sample([["show"], ["show", "--json"], ["explain"], ["--help"]], 2))
def test_a_reader_that_has_seen_enough_is_no_fault(house: House, argv: list[str]) -> None:
    house.write("".join(f"unknown_key_of_some_length_{number} = 1\n" for number in range(1500)))
    result = house.shell('"$@" | head -1', *argv)
    assert_harmless(result)
    assert len(result.out.splitlines()) == 1
    assert result.err == ""


@pytest.mark.grid
@pytest.mark.parametrize("closed", ['"$@" <&-', '"$@" >&-', '"$@" 2>&-'])
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["apply", "--set", "display_name=x"], 5),
        (["apply", "--password-stdin"], 64),
        (["apply", "--secrets-stdin"], 64),
        (["doctor"], 0),
    ],
)
def test_a_closed_stream_is_as_an_empty_one(
    house: House, argv: list[str], code: int, closed: str
) -> None:
    result = house.shell(closed, *argv)
    assert_harmless(result)
    assert result.code == code
    if "2>" in closed:
        assert "glidemail: " not in result.out


@pytest.mark.parametrize("argv", [["show"], ["show", "--json"], ["show", "--toml"], ["--help"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_takes_nothing_is_said(
    house: House, argv: list[str], unbuffered: str
) -> None:
    result = house.shell('"$@" >/dev/full', *argv, PYTHONUNBUFFERED=unbuffered)
    assert_harmless(result)
    assert result.code == 1 or argv == ["--help"]
    if argv != ["--help"]:
        assert "Can't write the output: No space left on device." in result.words


@pytest.mark.parametrize("form", ["", "--json"])
def test_a_save_that_cannot_be_told_says_that_it_was_done(house: House, form: str) -> None:
    result = house.shell('"$@" >/dev/full', *SAVE, *([form] if form else []))
    assert_harmless(result)
    assert result.code == 1
    assert f"{house.settings} was saved. Can't write the output" in result.words
    assert 'display_name = "x"' in house.settings.read_text()


def test_nobody_is_told_of_a_fault_where_no_stream_takes_it(house: House) -> None:
    result = house.shell('"$@" >/dev/full 2>/dev/full', "show")
    assert (result.code, result.words) == (1, "")
