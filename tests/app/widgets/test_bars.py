"""The lines above and below."""

import pytest

from tests.app.driving import awaited
from tests.app.widgets.bench import on_instance, session, trying
from tui.app.screens.configurator import Configurator
from tui.app.screens.keys import bar
from tui.app.widgets.bars import Banner, Key, KeyBar, banner_lines, elided
from tui.settings.delivery.status import Account, AccountChoice, Model
from tui.settings.values import Environment
from tui.terminal.layout import width
from tui.terminal.visible import visible
from tui.workspace.session import Session

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


EVIL = "Evil\x1b[2J[bold]\u202e" + "x" * 300
HOSTS = ("dev1.service-now.com", "a" * 63 + "." + "b" * 63 + ".example:8443")
INSTANCES = [
    on_instance(host=host, user=user, accounts=(Account(name=name, active=True),))
    for host in HOSTS
    for user in ("admin", "mail.administrator.of.everything@corp.example")
    for name in ("Own SMTP", EVIL)
]


@pytest.mark.parametrize("told", INSTANCES, ids=range(len(INSTANCES)))
def test_no_line_of_an_instances_banner_is_longer_than_the_terminal(told: Session) -> None:
    for room in range(40, 201):
        lines = banner_lines(told, room)
        assert len(lines) == 1 or room < 80
        for line in lines:
            text = "".join(part for part, _ in line)
            assert width(text) <= room
            assert text == visible(text)


@pytest.mark.parametrize("told", INSTANCES, ids=range(len(INSTANCES)))
def test_something_of_everything_stays_in_an_instances_banner(told: Session) -> None:
    for room in (40, 60, 80, 120):
        words = "".join(part for line in banner_lines(told, room) for part, _ in line)
        assert " NON-PROD " in words
        assert told.target.where[:6] in words
        assert "admin" in words or "mail.a" in words
        assert "account" in words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (on_instance(is_read=False), "not connected"),
        (on_instance(managed=True), "ServiceNow's account sends"),
        (on_instance(choice=AccountChoice.OWN), "own server, not sending yet"),
        (on_instance(choice=AccountChoice.PROVIDERS), "ServiceNow's account, not sending"),
        (on_instance(model=Model.NO_ACTIVE_ACCOUNT), "properties, unverified"),
        (on_instance(model=Model.OTHER_SENDER), "another sender"),
        (on_instance(model=Model.UNDETERMINED), "what sends is not known"),
        (on_instance(user="", accounts=(Account(name="Own", active=True),)), "account Own"),
    ],
    ids=range(8),
)
@awaited
async def test_an_instances_banner_says_who_and_what_sends(told: Session, words: str) -> None:
    async with trying(Banner(told)) as (bench, _):
        who = "API key" if not told.profile.instance or not told.profile.instance.user else "admin"
        assert bench.shown == f" NON-PROD  dev12345.service-now.com  {who}, {words}"


@awaited
async def test_production_stands_out_and_the_banner_follows_another_session() -> None:
    banner = Banner(session())
    async with trying(banner, (60, 5)) as (bench, pilot):
        banner.follow(on_instance(environment=Environment.PRODUCTION, managed=True))
        await pilot.pause()
        assert [line.rstrip() for line in bench.shown.split("\n")] == [
            " PRODUCTION  dev12345.service-now.com",
            " admin, ServiceNow's account sends",
        ]
        banner.follow(session())
        await pilot.pause()
        assert bench.shown.startswith(" FILE  default")
