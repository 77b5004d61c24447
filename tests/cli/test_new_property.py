"""A property that is declared is everywhere, without another line changed."""

import json
import tomllib
from dataclasses import dataclass
from typing import Annotated

from tests.cli.house import House, Result, assert_harmless
from tui.settings.catalog import SAME_WORDS, Group, Kind, Property, Settings, catalog
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


SETTLED = ("--yes",)


def call(house: House, *argv: str, stdin: bytes = b"") -> Result:
    result = house.call(*argv, stdin=stdin, settings=More)
    assert_harmless(result)
    return result


def test_it_is_shown_and_explained(house: House) -> None:
    house.write('greeting = "mail.corp.example"\n')
    assert "Greeting host mail.corp.example line 1" in call(house, "show").words
    assert "Relay token - not set" in call(house, "show").words
    assert "greeting glide.smtp.greeting Greeting host" in call(house, "explain").words
    page = call(house, "explain", "glide.smtp.greeting").words
    for words in (LABEL, "The name the instance gives itself.", "value mail.corp.example"):
        assert words in page
    assert "glidemail apply --secrets-stdin" in call(house, "explain", "token").out


def test_it_is_checked_by_its_kind(house: House) -> None:
    house.write('greeting = "http://x.example"\nretries = 0\ntoken = "hunter2"\n')
    checked = call(house, "check")
    assert checked.code == 1
    assert "Greeting host: Enter the host name only, without a scheme" in checked.words
    assert "fix: Use x.example (--set greeting=x.example)" in checked.words
    assert "Retries: Enter a port from 1 to 65535." in checked.words
    assert "Relay token:" in checked.words
    assert "hunter2" not in checked.words


def test_it_is_planned_saved_and_read_again(house: House) -> None:
    plan = str(house.root / "plan.json")
    change = ("--set", "glide.smtp.greeting=a.example", "--set", "retries=5", "--secrets-stdin")
    planned = call(house, "plan", *change, "--out", plan, stdin=b"token=hunter2\n")
    assert planned.code == 2
    assert "Greeting host - -> a.example" in planned.words
    assert "Retries 3 (default) -> 5" in planned.words
    assert "Relay token - -> a new one (never shown)" in planned.words
    assert call(house, "apply", plan, *SETTLED).code == 5
    saved = call(house, "apply", plan, "--secrets-stdin", *SETTLED, stdin=b"token=hunter2\n")
    assert saved.code == 0
    assert tomllib.loads(house.settings.read_text()) == {
        "greeting": "a.example",
        "retries": 5,
        "token": "not kept",
    }
    assert call(house, "plan", *change[:4]).code == 0
    assert "Relay token not kept line 4" in call(house, "show").words
    assert call(house, "apply", "--set", "token=", *SETTLED).code == 0
    assert tomllib.loads(house.settings.read_text())["token"] == ""


def test_its_secret_is_refused_among_the_arguments(house: House) -> None:
    for name in ("token", "glide.smtp.token", "tokn"):
        refused = call(house, "show", "--set", f"{name}=hunter2")
        assert refused.code == 64
        assert "every user of this machine could read it" in refused.words


def test_it_is_in_json_in_exports_and_in_the_schema(house: House) -> None:
    house.write('greeting = "a.example"\ntoken = "not kept"\n')
    answer = call(house, "show", "--json").answer()["properties"]
    assert list(answer) == list(catalog(More)) == [*catalog(), "greeting", "retries", "token"]
    assert answer["greeting"] == {"value": "a.example", "source": f"{house.settings}, line 1"}
    assert answer["retries"] == {"value": 3, "source": "default"}
    assert answer["token"]["state"] == "not kept"
    exported = tomllib.loads(call(house, "show", "--toml").out)
    assert (exported["greeting"], exported["token"]) == ("a.example", "not kept")
    schema = json.loads(call(house, "show", "--schema").out)["properties"]
    assert schema["greeting"]["title"] == LABEL
    assert schema["token"]["enum"] == ["kept", "not kept", ""]
    changed = call(house, "plan", "--json", "--set", "retries=4").answer()["changes"]
    assert changed == [{"property": "retries", "before": None, "after": 4}]


def test_without_it_its_key_is_unknown_and_kept(house: House) -> None:
    house.write('greeting = "a.example"  # ours\n')
    assert "! greeting: " in house.call("check").words
    assert house.call("apply", "--set", "display_name=x", *SETTLED).code == 0
    assert 'greeting = "a.example"  # ours\n' in house.settings.read_text()
