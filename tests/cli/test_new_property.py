"""A property that is declared is everywhere, without another line changed."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest

from tests.cli.running import House, Result, harmless
from tui.settings.catalog import Settings, catalog
from tui.settings.property import SAME_WORDS, Group, Kind, Property
from tui.settings.values import SecretState

LABEL = "Host that greets (EHLO)"


@dataclass(frozen=True, kw_only=True)
class More(Settings):
    greeting: Annotated[
        str,
        Property(
            kind=Kind.HOST,
            label=LABEL,
            short="Greeting host",
            help="The name the instance gives itself.\nBlank: its own.",
            group=Group.CONNECTION,
            instance={"glide.smtp.greeting": SAME_WORDS},
            when_unset="its own name is used",
        ),
    ] = ""
    retries: Annotated[
        int,
        Property(
            kind=Kind.PORT,
            label="Retries",
            short="Retries",
            help="How often.\nBlank: 3.",
            group=Group.SENDING,
        ),
    ] = 3
    token: Annotated[
        SecretState,
        Property(
            kind=Kind.SECRET,
            label="Token of the relay",
            short="Relay token",
            help="Write-only.\nBlank: none.",
            group=Group.SENDING,
            instance={"glide.smtp.token": SAME_WORDS},
        ),
    ] = SecretState.UNSET


SETTLED = ("--confirm", "default", "--yes")


@pytest.fixture
def here(tmp_path: Path) -> House:
    return House(tmp_path)


def told(here: House, *argv: str, stdin: bytes = b"") -> Result:
    result = here.call(*argv, stdin=stdin, settings=More)
    harmless(result)
    return result


def test_it_is_shown_and_explained(here: House) -> None:
    here.write('greeting = "mail.corp.example"\n')
    assert "Greeting host mail.corp.example line 1" in told(here, "show").words
    assert "Relay token - not set" in told(here, "show").words
    assert "greeting glide.smtp.greeting Greeting host" in told(here, "explain").words
    page = told(here, "explain", "glide.smtp.greeting").words
    for words in (LABEL, "The name the instance gives itself.", "value mail.corp.example"):
        assert words in page
    assert "glidemail apply --secrets-stdin" in told(here, "explain", "token").out


def test_it_is_checked_by_its_kind(here: House) -> None:
    here.write('greeting = "http://x.example"\nretries = 0\ntoken = "hunter2"\n')
    checked = told(here, "check")
    assert checked.code == 1
    assert "Greeting host: A scheme does not belong here" in checked.words
    assert "fix: use x.example (--set greeting=x.example)" in checked.words
    assert "Retries: A port lies between 1 and 65535." in checked.words
    assert "Relay token:" in checked.words
    assert "hunter2" not in checked.words


def test_it_is_planned_saved_and_read_again(here: House) -> None:
    plan = str(here.root / "plan.json")
    change = ("--set", "glide.smtp.greeting=a.example", "--set", "retries=5", "--secrets-stdin")
    planned = told(here, "plan", *change, "--out", plan, stdin=b"token=hunter2\n")
    assert planned.code == 2
    assert "Greeting host - -> a.example" in planned.words
    assert "Retries 3 (default) -> 5" in planned.words
    assert "Relay token - -> a new one (never shown)" in planned.words
    assert told(here, "apply", plan, *SETTLED).code == 5
    saved = told(here, "apply", plan, "--secrets-stdin", *SETTLED, stdin=b"token=hunter2\n")
    assert saved.code == 0
    assert tomllib.loads(here.settings.read_text()) == {
        "greeting": "a.example",
        "retries": 5,
        "token": "not kept",
    }
    assert told(here, "plan", *change[:4]).code == 0
    assert "Relay token not kept line 4" in told(here, "show").words
    assert told(here, "apply", "--set", "token=", *SETTLED).code == 0
    assert tomllib.loads(here.settings.read_text())["token"] == ""


def test_its_secret_is_refused_among_the_arguments(here: House) -> None:
    for name in ("token", "glide.smtp.token", "tokn"):
        refused = told(here, "show", "--set", f"{name}=hunter2")
        assert refused.code == 64
        assert "every user of this machine could read it" in refused.words


def test_it_is_in_json_in_exports_and_in_the_schema(here: House) -> None:
    here.write('greeting = "a.example"\ntoken = "not kept"\n')
    answer = told(here, "show", "--json").answer()["properties"]
    assert list(answer) == list(catalog(More)) == [*catalog(), "greeting", "retries", "token"]
    assert answer["greeting"] == {"value": "a.example", "source": f"{here.settings}, line 1"}
    assert answer["retries"] == {"value": 3, "source": "default"}
    assert answer["token"]["state"] == "not kept"
    exported = tomllib.loads(told(here, "show", "--toml").out)
    assert (exported["greeting"], exported["token"]) == ("a.example", "not kept")
    schema = json.loads(told(here, "show", "--schema").out)["properties"]
    assert schema["greeting"]["title"] == LABEL
    assert schema["token"]["enum"] == ["kept", "not kept", ""]
    changed = told(here, "plan", "--json", "--set", "retries=4").answer()["changes"]
    assert changed == [{"property": "retries", "before": None, "after": 4}]


def test_without_it_its_key_is_unknown_and_kept(here: House) -> None:
    here.write('greeting = "a.example"  # ours\n')
    assert "! greeting: " in here.call("check").words
    assert here.call("apply", "--set", "display_name=x", *SETTLED).code == 0
    assert 'greeting = "a.example"  # ours\n' in here.settings.read_text()
