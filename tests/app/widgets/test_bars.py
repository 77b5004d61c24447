"""The lines above and below."""

import pytest

from tests.app.factories import make_instance_session, make_session
from tests.app.person import async_test, settle
from tests.app.widgets.fakes import show_widget
from tui.app.screens.configurator import Configurator
from tui.app.screens.keys import bar_keys
from tui.app.widgets.bars import Banner, Key, KeyBar, banner_lines, elide_path
from tui.settings.delivery.account import Account, AccountChoice
from tui.settings.delivery.status import Model
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
KEYS = bar_keys(Configurator, ["save", "fix", "reset", "find", "palette", "explain"])
LAST = bar_keys(Configurator, ["keys", "quit"])


@pytest.mark.parametrize("path", PATHS, ids=["short", "usual", "long", "wide"])
def test_no_line_of_the_banner_is_longer_than_a_terminal_that_is_wide_enough(path: str) -> None:
    for room in range(40, 201):
        for line in banner_lines(make_session(path=path), room):
            assert width("".join(text for text, _ in line)) <= room


@pytest.mark.parametrize("path", PATHS, ids=["short", "usual", "long", "wide"])
@async_test
async def test_the_banner_stands_within_every_width(path: str) -> None:
    banner = Banner(make_session(path=path))
    async with show_widget(banner, (20, 5)) as (app, pilot):
        for room in (*range(20, 41, 4), 60, 79, 80, 81, 120, 200):
            await pilot.resize_terminal(room, 5)
            await pilot.pause()
            lines = app.shown.split("\n")
            assert len(lines) == (1 if room >= 80 else 2)
            assert all(width(line) <= room for line in lines)
            assert lines[0].startswith(" FILE  default,")
            assert "default.toml" in app.shown or room < 20


def test_the_banner_says_what_is_worked_on() -> None:
    (line,) = banner_lines(make_session(), 120)
    words = "".join(text for text, _ in line)
    assert words == " FILE  default, non-production  /etc/default.toml  changes no instance"


def test_a_path_gives_up_its_first_folders_and_keeps_its_end() -> None:
    assert elide_path("/a/b/c.toml", 20) == "/a/b/c.toml"
    assert elide_path("/aaaa/bbbb/c.toml", 15) == ".../bbbb/c.toml"
    assert elide_path("/aaaa/bbbb/c.toml", 14) == ".../c.toml"
    assert elide_path("/aaaa/bbbb/c.toml", 1) == ".../c.toml"


def test_a_hostile_path_is_only_text() -> None:
    lines = banner_lines(make_session(path="/a\x1b[2J/[bold]/\u202eb.toml"), 60)
    assert "\x1b" not in visible("".join(text for line in lines for text, _ in line))


@async_test
async def test_the_keys_offered_are_the_first_ones_that_fit_and_always_the_last() -> None:
    keys = KeyBar()
    async with show_widget(keys, (30, 5)) as (app, pilot):
        keys.show_keys(KEYS, LAST)
        counts = []
        for room in range(26, 121, 9):
            await pilot.resize_terminal(room, 5)
            await settle(app)
            shown = [each.strip() for each in keys.text.split("  ")]
            assert width(keys.text.rstrip()) <= room
            assert app.shown.rstrip() == keys.text.rstrip()
            *first, help_, quit_ = shown
            assert (help_, quit_) == ("F3 Help", "^Q Quit")
            assert first == [f"{key.name} {key.words}" for key in KEYS][: len(first)]
            counts.append(len(first))
        assert counts == sorted(counts)
        assert (counts[0], counts[-1]) == (0, len(KEYS))


@async_test
async def test_a_key_that_has_nothing_to_do_is_dim() -> None:
    keys = KeyBar()
    async with show_widget(keys) as (app, _):
        keys.show_keys([Key("F4", "Fix", works=False), Key("F7", "Undo")])
        await settle(app)
        (strip, *_) = app.screen._compositor.render_strips()
        colours = {text.strip(): style.color for text, style, _ in strip if style}
        assert colours["Fix"] != colours["Undo"]


@async_test
async def test_other_keys_take_the_place_of_the_first() -> None:
    keys = KeyBar()
    async with show_widget(keys) as (app, _):
        keys.show_keys(KEYS, LAST)
        keys.show_keys([Key("F9", "Compare")])
        await settle(app)
        assert keys.text.strip() == "F9 Compare"


EVIL = "Evil\x1b[2J[bold]\u202e" + "x" * 300
HOSTS = ("dev1.service-now.com", "a" * 63 + "." + "b" * 63 + ".example:8443")
INSTANCES = [
    make_instance_session(host=host, user=user, accounts=(Account(name=name, active=True),))
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
        (make_instance_session(is_read=False), "not connected"),
        (make_instance_session(managed=True), "ServiceNow-configured account"),
        (make_instance_session(choice=AccountChoice.OWN), "your own account, not active yet"),
        (
            make_instance_session(choice=AccountChoice.PROVIDERS),
            "ServiceNow-configured, not active",
        ),
        (make_instance_session(model=Model.NO_ACTIVE_ACCOUNT), "no active account"),
        (make_instance_session(model=Model.OTHER_SENDER), "another sender"),
        (make_instance_session(model=Model.UNDETERMINED), "sender unknown"),
        (
            make_instance_session(user="", accounts=(Account(name="Own", active=True),)),
            "account Own",
        ),
    ],
    ids=range(8),
)
@async_test
async def test_an_instances_banner_says_who_and_what_sends(told: Session, words: str) -> None:
    async with show_widget(Banner(told)) as (app, _):
        who = "API key" if not told.profile.instance or not told.profile.instance.user else "admin"
        assert app.shown == f" NON-PROD  dev12345.service-now.com  {who}, {words}"


@async_test
async def test_production_stands_out_and_the_banner_follows_another_session() -> None:
    banner = Banner(make_session())
    async with show_widget(banner, (60, 5)) as (app, pilot):
        banner.show_session(make_instance_session(environment=Environment.PRODUCTION, managed=True))
        await pilot.pause()
        assert [line.rstrip() for line in app.shown.split("\n")] == [
            " PRODUCTION  dev12345.service-now.com",
            " admin, ServiceNow-configured account",
        ]
        banner.show_session(make_session())
        await pilot.pause()
        assert app.shown.startswith(" FILE  default")
