"""Why mail does or does not go out, stage by stage: nothing is claimed, nothing said is lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.settings.factories import LEFT, MANAGED, OWN, READER
from tui.presentation.delivery_stage import DeliveryStage
from tui.presentation.delivery_stages import DeliveryDiagnosis, diagnose_delivery
from tui.presentation.target_text import CHOICE_HINTS
from tui.presentation.why_text import headline_lines, stages_lines, why_lines
from tui.probes.stage import SenderFinding, StageResult
from tui.settings.delivery.evidence import DeliveryEvidence, SmtpSenderJob, format_time
from tui.settings.delivery.interrupted_switch import InterruptedSwitch
from tui.settings.delivery.judge import judge
from tui.settings.delivery.status import DeliveryStatus, Model, Queue
from tui.settings.snapshot import Stamp

NOW = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
URL = "https://dev12345.service-now.com"
CHANGED = format_time(NOW - timedelta(hours=1))
SENT = format_time(NOW - timedelta(minutes=5))
JOB = SmtpSenderJob("Ready", format_time(NOW + timedelta(seconds=40)))
HEALTHY = DeliveryStatus(
    name="corp",
    release="glide-x",
    model=Model.ACCOUNT,
    why="The email account ServiceNow SMTP is active.",
    sender=MANAGED,
    sending=True,
    recipients=(),
    queue=Queue(0, "", 0),
    sent_from="helpdesk@corp.example",
    receiving=True,
    readers=(READER,),
    changed=Stamp("3", CHANGED, "bob"),
    left_over=("glide.email.server", "glide.email.username"),
    unread=(),
    evidence=DeliveryEvidence(sent=SENT, failures=(), jobs=(JOB,), read_at=NOW),
)


def finding(code: str, result: StageResult, message: str = "", hint: str = "") -> SenderFinding:
    return SenderFinding(result, f"sender.{code}", message, hint)


MX = finding("domain.mx", StageResult.PASSED)
ALL_WELL = (
    MX,
    finding("spf.pass", StageResult.PASSED),
    finding("dmarc.aligned", StageResult.PASSED),
)


def diagnose(
    status: DeliveryStatus = HEALTHY, dns: tuple[SenderFinding, ...] | None = ALL_WELL
) -> DeliveryDiagnosis:
    status = replace(status, judgement=judge(status, (MANAGED, LEFT), CHOICE_HINTS))
    return diagnose_delivery(
        status, is_production=True, signed_in="dev12345 as admin", sender_domain=dns
    )


def stage(found: DeliveryDiagnosis, name: str) -> DeliveryStage:
    (one,) = (each for each in found.stages if each.name == name)
    return one


def test_a_healthy_instance_takes_one_line_a_stage_and_fits_a_small_terminal() -> None:
    found = diagnose()
    assert {each.result for each in found.stages} == {StageResult.PASSED}
    stages = list(stages_lines(found, URL, 78, screen=True))
    # The sender's says what it means that ServiceNow configured it.
    assert len(stages) <= len(found.stages) + 3
    assert len(list(why_lines(found, URL, 78))) <= 22
    assert found.is_shown


def test_everything_that_was_read_is_said_and_said_once() -> None:
    words = " ".join(" ".join(why_lines(diagnose(), URL, 100)).split())
    for said in (
        "Delivery: delivering.",
        "ServiceNow SMTP is active: relay.service-now.com:465.",
        "ServiceNow configured it: KB0521756 doesn't apply, so leave it as it is.",
        "Email sending is on.",
        "Not set: email reaches its recipients.",
        "No email is in the queue.",
        "Replies to helpdesk@corp.example",
        "POP3 (active): pop3 pop.corp.example as helpdesk.",
        "No effect glide.email.server and 1 more property of KB0521756 are set",
        f"Last changed {CHANGED} UTC by bob",
        "Instance corp, glide-x",
    ):
        assert words.count(said) == 1, said


def test_what_was_not_read_is_named() -> None:
    unread = replace(HEALTHY, unread=("some email accounts (hidden from this user)",))
    assert " ! Not read: some email accounts (hidden from this user)." in list(
        why_lines(diagnose(unread), URL, 100)
    )


def test_the_next_step_stands_above_once_with_how_to_do_it_here() -> None:
    found = diagnose(replace(HEALTHY, sending=False))
    assert list(headline_lines(found, 100, screen=True))[-1] == (
        "   ->  Turn it on when the emails in the queue may go out. Here: Email sending, then ^S."
    )
    lines = list(why_lines(found, URL))
    assert sum("Turn it on" in line for line in lines) == 1
    (link,) = [line for line in lines if "name%3Dglide.email.smtp.active" in line]
    assert link.strip().startswith(f"{URL}/sys_properties_list.do")


def test_a_stage_that_needs_nothing_has_no_link() -> None:
    assert URL not in "".join(why_lines(diagnose(), URL))


def test_a_link_is_shown_whole_on_a_narrow_screen() -> None:
    found = diagnose(replace(HEALTHY, sending=False))
    lines = [line for line, _ in stages_lines(found, URL, 38, screen=True)]
    assert max(map(len, lines)) <= 38
    assert f"{URL}/sys_properties_list.do?sysparm_query=name%3Dglide.email.smtp.active" in "".join(
        line.strip() for line in lines
    )


def test_neighbours_that_are_hidden_for_one_reason_share_a_line() -> None:
    hidden = replace(HEALTHY, evidence=DeliveryEvidence(read_at=NOW))
    lines = [line for line, _ in stages_lines(diagnose(hidden), URL, 100)]
    assert (
        " - newest sent, failures: Hidden from this user, or the instance didn't answer." in lines
    )


def test_while_dns_is_asked_that_stands_there() -> None:
    lines = [line for line, _ in stages_lines(diagnose(dns=None), URL, 78)]
    assert " . SPF, DMARC   Asking this machine's DNS…" in lines
    assert not [line for line, _ in stages_lines(diagnose(dns=()), URL, 78) if "SPF" in line]


@pytest.mark.parametrize(
    ("dns", "spf", "dmarc", "words"),
    [
        (ALL_WELL, "passed", "passed", "corp.example authorizes ServiceNow's servers"),
        (
            (MX, finding("spf.fail", StageResult.WARNED, "No."), ALL_WELL[2]),
            "warned",
            "passed",
            "No. According to this machine's DNS.",
        ),
        (
            (MX, ALL_WELL[1], finding("dmarc.unproven", StageResult.WARNED, "No.", "Ask.")),
            "passed",
            "warned",
            "KB1002273",
        ),
        (
            (finding("domain.missing", StageResult.FAILED, "It does not exist."),),
            "warned",
            "warned",
            "It does not exist.",
        ),
        (
            (
                finding("domain.timeout", StageResult.SKIPPED, "Nobody answered."),
                finding("spf.timeout", StageResult.SKIPPED, "SPF was not tested: no answer."),
                finding("dmarc.timeout", StageResult.SKIPPED, "DMARC was not tested: no answer."),
            ),
            "skipped",
            "skipped",
            "SPF was not tested: no answer.",
        ),
        (
            (finding("domain.fault", StageResult.SKIPPED, "Not looked up."),),
            "skipped",
            "skipped",
            "- SPF, DMARC Not looked up.",
        ),
    ],
)
def test_what_dns_says_warns_and_never_fails(
    dns: tuple[SenderFinding, ...], spf: str, dmarc: str, words: str
) -> None:
    found = diagnose(dns=dns)
    assert (stage(found, "SPF").result, stage(found, "DMARC").result) == (spf, dmarc)
    assert words in " ".join(" ".join(why_lines(found, URL)).split())
    assert found.is_shown


@pytest.mark.parametrize(
    ("model", "result", "is_in_headline"),
    [
        (Model.NO_ACTIVE_ACCOUNT, StageResult.FAILED, True),
        (Model.UNDETERMINED, StageResult.FAILED, False),
        (Model.ACCOUNT, StageResult.PASSED, False),
    ],
)
def test_a_switch_that_stopped_half_way_is_said_by_the_sender(
    model: Model, result: StageResult, is_in_headline: bool
) -> None:
    old = replace(MANAGED, active=model is not Model.NO_ACTIVE_ACCOUNT)
    switch = InterruptedSwitch(old, replace(LEFT, active=model is Model.UNDETERMINED))
    status = replace(HEALTHY, model=model, interrupted=switch)
    found = diagnose(status)
    sender = stage(found, "sender")
    assert sender.result is result
    assert switch.words in " ".join(sender.details)
    repeats = "repeat the switch" in " ".join(sender.details)
    assert repeats is (model is Model.ACCOUNT)
    headline = " ".join(" ".join(headline_lines(found, 100)).split())
    assert " ".join(" ".join(why_lines(found, URL)).split()).count(switch.words) == 1
    assert (switch.words in headline) is is_in_headline
    assert ("To finish: apply --own-server" in headline) is is_in_headline


def test_a_release_without_accounts_has_no_sender_to_fail() -> None:
    old = {"model": Model.NO_ACTIVE_ACCOUNT, "sender": None, "lacks_accounts": True}
    sender = stage(diagnose(replace(HEALTHY, **old)), "sender")  # type: ignore[arg-type]
    assert sender.result is StageResult.PASSED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"receiving": False}, "Off: no replies are read. Mail comes from helpdesk@corp.example."),
        ({"readers": ()}, "On, but no active account reads replies to helpdesk@corp.example."),
        ({"sent_from": ""}, "On. From isn't known. It isn't known whether replies are read."),
        ({"receiving": None}, "Mail comes from helpdesk@corp.example."),
        ({"recipients": None}, "Not returned: missing, or hidden from this user. Email may reach"),
        ({"sender": OWN}, "Own SMTP (your own SMTP account) is active: mail.corp.example:587."),
        ({"readers": (READER, OWN)}, "2 POP3/IMAP accounts."),
        ({"name": "", "release": ""}, "Instance name not returned, release not returned"),
        (
            {"queue": Queue(2, CHANGED, 0)},
            "2 in the queue, all more than 24 hours old: too old to be sent.",
        ),
    ],
)
def test_what_was_seen_is_told_with_what_is_not_known(
    change: dict[str, object], words: str
) -> None:
    found = diagnose(replace(HEALTHY, **change))  # type: ignore[arg-type]
    assert words in " ".join(" ".join(why_lines(found, URL)).split())
