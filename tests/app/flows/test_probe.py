"""Probing from the screen."""

import asyncio

import pytest

from tests.app.factories import open_default
from tests.app.flows.factories import REFUSED, SECRETS, run_probe, type_password, write_settings
from tests.app.person import async_test, run_configurator
from tests.cli.house import House, read_tree
from tests.probes.factories import credential_forms
from tests.probes.mail_server import HOST, Script, pop3_script, serve, stay_silent
from tui.app.screens.probe_dialog import ProbeDialog, RepeatLoginDialog
from tui.settings.draft import Draft

pytestmark = pytest.mark.usefixtures("within_reach")


@pytest.mark.parametrize(
    ("key", "where"), [("ctrl+n", "field"), ("f12", "list"), ("f12", "finding")]
)
@async_test
async def test_a_key_probes_the_draft_from_wherever_one_is(
    here: House, key: str, where: str
) -> None:
    with serve(Script()) as smtp:
        here.write(f'server = "mail.invalid"\nport = {smtp.port}\nsecurity = "starttls"\n')
        async with run_configurator(open_default(here)) as person:
            await person.enter("server", HOST)
            if where == "list":
                await person.press("escape")
            elif where == "finding":
                await person.enter("display_name", "x\x00y")
            before = person.app.editing.draft
            await run_probe(person, key)
            told = person.told
            assert f"{HOST} port {smtp.port} greets with 220 mail.example ESMTP." in told
            await person.press("escape")
            await person.main_again()
            assert person.app.editing.draft == before
        assert smtp.connections == 1


@pytest.mark.grid
@async_test
async def test_what_is_odd_about_the_password_is_said_before_the_login(here: House) -> None:
    with serve(Script(greeting=stay_silent)) as smtp:
        write_settings(here, smtp)
        async with run_configurator(open_default(here)) as person:
            await type_password(person, "hunter2 ")
            await person.press("f12")
            await person.dialog(ProbeDialog)
            await person.until(lambda: "The password ends with a blank." in person.shown)
            await person.press("escape")
            await person.main_again()
        assert smtp.logins == 0


@async_test
async def test_two_keys_in_a_row_probe_once(here: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script()) as read:
        write_settings(here, smtp, read)
        async with run_configurator(open_default(here)) as person:
            await type_password(person)
            for _ in range(3):
                person.app.action_probe()
                await asyncio.sleep(0.005)
            await run_probe(person)
            await person.press("f12", "ctrl+n")
            assert isinstance(person.app.screen, ProbeDialog)
            await person.press("escape")
            await person.main_again()
        assert (smtp.connections, smtp.logins) == (1, 1)
        assert (read.connections, read.logins) == (1, 1)


@async_test
async def test_an_accepted_login_is_told_and_the_password_shows_nowhere(
    here: House,
) -> None:
    with serve(Script()) as smtp, serve(pop3_script()) as read:
        write_settings(here, smtp, read)
        async with run_configurator(open_default(here), (100, 60)) as person:
            await type_password(person)
            draft: Draft = person.app.editing.draft
            await run_probe(person)
            assert "accepted the login of" in person.told
            assert "No tested stage failed." in person.shown
            assert not [form for form in SECRETS if form in person.shown + person.told]
            assert person.app.editing.session.attestations == ()  # a file asks for none
            await person.press("escape")
            await person.main_again()
            assert person.app.editing.draft == draft
            assert not [form for form in SECRETS if form in person.shown]
    for path, data in read_tree(here.root).items():
        assert not [form for form in SECRETS if form.encode() in data], path


@async_test
async def test_a_login_that_was_refused_before_the_probe_was_stopped_is_remembered(
    here: House,
) -> None:
    with serve(Script()) as smtp, serve(pop3_script(greeting=stay_silent)) as read:
        write_settings(here, smtp, read)
        async with run_configurator(open_default(here)) as person:
            await type_password(person, REFUSED)
            await person.press("f12")
            await person.dialog(ProbeDialog)
            await person.until(lambda: read.connections == 1)
            await person.press("escape")
            await person.main_again()
            await person.press("f12")
            await person.dialog(RepeatLoginDialog)
        assert smtp.logins == 1


@pytest.mark.grid
@async_test
async def test_a_login_that_only_pop3_refused_is_asked_about_too(here: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script(password="another")) as read:
        write_settings(here, smtp, read)
        async with run_configurator(open_default(here)) as person:
            await type_password(person)
            await run_probe(person)
            await person.press("escape")
            await person.main_again()
            await person.enter("server", "mail.invalid")
            await person.enter("pop3_server", HOST)
            await person.press("f12")
            await person.dialog(RepeatLoginDialog)
            assert f"{HOST} refused canary-user with" in person.told
        assert (smtp.logins, read.logins) == (1, 1)


@async_test
async def test_credentials_never_go_in_clear_from_here(here: House) -> None:
    with serve(Script(offers=("AUTH PLAIN",))) as smtp:
        write_settings(here, smtp, security="none")
        async with run_configurator(open_default(here), (100, 40)) as person:
            await type_password(person)
            await run_probe(person)
            assert "only with glidemail probe --allow-cleartext" in person.told
        assert smtp.logins == 0
        assert not any(form.encode() in smtp.clear for form in credential_forms())


@pytest.mark.grid
@async_test
async def test_a_certificate_that_is_not_trusted_is_told_with_what_to_do_here(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with serve(Script()) as smtp:
        write_settings(here, smtp)
        async with run_configurator(open_default(here)) as person:
            await type_password(person)
            await run_probe(person)
            assert "SSL_CERT_FILE=FILE" in person.told
            assert "glidemail probe --ca-file FILE" in person.told
        assert smtp.logins == 0
