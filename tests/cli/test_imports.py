"""What a command loads, in an interpreter of its own: that is what it costs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.house import DEADLINE, House
from tests.cli.site import open_site
from tests.sampling import sample

NETWORK = {"httpx2", "httpcore2", "asyncio", "ssl"}
HEAVY = {"textual", "pydantic", "keyring", *NETWORK}
OF_INSTANCE = ("--environment", "production", "--user", "admin")
SETTINGS = (
    'server = "mail.corp.example"\nport = 587\nsecurity = "starttls"\nuser = "a@corp.example"\n'
    'authenticate = true\npassword = "not kept"\ntest_recipients = ["b@corp.example"]\n'
)
LISTS = """
import sys
from tui.cli.main import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code or 0
sys.stdout.flush()
print("\\n".join(sys.modules), file=sys.stderr)
sys.exit(code)
"""
SAVE = ("--set", "port=2525", "--yes")


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.write(SETTINGS)
    return house


def load_modules(house: House, *argv: str, code: int = 0, stdin: bytes = b"") -> set[str]:
    done = subprocess.run(
        [sys.executable, "-P", "-c", LISTS, *argv],
        input=stdin,
        capture_output=True,
        env=house.environment,
        cwd=house.root,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == code, done
    assert done.stdout or code
    modules = set(done.stderr.decode().split())
    assert {"sys", "tui.cli.main"} <= modules
    return modules


@pytest.mark.parametrize(
    "argv", [["--version"], ["--help"], ["apply", "--help"], ["explain"], ["explain", "server"]]
)
def test_what_is_to_be_fast_loads_nothing_heavy(house: House, argv: list[str]) -> None:
    assert HEAVY.isdisjoint(load_modules(house, *argv))


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["show"], 0),
        (["show", "--json"], 0),
        (["show", "--toml"], 0),
        (["show", "--schema"], 0),
        (["check"], 0),
        (["plan", "--set", "port=2525", "--out", "plan.json"], 2),
        (["plan", "--json", "--set", "user=c@corp.example"], 2),
        (["apply", *SAVE], 0),
        (["apply", "--json", *SAVE], 0),
        (["explain", "--json", "server"], 0),
        (["profiles"], 0),
        (["profiles", "add", "x"], 0),
        (["profiles", "add", "y", "--instance", "dev12345", *OF_INSTANCE], 0),
        (["profiles", "remove", "none"], 1),
        (["doctor"], 0),
        (["explain", "pop3_server"], 0),
    ],
)
def test_no_command_loads_the_screen_a_keyring_or_the_network_for_a_file(
    house: House, argv: list[str], code: int
) -> None:
    modules = load_modules(house, *argv, code=code)
    assert {"textual", "rich", "keyring", *NETWORK}.isdisjoint(modules)
    assert not [
        name for name in modules if name.startswith(("tui.targets.instance.", "tui.sandbox"))
    ]


@pytest.mark.parametrize("argv", sample([["apply"], ["show"], ["check"], ["plan"], ["doctor"]], 4))
def test_no_command_loads_the_screen_pydantic_or_the_sandbox_for_an_instance(
    house: House, argv: list[str]
) -> None:
    with open_site(house.root) as site:
        modules = load_modules(house, "-p", "dev", *argv, "--secrets-stdin", stdin=site.lines())
    assert {"httpx2", "asyncio"} <= modules
    assert {"textual", "rich", "keyring", "pydantic", "starlette"}.isdisjoint(modules)
    assert not [name for name in modules if name.startswith("tui.sandbox")]


def test_the_help_of_the_sandbox_loads_none_of_it(house: House) -> None:
    modules = load_modules(house, "sandbox", "--help")
    assert {"starlette", "uvicorn", "aiosmtpd", *HEAVY}.isdisjoint(modules)


def test_a_plan_is_carried_out_and_a_profile_removed_without_the_screen(house: House) -> None:
    house.call("profiles", "add", "x")
    house.call("plan", "--set", "port=2525", "--out", str(house.root / "plan.json"))
    for argv in (["apply", "plan.json", *SAVE[2:]], ["profiles", "remove", "x"]):
        assert "textual" not in load_modules(house, *argv)


@pytest.mark.grid
def test_only_a_plan_file_and_the_schema_need_pydantic(house: House) -> None:
    for argv in (["show"], ["check"], ["apply", *SAVE]):
        assert "pydantic" not in load_modules(house, *argv)
    assert "pydantic" in load_modules(house, "show", "--schema")
