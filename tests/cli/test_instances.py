"""A person's way on an instance by the command line, in both models and there and back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.house import assert_harmless, read_tree
from tests.cli.site import ACCOUNTS, OWN, PRODUCTION, PROVIDERS, TEST, Site, open_site, sets
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.situations import duplicate_property, graph_sender, oauth_account, own_account

UNSEEN = "record updated; an instance never shows the value"
RECIPIENTS = ("--set", "test_recipients=a@corp.example,b@corp.example")


@pytest.fixture
def by_properties(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, "properties") as site:
        yield site


# What there is


def test_show_says_what_sends_before_any_setting(site: Site) -> None:
    shown = site.call("show")
    assert_harmless(shown)
    assert (shown.code, shown.err) == (0, "")
    places = [
        shown.words.index(words)
        for words in (
            f"NON-PROD dev {site.host} admin ServiceNow-configured account",
            "What sends now",
            f"The email account {PROVIDERS} is active. It sends through relay.sandbox",
            "ServiceNow configured it: KB0521756 doesn't apply, so leave it as it is.",
            "Email sending enabled on",
            "Test address all email goes to mail.tests@corp.example",
            "Queue 5 emails are in the queue, the oldest since",
            "From sandbox@service-now.com; replies are read there",
            "POP3/IMAP account ServiceNow POP3: pop3 pop.sandbox.service-now.com:995 as",
            "Last changed",
            "Instance sandbox, glide-australia-02-11-2026__patch2-05-20-2026",
            f"Server relay.sandbox.service-now.com account {PROVIDERS}",
            "Password unknown",
            "Test address mail.tests@corp.example glide.email.test.user",
        )
    ]
    assert places == sorted(places)
    assert site.writes == []


def test_show_answers_with_the_verdict(site: Site) -> None:
    answer = site.answer("show")
    about = {"profile": "dev", "target": site.host, "environment": TEST}
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
        (graph_sender, "another sender", "Graph sender sends, which isn't an SMTP account."),
        (oauth_account, "email account", "The email account OAuth SMTP is active."),
        (own_account, "email account", "The email account Own SMTP is active."),
    ],
)
def test_what_else_can_send_is_told_apart(site: Site, put: object, model: str, words: str) -> None:
    assert callable(put)
    put(site.sandbox)
    assert site.answer("show")["model"] == model
    assert words in site.call("show").words


def test_properties_decide_where_no_account_is_active_and_nothing_proves_it(
    by_properties: Site,
) -> None:
    shown = by_properties.call("show").words
    assert "admin no active account" in shown
    assert (
        "Whether the instance then sends with the properties of KB0521756 is not confirmed."
        in shown
    )
    checked = by_properties.answer("check")
    assert "model.unverified" in {each["code"] for each in checked["findings"]}


def test_an_error_that_stands_there_is_found_by_check(by_properties: Site) -> None:
    by_properties.change("sys_properties", "glide.smtp.port", value="70000")
    checked = by_properties.call("check")
    assert checked.code == 1
    assert "x Port: Enter a port from 1 to 65535." in checked.words


def test_an_instance_is_named_once_and_known_again(site: Site) -> None:
    site.call("show")
    listed = site.house.call("profiles", "--json").answer()["profiles"]["dev"]
    assert listed["instance"]["instance_name"] == "sandbox"
    text = read_tree(site.house.config)
    site.call("show")
    assert read_tree(site.house.config) == text


def test_a_property_is_explained_with_its_profile(site: Site) -> None:
    told = site.call("explain", "test_recipients")
    assert told.code == 0
    assert "comes from glide.email.test.user" in told.words
    assert "Change it: glidemail -p dev apply --set test_recipients=VALUE" in told.words
    answer = site.answer("explain", "server")
    assert (answer["model"], answer["value"]) == ("email account", "relay.sandbox.service-now.com")


def test_a_property_that_cannot_be_changed_is_explained_with_the_reason(site: Site) -> None:
    told = site.call("explain", "server")
    assert told.code == 0
    assert "ServiceNow-configured account: leave it as it is, or choose your own" in told.words
    assert "Change it:" not in told.words


# Saving


@pytest.mark.parametrize("sign_in", ["basic", "api-key", "client-credentials"])
def test_a_change_is_planned_saved_read_back_and_then_no_difference(
    site: Site, sign_in: str
) -> None:
    running = site.sandbox.running
    user, secret = {
        "basic": ("admin", site.password()),
        "api-key": ("", running.api_key),
        "client-credentials": (running.oauth.client_id, running.oauth.client_secret),
    }[sign_in]
    site.add("corp", "--sign-in", sign_in, user=user)
    how = {"profile": "corp", "sign_in": secret}
    planned = site.call("plan", *RECIPIENTS, **how)
    assert (planned.code, site.writes) == (2, [])
    assert "Test address mail.tests@corp.example -> a@corp.example, b@corp" in planned.words
    assert "1 property = 1 flush." in planned.words
    saved = site.call("apply", *RECIPIENTS, "--yes", **how)
    assert_harmless(saved)
    assert (saved.code, saved.err) == (0, "")
    assert f"Wrote 1 change to {site.host}. Test address read back Next:" in saved.words
    assert "Next: glidemail -p corp send-test ADDRESS" in saved.words
    assert site.value("glide.email.test.user") == "a@corp.example,b@corp.example"
    again = site.call("plan", *RECIPIENTS, **how)
    assert again.code == 0
    assert "Nothing changes." in again.out
    assert len(site.writes) == 1
    assert {each.user for each in site.sandbox.recorded} <= {"admin", ""}


def test_a_plan_file_is_carried_out_without_naming_its_profile(site: Site, tmp_path: Path) -> None:
    path = str(tmp_path / "plan.json")
    planned = site.call("plan", *RECIPIENTS, "--out", path)
    assert planned.code == 2
    assert f"glidemail apply {path}" in planned.words
    assert json.loads(Path(path).read_text())["target"] == site.host
    saved = site.call("apply", path, "--yes", profile="")
    assert (saved.code, "Wrote 1 change" in saved.out) == (0, True)
    assert site.call("apply", path, "--yes").code == 0
    assert len(site.writes) == 1


def test_every_value_is_verified_for_a_program(by_properties: Site) -> None:
    site = by_properties
    change = sets({"port": "2525", "security": "starttls", "display_name": "Desk"})
    answer = site.answer("apply", *change, *site.settled, password="n3w")
    assert answer["saved"] == {"where": site.host, "previous": None}
    assert answer["verified"] == {
        "port": "read back",
        "security": "read back",
        "display_name": "read back",
        "password": UNSEEN,
    }
    assert answer["kept"] == {}
    assert {each["property"] for each in answer["changes"]} == answer["verified"].keys()
    assert site.value("glide.email.user_password") == "n3w"
    assert site.value("glide.smtp.port") == "2525"


@pytest.mark.parametrize(
    ("settled", "missing"),
    [
        ((), "Pass --attest NAME"),
        (("--attest", "all"), "Confirm it with --confirm"),
        (("--attest", "all", "--confirm", "dev", "--yes"), "Confirm it with --confirm"),
        (("--attest", "own-server", "--yes"), "Not verified or attested: password-known"),
    ],
)
def test_nothing_is_written_until_all_is_settled(
    site: Site, settled: tuple[str, ...], missing: str
) -> None:
    refused = site.call("apply", *site.own, *settled, password=site.mail_password)
    assert refused.code == 5
    assert missing in refused.words
    assert "Nothing was written." in refused.words
    assert site.writes == []
    assert not (site.house.root / "state").exists()


def test_on_production_the_host_is_typed(tmp_path: Path) -> None:
    with open_site(tmp_path, environment=PRODUCTION) as site:
        argv = ("apply", "--set", "sending_enabled=no", "--yes")
        for word in ((), ("--confirm", "dev"), ("--confirm", PRODUCTION)):
            refused = site.call(*argv, *word)
            assert refused.code == 5
            assert f"--confirm {site.host}" in refused.words
        assert site.writes == []
        saved = site.call(*argv, "--confirm", site.host)
        assert saved.code == 0
        assert f"PRODUCTION dev {site.host}" in saved.words
        assert site.value("glide.email.smtp.active") == "false"


def test_sending_is_not_turned_on_without_recipients_where_it_is_no_production(
    by_properties: Site,
) -> None:
    site = by_properties
    argv = ("apply", "--set", "sending_enabled=yes", "--yes")
    emptied = site.call(*argv, "--set", "test_recipients=")
    assert emptied.code == 1
    assert "its email would reach real people" in emptied.words
    assert site.writes == []
    assert site.call(*argv).code == 0
    assert site.sandbox.deliver() == 4
    assert {each.rcpt_tos for each in site.sandbox.delivered} == {("mail.tests@corp.example",)}


def test_a_managed_account_is_left_alone(site: Site) -> None:
    refused = site.call("apply", "--set", "display_name=Desk", *site.settled)
    assert refused.code == 1
    assert "choose your own SMTP account (^P; --own-server)" in refused.words
    assert site.writes == []


# An own server, and back


def test_an_own_server_is_put_in_the_providers_place_and_back(site: Site) -> None:
    planned = site.call("plan", *site.own, password=site.mail_password)
    assert planned.code == 2
    assert f"Account that sends {PROVIDERS} -> {OWN}" in planned.words
    assert "5 emails are in the queue, the oldest since" in planned.words
    assert "can't be recalled." in planned.words
    assert site.writes == []

    saved = site.call("apply", *site.own, *site.settled, password=site.mail_password)
    assert_harmless(saved)
    assert saved.code == 0
    assert (
        f"Wrote 6 changes to {site.host}. {OWN} is active on {site.host} (written and"
        in saved.words
    )
    assert "It isn't known yet whether mail goes out." in saved.words
    assert "sends now" not in saved.words
    assert f"Password {UNSEEN}" in saved.words
    assert site.senders == [OWN]
    assert site.row(ACCOUNTS, OWN)["password"] == site.mail_password
    assert site.call("plan", *site.own[1:]).code == 0
    assert site.sandbox.deliver() == 4
    assert {each.mail_from for each in site.sandbox.delivered} == {"it@corp.example"}

    back = site.answer("apply", "--provider-server", *site.settled)
    assert back["activation"] == {"account": PROVIDERS, "instead_of": OWN}
    assert (back["changes"], back["verified"]) == ([], {})
    assert site.senders == [PROVIDERS]
    assert site.row(ACCOUNTS, OWN)["active"] == "false"

    again = site.call("apply", *site.own, *site.settled, password=site.mail_password)
    assert again.code == 0
    assert f"{OWN} already exists" in again.words
    assert site.senders == [OWN]
    assert len(site.rows(ACCOUNTS, OWN)) == 1


def test_going_back_is_said_in_words(site: Site) -> None:
    site.call("apply", *site.own, *site.settled, password=site.mail_password)
    back = site.call("apply", "--provider-server", "--yes")
    assert back.code == 0
    assert f"{PROVIDERS} is active on {site.host} (written and read back)." in back.words
    assert "Wrote" not in back.out


def test_an_own_server_is_planned_and_carried_out_from_a_file(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    site.call("plan", *site.own, "--out", str(path), password=site.mail_password)
    document = json.loads(path.read_text())
    assert (document["which"], document["activation"]) == (
        "own",
        {"account": OWN, "instead_of": PROVIDERS},
    )
    assert list(document["stamps"]) == [PROVIDERS]
    missing = site.call("apply", str(path), *site.settled)
    assert missing.code == 5
    assert "The plan sets a new secret (Password) but doesn't contain it" in missing.words
    assert "as a line password=" in missing.words
    assert site.writes == []
    done = site.call("apply", str(path), *site.settled, password=site.mail_password)
    assert (done.code, site.senders) == (0, [OWN])


@pytest.mark.parametrize("option", ["--own-server", "--provider-server"])
def test_another_account_is_chosen_only_where_there_is_a_choice(site: Site, option: str) -> None:
    if option == "--own-server":
        own_account(site.sandbox)
    refused = site.call("plan", option)
    assert refused.code == 5
    assert "No other account can be chosen" in refused.words
    assert "Nothing was written." in refused.words


def test_an_own_server_that_is_not_described_yet_is_asked_for(site: Site) -> None:
    planned = site.call("plan", "--own-server")
    assert planned.code == 0
    assert "Nothing changes." in planned.out
    assert "your own account, not active yet" in planned.words
    assert "Describe your server: --set server=HOST --set user=ADDRESS" in planned.words


@pytest.mark.grid
def test_everything_is_asked_for_on_a_terminal(site: Site) -> None:
    with site.house.on_terminal("-p", "dev", "apply", *site.own, "--password-stdin") as terminal:
        for words, typed in (
            ("Password of admin at", site.password()),
            ("server password: ", site.mail_password),
            ("again: ", site.mail_password),
            ("own, not the provisioned one. [y/N] ", "y"),
            ("Its password is known. [y/N] ", "y"),
            ("reach it over TCP/IP. [y/N] ", "y"),
            ("expect mail from the instance. [y/N] ", "y"),
            (f"Type {site.host} to continue: ", site.host),
        ):
            terminal.until(words)
            assert site.writes == []
            terminal.type(f"{typed}\n")
        terminal.until(f"Wrote 6 changes to {site.host}.")
        assert terminal.end() == 0
    assert site.senders == [OWN]


def is_active(recorded: RecordedRequest, value: str) -> bool:
    return recorded.body == f'{{"active": "{value}"}}'.encode()


def test_a_switch_that_leaves_nothing_sending_opens_with_it_and_names_the_command(
    tmp_path: Path,
) -> None:
    with open_site(tmp_path, environment=PRODUCTION) as site:
        seen: list[RecordedRequest] = []

        def refuse(recorded: RecordedRequest) -> bool:
            if seen or is_active(recorded, "true"):
                seen.append(recorded)
            return bool(seen)

        site.sandbox.faults.add(Fault("refuse_403", refuse, times=99))
        failed = site.call("apply", *site.own, *site.settled, password=site.mail_password)
        assert failed.code == 4
        assert "PRODUCTION MAY NOT BE SENDING. No SMTP account is active now. " in failed.words
        assert "Run: glidemail -p dev apply --provider-server. " in failed.words
        assert site.senders == []
        site.sandbox.faults.clear()
        assert site.call("apply", "--provider-server", *site.settled).code == 0
        assert site.senders == [PROVIDERS]


@pytest.mark.parametrize(
    "edit", ["port=2525", "security=none", "authenticate=no", "user=desk@corp.example"]
)
def test_an_own_account_in_production_is_replaced_for_any_change_of_its_connection(
    tmp_path: Path, edit: str
) -> None:
    with open_site(tmp_path, environment=PRODUCTION) as site:
        own_account(site.sandbox)
        before = site.row(ACCOUNTS, "Own SMTP")
        planned = site.answer("plan", "--set", edit, password=site.mail_password, code=2)
        words = {each["code"]: each["message"] for each in planned["side_effects"]}
        assert f"{OWN} is created, inactive," in words["account.switch"]
        assert site.row(ACCOUNTS, "Own SMTP") == before


def test_a_port_is_attested_on_its_own(tmp_path: Path) -> None:
    with open_site(tmp_path, environment=PRODUCTION) as site:
        own_account(site.sandbox)
        mail = site.sandbox.running.mail
        secret = {"password": site.mail_password}
        edit = ("--set", f"port={mail.ports['plain']}", "--set", "security=none")
        refused = site.call("apply", *edit, "--confirm", site.host, "--yes", **secret)
        assert refused.code == 5
        assert "reachable" in refused.words
        assert site.call("apply", *edit, *site.settled, **secret).code == 0
        assert site.senders == [OWN]
        starttls = ("--set", f"port={mail.ports['starttls']}", "--set", "security=starttls")
        refused = site.call("apply", *starttls, "--confirm", site.host, "--yes", **secret)
        assert refused.code == 5
        assert "reachable" in refused.words


def queue_more(site: Site, count: int = 20) -> None:
    for number in range(count):
        site.sandbox.insert("sys_email", type="send-ready", recipients=f"{number}@corp.example")


def test_a_queue_that_grew_after_the_last_answer_is_asked_about_again(site: Site) -> None:
    own_account(site.sandbox)
    with site.house.on_terminal("-p", "dev", "apply", "--provider-server") as terminal:
        terminal.until("Password of admin at")
        terminal.type(f"{site.password()}\n")
        terminal.until("Save? [y/N] ")
        for count in ("24", "44"):
            queue_more(site)
            terminal.type("y\n")
            terminal.until(f"The queue has grown: {count} can go out now,")
            terminal.until("Save? [y/N] ")
            assert site.writes == []
        terminal.type("y\n")
        assert terminal.end() == 0
    assert site.senders == [PROVIDERS]


def test_a_yes_given_before_does_not_cover_a_queue_that_grew_since(site: Site) -> None:
    own_account(site.sandbox)
    counts: list[RecordedRequest] = []

    def grow(recorded: RecordedRequest) -> bool:
        if "typeIN" in recorded.query.get("sysparm_query", ""):
            counts.append(recorded)
            if len(counts) == 3:
                queue_more(site)
        return False

    site.sandbox.faults.add(Fault("drop_before", grow))
    refused = site.call("apply", "--provider-server", "--yes")
    assert refused.code == 5
    assert "The queue has grown: 24 can go out now, 4 when the plan was made." in refused.words
    assert "Nothing was written. --yes doesn't cover that. See the queue" in refused.words
    assert (site.writes, site.senders) == ([], ["Own SMTP"])
    assert site.call("apply", "--provider-server", "--yes").code == 0


def test_who_says_no_at_the_last_question_writes_nothing(site: Site) -> None:
    with site.house.on_terminal("-p", "dev", "apply", "--provider-server") as terminal:
        own_account(site.sandbox)
        terminal.until("Password of admin at")
        terminal.type(f"{site.password()}\n")
        terminal.until("Save? [y/N] ")
        terminal.type("\n")
        assert terminal.end() == 5
        assert "Not saved: nothing was written." in terminal.text
    assert site.writes == []


def test_an_output_that_takes_nothing_does_not_hide_what_was_written(site: Site) -> None:
    told = site.house.shell(
        'printf "sign_in=%s\\n" "$SECRET" | "$@" >/dev/full',
        *("-p", "dev", "apply", *RECIPIENTS, "--yes", "--secrets-stdin"),
        SECRET=site.password(),
    )
    assert told.code == 1
    assert site.value("glide.email.test.user") == "a@corp.example,b@corp.example"
    assert f"It was written to {site.host}. Can't write the output" in told.words


# What of it cannot be told or done


def test_several_rows_of_a_name_are_told_and_not_written(by_properties: Site) -> None:
    site = by_properties
    duplicate_property(site.sandbox, "glide.email.server", value="other.corp.example")
    assert "which glide.email.server is used (there are several)" in site.call("show").words
    refused = site.call("apply", "--set", "server=new.corp.example", *site.settled)
    assert refused.code == 1
    assert "Several records are called" in refused.words
    assert site.writes == []


def test_a_password_is_not_written_to_a_row_that_keeps_none(tmp_path: Path) -> None:
    with open_site(tmp_path, "properties", legacy_password_type="string") as site:
        refused = site.call("apply", *site.settled, password="n3w")
        assert refused.code == 1
        assert "Its record has the type string, which can't hold a secret" in refused.words
        assert site.writes == []


# Profiles


def test_commands_leave_the_profile_that_the_screen_used_last(site: Site) -> None:
    last = site.house.write("other\n", site.house.root / "state" / "glidemail" / "last-profile")
    for argv in (("show",), ("plan", *RECIPIENTS), ("apply", *RECIPIENTS, "--yes"), ("doctor",)):
        site.call(*argv)
    assert last.read_text() == "other\n"


def test_the_default_profile_stays_a_file_beside_an_instance(site: Site) -> None:
    listed = site.house.call("profiles")
    assert [line.split()[0] for line in listed.out.splitlines()] == ["default", "dev"]
    assert site.host in listed.out
    shown = site.house.call("show")
    assert shown.out.startswith("FILE  default")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("show", "--own-server"), "has no email accounts to choose from"),
        (("apply", "--provider-server"), "Leave --own-server, --provider-server and --account out"),
        (("plan", "--own-server", "--provider-server"), "not allowed with argument"),
    ],
)
def test_a_file_has_no_accounts_to_choose_from(
    site: Site, argv: tuple[str, ...], words: str
) -> None:
    refused = site.house.call(*argv)
    assert refused.code == 64
    assert words in refused.words


def test_columns_that_a_replacement_would_lack_are_named_and_asked_about(site: Site) -> None:
    own_account(site.sandbox)
    named = {"name": ACCOUNTS, "element": "u_region", "column_label": "Region"}
    site.sandbox.insert("sys_dictionary", **named)
    edit = ("--set", "server=localhost")
    secret = {"password": site.mail_password}
    words = "These columns of Own SMTP can't be copied: Region."
    refused = site.call("apply", *edit, *site.settled, **secret)
    assert refused.code == 5
    assert words in refused.words
    assert "Confirm it with --confirm yes" in refused.words
    assert (site.writes, site.senders) == ([], ["Own SMTP"])
    done = site.call("apply", *edit, *site.settled, "--confirm", "yes", **secret)
    assert done.code == 0
    assert site.senders == ["glidemail localhost"]
