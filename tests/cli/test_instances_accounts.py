"""Email accounts activated and deactivated by their names, by command line."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.house import House, assert_harmless, program
from tests.cli.site import ACCOUNTS, PRODUCTION, PROPERTIES, PROVIDERS, Site, open_site
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.situations import no_active_account, own_account

BY_HAND, CLOUD, IMAP, SPARE = "Own SMTP", "Cloud SMTP", "Prod IMAP", "Spare POP3"


@pytest.fixture
def cloned(site: Site) -> Site:
    """A clone: production's IMAP account is active, and an SMTP account made by hand is not."""
    own_account(site.sandbox, active=False)
    mailbox = {"server": "imap.corp.example", "user_name": "orders@corp.example"}
    site.sandbox.insert(ACCOUNTS, name=IMAP, type="imap", active="true", **mailbox)
    site.sandbox.insert(ACCOUNTS, name=SPARE, type="pop3", active="false", **mailbox)
    oauth = {"type": "smtp", "authentication": "oauth2"}
    site.sandbox.insert(ACCOUNTS, name=CLOUD, active="false", **oauth)
    return site


def bodies(site: Site) -> list[object]:
    """What was written, in order."""
    return [json.loads(each.body) for each in site.writes]


def states(site: Site) -> dict[str, str]:
    return {name: site.row(ACCOUNTS, name)["active"] for name in (IMAP, SPARE)}


# An SMTP account that is to send


def test_an_account_made_by_hand_is_planned_and_activated_by_its_name(cloned: Site) -> None:
    planned = cloned.call("plan", "--account", BY_HAND)
    assert planned.code == 2
    assert f"account {BY_HAND}, not active yet" in planned.words
    assert f"Account that sends {PROVIDERS} -> {BY_HAND}" in planned.words
    assert cloned.writes == []
    done = cloned.call("apply", "--account", BY_HAND, *cloned.settled)
    assert_harmless(done)
    assert done.code == 0
    assert f"{BY_HAND} is active on {cloned.host} (written and read back)." in done.words
    assert bodies(cloned) == [{"active": "false"}, {"active": "true"}]
    assert cloned.senders == [BY_HAND]
    assert cloned.sandbox.deliver() == 4
    back = cloned.call("apply", "--account", PROVIDERS, *cloned.settled)
    assert (back.code, cloned.senders) == (0, [PROVIDERS])


def test_what_is_edited_is_written_first_while_it_is_inactive(cloned: Site) -> None:
    edits = ("--set", "display_name=Desk")
    answer = cloned.answer("apply", "--account", BY_HAND, *edits, *cloned.settled)
    assert answer["account"] == f"named: {BY_HAND}"
    assert answer["activation"] == {"account": BY_HAND, "instead_of": PROVIDERS}
    assert bodies(cloned) == [
        {"email_user_label": "Desk"},
        {"active": "false"},
        {"active": "true"},
    ]
    assert cloned.senders == [BY_HAND]


@pytest.mark.grid
def test_the_password_it_has_is_never_sent_to_another_host_unasked(cloned: Site) -> None:
    argv = ("apply", "--account", BY_HAND, "--set", "server=mail.other.example", *cloned.settled)
    refused = cloned.call(*argv)
    assert refused.code == 5
    assert "--confirm mail.other.example" in refused.words
    assert cloned.writes == []


@pytest.mark.grid
def test_servicenows_account_by_its_name_is_never_edited(cloned: Site) -> None:
    cloned.call("apply", "--account", BY_HAND, *cloned.settled)
    written = len(cloned.writes)
    argv = ("apply", "--account", PROVIDERS, "--set", "display_name=Desk", *cloned.settled)
    assert cloned.call(*argv).code == 1
    assert len(cloned.writes) == written


@pytest.mark.grid
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Nothing", 'no account called "Nothing" was returned (inactive SMTP accounts: Own SMTP)'),
        ("", 'no account called "" was returned'),
        (PROVIDERS, f"{PROVIDERS} is already active (inactive SMTP accounts: Own SMTP)"),
        (IMAP, f"{IMAP} is of type IMAP, not SMTP"),
        (CLOUD, f"{CLOUD} signs in by OAuth"),
    ],
)
def test_another_name_is_refused_and_those_that_can_be_are_listed(
    cloned: Site, name: str, words: str
) -> None:
    refused = cloned.call("plan", "--account", name)
    assert refused.code == 5
    assert f"No other account can be chosen: {words}" in refused.words


@pytest.mark.grid
def test_a_name_of_two_accounts_is_refused(cloned: Site) -> None:
    own_account(cloned.sandbox, active=False)
    refused = cloned.call("apply", "--account", BY_HAND, *cloned.settled)
    assert refused.code == 5
    assert f"several accounts are called {BY_HAND}: rename all but one" in refused.words
    assert cloned.writes == []


@pytest.mark.parametrize("other", ["--own-server", "--provider-server"])
def test_one_account_is_chosen_at_a_time(site: Site, other: str) -> None:
    refused = site.call("plan", "--account", BY_HAND, other)
    assert refused.code == 64
    assert "not allowed with argument" in refused.words


@pytest.mark.grid
def test_the_judgement_says_how_an_inactive_one_is_activated(cloned: Site) -> None:
    no_active_account(cloned.sandbox)
    shown = cloned.call("show").words
    assert f"apply --account NAME (^P on the screen) activates {BY_HAND}." in shown
    assert f"{CLOUD} signs in by OAuth and can only be activated on the instance." in shown
    done = cloned.call("apply", "--account", BY_HAND, *cloned.settled)
    assert (done.code, cloned.senders) == (0, [BY_HAND])


@pytest.mark.grid
def test_a_plan_of_a_named_account_is_carried_out_from_a_file(cloned: Site, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    cloned.call("plan", "--account", BY_HAND, "--set", "display_name=Desk", "--out", str(path))
    document = json.loads(path.read_text())
    assert document["which"] == {"name": BY_HAND}
    assert sorted(document["stamps"]) == [BY_HAND, PROVIDERS]
    done = cloned.call("apply", str(path), *cloned.settled)
    assert (done.code, cloned.senders) == (0, [BY_HAND])


@pytest.mark.grid
def test_a_plan_of_an_account_that_was_changed_since_is_stale(cloned: Site, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    cloned.call("plan", "--account", BY_HAND, "--out", str(path))
    cloned.change(ACCOUNTS, BY_HAND, port="2525")
    refused = cloned.call("apply", str(path), *cloned.settled)
    assert refused.code == 5
    assert f"{BY_HAND} was changed by bob" in refused.words
    assert cloned.writes == []


def test_an_outage_names_the_command_that_has_the_old_account_send_again(cloned: Site) -> None:
    cloned.call("apply", "--account", BY_HAND, *cloned.settled)
    second = own_account(cloned.sandbox, active=False)
    cloned.sandbox.change(ACCOUNTS, second, name="Second SMTP")
    cloned.sandbox.faults.add(
        Fault("status_500", lambda sent: sent.body == b'{"active": "true"}', times=99)
    )
    failed = cloned.call("apply", "--account", "Second SMTP", *cloned.settled)
    assert failed.code == 4
    assert f"glidemail -p dev apply --account '{BY_HAND}'" in failed.words
    cloned.sandbox.faults.clear()
    assert cloned.call("apply", "--account", BY_HAND, *cloned.settled).code == 0
    assert cloned.senders == [BY_HAND]


@pytest.mark.grid
@pytest.mark.parametrize(
    ("body", "senders"), [(b'{"active": "false"}', [PROVIDERS]), (b'{"active": "true"}', [])]
)
def test_killed_in_the_middle_the_next_start_says_what_sends_and_finishes_it(
    cloned: Site, body: bytes, senders: list[str]
) -> None:
    argv = ("apply", "--account", BY_HAND, *cloned.settled)
    command = [*program(), "-p", "dev", *argv, "--secrets-stdin"]
    pipe, silent = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(
        command, stdin=pipe, stdout=silent, stderr=silent, env=cloned.house.environment
    ) as process:

        def kill(recorded: RecordedRequest) -> bool:
            is_it = recorded.method == "PATCH" and recorded.body == body
            if is_it:
                process.kill()
                process.wait()
            return is_it

        cloned.sandbox.faults.add(Fault("drop_before", kill))
        process.communicate(cloned.lines())
        assert process.returncode == -signal.SIGKILL
    assert cloned.senders == senders
    found = cloned.call("why")
    assert found.code == 1
    if senders:
        assert f"{PROVIDERS} is active" in found.words
    else:
        assert "No SMTP account is active" in found.words
        assert f"apply --account NAME (^P on the screen) activates {BY_HAND}." in found.words
    assert cloned.call(*argv).code == 0
    assert cloned.senders == [BY_HAND]


# POP3 and IMAP accounts


def test_productions_account_on_a_clone_is_stopped_as_the_finding_says(cloned: Site) -> None:
    found = cloned.call("check")
    assert found.code == 1
    assert "Deactivate it with apply --deactivate NAME (^P on the screen), or clear" in found.words
    planned = cloned.call("plan", "--deactivate", IMAP)
    assert planned.code == 2
    assert f"{IMAP} active -> inactive" in planned.words
    words = (
        "the mailbox orders@corp.example on imap.corp.example is no longer read by this instance."
    )
    assert words in planned.words
    assert cloned.writes == []
    done = cloned.call("apply", "--deactivate", IMAP, "--yes")
    assert_harmless(done)
    assert done.code == 0
    assert f"Wrote 1 change to {cloned.host}. {IMAP} (inactive) read back" in done.words
    assert "test message" not in done.words
    assert bodies(cloned) == [{"active": "false"}]
    assert states(cloned) == {IMAP: "false", SPARE: "false"}
    assert cloned.senders == [PROVIDERS]
    assert "receiving.production-account" not in cloned.call("check").words
    again = cloned.call("apply", "--deactivate", IMAP, "--yes")
    assert (again.code, len(cloned.writes)) == (0, 1)
    assert "Nothing changes." in again.words


def test_one_stops_before_and_one_starts_after_everything_else(cloned: Site) -> None:
    argv = ("--activate", SPARE, "--deactivate", IMAP, "--set", "test_recipients=qa@corp.example")
    answer = cloned.answer("apply", *argv, *cloned.settled)
    assert answer["accounts"] == [
        {"name": IMAP, "active": False},
        {"name": SPARE, "active": True},
    ]
    assert list(answer["verified"]) == [
        f"{IMAP} (inactive)",
        "test_recipients",
        f"{SPARE} (active)",
    ]
    assert bodies(cloned) == [{"active": "false"}, {"value": "qa@corp.example"}, {"active": "true"}]


@pytest.mark.grid
def test_undoing_it_is_the_opposite(cloned: Site) -> None:
    before = states(cloned)
    cloned.call("apply", "--deactivate", IMAP, "--activate", SPARE, "--yes")
    assert states(cloned) == {IMAP: "false", SPARE: "true"}
    refused = cloned.call("apply", "--activate", IMAP, "--deactivate", SPARE, "--yes")
    assert refused.code == 5
    assert f"--confirm '{IMAP}'" in refused.words
    argv = ("apply", "--activate", IMAP, "--deactivate", SPARE, "--yes", "--confirm", IMAP)
    assert cloned.call(*argv).code == 0
    assert states(cloned) == before


@pytest.mark.grid
def test_it_stands_beside_another_account_that_is_to_send(cloned: Site) -> None:
    argv = ("apply", "--account", BY_HAND, "--deactivate", IMAP, *cloned.settled)
    done = cloned.call(*argv)
    assert (done.code, cloned.senders, states(cloned)[IMAP]) == (0, [BY_HAND], "false")


@pytest.mark.grid
@pytest.mark.parametrize(
    ("option", "name", "words"),
    [
        ("--deactivate", PROVIDERS, "Choose which one sends with --account NAME."),
        ("--activate", BY_HAND, "Choose which one sends with --account NAME."),
        ("--deactivate", "Nothing", f"(POP3 and IMAP accounts: {IMAP}, ServiceNow POP3, {SPARE})"),
        ("--activate", "", "See the accounts with: glidemail show"),
    ],
)
def test_another_account_than_one_that_reads_mail_is_refused(
    cloned: Site, option: str, name: str, words: str
) -> None:
    refused = cloned.call("apply", option, name, *cloned.settled)
    assert refused.code == 5
    assert words in refused.words
    assert cloned.writes == []


@pytest.mark.grid
def test_one_name_is_not_switched_both_ways(site: Site) -> None:
    refused = site.call("plan", "--activate", IMAP, "--deactivate", IMAP)
    assert refused.code == 64
    assert f"{IMAP} is both activated and deactivated." in refused.words


@pytest.mark.grid
def test_servicenows_reader_is_switched_too(cloned: Site) -> None:
    assert cloned.call("apply", "--deactivate", "ServiceNow POP3", "--yes").code == 0
    assert bodies(cloned) == [{"active": "false"}]


@pytest.mark.grid
def test_on_production_the_host_is_typed(tmp_path: Path) -> None:
    with open_site(tmp_path, environment=PRODUCTION) as site:
        argv = ("apply", "--deactivate", "ServiceNow POP3", "--yes")
        refused = site.call(*argv)
        assert refused.code == 5
        assert f"--confirm {site.host}" in refused.words
        assert site.writes == []
        assert site.call(*argv, "--confirm", site.host).code == 0


@pytest.mark.grid
def test_a_plan_of_readers_is_carried_out_from_a_file_once(cloned: Site, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    argv = ("--deactivate", IMAP, "--activate", SPARE)
    assert cloned.call("plan", *argv, "--out", str(path)).code == 2
    assert cloned.call("apply", str(path), "--deactivate", IMAP).code == 64
    assert cloned.call("apply", str(path), "--yes").code == 0
    assert states(cloned) == {IMAP: "false", SPARE: "true"}
    again = cloned.call("apply", str(path), "--yes")
    assert again.code == 5
    assert f"{IMAP} was changed by admin" in again.words


@pytest.mark.grid
@pytest.mark.parametrize("change", [{"port": "995"}, {"type": "smtp"}, {"active": "false"}])
def test_a_plan_of_a_reader_that_was_changed_since_is_stale(
    cloned: Site, tmp_path: Path, change: dict[str, str]
) -> None:
    path = tmp_path / "plan.json"
    cloned.call("plan", "--deactivate", IMAP, "--out", str(path))
    cloned.change(ACCOUNTS, IMAP, **change)
    assert cloned.call("apply", str(path), "--yes").code == 5
    assert cloned.writes == []


def test_one_that_is_changed_at_the_last_moment_is_left_alone(cloned: Site) -> None:
    sys_id = cloned.row(ACCOUNTS, IMAP)["sys_id"]

    def change(recorded: RecordedRequest) -> bool:
        if f"sys_id={sys_id}" in recorded.query.get("sysparm_query", ""):  # it is compared now
            cloned.change(ACCOUNTS, IMAP, user_name="else@corp.example")
        return False

    cloned.sandbox.faults.add(Fault("drop_before", change))
    refused = cloned.call("apply", "--deactivate", IMAP, "--yes")
    assert refused.code == 5
    assert f"{IMAP} was changed by bob" in refused.words
    assert cloned.writes == []


@pytest.mark.grid
def test_an_account_that_the_instance_does_not_switch_is_said(cloned: Site) -> None:
    cloned.sandbox.faults.add(Fault("refuse_403", lambda sent: sent.method == "PATCH"))
    failed = cloned.call("apply", "--deactivate", IMAP, "--set", "display_name=x", "--yes")
    assert failed.code != 0
    failed = cloned.call("apply", "--deactivate", IMAP, "--yes")
    assert "Nothing was written." in failed.words
    assert states(cloned)[IMAP] == "true"


@pytest.mark.grid
def test_why_says_how_to_stop_it(cloned: Site) -> None:
    found = cloned.call("why").words
    assert "deactivate it: it deletes the mail it reads. Use apply --deactivate NAME" in found


@pytest.mark.parametrize(
    "argv", [("--account", "x"), ("--activate", "x"), ("--deactivate", "x")], ids=" ".join
)
def test_a_local_file_has_no_accounts(house: House, argv: tuple[str, ...]) -> None:
    refused = house.call("plan", *argv)
    assert refused.code == 64
    assert "A local file has no email accounts" in refused.words


@pytest.mark.grid
def test_the_property_of_receiving_decides_what_is_said(cloned: Site) -> None:
    cloned.change(PROPERTIES, "glide.email.read.active", value="false")
    planned = cloned.call("plan", "--activate", SPARE)
    assert "Email receiving is off. When on, the instance reads and deletes" in planned.words
