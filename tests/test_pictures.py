"""The README's pictures show the program as it is now."""

import asyncio

import pytest

from tests.pictures import FOLDER, SCENES, draw
from tests.sampling import sample

OUTDATED = "it is out of date: run scripts/pictures"


@pytest.mark.parametrize("name", sample(SCENES, 2))
def test_a_picture_is_what_the_program_shows(name: str) -> None:
    path = FOLDER / f"{name}.svg"
    drawn = asyncio.run(draw(SCENES[name]))
    same = path.exists() and path.read_text() == drawn  # a diff of two SVG files is unreadable
    assert same, f"{path.name}: {OUTDATED}"


def test_no_other_file_lies_among_the_pictures() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.svg" for name in SCENES}
