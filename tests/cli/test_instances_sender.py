"""What a document says of what sends on an instance, by command line."""

import json
from pathlib import Path

import pytest

from tests.cli.house import House
from tests.cli.site import ACCOUNTS, PROVIDERS, Site, open_site
from tests.sandbox.situations import graph_sender, no_active_account, oauth_account, own_account

BY_HAND = "Own SMTP"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_a_document_that_expects_what_sends_finds_no_difference(site: Site, document: Path) -> None:
    for sender in ("servicenow", PROVIDERS):
        document.write_text(f'sender = "{sender}"\n')
        planned = site.call("plan", "--from", str(document))
        assert planned.code == 0
        assert "Nothing changes." in planned.words


def test_nightly_drift_is_found_and_taken_back(site: Site, document: Path) -> None:
    document.write_text('sender = "servicenow"\n')
    own_account(site.sandbox)
    planned = site.call("plan", "--from", str(document))
    assert planned.code == 2
    assert f"Account that sends {BY_HAND} -> {PROVIDERS}" in planned.words
    assert site.writes == []
    done = site.call("apply", "--from", str(document), *site.settled)
    assert (done.code, site.senders) == (0, [PROVIDERS])
    assert site.call("plan", "--from", str(document)).code == 0


def test_an_account_by_its_name_is_compared_with_its_own_settings(
    site: Site, document: Path
) -> None:
    own_account(site.sandbox, active=False)
    document.write_text(f'sender = "{BY_HAND}"\nserver = "127.0.0.1"\ndisplay_name = "Desk"\n')
    answer = site.answer("plan", "--from", str(document), code=2)
    assert answer["activation"] == {"account": BY_HAND, "instead_of": PROVIDERS}
    assert [each["property"] for each in answer["changes"]] == ["display_name"]
    assert answer["held_back"] == []
    done = site.call("apply", "--from", str(document), *site.settled)
    assert (done.code, site.senders) == (0, [BY_HAND])
    assert site.call("plan", "--from", str(document)).code == 0


@pytest.mark.grid
def test_the_plan_of_such_a_document_is_carried_out_from_a_file(site: Site, document: Path) -> None:
    own_account(site.sandbox)
    document.write_text('sender = "servicenow"\n')
    path = document.with_name("plan.json")
    site.call("plan", "--from", str(document), "--out", str(path))
    assert json.loads(path.read_text())["which"] == "provider's"
    done = site.call("apply", str(path), *site.settled)
    assert (done.code, site.senders) == (0, [PROVIDERS])


@pytest.mark.parametrize(
    ("sender", "words"),
    [
        ("properties", f"{PROVIDERS} is active, and a document never deactivates"),
        pytest.param("Nothing", 'no account called "Nothing" was returned', marks=pytest.mark.grid),
        pytest.param(
            "ServiceNow POP3",
            "ServiceNow POP3 is of type POP3, not SMTP",
            marks=pytest.mark.grid,
        ),
    ],
)
def test_what_cannot_be_is_left_out_with_what_is_meant_for_it(
    site: Site, document: Path, sender: str, words: str
) -> None:
    lines = ('server = "mail.corp.example"', 'test_recipients = ["qa@corp.example"]')
    document.write_text("\n".join((f'sender = "{sender}"', *lines)))
    planned = site.call("plan", "--from", str(document))
    assert planned.code == 2
    assert "Left out of the document - Sender: " in planned.words
    assert words in planned.words
    assert "Server: it is for " in planned.words
    answer = site.answer("plan", "--from", str(document), code=2)
    assert [each["property"] for each in answer["changes"]] == ["test_recipients"]
    assert [each["property"] for each in answer["held_back"]] == ["sender", "server"]


@pytest.mark.grid
def test_an_oauth_account_is_left_to_the_instance(site: Site, document: Path) -> None:
    sys_id = oauth_account(site.sandbox)
    site.sandbox.change(ACCOUNTS, sys_id, active="false")
    document.write_text('sender = "OAuth SMTP"\n')
    assert "signs in by OAuth" in site.call("plan", "--from", str(document)).words


@pytest.mark.grid
def test_where_it_is_not_known_what_sends_the_answer_is_no(site: Site, document: Path) -> None:
    document.write_text('sender = "servicenow"\n')
    password = site.password("nobody")
    site.add("blind", user="nobody")
    planned = site.call("plan", "--from", str(document), profile="blind", sign_in=password)
    assert planned.code == 1
    assert "what sends there isn't known" in planned.words


@pytest.mark.grid
def test_without_a_sender_nothing_is_said_of_it(site: Site, document: Path) -> None:
    own_account(site.sandbox)
    document.write_text('display_name = "IT Service Desk"\n')
    planned = site.call("plan", "--from", str(document))
    assert planned.code == 0
    assert "Sender" not in planned.words


@pytest.mark.grid
def test_a_document_of_the_other_environment_does_not_choose(site: Site, document: Path) -> None:
    own_account(site.sandbox)
    document.write_text(
        'sender = "servicenow"\n[exported]\norigin = "x"\nenvironment = "production"\n'
    )
    planned = site.call("plan", "--from", str(document))
    assert planned.code == 2
    assert "Sender: it was exported from another environment." in planned.words
    assert f"-> {PROVIDERS}" not in planned.words


@pytest.mark.grid
def test_what_the_command_line_chooses_comes_first(site: Site, document: Path) -> None:
    own_account(site.sandbox, active=False)
    document.write_text('sender = "servicenow"\ndisplay_name = "Desk"\n')
    planned = site.call("plan", "--from", str(document), "--account", BY_HAND)
    assert "Sender: another account is chosen on the command line." in planned.words
    assert f"{PROVIDERS} -> {BY_HAND}" in planned.words
    assert "IT Service Desk -> Desk" in planned.words
    document.write_text(f'sender = "{BY_HAND}"\n')
    planned = site.call("plan", "--from", str(document), "--account", BY_HAND)
    assert "Sender" not in planned.words


@pytest.mark.parametrize(
    "situation",
    [
        lambda _: "",
        *(
            pytest.param(each, marks=pytest.mark.grid)
            for each in (own_account, graph_sender, no_active_account)
        ),
    ],
)
def test_what_show_writes_is_no_difference(site: Site, document: Path, situation: object) -> None:
    situation(site.sandbox)  # type: ignore[operator]
    document.write_text(site.call("show", "--toml").out)
    found = site.call("plan", "--from", str(document))
    assert "Nothing changes." in found.words or "No setting changes" in found.words
    assert "Left out" not in found.words


@pytest.mark.grid
def test_show_writes_what_sends_once_it_is_saved(site: Site) -> None:
    own_account(site.sandbox, active=False)
    assert 'sender = "servicenow"' in site.call("show", "--toml").out
    assert f'sender = "{BY_HAND}"' in site.call("show", "--toml", "--account", BY_HAND).out
    named = site.call("show", "--toml", *site.own, password=site.mail_password).out
    assert 'sender = "glidemail 127.0.0.1"' in named


@pytest.mark.grid
def test_without_accounts_the_properties_send(tmp_path: Path, document: Path) -> None:
    with open_site(tmp_path, "properties") as site:
        assert 'sender = "properties"' in site.call("show", "--toml").out
        document.write_text('sender = "properties"\n')
        answer = site.call("plan", "--from", str(document), "--json").answer()
        assert (answer["changes"], answer["held_back"]) == ([], [])


def test_a_local_file_leaves_it_out_and_says_so(house: House, document: Path) -> None:
    document.write_text('sender = "servicenow"\nport = 587\n')
    planned = house.call("plan", "--from", str(document))
    assert planned.code == 2
    assert "The document's sender is left out: a local file sends nothing." in planned.words
    assert "Left out of the document" not in planned.words
