"""The page that opens on an instance: whether mail goes out, and the probe beside it."""

from datetime import timedelta

import pytest

from tests.app.factories import add_instance
from tests.app.flows.factories import REFUSED, admin_password
from tests.app.person import Person, async_test, connect, run_configurator, settle
from tests.cli.house import House
from tests.probes.mail_server import HOST, Script, serve, stay_silent
from tests.probes.sender.dns_of_machine import use_name_server
from tests.probes.sender.name_server import SILENT, Zone, serve_zone_beside
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import own_account, queue_one_message, set_property
from tui.app.screens.delivery_dialog import DeliveryDialog
from tui.app.screens.probe_dialog import RepeatLoginDialog
from tui.credentials.secret import Secret
from tui.settings.values import Environment
from tui.workspace.session import unread_session

STAGES = (
    *("sign-in", "sending", "sender", "sender job", "queue", "test address", "newest sent"),
    *("failures", "SPF, DMARC", "receiving", "readers"),
)
WAS_SAID = (
    "Delivery: delivering. The newest email was accepted by the mail server at",
    "ServiceNow SMTP is active: relay.sandbox.service-now.com:465.",
    "ServiceNow configured it: KB0521756 doesn't apply, so leave it as it is.",
    "Or choose your own SMTP account.",
    "Email sending is on.",
    "Not set: email reaches its recipients.",
    "No email is in the queue.",
    "Replies to sandbox@service-now.com are read.",
    "ServiceNow POP3 (active): pop3 pop.sandbox.service-now.com:995 as sandbox@service-now.com.",
    "No effect glide.email.server and 4 more properties of KB0521756 are set",
    "Last changed",
    "UTC by system",
    "Instance sandbox, glide-australia-02-11-2026__patch2-05-20-2026",
)
"""What the page says of a healthy instance."""


def make_healthy(sandbox: Sandbox) -> None:
    """Let ServiceNow's account send the only email there is, to whom it is for."""
    set_property(sandbox, "glide.email.test.user", "")
    for row in sandbox.rows("sys_email"):
        sandbox.delete("sys_email", row["sys_id"])
    queue_one_message(sandbox)
    sandbox.ahead += timedelta(minutes=1)
    assert sandbox.deliver() == 1


def own_account_at(sandbox: Sandbox, port: int) -> None:
    """Let an account of one's own send through a server on loopback."""
    sys_id = own_account(sandbox)
    sandbox.change("sys_email_account", sys_id, "admin", server=HOST, port=str(port))


async def read_through(person: Person) -> str:
    """Return the lines that come in sight, from the first to the last."""
    body = person.app.screen.query_one("#body")
    seen = [*person.shown.splitlines()]
    while body.scroll_y < body.max_scroll_y:
        await person.press("down")
        seen += person.shown.splitlines()
    return " ".join(" ".join(seen).replace("│", " ").split())


@async_test
async def test_every_stage_of_a_healthy_instance_fits_a_terminal_of_80_by_24(
    here: House, sandbox: Sandbox
) -> None:
    make_healthy(sandbox)
    profile = add_instance(sandbox.running, environment=Environment.PRODUCTION)
    secret = Secret(admin_password(sandbox))
    async with run_configurator(unread_session(profile), (80, 24), secret) as person:
        await person.verdict()
        assert "Does mail go out? From the instance" in person.words
        for said in WAS_SAID:
            assert person.told.count(said) == 1, said
        for stage in STAGES:
            assert f" {'-' if stage == 'SPF, DMARC' else '+'} {stage}" in person.shown
        assert "[ Close ] [ Probe ] [ Other view ]" in person.shown


@pytest.mark.grid
@pytest.mark.parametrize("size", [(120, 40), (40, 10)])
@async_test
async def test_nothing_of_it_is_lost_on_any_terminal(
    here: House, sandbox: Sandbox, size: tuple[int, int]
) -> None:
    make_healthy(sandbox)
    profile = add_instance(sandbox.running, environment=Environment.PRODUCTION)
    secret = Secret(admin_password(sandbox))
    async with run_configurator(unread_session(profile), size, secret) as person:
        await person.verdict()
        assert all(len(line) <= size[0] for line in person.shown.splitlines())
        told = person.told
        for said in WAS_SAID:
            assert said in told, said
        if size[0] >= 110:
            assert "From this machine" in person.shown
            assert "Nothing is tested from this machine until" in person.shown
            assert "Other view" not in person.shown
            await person.press("f6")
            assert "Email sending is on." in person.shown
        else:
            seen = await read_through(person)
            for stage in STAGES:
                assert stage in seen
            assert "[ Close ]" in person.shown


@pytest.mark.usefixtures("within_reach")
@async_test
async def test_looking_at_an_instance_connects_to_no_mail_server(
    here: House, sandbox: Sandbox
) -> None:
    with serve(Script()) as smtp:
        own_account_at(sandbox, smtp.port)
        async with connect(sandbox.running) as person:
            await person.press("ctrl+n")
            await person.dialog(DeliveryDialog)
            assert "From the instance" in person.shown
            await person.press("ctrl+n", "f12", "f6")
            assert "Nothing is tested from this machine until" in person.words
            await person.press("f6")
            assert "Own SMTP (your own SMTP account) is active" in person.shown
            await person.press("escape")
            await person.main_again()
            await person.choose("from this machine")
            await person.dialog(DeliveryDialog)
            assert "From this machine" in person.shown
            await person.press("escape")
            await person.main_again()
            await person.choose("goes out or not")
            await person.dialog(DeliveryDialog)
            assert "From the instance" in person.shown
            await person.press("escape")
            await person.main_again()
        assert smtp.connections == 0


@pytest.mark.grid
@pytest.mark.usefixtures("within_reach")
@async_test
async def test_a_probe_is_begun_by_its_key_or_button_and_stands_in_its_view(
    here: House, sandbox: Sandbox
) -> None:
    with serve(Script()) as smtp:
        own_account_at(sandbox, smtp.port)
        async with connect(sandbox.running) as person:
            await person.press("ctrl+n")
            await person.dialog(DeliveryDialog)
            await person.press("f2")
            await person.until(lambda: "No tested stage failed." in person.told)
            assert (smtp.connections, smtp.logins) == (1, 0)
            assert " + resolve" in person.told
            assert "No tested stage failed." in person.shown
            await person.press("f6")
            assert "Delivery: " in person.shown
            await person.answer("view")
            await person.answer("probe")
            await person.until(lambda: smtp.connections == 2)
            await person.until(lambda: "No tested stage failed." in person.told)
            await person.press("escape")
            await person.main_again()


@pytest.mark.grid
@pytest.mark.usefixtures("within_reach")
@async_test
async def test_a_probe_goes_on_while_the_other_view_is_read_and_escape_stops_it(
    here: House, sandbox: Sandbox
) -> None:
    with serve(Script(greeting=stay_silent)) as smtp:
        own_account_at(sandbox, smtp.port)
        async with connect(sandbox.running) as person:
            await person.press("ctrl+n")
            await person.dialog(DeliveryDialog)
            await person.press("f2")
            await person.until(lambda: " + connect" in person.shown)
            await person.press("f6")
            assert "Delivery: " in person.shown
            await person.press("f2")
            assert person.said == "The probe is under way. Escape stops it."
            await person.press("escape")
            await person.main_again()
            assert person.said == "The probe was stopped."
        assert smtp.connections == 1


ZONE: Zone = {
    "corp.example MX": "10 mail.corp.example.",
    "corp.example TXT": "v=spf1 a:b.spf.service-now.com -all",
    "_dmarc.corp.example TXT": "v=DMARC1; p=none",
    **{f"{letter}.spf.service-now.com A": f"192.0.2.{ord(letter)}" for letter in "bcd"},
}


def send_from_corp(sandbox: Sandbox) -> None:
    """Let ServiceNow's account send as an address of corp.example."""
    for row in sandbox.rows("sys_email_account"):
        if row["type"] == "smtp":
            more = {"from": "helpdesk@corp.example"}
            sandbox.change("sys_email_account", row["sys_id"], "admin", **more)


@pytest.mark.grid
@async_test
async def test_what_dns_says_is_filled_in(
    here: House, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_from_corp(sandbox)
    with serve_zone_beside(ZONE) as server:
        use_name_server(monkeypatch, server)
        async with connect(sandbox.running) as person:
            await person.press("ctrl+n")
            await person.dialog(DeliveryDialog)
            await person.until(lambda: " ! SPF " in person.told)
            assert "but not c.spf.service-now.com, d.spf.service-now.com" in person.told
            assert "The DMARC policy of corp.example is none" in person.told
            await person.press("escape")
            await person.main_again()


@async_test
async def test_no_key_waits_for_a_name_server_that_never_answers(
    here: House, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_from_corp(sandbox)
    with serve_zone_beside(dict.fromkeys(ZONE, SILENT)) as server:
        use_name_server(monkeypatch, server)
        async with connect(sandbox.running) as person:
            await person.press("ctrl+n")
            await person.dialog(DeliveryDialog)
            await person.until(lambda: server.queries)
            assert " . SPF, DMARC Asking this machine's DNS…" in person.told
            await person.press("f6", "f6", "pagedown")
            await settle(person.app)
            await person.press("escape")
            await person.main_again()
            assert " . SPF" not in person.shown


@pytest.mark.grid
@pytest.mark.usefixtures("within_reach")
@async_test
async def test_a_refused_login_is_asked_about_before_it_is_repeated(
    here: House, sandbox: Sandbox
) -> None:
    with serve(Script()) as smtp:
        own_account_at(sandbox, smtp.port)
        async with connect(sandbox.running) as person:
            await person.enter("password", REFUSED)
            await person.press("f12")
            await person.dialog(DeliveryDialog)
            await person.press("f2")
            await person.until(lambda: "The user or the password is wrong" in person.told)
            assert smtp.logins == 1
            await person.press("f2")
            await person.dialog(RepeatLoginDialog)
            await person.press("escape")
            await person.dialog(DeliveryDialog)
            assert "Nothing is tested from this machine until" in person.words
            assert REFUSED not in person.shown + person.told
            await person.press("escape")
            await person.main_again()
            assert person.said == "Nothing was probed."
            assert smtp.logins == 1
