"""The lines above and below."""

import pytest

from tests.screens.driving import awaited
from tests.widgets.bench import session, trying
from tui.screens.configurator import Configurator
from tui.screens.keys import bar
from tui.terminal.layout import width
from tui.terminal.visible import visible
from tui.widgets.bars import Banner, Key, KeyBar, banner_lines, elided

PATHS = (
    "/etc/default.toml",
    "/home/operator/.config/glidemail/default.toml",
    "/" + "/".join(["folder"] * 40) + "/default.toml",
    "/データ/設定/メール/とても長い名前のフォルダ/default.toml",
)
KEYS = bar(Configurator, ["save", "fix", "reset", "find", "palette", "explain", "quit", "keys"])


@pytest.mark.parametrize("path", PATHS, ids=["short", "usual", "long", "wide"])
def test_no_line_of_the_banner_is_longer_than_a_terminal_that_is_wide_enough(path: str) -> None:
    for room in range(40, 201):
        for line in banner_lines(session(path=path), room):
            assert width("".join(text for text, _ in line)) <= room


@pytest.mark.parametrize("path", PATHS, ids=["short", "usual", "long", "wide"])
@awaited
async def test_the_banner_stands_within_every_width(path: str) -> None:
    banner = Banner(session(path=path))
    async with trying(banner, (20, 5)) as (bench, pilot):
        for room in (*range(20, 41, 4), 60, 79, 80, 81, 120, 200):
            await pilot.resize_terminal(room, 5)
            await pilot.pause()
            lines = bench.shown.split("\n")
            assert len(lines) == (1 if room >= 80 else 2)
            assert all(width(line) <= room for line in lines)
            assert lines[0].startswith(" FILE  default,")
            assert "default.toml" in bench.shown or room < 20


def test_the_banner_says_what_is_worked_on() -> None:
    (line,) = banner_lines(session(), 120)
    words = "".join(text for text, _ in line)
    assert words == " FILE  default, non-production  /etc/default.toml  changes no instance"


def test_a_path_gives_up_its_first_folders_and_keeps_its_end() -> None:
    assert elided("/a/b/c.toml", 20) == "/a/b/c.toml"
    assert elided("/aaaa/bbbb/c.toml", 15) == ".../bbbb/c.toml"
    assert elided("/aaaa/bbbb/c.toml", 14) == ".../c.toml"
    assert elided("/aaaa/bbbb/c.toml", 1) == ".../c.toml"


def test_a_hostile_path_is_only_text() -> None:
    lines = banner_lines(session(path="/a\x1b[2J/[bold]/\u202eb.toml"), 60)
    assert "\x1b" not in visible("".join(text for line in lines for text, _ in line))


@awaited
async def test_the_keys_offered_are_the_first_ones_that_fit() -> None:
    keys = KeyBar(KEYS)
    async with trying(keys, (20, 5)) as (bench, pilot):
        counts = []
        for room in range(20, 121, 9):
            await pilot.resize_terminal(room, 5)
            await pilot.pause()
            shown = keys.text.split("  ")
            assert width(bench.shown) <= room
            assert width(keys.text.rstrip()) <= room
            assert "\n" not in bench.shown
            offered = [f"{key.name} {key.words}" for key in KEYS]
            assert [each.strip() for each in shown] == offered[: len(shown)]
            counts.append(len(shown))
        assert counts == sorted(counts)
        assert counts[-1] > counts[0]


@awaited
async def test_other_keys_take_the_place_of_the_first() -> None:
    keys = KeyBar(KEYS)
    async with trying(keys) as (_, pilot):
        keys.offer(Key("F9", "Compare"))
        await pilot.pause()
        assert keys.text.strip() == "F9 Compare"
