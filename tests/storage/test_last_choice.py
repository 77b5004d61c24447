"""What was chosen last is remembered."""

import pytest

from tests.cli.house import House
from tui.storage.last_choice import load_last, save_last


def test_each_subject_has_a_word_of_its_own(here: House) -> None:
    assert load_last("theme") == ""
    save_last("theme", "light")
    save_last("profile", "corp")
    assert (load_last("theme"), load_last("profile")) == ("light", "corp")


@pytest.mark.parametrize("found", [b"\xff\xfe", b"\x00" * 9, b"a" * 3_000_000])
def test_a_damaged_file_is_nothing_that_was_chosen(here: House, found: bytes) -> None:
    save_last("theme", "light")
    path = here.root / "state" / "glidemail" / "last-theme"
    path.write_bytes(found)
    assert load_last("theme") in ("", found.decode(errors="replace"))
    save_last("theme", "dark")
    assert load_last("theme") in ("dark", "")
