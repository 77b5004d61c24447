"""A change is saved once all is settled, and nothing else is touched."""

import tomllib

import pytest

from tests.cli.factories import CHANGE, SETTLED, write_plan
from tests.cli.house import House

PROFILE = "profiles/x.toml"
COMMENTED = """\
# Asked for by the mail team.
server = "old.corp.example"  # until May

unknown = [1, 2]  # ours

[other]
server = "not ours"
"""


@pytest.mark.parametrize(
    ("given", "unneeded"),
    [
        ((), ""),
        (("--attest", "all"), "A local file needs no --attest."),
        (("--confirm", "default"), "A local file needs no --confirm."),
        (
            ("--attest", "own-server", "--confirm", "x"),
            "A local file needs no --attest and no --confirm.",
        ),
    ],
)
def test_without_a_terminal_a_file_takes_yes_and_nothing_else(
    house: House, given: tuple[str, ...], unneeded: str
) -> None:
    plan = write_plan(house)
    refused = house.call("apply", plan, *given)
    assert refused.code == 5
    assert "There is no terminal to ask whether to save. Nothing was written." in refused.words
    assert "Pass --yes." in refused.words
    assert not house.settings.exists()
    saved = house.call("apply", plan, *given, "--yes")
    assert (saved.code, saved.err) == (0, f"glidemail: {unneeded}\n" if unneeded else "")
    assert house.settings.exists()
    assert not house.attestations.exists()


@pytest.mark.parametrize("environment", ["production", "non-production", None])
def test_a_file_is_saved_with_yes_alone_whatever_its_environment(
    house: House, environment: str | None
) -> None:
    house.write(f'environment = "{environment}"\n' if environment else "", house.config / PROFILE)
    house.write('server = "smtp.service-now.com"\n', house.config / "x.toml")
    saved = house.call("-p", "x", "apply", *CHANGE, "--yes")
    assert (saved.code, saved.err) == (0, "")
    order = (
        "Avoid modifying provisioned settings.",
        "smtp.service-now.com -> mail.corp.example",
        "What else happens",
        "This replaces smtp.service-now.com, which ServiceNow set up.",
        "Before you change these settings (KB0521756) - The mail server is our own,",
        "- Its administrators expect mail from the instance.",
        "Saved 4 changes",
        "This is a local file: no instance has changed.",
    )
    places = [saved.words.index(words) for words in order]
    assert places == sorted(places)
    assert "[ ]" not in saved.words
    assert "Type to confirm" not in saved.words


def test_a_program_reads_that_a_file_asks_for_nothing(house: House) -> None:
    answer = house.call("apply", "--json", *CHANGE, "--attest", "all", "--yes").answer()
    assert {each["state"] for each in answer["preconditions"]} == {"reminder"}
    assert {each["evidence"] for each in answer["preconditions"]} == {""}
    assert answer["confirmations"] == []
    renamed = house.call("apply", "--json", "--set", "display_name=x", "--yes").answer()
    assert renamed["preconditions"] == []


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
    assert "Mail server mail.corp.example line 2" in shown
    assert "POP3 user helpdesk from user email" in shown


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


def test_comments_and_unknown_keys_stay_and_the_version_before_is_kept(house: House) -> None:
    house.write(COMMENTED)
    assert house.call("apply", *CHANGE, *SETTLED).code == 0
    text = house.settings.read_text()
    for kept in ("# Asked for by the mail team.", "  # until May", "unknown = [1, 2]  # ours"):
        assert kept in text
    assert '[other]\nserver = "not ours"\n' in text
    assert tomllib.loads(text)["server"] == "mail.corp.example"
    assert house.settings.with_name("default.toml.old").read_text() == COMMENTED


def test_a_name_with_nothing_after_it_clears(house: House) -> None:
    house.write('display_name = "Help"\nport = 587\n')
    cleared = house.call("apply", "--set", "display_name=", "--yes")
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


def test_an_export_is_adopted_by_another_profile_of_the_same_environment(house: House) -> None:
    house.write('server = "mail.corp.example"\nport = 587\nuser = "a@corp.example"\n')
    document = house.write(house.call("show", "--toml").out, house.root / "export.toml")
    assert house.call("profiles", "add", "new", "--environment", "production").code == 0
    adopted = house.call(
        *("-p", "new", "apply", "--from", str(document), "--yes"),
    )
    assert adopted.code == 0
    assert tomllib.loads((house.config / "new.toml").read_text()) == {
        "server": "mail.corp.example",
        "port": 587,
        "user": "a@corp.example",
    }


def test_an_export_of_another_environment_leaves_out_sending_recipients_and_user(
    house: House,
) -> None:
    house.write(
        'server = "mail.corp.example"\nuser = "a@corp.example"\nsending_enabled = false\n'
        'test_recipients = ["b@corp.example"]\n'
    )
    document = house.write(house.call("show", "--toml").out, house.root / "export.toml")
    house.call("profiles", "add", "dev", "--environment", "non-production")
    argv = ("-p", "dev", "apply", "--from", str(document), "--yes")
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


def test_apply_answers_with_where_it_saved(house: House) -> None:
    house.write("# empty\n")
    answer = house.call("apply", "--json", *CHANGE, *SETTLED).answer()
    assert answer["saved"] == {
        "where": str(house.settings),
        "previous": f"{house.settings}.old",
    }
    assert len(answer["changes"]) == 4


def test_a_plan_that_changes_a_no_is_carried_out(house: House) -> None:
    house.write("sending_enabled = false\nauthenticate = true\n")
    plan = str(house.root / "plan.json")
    argv = ("--set", "sending_enabled=yes", "--set", "authenticate=no", "--out", plan)
    assert house.call("plan", *argv).code == 2
    assert house.call("apply", plan, *SETTLED).code == 0
    assert house.settings.read_text() == "sending_enabled = true\nauthenticate = false\n"


def test_apply_answers_with_what_it_held_back(house: House) -> None:
    document = house.write(
        'sending_enabled = true\ndisplay_name = "D"\n', house.root / "document.toml"
    )
    argv = ("apply", "--json", "--from", str(document), *SETTLED)
    for _ in range(2):
        (held,) = house.call(*argv).answer()["held_back"]
        assert held["property"] == "sending_enabled"
