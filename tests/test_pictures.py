"""The pictures of the README are what the program shows now."""

import asyncio

import pytest

from tests.pictures import FOLDER, SCENES, draw

ANEW = "it is out of date: run `python -m tests.pictures`"


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_is_what_the_program_shows(name: str) -> None:
    path = FOLDER / f"{name}.svg"
    drawn = asyncio.run(draw(SCENES[name]))
    same = path.exists() and path.read_text() == drawn  # nobody could read a diff of the two
    assert same, f"{path.name}: {ANEW}"


def test_no_other_file_lies_among_the_pictures() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.svg" for name in SCENES}
