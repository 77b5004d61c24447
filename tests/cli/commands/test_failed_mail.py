"""Failed mail on the command line: listed by cause, and sent again on a typed yes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.house import House, assert_harmless
from tests.cli.site import ACCOUNTS, PRODUCTION, Site, open_site, shorten_waits
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.situations import fail_message, no_mail, own_account, set_property
from tui.sandbox.tables import format_time

EMAILS = "sys_email"
LOGIN, UNKNOWN_USER = "535 5.7.8 Authentication credentials invalid", "550 5.1.1 User unknown"
NIGHTLY = pytest.mark.grid
HIDDEN = "Can't read failed emails"


def make_ready(site: Site) -> None:
    """Let an account of your own send, to everyone, with no email there."""
    own_account(site.sandbox)
    no_mail(site.sandbox)
    set_property(site.sandbox, "glide.email.test.user", "")


@pytest.fixture
def ready(site: Site) -> Site:
    make_ready(site)
    return site


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, environment=PRODUCTION) as site:
        make_ready(site)
        yield site


def types(site: Site) -> dict[str, str]:
    """The type of each email, by its subject."""
    return {row["subject"]: row["type"] for row in site.sandbox.rows(EMAILS)}


def delivered(site: Site) -> list[str]:
    """Run the sender job; return the subjects that its mail server ever received."""
    site.sandbox.deliver()
    lines = [line for each in site.sandbox.delivered for line in each.content.splitlines()]
    return sorted(line.removeprefix("Subject: ") for line in lines if line.startswith("Subject: "))


def is_patch(request: RecordedRequest) -> bool:
    return request.method == "PATCH" and EMAILS in request.path


def on(happens: Callable[[RecordedRequest], bool], act: Callable[[], object]) -> Fault:
    """Return a fault that never hits, but does something once, before the request is answered."""
    done: list[bool] = []

    def when(request: RecordedRequest) -> bool:
        if not done and happens(request):
            done.append(True)
            act()
        return False

    return Fault("status_500", when)


def result(site: Site, *argv: str, code: int) -> Any:
    return site.answer("failed-mail", "--release", *argv, code=code)["result"]


# The list


def test_failed_mail_is_listed_by_cause_with_words_and_next_step(ready: Site) -> None:
    fail_message(ready.sandbox, "Old report", hours=3)
    fail_message(ready.sandbox, "New report", hours=2, copied="a@corp.example, b@corp.example")
    fail_message(ready.sandbox, "Welcome", UNKNOWN_USER, hours=1)
    fail_message(ready.sandbox, "Last week", hours=90)
    listed = ready.call("failed-mail")
    assert_harmless(listed)
    assert (listed.code, listed.err, ready.writes) == (0, "", [])
    places = [
        listed.words.index(words)
        for words in (
            "3 emails failed in the last day.",
            "recipient-unknown: 1 email, at ",
            "The recipient's mailbox doesn't exist.",
            f"“{UNKNOWN_USER}”",
            "-> Correct the recipient's address.",
            "1 recipient Welcome",
            "password: 2 emails, the newest at ",
            f"“{LOGIN}”",
            "-> Correct them before the next attempt.",
            "3 recipients New report",
            "1 recipient Old report",
            "-> Send them again: glidemail -p dev failed-mail --release --cause CAUSE",
        )
    ]
    assert places == sorted(places)
    assert "Last week" not in listed.out
    more = ready.call("failed-mail", "--days", "7")
    assert "4 emails failed in the last 7 days." in more.words
    assert "1 is more than 24 hours old: the platform never sends those." in more.words


@NIGHTLY
def test_a_list_is_never_more_than_a_screenful_unless_all_is_asked_for(ready: Site) -> None:
    for number in range(30):
        fail_message(ready.sandbox, f"Report {number}", (LOGIN, UNKNOWN_USER)[number % 2])
    listed = ready.call("failed-mail")
    assert len(listed.out.splitlines()) <= 23
    assert listed.out.count("--all shows them") == 2
    everything = ready.call("failed-mail", "--all")
    assert all(f"Report {number}\n" in everything.out for number in range(30))
    assert "--all shows them" not in everything.out
    chosen = ready.answer("failed-mail", "--cause", "password")
    assert [each["cause"] for each in chosen["groups"]] == ["password"]


@pytest.mark.grid
def test_a_full_page_is_counted_as_at_least(ready: Site) -> None:
    for number in range(201):
        fail_message(ready.sandbox, f"Report {number}")
    answer = ready.answer("failed-mail")
    assert (answer["count"], answer["complete"]) == (200, False)
    assert "At least 200 emails failed in the last day." in ready.call("failed-mail").words


def test_that_none_failed_is_said_only_by_who_would_see_some(ready: Site) -> None:
    none = ready.call("failed-mail")
    assert (none.code, "No email failed in the last day." in none.words) == (0, True)
    nothing = ready.call("failed-mail", "--release")
    assert (nothing.code, "There is no failed email to release." in nothing.words) == (0, True)
    ready.sandbox.switches.roles_readable = False
    unknown = ready.call("failed-mail")
    assert (unknown.code, HIDDEN in unknown.words) == (1, True)


@pytest.mark.parametrize("user", ["mail.admin", pytest.param("nobody", marks=NIGHTLY)])
@pytest.mark.parametrize("more", [(), pytest.param(("--release", "--confirm", "1"), marks=NIGHTLY)])
def test_hidden_mail_is_undetermined_and_never_none(
    ready: Site, user: str, more: tuple[str, ...]
) -> None:
    fail_message(ready.sandbox, "Report")
    ready.add("other", user=user)
    how: dict[str, Any] = {"profile": "other", "sign_in": ready.password(user)}
    hidden = ready.call("failed-mail", *more, **how)
    assert (hidden.code, hidden.out, HIDDEN in hidden.words) == (1, "", True)
    answer = ready.answer("failed-mail", *more, code=1, **how)
    assert answer["error"]["code"] == "failed-mail.hidden"
    assert (types(ready), ready.writes) == ({"Report": "send-failed"}, [])


def test_hostile_words_and_subjects_are_shown_and_never_obeyed(ready: Site) -> None:
    fail_message(ready.sandbox, "\x1b]0;x\x07[bold]\u202e" + "long " * 60, "550 \x1b[2J\x9b2J no")
    for argv in (("failed-mail",), ("failed-mail", "--release"), ("failed-mail", "--json")):
        shown = ready.call(*argv)
        assert_harmless(shown)
        assert "\u202e" not in shown.out
    listed = ready.call("failed-mail").out
    assert "^[]0;x^G[bold]\\u{202e}long" in listed
    assert max(map(len, listed.splitlines())) <= 100


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--days", "0"), "--days takes a number from 1 to 30."),
        (("--days", "31"), "--days takes a number from 1 to 30."),
        (("--days", "canary"), "The arguments are not understood."),
        (("--cause", "canary"), "--cause names something that isn't a cause."),
        (("--confirm", "1"), "--confirm only works with --release."),
    ],
)
def test_a_wrong_call_is_refused_before_anything_is_read(
    site: Site, argv: tuple[str, ...], words: str
) -> None:
    refused = site.house.call("-p", "dev", "failed-mail", *argv)
    assert (refused.code, words in refused.err, site.sandbox.recorded) == (64, True, [])
    assert "canary" not in refused.err


def test_a_file_has_no_failed_mail(house: House) -> None:
    refused = house.call("failed-mail")
    assert (refused.code, "A local file has no failed mail." in refused.err) == (64, True)


# What a release asks first


def test_a_release_says_what_it_does_and_writes_nothing_without_the_number(ready: Site) -> None:
    fail_message(ready.sandbox, "First", recipients="a@corp.example,b@corp.example")
    fail_message(ready.sandbox, "Second", recipients="B@corp.example")
    fail_message(ready.sandbox, "Gone", UNKNOWN_USER, recipients="c@corp.example")
    fail_message(ready.sandbox, "Too old", hours=23, sys_created_on="2026-01-01 00:00:00")
    for given in ((), ("--confirm", "4"), ("--confirm", "yes"), ("--yes",)):
        refused = ready.call("failed-mail", "--release", *given)
        assert refused.code == (64 if given == ("--yes",) else 5)
    refused = ready.call("failed-mail", "--release")
    for words in (
        "Send 3 failed emails again?",
        "2 × password",
        "1 × recipient-unknown",
        "! Sent email can't be recalled.",
        "1 is more than 24 hours old: the platform never sends those. Skipped.",
        "! They go to 3 recipients.",
        "The emails aren't changed, so they may fail again.",
        "- Not confirmed: whether earlier attempts count",
        "The email account Own SMTP is active. It sends through 127.0.0.1:",
        "Delivery: unproven.",
    ):
        assert words in refused.words
    assert refused.words.endswith(
        "glidemail: 3 emails are set to send-ready again. Sent email can't be recalled. Nothing "
        "was written. Confirm it with --confirm 3"
    )
    assert ready.writes == []


def test_production_wants_the_host_as_well(production: Site) -> None:
    fail_message(production.sandbox, "Report")
    for given in (("1",), (production.host,), ("2", production.host), ("1", "dev")):
        options = [word for each in given for word in ("--confirm", each)]
        refused = production.call("failed-mail", "--release", *options)
        assert (refused.code, production.writes) == (5, [])
        assert f"Confirm it with --confirm 1 --confirm {production.host}" in refused.words
    options = ["--confirm", "1", "--confirm", production.host]
    assert production.call("failed-mail", "--release", *options).code == 0
    assert delivered(production) == ["Report"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [("2\n", 0), *(pytest.param(each, 5, marks=NIGHTLY) for each in ("1\n", "yes\n", "\n"))],
)
def test_on_a_terminal_the_number_is_typed(ready: Site, typed: str, code: int) -> None:
    fail_message(ready.sandbox, "One")
    fail_message(ready.sandbox, "Two")
    with ready.house.on_terminal("-p", "dev", "failed-mail", "--release") as terminal:
        terminal.until("Password of admin")
        terminal.type(f"{ready.password()}\n")
        terminal.until("Type 2 to continue: ")
        terminal.type(typed)
        assert terminal.end() == code
    assert len(ready.writes) == (2 if code == 0 else 0)


def test_a_sender_that_fails_for_the_same_cause_is_warned_of(site: Site) -> None:
    own_account(site.sandbox)
    (account,) = site.rows(ACCOUNTS, "Own SMTP")
    site.sandbox.change(ACCOUNTS, account["sys_id"], password="wrong")
    site.sandbox.deliver()
    warned = site.call("failed-mail", "--release", "--cause", "password")
    assert (
        "The current sender fails with the same cause, so released emails will most likely fail "
        "again."
    ) in (warned.words)
    assert site.answer("failed-mail", "--release", code=5)["error"]["code"] == (
        "confirmation.missing"
    )
    other = site.call("failed-mail", "--release", "--cause", "recipient-unknown")
    assert "so released emails will most likely" not in other.words


@NIGHTLY
def test_mail_that_is_too_old_is_not_released(ready: Site) -> None:
    fail_message(ready.sandbox, "Old", sys_created_on="2026-01-01 00:00:00")
    refused = ready.call("failed-mail", "--release", "--confirm", "1")
    assert (refused.code, ready.writes) == (1, [])
    assert "all more than 24 hours old: the platform never sends those." in refused.words
    set_property(ready.sandbox, "glide.email.smtp.claim.lookback.hrs", "99999")
    assert ready.call("failed-mail", "--release", "--confirm", "1").code == 0
    assert delivered(ready) == ["Old"]


# What a release does


def test_only_the_chosen_causes_reach_the_mail_server(ready: Site) -> None:
    fail_message(ready.sandbox, "First")
    fail_message(ready.sandbox, "Second", recipients="b@corp.example")
    fail_message(ready.sandbox, "Gone", UNKNOWN_USER)
    done = ready.call("failed-mail", "--release", "--cause", "password", "--confirm", "2")
    assert (done.code, done.err) == (0, "")
    assert "Released 2 emails: set to send-ready, and read back." in done.words
    assert "Next: glidemail -p dev why" in done.words
    assert types(ready) == {"First": "send-ready", "Second": "send-ready", "Gone": "send-failed"}
    assert [each.body for each in ready.writes] == [b'{"type": "send-ready", "state": "ready"}'] * 2
    assert delivered(ready) == ["First", "Second"]
    got = {address for each in ready.sandbox.delivered for address in each.rcpt_tos}
    assert got == {"someone@corp.example", "b@corp.example"}
    again = ready.call("failed-mail", "--release", "--cause", "password", "--confirm", "2")
    assert (again.code, len(ready.writes)) == (0, 2)


@NIGHTLY
def test_a_test_address_that_is_in_force_gets_all_of_it(ready: Site) -> None:
    set_property(ready.sandbox, "glide.email.test.user", "qa@corp.example")
    fail_message(ready.sandbox, "Report")
    done = ready.call("failed-mail", "--release", "--confirm", "1")
    assert "It goes to the test address qa@corp.example, and to no one else." in done.words
    assert "recipient." not in done.words
    assert delivered(ready) == ["Report"]
    assert [each.rcpt_tos for each in ready.sandbox.delivered] == [("qa@corp.example",)]


def test_while_sending_is_off_they_wait(ready: Site) -> None:
    set_property(ready.sandbox, "glide.email.smtp.active", "false")
    fail_message(ready.sandbox, "Report")
    done = ready.call("failed-mail", "--release", "--confirm", "1")
    assert "Email sending is off: released emails wait in the queue until it is on." in done.words
    assert (done.code, delivered(ready), types(ready)) == (0, [], {"Report": "send-ready"})


def test_an_email_that_changed_meanwhile_is_skipped(ready: Site) -> None:
    ids = [fail_message(ready.sandbox, subject, hours=3 - at) for at, subject in enumerate("AB")]

    def is_look(request: RecordedRequest) -> bool:
        return request.query.get("sysparm_query") == f"sys_id={ids[1]}"

    act = lambda: ready.sandbox.change(EMAILS, ids[1], "eve", type="send-ignored")  # noqa: E731
    ready.sandbox.faults.add(on(is_look, act))
    done = ready.call("failed-mail", "--release", "--confirm", "2")
    assert done.code == 1
    assert "Released 1 of 2 emails." in done.words
    assert "! 1 skipped “B” was changed by eve at" in done.words
    assert "type was send-failed and is send-ignored." in done.words
    assert (delivered(ready), types(ready)["B"]) == (["A"], "send-ignored")


@NIGHTLY
def test_an_email_that_came_after_the_list_is_not_released(ready: Site) -> None:
    fail_message(ready.sandbox, "Shown")
    act = lambda: fail_message(ready.sandbox, "Later")  # noqa: E731
    ready.sandbox.faults.add(on(is_patch, act))
    assert result(ready, "--confirm", "1", code=0)["released"] == 1
    assert types(ready) == {"Shown": "send-ready", "Later": "send-failed"}


@pytest.mark.parametrize(
    "name",
    [
        "glide.email.test.user",
        *(pytest.param(each, marks=NIGHTLY) for each in ("glide.email.smtp.active", ACCOUNTS)),
    ],
)
def test_nothing_is_released_if_what_decides_has_changed_since(ready: Site, name: str) -> None:
    set_property(ready.sandbox, "glide.email.test.user", "qa@corp.example")
    fail_message(ready.sandbox, "Report")

    def is_list(request: RecordedRequest) -> bool:
        return "subject" in request.query.get("sysparm_fields", "")

    def act() -> None:
        if name == ACCOUNTS:
            ready.change(ACCOUNTS, "Own SMTP", server="other.corp.example")
        else:
            set_property(ready.sandbox, name, "")

    ready.sandbox.faults.add(on(is_list, act))
    refused = ready.call("failed-mail", "--release", "--confirm", "1")
    assert (refused.code, ready.writes) == (5, [])
    assert "has changed since it was read. Nothing was written." in refused.words


def test_one_email_that_is_refused_does_not_keep_the_others(ready: Site) -> None:
    for at, subject in enumerate("ABC"):
        fail_message(ready.sandbox, subject, hours=9 - at)
    seen: list[RecordedRequest] = []

    def is_second(request: RecordedRequest) -> bool:
        seen.extend([request] if is_patch(request) else [])
        return is_patch(request) and len(seen) == 2

    ready.sandbox.faults.add(Fault("refuse_403", is_second))
    answer = result(ready, "--confirm", "3", code=1)
    assert (answer["released"], answer["failed"], answer["stopped"]) == (2, 1, None)
    (failed,) = [each for each in answer["messages"] if each["outcome"] == "failed"]
    assert "not allowed to user admin" in failed["why"]
    assert delivered(ready) == ["A", "C"]


@pytest.mark.parametrize(
    "fault",
    [
        "refuse_403",
        *(pytest.param(e, marks=NIGHTLY) for e in ("status_429", "status_500", "hibernating")),
    ],
)
def test_what_concerns_the_whole_instance_stops_the_rest(ready: Site, fault: str) -> None:
    for subject in "ABC":
        fail_message(ready.sandbox, subject)
    ready.sandbox.faults.add(Fault(fault, is_patch))
    stopped = ready.call("failed-mail", "--release", "--confirm", "3")
    assert stopped.code == 1
    assert "Released 0 of 3 emails. ! 1 failed" in stopped.words
    assert "! 2 not tried -> Stopped there." in stopped.words
    assert len(ready.writes) == 1
    assert delivered(ready) == []


@pytest.mark.parametrize(
    ("fault", "counts", "arrives"),
    [
        ("drop_after", {"released": 1}, ["Report"]),
        pytest.param("status_500_after", {"released": 1}, ["Report"], marks=NIGHTLY),
        pytest.param("drop_before", {"failed": 1}, [], marks=NIGHTLY),
        ("never", {"unknown": 1}, []),
        pytest.param("never_after", {"released": 1}, ["Report"], marks=NIGHTLY),
    ],
)
def test_after_a_lost_reply_the_email_itself_shows_what_happened(
    ready: Site,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    counts: dict[str, int],
    arrives: list[str],
) -> None:
    shorten_waits(monkeypatch)
    fail_message(ready.sandbox, "Report")
    ready.sandbox.faults.add(Fault(fault, is_patch))
    answer = result(ready, "--confirm", "1", code=0 if "released" in counts else 1)
    assert counts.items() <= answer.items()
    assert len(ready.writes) == 1
    assert delivered(ready) == arrives


def test_an_email_that_was_sent_at_once_counts_as_released(ready: Site) -> None:
    sys_id = fail_message(ready.sandbox, "Report")

    def is_read_back(request: RecordedRequest) -> bool:
        return bool(ready.writes) and f"sys_id={sys_id}" in request.query.values()

    act = lambda: ready.sandbox.change(EMAILS, sys_id, "system", type="sent")  # noqa: E731
    ready.sandbox.faults.add(on(is_read_back, act))
    done = ready.call("failed-mail", "--release", "--confirm", "1")
    assert (done.code, "1 of them has already been sent." in done.words) == (0, True)


@NIGHTLY
def test_an_email_that_failed_again_at_once_is_no_success(ready: Site) -> None:
    sys_id = fail_message(ready.sandbox, "Report")

    def is_read_back(request: RecordedRequest) -> bool:
        return bool(ready.writes) and f"sys_id={sys_id}" in request.query.values()

    act = lambda: ready.sandbox.change(EMAILS, sys_id, "system", type="send-failed")  # noqa: E731
    ready.sandbox.faults.add(on(is_read_back, act))
    done = ready.call("failed-mail", "--release", "--confirm", "1")
    assert done.code == 1
    assert "! 1 failed It was set to send-ready, but failed again." in done.words


@NIGHTLY
def test_who_may_resend_and_nothing_else_releases_and_is_told_what_is_hidden(ready: Site) -> None:
    fail_message(ready.sandbox, "Report")
    ready.add("resender", user="resender")
    how: dict[str, Any] = {"profile": "resender", "sign_in": ready.password("resender")}
    done = ready.call("failed-mail", "--release", "--confirm", "1", **how)
    assert done.code == 0
    assert "This user can't see whether email sending is on." in done.words
    assert "This user can't see whether a test address gets them instead" in done.words
    assert "sends through" not in done.words
    assert delivered(ready) == ["Report"]


def test_a_release_for_a_program_says_all_of_it(ready: Site) -> None:
    sys_id = fail_message(ready.sandbox, "Report")
    assert ready.answer("failed-mail", "--release", code=5)["error"]["next"] == (
        "Confirm it with --confirm 1"
    )
    answer = ready.answer("failed-mail", "--release", "--confirm", "1")
    assert (
        answer["release"].items()
        >= {
            "count": 1,
            "causes": {"password": 1},
            "too_old": 0,
            "left": 0,
            "recipients": 1,
            "test_recipients": [],
            "sending_enabled": True,
            "likely_to_fail_again": False,
        }.items()
    )
    assert answer["result"]["messages"] == [
        {"id": sys_id, "outcome": "released", "type": "send-ready", "why": None}
    ]


@pytest.mark.parametrize(
    ("error", "sent_since", "named"),
    [
        (LOGIN, True, "failed-mail --release --cause password (^P on the screen)"),
        pytest.param(LOGIN, False, "", marks=NIGHTLY),
        pytest.param(UNKNOWN_USER, True, "", marks=NIGHTLY),
        ("452 4.2.2 Mailbox full", False, "failed-mail --release --cause mailbox-full"),
    ],
)
def test_why_names_the_release_once_the_cause_is_solved_or_passes(
    ready: Site, error: str, sent_since: bool, named: str
) -> None:
    fail_message(ready.sandbox, "Report", error)
    if sent_since:
        ready.sandbox.insert(EMAILS, type="sent", sys_updated_on=format_time(ready.sandbox.now))
    stages = {each["stage"]: each for each in ready.answer("why", code=1)["stages"]}
    assert (named or "failed-mail") in stages["failures"]["next"] or not named
    assert ("failed-mail" in stages["failures"]["next"]) is bool(named)
