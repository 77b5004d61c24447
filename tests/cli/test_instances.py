"""A person's way on an instance by the command line, in both models and there and back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.instances import ACCOUNTS, OWN, PRODUCTION, PROVIDERS, TEST, Site, sets, site
from tests.cli.running import harmless, tree
from tests.sandbox.situations import duplicate_property, graph_sender, oauth_account, own_account

UNSEEN = "its row has moved; what stands in it is never told"
RECIPIENTS = ("--set", "test_recipients=a@corp.example,b@corp.example")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as here:
        yield here


@pytest.fixture
def by_properties(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, "properties") as here:
        yield here


# What there is


def test_show_says_what_sends_before_any_setting(here: Site) -> None:
    shown = here.call("show")
    harmless(shown)
    assert (shown.code, shown.err) == (0, "")
    places = [
        shown.words.index(words)
        for words in (
            f"NON-PROD dev {here.host} admin ServiceNow's account sends",
            "What sends there now",
            f"The email account {PROVIDERS} is active. It hands mail to relay.sandbox",
            "ServiceNow manages it: leave it as it is, as the article does not apply;",
            "Sending on",
            "Recipients all mail goes to mail.tests@corp.example",
            "Waiting 5 mails wait, the oldest since",
            "From sandbox@service-now.com; replies are read there",
            "Reader ServiceNow POP3: pop3 pop.sandbox.service-now.com:995 as",
            "Last changed",
            "Instance sandbox, glide-australia-02-11-2026__patch2-05-20-2026",
            f"Outgoing mail server relay.sandbox.service-now.com account {PROVIDERS}",
            "Outgoing password unknown",
            "Test recipients mail.tests@corp.example glide.email.test.user",
        )
    ]
    assert places == sorted(places)
    assert here.writes == []


def test_show_answers_with_the_verdict(here: Site) -> None:
    answer = here.answer("show")
    about = {"profile": "dev", "target": here.host, "environment": TEST}
    assert answer.items() >= {**about, "model": "email account", "account": "in force"}.items()
    verdict = answer["verdict"]
    assert verdict["sender"]["name"] == PROVIDERS
    assert verdict["sender"]["managed"] is True
    assert verdict["queue"]["waiting"] == 5
    assert verdict["test_recipients"] == ["mail.tests@corp.example"]
    assert verdict["unread"] == []
    assert answer["properties"]["password"] == {
        "state": "unknown",
        "source": f"account {PROVIDERS}",
    }


@pytest.mark.parametrize(
    ("put", "model", "words"),
    [
        (graph_sender, "another sender", "Graph sender sends, which is no SMTP account."),
        (oauth_account, "email account", "The email account OAuth SMTP is active."),
        (own_account, "email account", "The email account Own SMTP is active."),
    ],
)
def test_what_else_can_send_is_told_apart(here: Site, put: object, model: str, words: str) -> None:
    assert callable(put)
    put(here.sandbox)
    assert here.answer("show")["model"] == model
    assert words in here.call("show").words


def test_properties_decide_where_no_account_is_active_and_nothing_proves_it(
    by_properties: Site,
) -> None:
    shown = by_properties.call("show").words
    assert "admin properties, unverified" in shown
    assert "the article's properties are taken to decide." in shown
    checked = by_properties.answer("check")
    assert "model.unverified" in {each["code"] for each in checked["findings"]}


def test_an_error_that_stands_there_is_found_by_check(by_properties: Site) -> None:
    by_properties.change("sys_properties", "glide.smtp.port", value="70000")
    checked = by_properties.call("check")
    assert checked.code == 1
    assert "x Port: A port lies between 1 and 65535." in checked.words


def test_an_instance_is_named_once_and_known_again(here: Site) -> None:
    here.call("show")
    listed = here.house.call("profiles", "--json").answer()["profiles"]["dev"]
    assert listed["instance"]["instance_name"] == "sandbox"
    text = tree(here.house.config)
    here.call("show")
    assert tree(here.house.config) == text


def test_a_property_is_explained_with_its_profile(here: Site) -> None:
    told = here.call("explain", "test_recipients")
    assert told.code == 0
    assert "comes from glide.email.test.user" in told.words
    assert "Change it: glidemail -p dev apply --set test_recipients=VALUE" in told.words
    answer = here.answer("explain", "server")
    assert (answer["model"], answer["value"]) == ("email account", "relay.sandbox.service-now.com")


def test_a_property_that_cannot_be_changed_is_explained_with_the_reason(here: Site) -> None:
    told = here.call("explain", "server")
    assert told.code == 0
    assert "ServiceNow manages this account: leave it, or choose an own server" in told.words
    assert "Change it:" not in told.words


# Saving


@pytest.mark.parametrize("sign_in", ["basic", "api-key", "client-credentials"])
def test_a_change_is_planned_saved_read_back_and_then_no_difference(
    here: Site, sign_in: str
) -> None:
    running = here.sandbox.running
    user, secret = {
        "basic": ("admin", here.password()),
        "api-key": ("", running.api_key),
        "client-credentials": (running.oauth.client_id, running.oauth.client_secret),
    }[sign_in]
    here.add("corp", "--sign-in", sign_in, user=user)
    how = {"profile": "corp", "sign_in": secret}
    planned = here.call("plan", *RECIPIENTS, **how)
    assert (planned.code, here.writes) == (2, [])
    assert "Test recipients mail.tests@corp.example -> a@corp.example, b@corp" in planned.words
    assert "1 property = 1 flush." in planned.words
    saved = here.call("apply", *RECIPIENTS, "--yes", **how)
    harmless(saved)
    assert (saved.code, saved.err) == (0, "")
    assert f"Wrote 1 change to {here.host}. Test recipients read back Next:" in saved.words
    assert "glidemail -p corp show, and send a test message on the instance." in saved.words
    assert here.value("glide.email.test.user") == "a@corp.example,b@corp.example"
    again = here.call("plan", *RECIPIENTS, **how)
    assert again.code == 0
    assert "Nothing changes." in again.out
    assert len(here.writes) == 1
    assert {each.user for each in here.sandbox.recorded} <= {"admin", ""}


def test_a_plan_file_is_carried_out_without_naming_its_profile(here: Site, tmp_path: Path) -> None:
    path = str(tmp_path / "plan.json")
    planned = here.call("plan", *RECIPIENTS, "--out", path)
    assert planned.code == 2
    assert f"glidemail apply {path}" in planned.words
    assert json.loads(Path(path).read_text())["target"] == here.host
    saved = here.call("apply", path, "--yes", profile="")
    assert (saved.code, "Wrote 1 change" in saved.out) == (0, True)
    assert here.call("apply", path, "--yes").code == 0
    assert len(here.writes) == 1


def test_every_value_is_verified_for_a_program(by_properties: Site) -> None:
    here = by_properties
    change = sets({"port": "2525", "security": "starttls", "display_name": "Desk"})
    answer = here.answer("apply", *change, *here.settled, password="n3w")
    assert answer["saved"] == {"where": here.host, "previous": None}
    assert answer["verified"] == {
        "port": "read back",
        "security": "read back",
        "display_name": "read back",
        "password": UNSEEN,
    }
    assert answer["kept"] == {}
    assert {each["property"] for each in answer["changes"]} == answer["verified"].keys()
    assert here.value("glide.email.user_password") == "n3w"
    assert here.value("glide.smtp.port") == "2525"


@pytest.mark.parametrize(
    ("settled", "missing"),
    [
        ((), "Attest what is true with --attest NAME"),
        (("--attest", "all"), "Confirm it with --confirm"),
        (("--attest", "all", "--confirm", "dev", "--yes"), "Confirm it with --confirm"),
        (("--attest", "own-server", "--yes"), "Nobody has verified or attested: reachable"),
    ],
)
def test_nothing_is_written_until_all_is_settled(
    here: Site, settled: tuple[str, ...], missing: str
) -> None:
    refused = here.call("apply", *here.own, *settled, password=here.mail_password)
    assert refused.code == 5
    assert missing in refused.words
    assert "Nothing was written." in refused.words
    assert here.writes == []
    assert not (here.house.root / "state").exists()


def test_on_production_the_host_is_typed(tmp_path: Path) -> None:
    with site(tmp_path, environment=PRODUCTION) as here:
        argv = ("apply", "--set", "sending_enabled=no", "--yes")
        for word in ((), ("--confirm", "dev"), ("--confirm", PRODUCTION)):
            refused = here.call(*argv, *word)
            assert refused.code == 5
            assert f"--confirm {here.host}" in refused.words
        assert here.writes == []
        saved = here.call(*argv, "--confirm", here.host)
        assert saved.code == 0
        assert f"PRODUCTION dev {here.host}" in saved.words
        assert here.value("glide.email.smtp.active") == "false"


def test_sending_is_not_turned_on_without_recipients_where_it_is_no_production(
    by_properties: Site,
) -> None:
    here = by_properties
    argv = ("apply", "--set", "sending_enabled=yes", "--yes")
    emptied = here.call(*argv, "--set", "test_recipients=")
    assert emptied.code == 1
    assert "its mail would reach the people it is meant for" in emptied.words
    assert here.writes == []
    assert here.call(*argv).code == 0
    assert here.sandbox.deliver() == 4
    assert {each.rcpt_tos for each in here.sandbox.delivered} == {("mail.tests@corp.example",)}


def test_a_managed_account_is_left_alone(here: Site) -> None:
    refused = here.call("apply", "--set", "display_name=Desk", *here.settled)
    assert refused.code == 1
    assert "choose an own server (^P; --own-server)" in refused.words
    assert here.writes == []


# An own server, and back


def test_an_own_server_is_put_in_the_providers_place_and_back(here: Site) -> None:
    planned = here.call("plan", *here.own, password=here.mail_password)
    assert planned.code == 2
    assert f"Account that sends {PROVIDERS} -> {OWN}" in planned.words
    assert "5 mails wait, the oldest since" in planned.words
    assert "cannot be unsent." in planned.words
    assert here.writes == []

    saved = here.call("apply", *here.own, *here.settled, password=here.mail_password)
    harmless(saved)
    assert saved.code == 0
    assert f"Wrote 6 changes to {here.host}. {OWN} sends now on {here.host}." in saved.words
    assert f"Outgoing password {UNSEEN}" in saved.words
    assert here.senders == [OWN]
    assert here.row(ACCOUNTS, OWN)["password"] == here.mail_password
    assert here.call("plan", *here.own[1:]).code == 0
    assert here.sandbox.deliver() == 4
    assert {each.mail_from for each in here.sandbox.delivered} == {"it@corp.example"}

    back = here.answer("apply", "--provider-server", *here.settled)
    assert back["activation"] == {"account": PROVIDERS, "instead_of": OWN}
    assert (back["changes"], back["verified"]) == ([], {})
    assert here.senders == [PROVIDERS]
    assert here.row(ACCOUNTS, OWN)["active"] == "false"

    again = here.call("apply", *here.own, *here.settled, password=here.mail_password)
    assert again.code == 0
    assert f"{OWN} is there already" in again.words
    assert here.senders == [OWN]
    assert len(here.rows(ACCOUNTS, OWN)) == 1


def test_going_back_is_said_in_words(here: Site) -> None:
    here.call("apply", *here.own, *here.settled, password=here.mail_password)
    back = here.call("apply", "--provider-server", "--yes")
    assert back.code == 0
    assert f"{PROVIDERS} sends now on {here.host}." in back.words
    assert "Wrote" not in back.out


def test_an_own_server_is_planned_and_carried_out_from_a_file(here: Site, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    here.call("plan", *here.own, "--out", str(path), password=here.mail_password)
    document = json.loads(path.read_text())
    assert (document["which"], document["activation"]) == (
        "own",
        {"account": OWN, "instead_of": PROVIDERS},
    )
    assert list(document["stamps"]) == [PROVIDERS]
    missing = here.call("apply", str(path), *here.settled)
    assert missing.code == 5
    assert "The plan sets a new secret (Outgoing password) and holds none itself" in missing.words
    assert "as a line password=" in missing.words
    assert here.writes == []
    done = here.call("apply", str(path), *here.settled, password=here.mail_password)
    assert (done.code, here.senders) == (0, [OWN])


@pytest.mark.parametrize("option", ["--own-server", "--provider-server"])
def test_another_account_is_chosen_only_where_there_is_a_choice(here: Site, option: str) -> None:
    if option == "--own-server":
        own_account(here.sandbox)
    refused = here.call("plan", option)
    assert refused.code == 5
    assert "No other account can be chosen" in refused.words
    assert "Nothing was written." in refused.words


def test_an_own_server_that_is_not_described_yet_is_asked_for(here: Site) -> None:
    planned = here.call("plan", "--own-server")
    assert planned.code == 0
    assert "Nothing changes." in planned.out
    assert "own server, not sending yet" in planned.words
    assert "Describe your server: --set server=HOST --set user=ADDRESS" in planned.words


def test_everything_is_asked_for_on_a_terminal(here: Site) -> None:
    with here.house.on_terminal("-p", "dev", "apply", *here.own, "--password-stdin") as terminal:
        for words, typed in (
            ("Password of admin at", here.password()),
            ("server password: ", here.mail_password),
            ("again: ", here.mail_password),
            ("own, not the provisioned one. [y/N] ", "y"),
            ("reach it over TCP/IP. [y/N] ", "y"),
            ("expect mail from the instance. [y/N] ", "y"),
            (f"Type {here.host} to go on: ", here.host),
        ):
            terminal.until(words)
            assert here.writes == []
            terminal.type(f"{typed}\n")
        terminal.until(f"Wrote 6 changes to {here.host}.")
        assert terminal.end() == 0
    assert here.senders == [OWN]


def test_who_says_no_at_the_last_question_writes_nothing(here: Site) -> None:
    with here.house.on_terminal("-p", "dev", "apply", "--provider-server") as terminal:
        own_account(here.sandbox)
        terminal.until("Password of admin at")
        terminal.type(f"{here.password()}\n")
        terminal.until("Save? [y/N] ")
        terminal.type("\n")
        assert terminal.end() == 5
        assert "Not saved: nothing was written." in terminal.text
    assert here.writes == []


def test_an_output_that_takes_nothing_does_not_hide_what_was_written(here: Site) -> None:
    told = here.house.shell(
        'printf "sign_in=%s\\n" "$SECRET" | "$@" >/dev/full',
        *("-p", "dev", "apply", *RECIPIENTS, "--yes", "--secrets-stdin"),
        SECRET=here.password(),
    )
    assert told.code == 1
    assert here.value("glide.email.test.user") == "a@corp.example,b@corp.example"
    assert f"It was written to {here.host}. The output could not be written" in told.words


# What of it cannot be told or done


def test_several_rows_of_a_name_are_told_and_not_written(by_properties: Site) -> None:
    here = by_properties
    duplicate_property(here.sandbox, "glide.email.server", value="other.corp.example")
    assert "which glide.email.server counts (there are several)" in here.call("show").words
    refused = here.call("apply", "--set", "server=new.corp.example", *here.settled)
    assert refused.code == 1
    assert "Several rows have its name" in refused.words
    assert here.writes == []


def test_a_password_is_not_written_to_a_row_that_keeps_none(tmp_path: Path) -> None:
    with site(tmp_path, "properties", legacy_password_type="string") as here:
        refused = here.call("apply", *here.settled, password="n3w")
        assert refused.code == 1
        assert "Its row is of type string, which keeps no secret" in refused.words
        assert here.writes == []


# Profiles


def test_commands_leave_the_profile_that_the_screen_used_last(here: Site) -> None:
    last = here.house.write("other\n", here.house.root / "state" / "glidemail" / "last-profile")
    for argv in (("show",), ("plan", *RECIPIENTS), ("apply", *RECIPIENTS, "--yes"), ("doctor",)):
        here.call(*argv)
    assert last.read_text() == "other\n"


def test_the_default_profile_stays_a_file_beside_an_instance(here: Site) -> None:
    listed = here.house.call("profiles")
    assert [line.split()[0] for line in listed.out.splitlines()] == ["default", "dev"]
    assert here.host in listed.out
    shown = here.house.call("show")
    assert shown.out.startswith("FILE  default")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("show", "--own-server"), "has no email accounts to choose one of"),
        (("apply", "--provider-server"), "Leave --own-server and --provider-server out"),
        (("plan", "--own-server", "--provider-server"), "not allowed with argument"),
    ],
)
def test_a_file_has_no_accounts_to_choose_from(
    here: Site, argv: tuple[str, ...], words: str
) -> None:
    refused = here.house.call(*argv)
    assert refused.code == 64
    assert words in refused.words
