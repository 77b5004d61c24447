"""Plans for an instance: what has moved since, what is for somewhere else, what a file wants."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.house import Result
from tests.cli.site import (
    ACCOUNTS,
    OWN,
    PRODUCTION,
    PROPERTIES,
    PROVIDERS,
    TEST,
    Site,
    open_site,
    sets,
)
from tests.sandbox.situations import no_active_account, own_account

RECIPIENTS = ("--set", "test_recipients=a@corp.example")


def write_plan(site: Site, *argv: str, **how: Any) -> str:
    path = str(site.house.root / "plan.json")
    made = site.call("plan", *argv, "--out", path, **how)
    assert made.code == 2, made
    return path


def apply_plan(site: Site, path: str, **how: Any) -> Result:
    return site.call("apply", path, *site.settled, **{"profile": "", **how})


# What has moved since


def test_a_value_that_moved_is_told_with_who_moved_it(site: Site) -> None:
    path = write_plan(site, *RECIPIENTS)
    site.change(PROPERTIES, "glide.email.test.user", "bob", value="b@corp.example")
    stale = apply_plan(site, path)
    assert stale.code == 5
    assert "test_recipients was mail.tests@corp.example and is b@corp.example" in stale.words
    assert "last change by bob at 20" in stale.words
    assert "Nothing was written." in stale.words
    assert (site.writes, site.value("glide.email.test.user")) == ([], "b@corp.example")


def test_what_moved_meanwhile_elsewhere_is_no_reason_against_a_plan(site: Site) -> None:
    path = write_plan(site, *RECIPIENTS)
    site.change(PROPERTIES, "glide.email.username", "bob", value="Bob's desk")
    assert apply_plan(site, path).code == 0


def test_a_row_that_moved_to_and_fro_is_no_reason_where_its_value_can_be_compared(
    site: Site,
) -> None:
    path = write_plan(site, *RECIPIENTS)
    site.change(PROPERTIES, "glide.email.test.user", "bob", value="mail.tests@corp.example")
    assert apply_plan(site, path).code == 0


def test_who_changed_another_value_has_not_moved_this_one(site: Site) -> None:
    edits = (*RECIPIENTS, "--set", "sending_enabled=no")
    path = write_plan(site, *edits)
    site.change(PROPERTIES, "glide.email.test.user", "bob", value="b@corp.example")
    time.sleep(1.1)  # a stamp has seconds
    site.change(PROPERTIES, "glide.email.smtp.active", "eve", value="true")
    stale = apply_plan(site, path)
    assert stale.code == 5
    assert "last change by bob" in stale.words


def test_mail_that_has_come_to_wait_since_is_not_sent_unseen(site: Site) -> None:
    for row in site.sandbox.rows("sys_email"):
        site.sandbox.change("sys_email", row["sys_id"], type="sent")
    path = write_plan(site, *site.own, password=site.mail_password)
    (row, *_) = site.sandbox.rows("sys_email")
    site.sandbox.change("sys_email", row["sys_id"], type="send-ready")
    grown = apply_plan(site, path, password=site.mail_password)
    assert grown.code == 5
    assert "1 can go out now, 0 when the plan was made. 1 email is in the queue" in grown.words
    assert "Make the plan again" in grown.words
    assert (site.writes, site.senders) == ([], [PROVIDERS])


def test_a_queue_that_grew_since_is_not_sent_unseen(site: Site) -> None:
    path = write_plan(site, *site.own, password=site.mail_password)
    for number in range(20):
        site.sandbox.insert("sys_email", type="send-ready", recipients=f"{number}@corp.example")
    grown = apply_plan(site, path, password=site.mail_password)
    assert grown.code == 5
    assert "24 can go out now, 4 when the plan was made." in grown.words
    assert (site.writes, site.senders) == ([], [PROVIDERS])


def test_a_plan_that_counted_no_emails_is_made_again_where_some_wait(site: Site) -> None:
    path = write_plan(site, *site.own, password=site.mail_password)
    document = json.loads(Path(path).read_text())
    del document["queue"]
    Path(path).write_text(json.dumps(document))
    refused = apply_plan(site, path, password=site.mail_password)
    assert refused.code == 5
    assert "The plan doesn't say how many emails were in the queue." in refused.words
    assert (site.writes, site.senders) == ([], [PROVIDERS])


@pytest.mark.parametrize("was_there", [True, False])
def test_an_account_of_the_planned_name_is_not_written_over_if_somebody_changed_it(
    site: Site, was_there: bool
) -> None:
    def leave() -> None:
        left = own_account(site.sandbox, active=False)
        site.sandbox.change(ACCOUNTS, left, "bob", name=OWN, server="mx.bob.example")

    if was_there:
        leave()
    path = write_plan(site, *site.own, password=site.mail_password)
    if was_there:
        site.change(ACCOUNTS, OWN, "eve", server="mx.eve.example")
    else:
        leave()
    before = site.row(ACCOUNTS, OWN)
    stale = apply_plan(site, path, password=site.mail_password)
    assert stale.code == 5
    assert f"{OWN}" in stale.words
    assert ("changed by eve" if was_there else "bob was the last to change it") in stale.words
    assert (site.writes, site.senders, site.row(ACCOUNTS, OWN)) == ([], [PROVIDERS], before)


def test_an_account_that_moved_is_refused_where_a_password_is_in_the_plan(site: Site) -> None:
    no_active_account(site.sandbox)
    own_account(site.sandbox)
    path = write_plan(site, password="n3w")
    site.change(ACCOUNTS, "Own SMTP", "bob", password="another")
    stale = apply_plan(site, path, password="n3w")
    assert stale.code == 5
    assert "Since the plan was made, Own SMTP was changed by bob at 20" in stale.words
    assert "What can't be compared may include a password. Nothing was written." in stale.words
    assert site.writes == []


def test_the_account_that_is_to_stop_must_not_have_moved(site: Site) -> None:
    path = write_plan(site, *site.own, password=site.mail_password)
    site.change(ACCOUNTS, PROVIDERS, "bob", email_user_label="Bob's desk")
    stale = apply_plan(site, path, password=site.mail_password)
    assert stale.code == 5
    assert f"{PROVIDERS} was changed by bob" in stale.words
    assert (site.writes, site.senders) == ([], [PROVIDERS])


def test_a_plan_for_another_activation_is_refused(site: Site) -> None:
    path = write_plan(site, *site.own, password=site.mail_password)
    document = json.loads(Path(path).read_text())
    document["activation"]["account"] = "glidemail other.corp.example"
    Path(path).write_text(json.dumps(document))
    stale = apply_plan(site, path, password=site.mail_password)
    assert stale.code == 5
    assert (
        "The plan would now activate or replace another account than when it was made."
        in stale.words
    )
    assert site.writes == []


def test_a_plan_to_go_back_is_refused_once_that_was_done(site: Site) -> None:
    site.call("apply", *site.own, *site.settled, password=site.mail_password)
    path = write_plan(site, "--provider-server")
    done = len(site.writes)
    assert apply_plan(site, path).code == 0
    assert len(site.writes) == done + 2
    again = apply_plan(site, path)
    assert again.code == 5
    assert f"{PROVIDERS}, the ServiceNow-configured account, is already active" in again.words
    assert (len(site.writes), site.senders) == (done + 2, [PROVIDERS])


# What is for somewhere else


def test_a_plan_is_for_its_profile_host_and_environment_and_nobody_signs_in_elsewhere(
    site: Site,
) -> None:
    path = write_plan(site, *RECIPIENTS)
    site.sandbox.recorded.clear()
    site.add("other")
    profile = site.house.config / "profiles" / "dev.toml"
    text = profile.read_text()
    elsewhere = apply_plan(site, path, profile="other")
    assert elsewhere.code == 5
    assert f'The plan was made for profile "dev" at {site.host} ({TEST})' in elsewhere.words
    for was, now in ((TEST, PRODUCTION), (site.host, "dev12345.service-now.com")):
        site.house.write(text.replace(was, now), profile)
        elsewhere = apply_plan(site, path)
        assert (elsewhere.code, "Make the plan again for this one" in elsewhere.words) == (5, True)
        assert now in elsewhere.words
    assert site.sandbox.recorded == []


def test_a_plan_for_an_instance_is_not_carried_out_on_a_file(site: Site) -> None:
    path = write_plan(site, *site.own, password=site.mail_password)
    refused = site.house.call("-p", "default", "apply", path)
    assert refused.code == 5
    assert 'this is "default" at' in refused.words


@pytest.mark.parametrize(
    "beside",
    [
        ("--own-server",),
        ("--provider-server",),
        ("--set", "port=1"),
        ("--from", "x.toml"),
    ],
)
def test_a_plan_says_itself_what_is_wanted(site: Site, beside: tuple[str, ...]) -> None:
    path = write_plan(site, *RECIPIENTS)
    site.sandbox.recorded.clear()
    refused = site.call("apply", path, *beside, "--yes")
    assert refused.code == 64
    assert f"A plan is applied as it is. Leave {beside[0]} out." in refused.words
    assert site.sandbox.recorded == []


@pytest.mark.parametrize("broken", [{"which": "mine"}, {"activation": {}}, {"stamps": {"x": [1]}}])
def test_a_plan_that_was_mended_by_hand_is_refused_with_the_place(
    site: Site, broken: dict[str, object]
) -> None:
    path = write_plan(site, *RECIPIENTS)
    document = json.loads(Path(path).read_text()) | broken
    Path(path).write_text(json.dumps(document))
    refused = apply_plan(site, path)
    assert refused.code == 1
    assert f"isn't a glidemail plan: {next(iter(broken))}" in refused.words


def test_a_plan_of_a_file_from_before_there_were_instances_is_carried_out(site: Site) -> None:
    path = site.house.root / "plan.json"
    assert site.house.call("plan", "--set", "port=2525", "--out", str(path)).code == 2
    document = json.loads(path.read_text())
    for key in ("which", "activation", "stamps", "nothing_waited", "queue"):
        del document[key]
    path.write_text(json.dumps(document))
    done = site.house.call("apply", str(path), "--yes")
    assert done.code == 0
    assert site.house.settings.read_text().endswith("port = 2525\n")


# What a document wants: the check after a clone


def export(site: Site, *argv: str) -> str:
    shown = site.call("show", "--toml", *argv)
    assert shown.code == 0
    return str(site.house.write(shown.out, site.house.root / "export.toml"))


def test_an_export_is_the_instance_without_a_secret_and_no_difference_to_it(site: Site) -> None:
    path = export(site)
    text = Path(path).read_text()
    assert 'server = "relay.sandbox.service-now.com"' in text
    assert f'origin = "profile dev, {site.host}"\nenvironment = "{TEST}"' in text
    assert "\npassword" not in text
    assert "\npop3_password" not in text
    same = site.call("plan", "--from", path)
    assert same.code == 0
    assert "Nothing changes." in same.out
    assert site.answer("plan", "--from", path)["held_back"] == []
    assert site.writes == []


def test_what_differs_from_a_document_is_drift(site: Site) -> None:
    path = export(site)
    site.change(PROPERTIES, "glide.email.test.user", value="drifted@corp.example")
    drift = site.call("plan", "--from", path)
    assert drift.code == 2
    assert "drifted@corp.example -> mail.tests@corp.example" in drift.words
    assert site.writes == []
    saved = site.call("apply", "--from", path, "--yes")
    assert saved.code == 0
    assert site.call("plan", "--from", path).code == 0


def test_what_cannot_be_changed_there_is_left_out_with_the_reason_and_is_drift(
    site: Site,
) -> None:
    path = export(site)
    text = Path(path).read_text()
    for was, now in (("relay.sandbox", "relay.other"), ("465", "587"), ('pop3_user = ""', "")):
        text = text.replace(was, now)
    site.house.write(text.replace("\n[exp", 'pop3_user = "it"\n\n[exp'), Path(path))
    drift = site.call("plan", "--from", path)
    assert drift.code == 2
    assert "Left out of the document" in drift.words
    assert "- Server: ServiceNow-configured account: leave it" in drift.words
    assert "- POP3 user: " in drift.words
    assert "ask for it with" not in drift.words
    answer = site.answer("plan", "--from", path, code=2)
    assert [each["property"] for each in answer["held_back"]] == ["server", "port", "pop3_user"]
    assert (answer["changes"], site.writes) == ([], [])


def test_an_export_brings_no_sending_recipients_or_user_to_another_environment(
    tmp_path: Path,
) -> None:
    with open_site(tmp_path, "properties") as site:
        path = export(site)
        site.add("live", environment=PRODUCTION)
        for name, value in (
            ("glide.email.smtp.active", "true"),
            ("glide.email.test.user", ""),
            ("glide.email.user", "live@corp.example"),
            ("glide.email.username", "Live desk"),
        ):
            site.change(PROPERTIES, name, value=value)
        adopted = site.call("plan", "--from", path, profile="live")
        assert adopted.code == 2
        assert adopted.words.count("it was exported from another environment") == 3
        answer = site.answer("plan", "--from", path, profile="live", code=2)
        assert [each["property"] for each in answer["changes"]] == ["display_name"]
        assert [each["property"] for each in answer["held_back"]] == [
            *("user", "sending_enabled", "test_recipients"),
        ]
        asked = ("--set", "test_recipients=mail.tests@corp.example")
        more = site.answer("plan", "--from", path, *asked, profile="live", code=2)
        assert [each["property"] for each in more["held_back"]] == ["user", "sending_enabled"]
        assert site.writes == []


def test_a_document_never_turns_sending_on(tmp_path: Path) -> None:
    with open_site(tmp_path, "properties") as site:
        path = str(site.house.write("sending_enabled = true\n", tmp_path / "on.toml"))
        told = site.call("apply", "--from", path, "--yes")
        assert told.code == 0
        assert "a document never turns sending on" in told.words
        assert (site.writes, site.value("glide.email.smtp.active")) == ([], "false")


def test_an_own_server_is_described_by_a_document(site: Site) -> None:
    mail = site.sandbox.running.mail
    text = (
        f'server = "{mail.host}"\nport = {mail.ports["starttls"]}\nsecurity = "starttls"\n'
        f'user = "{mail.user}"\nauthenticate = true\n'
    )
    path = str(site.house.write(text, site.house.root / "own.toml"))
    done = site.call("apply", "--own-server", "--from", path, *site.settled, password=mail.password)
    assert (done.code, site.senders) == (0, [OWN])
    assert site.call("plan", "--from", path).code == 0


def test_an_edit_beside_a_document_counts(site: Site) -> None:
    path = export(site)
    edited = site.call("plan", "--from", path, *sets({"test_recipients": "x@corp.example"}))
    assert edited.code == 2
    assert "mail.tests@corp.example -> x@corp.example" in edited.words
