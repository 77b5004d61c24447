"""A person's way through the program, and the answers other programs get on it."""

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.house import House, assert_harmless, give_to, open_house
from tui import __version__

CHANGE = (
    *("--set", "server=mail.corp.example", "--set", "glide.smtp.port=587"),
    *("--set", "security=starttls", "--set", "glide.email.user=helpdesk@corp.example"),
)
SETTLED = ("--attest", "all", "--confirm", "default", "--yes")
PROPERTIES = [
    *("server", "user", "display_name", "authenticate", "password", "port", "security"),
    *("sending_enabled", "test_recipients", "pop3_server", "pop3_user", "pop3_password"),
    *("pop3_port", "pop3_security"),
]
COMMENTED = """\
# Asked for by the mail team.
server = "old.corp.example"  # until May

unknown = [1, 2]  # ours

[other]
server = "not ours"
"""


def write_plan(house: House) -> str:
    path = house.root / "plan.json"
    assert house.call("plan", *CHANGE, "--out", str(path)).code == 2
    return str(path)


def test_a_first_start_shows_every_property_and_writes_nothing(house: House) -> None:
    shown = house.run("show")
    assert (shown.code, shown.err) == (0, "")
    assert "Outgoing mail server  -     not set" in shown.out
    assert "POP3 port             110   default" in shown.out
    assert list(house.root.iterdir()) == []


def test_the_version_and_the_help_are_given(house: House) -> None:
    assert house.run("--version").out == f"glidemail {__version__}\n"
    for argv in (["--help"], *([name, "--help"] for name in ("show", "plan", "apply", "profiles"))):
        told = house.call(*argv)
        assert told.code == 0
        assert told.out.startswith("usage: glidemail")


def test_check_finds_nothing_wrong_with_no_settings(house: House) -> None:
    assert house.call("check").code == 0


def test_check_fails_on_an_error_and_names_its_line(house: House) -> None:
    house.write("# ours\nport = 70000\n")
    checked = house.call("check")
    assert checked.code == 1
    assert "x Port: A port lies between 1 and 65535." in checked.words
    assert "1 error" in checked.out


def test_a_plan_says_what_changes_and_what_follows_and_saves_nothing(house: House) -> None:
    planned = house.call("plan", *CHANGE)
    assert planned.code == 2
    assert "Outgoing mail server - -> mail.corp.example" in planned.words
    assert "Port 25 (default) -> 587" in planned.words
    assert "POP3 server follows: none -> mail.corp.example." in planned.words
    assert not house.settings.exists()


def test_a_plan_with_an_error_fails_and_is_not_written(house: House) -> None:
    path = house.root / "plan.json"
    assert house.call("plan", "--set", "server=http://x/").code == 1
    assert house.call("plan", "--set", "server=http://x/", "--out", str(path)).code == 1
    assert not path.exists()


@pytest.mark.parametrize(
    ("settled", "missing"),
    [
        ((), "Attest what is true"),
        (("--attest", "all"), "Confirm it with --confirm default"),
        (("--attest", "all", "--confirm", "production"), "Confirm it with --confirm default"),
        (("--attest", "own-server", "--confirm", "default", "--yes"), "Attest what is true"),
        (("--attest", "all", "--yes"), "Confirm it with --confirm default"),
        (("--attest", "all", "--confirm", "default"), "Say --yes."),
    ],
)
def test_a_plan_is_refused_until_all_is_settled(
    house: House, settled: tuple[str, ...], missing: str
) -> None:
    plan = write_plan(house)
    refused = house.call("apply", plan, *settled)
    assert refused.code == 5
    assert missing in refused.words
    assert "Nothing was written." in refused.words
    assert not house.settings.exists()
    assert not house.attestations.exists()


def test_a_plan_is_carried_out(house: House) -> None:
    done = house.run("apply", write_plan(house), *SETTLED)
    assert (done.code, done.err) == (0, "")
    assert "Avoid modifying provisioned settings." in done.out
    assert "Saved 4 changes" in done.out
    assert tomllib.loads(house.settings.read_text()) == {
        "server": "mail.corp.example",
        "port": 587,
        "security": "starttls",
        "user": "helpdesk@corp.example",
    }
    shown = house.call("show").words
    assert "Outgoing mail server mail.corp.example line 2" in shown
    assert "POP3 user helpdesk from User email, before the @" in shown


def test_what_was_saved_changes_nothing_a_second_time(house: House) -> None:
    plan = write_plan(house)
    assert house.call("apply", plan, *SETTLED).code == 0
    saved = house.settings.read_bytes()
    again = house.call("plan", *CHANGE)
    assert again.code == 0
    assert "Nothing changes." in again.out
    for argv in (["apply", plan], ["apply", *CHANGE]):
        repeated = house.call(*argv)
        assert repeated.code == 0
        assert "Nothing changes." in repeated.out
    assert house.settings.read_bytes() == saved
    assert not house.settings.with_name("default.toml.old").exists()


def test_what_was_attested_is_not_asked_for_again(house: House) -> None:
    assert house.call("apply", *CHANGE, *SETTLED).code == 0
    again = house.call("apply", "--set", "port=2525", "--confirm", "default", "--yes")
    assert again.code == 0
    other = house.call(
        *("apply", "--set", "server=other.corp.example", "--confirm", "default", "--yes")
    )
    assert other.code == 5


def test_comments_and_unknown_keys_stay_and_the_version_before_is_kept(house: House) -> None:
    house.write(COMMENTED)
    assert house.call("apply", *CHANGE, *SETTLED).code == 0
    text = house.settings.read_text()
    for kept in ("# Asked for by the mail team.", "  # until May", "unknown = [1, 2]  # ours"):
        assert kept in text
    assert '[other]\nserver = "not ours"\n' in text
    assert tomllib.loads(text)["server"] == "mail.corp.example"
    assert house.settings.with_name("default.toml.old").read_text() == COMMENTED


def test_an_unknown_key_is_a_warning_that_guesses_what_was_meant(house: House) -> None:
    house.write('sever = "mail.corp.example"\n')
    checked = house.call("check")
    assert checked.code == 0
    assert 'Line 1: no property has this name; it is kept and has no effect. Is "server"' in (
        checked.words
    )


def test_a_name_with_nothing_after_it_clears(house: House) -> None:
    house.write('display_name = "Help"\nport = 587\n')
    cleared = house.call("apply", "--set", "display_name=", "--confirm", "default", "--yes")
    assert cleared.code == 0
    assert "Display name Help -> blank" in cleared.words
    assert tomllib.loads(house.settings.read_text()) == {"display_name": "", "port": 587}


def test_a_plan_made_stale_by_another_save_is_refused(house: House) -> None:
    plan = write_plan(house)
    house.write('server = "other.corp.example"\n')
    stale = house.call("apply", plan, *SETTLED)
    assert stale.code == 5
    assert "server was blank and is other.corp.example" in stale.words
    assert house.settings.read_text() == 'server = "other.corp.example"\n'


def test_a_plan_is_not_mended_by_hand(house: House) -> None:
    assert house.call("apply", write_plan(house), "--set", "port=1").code == 64
    assert not house.settings.exists()


def test_a_plan_for_one_profile_is_not_carried_out_on_another(house: House) -> None:
    plan = write_plan(house)
    assert house.call("profiles", "add", "other").code == 0
    elsewhere = house.call("-p", "other", "apply", plan, *SETTLED)
    assert elsewhere.code == 5
    assert 'The plan was made for profile "default"' in elsewhere.words


def test_a_plan_never_replaces_a_file_that_is_none(house: House) -> None:
    path = house.write("my only copy", house.root / "notes.txt")
    assert house.call("plan", *CHANGE, "--out", str(path)).code == 1
    assert path.read_text() == "my only copy"


def test_profiles_are_added_listed_and_removed(house: House) -> None:
    added = house.call("profiles", "add", "dev", "--environment", "non-production")
    assert (added.code, "Next: glidemail -p dev show" in added.out) == (0, True)
    assert house.call("profiles", "add", "dev").code == 5
    listed = house.call("profiles")
    assert listed.code == 0
    assert [line.split()[0] for line in listed.out.splitlines()] == ["default", "dev"]
    assert "non-production" in listed.out
    assert house.call("-p", "dev", "apply", "--set", "display_name=D", "--yes").code == 0
    assert house.call("profiles", "remove", "dev").code == 0
    assert (house.config / "dev.toml").read_text().endswith('display_name = "D"\n')
    assert house.call("-p", "dev", "show").code == 1
    assert house.call("profiles", "remove", "dev").code == 1


def test_an_export_is_adopted_by_another_profile_of_the_same_environment(house: House) -> None:
    house.write('server = "mail.corp.example"\nport = 587\nuser = "a@corp.example"\n')
    document = house.write(house.call("show", "--toml").out, house.root / "export.toml")
    assert house.call("profiles", "add", "new", "--environment", "production").code == 0
    adopted = house.call(
        *("-p", "new", "apply", "--from", str(document), "--attest", "all"),
        *("--confirm", "new", "--yes"),
    )
    assert adopted.code == 0
    assert tomllib.loads((house.config / "new.toml").read_text()) == {
        "server": "mail.corp.example",
        "port": 587,
        "user": "a@corp.example",
    }


def test_settings_in_a_place_that_is_no_text_are_exported_and_planned(house: House) -> None:
    place = os.fsdecode(os.fsencode(house.root) + b"/\xff")
    exported = house.run("show", "--toml", "--set", "port=587", XDG_CONFIG_HOME=place).out
    document = house.write(exported, house.root / "export.toml")
    plan = str(house.root / "plan.json")
    house.run("plan", "--from", str(document), "--out", plan, XDG_CONFIG_HOME=place)
    assert house.run("apply", plan, *SETTLED).code == 5
    result = house.run("apply", plan, *SETTLED, XDG_CONFIG_HOME=place)
    assert (result.code, result.err) == (0, "")
    assert "port = 587" in Path(place, "glidemail", "default.toml").read_text()


def test_an_export_of_another_environment_leaves_out_sending_recipients_and_user(
    house: House,
) -> None:
    house.write(
        'server = "mail.corp.example"\nuser = "a@corp.example"\nsending_enabled = false\n'
        'test_recipients = ["b@corp.example"]\n'
    )
    document = house.write(house.call("show", "--toml").out, house.root / "export.toml")
    house.call("profiles", "add", "dev", "--environment", "non-production")
    argv = ("-p", "dev", "apply", "--from", str(document), "--attest", "all", "--yes")
    adopted = house.call(*argv)
    assert adopted.code == 0
    assert adopted.words.count("it was exported from another environment") == 3
    assert tomllib.loads((house.config / "dev.toml").read_text()) == {"server": "mail.corp.example"}
    asked_for = house.call(*argv, "--set", "user=a@corp.example")
    assert asked_for.code == 0
    assert tomllib.loads((house.config / "dev.toml").read_text())["user"] == "a@corp.example"


@pytest.mark.parametrize(
    "held", ["sending_enabled = true", "test_recipients = []", 'security = "none"']
)
def test_a_document_never_sends_empties_or_weakens(house: House, held: str) -> None:
    before = 'security = "starttls"\nsending_enabled = false\ntest_recipients = ["b@c.example"]\n'
    house.write(before)
    document = house.write(f"{held}\n", house.root / "document.toml")
    adopted = house.call("apply", "--from", str(document), *SETTLED)
    assert "a document never" in adopted.words
    assert house.settings.read_text() == before


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ([], 64),
        (["nonsense"], 64),
        (["show", "--nonsense"], 64),
        (["show", "--set", "server"], 64),
        (["show", "--set", "nonsense=1"], 64),
        (["--prof", "default", "show"], 64),
        (["apply", "--attest", "nonsense"], 64),
        (["explain", "nonsense"], 64),
        (["profiles", "add", "x", "--environment", "test"], 64),
        (["profiles", "nonsense"], 64),
        (["-p", "missing", "show"], 1),
        (["profiles", "add", "No Name"], 1),
        (["apply", "missing.json"], 1),
        (["plan", "--from", "missing.toml"], 1),
        (["apply", "--set", "port=0"], 1),
        (["apply", "--set", "display_name=x"], 5),
        (["apply", "--set", "server=mail.corp.example"], 5),
        (["show", "--set", "port=0"], 0),
        (["check", "--set", "port=0"], 1),
        (["check", "--set", "port=995"], 0),
        (["explain"], 0),
        (["explain", "glide.email.server"], 0),
        (["apply"], 0),
        (["plan"], 0),
        (["doctor"], 0),
        (["profiles", "list"], 0),
    ],
)
def test_each_command_ends_with_the_code_it_promises_and_one_document(
    house: House, argv: list[str], code: int
) -> None:
    for_a_person, for_a_program = house.call(*argv), house.call("--json", *argv)
    assert_harmless(for_a_person)
    assert (for_a_person.code, for_a_program.code) == (code, code)
    answer = for_a_program.answer()
    failed = code in (5, 64) or (code == 1 and argv[0] != "check")
    assert ("error" in answer) is failed
    assert bool(for_a_person.err) is failed
    if failed:
        assert answer.keys() == {"schema", "error"}
        assert answer["error"].keys() == {"code", "message", "next"}
        assert all(isinstance(text, str) and text for text in answer["error"].values())
        assert for_a_person.err.startswith("glidemail: ")
    assert not house.settings.exists()


def show(house: House, *argv: str) -> Any:
    return house.call("show", "--json", *argv).answer()


def test_show_answers_with_native_types_and_sources(house: House) -> None:
    house.write(
        'server = "mail.corp.example"\nport = 587\nauthenticate = true\npassword = "not kept"\n'
        'test_recipients = ["a@b.example", "c@d.example"]\n'
    )
    answer = show(house, "--set", "display_name=Help")
    assert list(answer["properties"]) == PROPERTIES
    assert answer["properties"]["server"] == {
        "value": "mail.corp.example",
        "source": f"{house.settings}, line 1",
    }
    assert answer["properties"]["port"]["value"] == 587
    assert answer["properties"]["authenticate"]["value"] is True
    assert answer["properties"]["sending_enabled"] == {"value": None, "source": "not set"}
    assert answer["properties"]["test_recipients"]["value"] == ["a@b.example", "c@d.example"]
    assert answer["properties"]["security"] == {"value": "none", "source": "default"}
    assert answer["properties"]["display_name"] == {"value": "Help", "source": "--set"}
    assert answer["properties"]["password"]["state"] == "not kept"
    assert "value" not in answer["properties"]["password"]
    assert answer["derived"] == {
        "pop3": {
            "server": {"value": "mail.corp.example", "from": "from Outgoing mail server"},
            "user": {"value": None, "from": "from User email, which is blank"},
            "password": {"state": "not kept", "from": "from Outgoing password"},
            "port": {"value": 110, "from": "default"},
            "security": {"value": "none", "from": "default"},
        }
    }


def test_findings_are_answered_with_their_fix(house: House) -> None:
    answer = house.call("check", "--json", "--set", "server=smtp://mail.corp.example:587").answer()
    (found,) = (each for each in answer["findings"] if each["severity"] == "error")
    assert found == {
        "property": "server",
        "severity": "error",
        "code": "host.scheme",
        "message": "A scheme and a port do not belong here; give the host alone.",
        "fix": {
            "label": "use mail.corp.example and port 587",
            "set": {"server": "mail.corp.example", "port": "587"},
        },
    }


def test_plan_answers_with_changes_and_side_effects(house: House) -> None:
    house.write('server = "old.corp.example"\npop3_password = "not kept"\n')
    planned = house.call(
        *("plan", "--json", "--set", "server=new.corp.example", "--set", "sending_enabled=yes"),
        *("--set", "pop3_password=", "--secrets-stdin"),
        stdin=b"password=x\n",
    )
    answer = planned.answer()
    assert planned.code == 2
    assert answer["changes"] == [
        {"property": "server", "before": "old.corp.example", "after": "new.corp.example"},
        {"property": "password", "effect": "new"},
        {"property": "pop3_password", "effect": "cleared"},
        {"property": "sending_enabled", "before": None, "after": True},
    ]
    assert {each["code"] for each in answer["side_effects"]} == {
        *("pop3.server", "pop3.password", "sending.on")
    }
    assert all(each.keys() == {"code", "message"} for each in answer["side_effects"])


def test_apply_answers_with_where_it_saved(house: House) -> None:
    house.write("# empty\n")
    answer = house.call("apply", "--json", *CHANGE, *SETTLED).answer()
    assert answer["saved"] == {
        "where": str(house.settings),
        "previous": f"{house.settings}.old",
    }
    assert len(answer["changes"]) == 4


def test_a_plan_file_is_json_of_schema_1(house: House) -> None:
    document = json.loads(Path(write_plan(house)).read_text())
    assert document["schema"] == 1
    assert document["profile"] == "default"
    assert document["target"] == str(house.settings)
    assert {"property": "port", "before": None, "after": 587} in document["changes"]


def test_the_schema_names_every_property(house: House) -> None:
    schema = json.loads(house.call("show", "--schema").out)
    assert [name for name in schema["properties"] if name != "exported"] == PROPERTIES


def test_profiles_are_answered_with_native_types(house: House) -> None:
    house.call("profiles", "add", "dev", "--environment", "non-production")
    listed = house.call("profiles", "--json").answer()["profiles"]
    assert listed["default"]["environment"] is None
    assert listed["dev"] == {
        "file": str(house.config / "dev.toml"),
        "environment": "non-production",
        "keep": "nothing",
        "instance": None,
    }


def test_the_profile_and_the_form_of_the_answer_stand_before_or_after_the_command(
    house: House,
) -> None:
    house.call("profiles", "add", "dev")
    assert (
        house.call("-p", "dev", "--json", "show").out
        == house.call("show", "--json", "--profile", "dev").out
    )


def test_set_takes_every_property_by_each_of_its_names(house: House) -> None:
    names = house.call("explain", "--json").answer()["properties"]
    assert list(names) == PROPERTIES
    for name, about in names.items():
        for each in (name, *about["instance"]):
            assert house.call("show", "--set", f"{each}=").code == 0
            assert about["label"] in house.call("explain", each).words


def test_the_instances_own_words_for_security_are_understood(house: House) -> None:
    for given, meant in (
        ("glide.smtp.encryption=TLS", "starttls"),
        ("glide.smtp.encryption=SSL", "ssl_tls"),
        ("glide.smtp.tls=true", "starttls"),
        ("glide.smtp.ssl=true", "ssl_tls"),
    ):
        assert show(house, "--set", given)["properties"]["security"]["value"] == meant


def test_a_plan_that_changes_a_no_is_carried_out(house: House) -> None:
    house.write("sending_enabled = false\nauthenticate = true\n")
    plan = str(house.root / "plan.json")
    argv = ("--set", "sending_enabled=yes", "--set", "authenticate=no", "--out", plan)
    assert house.call("plan", *argv).code == 2
    assert house.call("apply", plan, *SETTLED).code == 0
    assert house.settings.read_text() == "sending_enabled = true\nauthenticate = false\n"


@pytest.mark.parametrize("where", [".", "/", "missing/plan.json", "missing/below/plan.json"])
def test_a_plan_is_written_to_a_named_file_in_a_folder_that_is_there(
    house: House, where: str
) -> None:
    refused = house.run("plan", *CHANGE, "--out", where)
    assert_harmless(refused)
    assert refused.code == 1
    assert list(house.root.iterdir()) == []


def test_a_name_of_the_instance_without_quotes_is_explained(house: House) -> None:
    house.write('port = 25\nglide.email.server = "mail.corp.example"\n')
    checked = house.call("check")
    assert checked.code == 0
    assert "glide.email.server: Line 2: no property has this name" in checked.words
    assert 'Is "server" meant?' in checked.words


def test_the_source_of_a_table_is_its_line(house: House) -> None:
    house.write("port = 25\n\n[server]\nname = 1\n")
    shown = house.call("show")
    assert "line 3" in shown.out
    assert shown.words.count(str(house.settings)) == 1


def test_an_export_with_a_secret_in_it_is_read_back(house: House) -> None:
    house.write('pop3_password = "not kept"\n')
    argv = ("show", "--toml", "--set", "pop3_password=", "--password-stdin")
    document = house.write(house.call(*argv, stdin=b"x").out, house.root / "export.toml")
    written = tomllib.loads(document.read_text())
    assert (written["password"], written["pop3_password"]) == ("not kept", "")
    assert house.call("plan", "--from", str(document)).code == 2


@pytest.mark.parametrize("word", ["unset", "cleared", "kept"])
def test_a_name_that_reads_like_the_state_of_a_secret_is_shown(house: House, word: str) -> None:
    house.write(f'display_name = "{word}"\npop3_user = "{word}"\nserver = "m.example"\n')
    shown = house.call("show").words
    assert f"Display name {word} line 1" in shown
    assert f"POP3 user {word} set here" in shown


def test_explain_names_the_profile_in_what_to_do(house: House) -> None:
    house.call("profiles", "add", "test")
    told = house.call("explain", "-p", "test", "server").words
    assert "glidemail -p test plan --set server=VALUE" in told
    assert "glidemail plan --set server=VALUE" in house.call("explain", "server").words


def test_explain_says_what_stands_for_an_override(house: House) -> None:
    house.write('server = "mail.corp.example"\n')
    told = house.call("explain", "pop3_server")
    assert "in effect mail.corp.example, from Outgoing mail server" in told.words
    answered = house.call("explain", "--json", "pop3_server").answer()
    assert answered["in_effect"] == {
        "value": "mail.corp.example",
        "from": "from Outgoing mail server",
    }
    assert "in_effect" not in house.call("explain", "--json", "server").answer()


@pytest.mark.parametrize(
    "name", ["glide.smtp.tls", "glide.smtp.ssl", "glide.pop3.secure", "glide.pop3.tls"]
)
def test_the_instances_no_to_security_is_none(house: House, name: str) -> None:
    ours = "security" if "smtp" in name else "pop3_security"
    assert show(house, "--set", f"{name}=FALSE")["properties"][ours]["value"] == "none"


@pytest.mark.parametrize("name", ["security", "glide.smtp.encryption", "glide.smtp.tls"])
def test_security_is_cleared_by_each_of_its_names(house: House, name: str) -> None:
    house.write('security = "starttls"\n')
    planned = house.call("plan", "--json", "--set", f"{name}=").answer()
    assert planned["changes"] == [{"property": "security", "before": "starttls", "after": None}]


@pytest.mark.parametrize("again", ["server=b.example", "glide.email.server=b.example", "server="])
def test_a_property_is_set_once(house: House, again: str) -> None:
    assert house.call("plan", "--set", "server=a.example", "--set", again).code == 64


def test_one_answer_has_one_form(house: House) -> None:
    assert house.call("show", "--toml", "--json").code == 64


def test_apply_answers_with_what_it_held_back(house: House) -> None:
    document = house.write(
        'sending_enabled = true\ndisplay_name = "D"\n', house.root / "document.toml"
    )
    argv = ("apply", "--json", "--from", str(document), *SETTLED)
    for _ in range(2):
        (held,) = house.call(*argv).answer()["held_back"]
        assert held["property"] == "sending_enabled"


@pytest.mark.parametrize("file", ["", ".", "a\x1bb.toml", "config/glidemail/profiles/dev.toml"])
def test_a_profile_is_not_added_for_a_file_that_holds_no_settings(house: House, file: str) -> None:
    added = house.run("profiles", "add", "dev", "--file", file)
    assert_harmless(added)
    assert added.code == 1
    assert not (house.config / "profiles").exists()


def test_a_profile_is_not_added_for_a_name_that_is_no_text(house: House) -> None:
    added = house.run("profiles", "add", "dev", "--file", b"a\xff.toml")
    assert_harmless(added)
    assert added.code == 1


def test_a_profile_that_points_to_itself_is_not_used(house: House) -> None:
    path = house.write('file = "dev.toml"\n', house.config / "profiles" / "dev.toml")
    assert house.call("-p", "dev", "apply", "--set", "display_name=x", "--yes").code == 1
    assert path.read_text() == 'file = "dev.toml"\n'


@pytest.mark.parametrize("text", ["kep = 1\n", "file = \n", 'keep = "keyring"\n'])
def test_a_profile_is_removed_whatever_is_wrong_with_it(house: House, text: str) -> None:
    path = house.write(text, house.config / "profiles" / "dev.toml")
    removed = house.call("profiles", "remove", "dev")
    assert removed.code == 0
    assert not path.exists()
    assert "Not forgotten: The keyring cannot be used." in removed.words


def test_a_profile_of_the_same_name_starts_with_nothing(house: House) -> None:
    house.call("profiles", "add", "dev")
    apply = ("-p", "dev", "apply", *CHANGE, "--attest", "all", "--confirm", "dev")
    assert house.call(*apply).code == 5
    house.call(*apply, "--yes")
    draft = house.write("{}", house.attestations.parents[1] / "drafts" / "dev.json")
    attested = house.attestations.with_name("dev.toml")
    assert attested.exists()
    removed = house.call("profiles", "remove", "--json", "dev").answer()
    assert removed["not_forgotten"] == []
    assert not attested.exists()
    assert not draft.exists()


def test_the_default_profile_is_built_in(house: House) -> None:
    removed = house.call("profiles", "remove", "default")
    assert removed.code == 1
    assert "The default profile is built in" in removed.words


def test_doctor_goes_on_where_the_profile_is_not_right(house: House) -> None:
    house.write("kep = 1\n", house.config / "profiles" / "bad.toml")
    told = house.call("doctor", "-p", "bad")
    assert told.code == 0
    assert "a profile has no kep" in told.words
    assert "attestations not there yet" in told.words
    assert "drafts not there yet" in told.words
    answer = house.call("doctor", "-p", "bad", "--json").answer()
    assert answer["error"]["code"] == "profile.unknown-key"


def test_doctor_says_where_nothing_can_be_saved() -> None:
    with open_house() as house:
        path = house.write("port = 25\n")
        path.chmod(0o666)
        give_to(house.root)
        assert "settings writable" in house.run_as_person("doctor").words
        house.config.chmod(0o555)
        assert "settings read-only" in house.run_as_person("doctor").words
        house.config.chmod(0o755)
        path.rename(house.root / "other.toml")
        path.symlink_to(house.root / "other.toml")
        assert "settings a link, not followed" in house.run_as_person("doctor").words


LONG = "a-host-name-of-some-length.with-a-long-part-in-it.corp-with-a-long-name.example"


@pytest.mark.parametrize(
    "argv",
    [
        ["show"],
        ["check"],
        ["explain", "server"],
        ["explain", "authenticate"],
        ["explain", "pop3_user"],
        ["explain"],
        ["plan", "--set", "server=smtp://mail.corp.example:587/"],
        ["plan", "--set", f"server=x.{LONG}", "--set", "sending_enabled=yes"],
        ["plan", "--set", "test_recipients=a@b.example, c@d.example, e@f.example, g@h.example"],
        ["apply", *CHANGE],
        ["doctor"],
        ["profiles"],
    ],
)
def test_every_line_fits_the_terminal_unless_it_is_one_word(house: House, argv: list[str]) -> None:
    house.write(f'server = "{LONG}"\nuser = "{"u" * 50}@corp.example"\nunknown = 1\n')
    house.write('environment = "test"\n', house.config / "profiles" / "bad.toml")
    for line in house.call(*argv).out.splitlines()[1:]:
        assert len(line) <= 80 or len(line.split()[-1]) > 40, line


def test_a_long_value_leaves_its_source_in_the_column(house: House) -> None:
    house.write(f'port = 25\nserver = "{LONG}"\n')
    lines = house.call("show").out.splitlines()
    server = next(line for line in lines if "Outgoing mail server" in line and "a-host" in line)
    port = next(line for line in lines if line.split()[:2] == ["Port", "25"])
    assert server.index("line 2") == port.index("line 1")
    assert "…" in server


def test_a_path_with_a_blank_is_quoted_in_what_to_type(house: House) -> None:
    told = house.call("plan", *CHANGE, "--out", str(house.root / "my plan.json"))
    assert f"glidemail apply '{house.root}/my plan.json'" in told.words


def test_a_secret_that_a_document_asks_for_is_said_once(house: House) -> None:
    document = house.write('password = "not kept"\n', house.root / "document.toml")
    told = house.call("plan", "--from", str(document)).words
    assert "a document holds no secret; give it with --secrets-stdin." in told
