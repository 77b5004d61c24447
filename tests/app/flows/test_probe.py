"""Probing from the screen."""

import asyncio
import threading

import pytest

from tests.app.factories import open_default
from tests.app.person import Person, async_test, run_configurator, settle
from tests.cli.house import House, read_tree
from tests.probes.factories import credential_forms
from tests.probes.mail_server import (
    HOST,
    PASSWORD,
    USER,
    Act,
    Script,
    Talk,
    Traffic,
    pop3_script,
    serve,
    stay_silent,
)
from tests.probes.net.factories import trusted_file
from tui.app.screens.probe_dialog import ProbeDialog, RepeatLoginDialog
from tui.settings.draft import Draft

WRONG = "Canary-77-wrong"
SECRETS = (*credential_forms(), *credential_forms(WRONG))


@pytest.fixture(autouse=True)
def _within_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the tests' authority, and look up nothing about the sender."""

    async def nothing(**_: object) -> tuple[()]:
        return ()

    monkeypatch.setattr("tui.probes.sender.sender_checks.check_sender_domain", nothing)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted_file()))


def write_settings(
    here: House, smtp: Traffic, read: Traffic | None = None, security: str = "starttls"
) -> None:
    """Write settings that name servers."""
    lines = [
        f'server = "{HOST}"',
        f"port = {smtp.port}",
        f'security = "{security}"',
        f'user = "{USER}"',
        "authenticate = true",
        'password = "not kept"',
    ]
    if read:
        lines += [f"pop3_port = {read.port}", 'pop3_security = "starttls"']
    here.write("\n".join(lines) + "\n")


async def type_password(person: Person, password: str = PASSWORD) -> None:
    """Type a new password into its field."""
    await person.enter("password", password)


async def probe(person: Person, key: str = "f12") -> ProbeDialog:
    """Probe, and wait until it has ended."""
    await person.press(key)
    dialog = await person.dialog(ProbeDialog)
    await person.until(lambda: "under way" not in person.told)
    return dialog


def greet_later(before: bytes, go_on: threading.Event) -> Act:
    """Return an act that greets once it is told to."""

    async def act(talk: Talk) -> None:
        while not go_on.is_set():
            if talk.reader.at_eof():
                raise EOFError
            await asyncio.sleep(0.005)
        await talk.say(before)

    return act


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
            await probe(person, key)
            told = person.told
            assert f"{HOST} port {smtp.port} greets with 220 mail.example ESMTP." in told
            await person.press("escape")
            await person.main_again()
            assert person.app.editing.draft == before
        assert smtp.connections == 1


@async_test
async def test_stages_fill_in_while_a_server_hangs_and_escape_closes_the_connection(
    here: House,
) -> None:
    go_on = threading.Event()
    with serve(Script(greeting=greet_later(b"220 late\r\n", go_on))) as smtp:
        write_settings(here, smtp)
        before = read_tree(here.config)
        async with run_configurator(open_default(here)) as person:
            await person.press("f12")
            await person.dialog(ProbeDialog)
            await person.until(lambda: " + connect" in person.shown)
            assert " + resolve" in person.shown
            assert "greeting" not in person.told
            assert ". under way; Escape stops it" in person.shown
            assert not smtp.gone.is_set()
            draft = person.app.editing.draft
            await person.press("escape")
            await person.main_again()
            assert person.said == "The probe was stopped."
            await asyncio.to_thread(smtp.gone.wait, 5)
            assert smtp.gone.is_set()
            assert person.app.editing.draft == draft
            assert read_tree(here.config) == before
            go_on.set()
            await probe(person)
            assert "greets with 220 late" in person.told


@async_test
async def test_two_keys_in_a_row_probe_once(here: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script()) as read:
        write_settings(here, smtp, read)
        async with run_configurator(open_default(here)) as person:
            await type_password(person)
            for _ in range(3):
                person.app.action_probe()
                await asyncio.sleep(0.005)
            await probe(person)
            await person.press("f12", "ctrl+n")
            assert isinstance(person.app.screen, ProbeDialog)
            await person.press("escape")
            await person.main_again()
        assert (smtp.connections, smtp.logins) == (1, 1)
        assert (read.connections, read.logins) == (1, 1)


@async_test
async def test_an_accepted_login_is_told_and_attested_and_the_password_shows_nowhere(
    here: House,
) -> None:
    with serve(Script()) as smtp, serve(pop3_script()) as read:
        write_settings(here, smtp, read)
        async with run_configurator(open_default(here), (100, 60)) as person:
            await type_password(person)
            draft: Draft = person.app.editing.draft
            await probe(person)
            assert "accepted the login of" in person.told
            assert "No stage that was done failed." in person.shown
            assert not [form for form in SECRETS if form in person.shown + person.told]
            await person.until(lambda: person.app.editing.session.attestations)
            (kept,) = person.app.editing.session.attestations
            assert str(kept.condition) == "password-known"
            assert kept.who.startswith("a probe from ")
            await person.press("escape")
            await person.main_again()
            assert person.app.editing.draft == draft
            assert not [form for form in SECRETS if form in person.shown]
    for path, data in read_tree(here.root).items():
        assert not [form for form in SECRETS if form.encode() in data], path


@async_test
async def test_a_refused_login_is_repeated_only_with_a_typed_yes(here: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script()) as read:
        write_settings(here, smtp, read)
        async with run_configurator(open_default(here)) as person:
            await type_password(person, WRONG)
            await probe(person)
            assert "User or password are wrong" in person.told
            assert "it was not tried again" in person.told
            assert (smtp.logins, read.logins) == (1, 0)
            await person.press("escape")
            # Escape probes nothing.
            await person.press("f12")
            await person.dialog(RepeatLoginDialog)
            assert f"{HOST} refused {USER} with this very password" in person.told
            await person.press("escape")
            await person.main_again()
            assert person.said == "Nothing was probed."
            assert smtp.connections == 1
            # Nor does anything but the whole word.
            await person.press("f12")
            await person.dialog(RepeatLoginDialog)
            await person.press("y", "enter")
            assert person.said == "Not tried: that is not yes."
            await person.answer("without")
            await person.dialog(ProbeDialog)
            await person.until(lambda: "under way" not in person.told)
            assert "none was tried" in person.told
            assert (smtp.logins, read.logins) == (1, 0)
            await person.press("escape", "f12")
            await person.dialog(RepeatLoginDialog)
            await person.press("y", "e", "s", "enter")
            await person.dialog(ProbeDialog)
            await person.until(lambda: "under way" not in person.told)
            assert (smtp.logins, read.logins) == (2, 0)
            await person.press("escape")
            # Another password is another matter.
            await type_password(person)
            await probe(person)
            assert (smtp.logins, read.logins) == (3, 1)


@async_test
async def test_a_login_that_was_refused_before_the_probe_was_stopped_is_remembered(
    here: House,
) -> None:
    with serve(Script()) as smtp, serve(pop3_script(greeting=stay_silent)) as read:
        write_settings(here, smtp, read)
        async with run_configurator(open_default(here)) as person:
            await type_password(person, WRONG)
            await person.press("f12")
            await person.dialog(ProbeDialog)
            await person.until(lambda: read.connections == 1)
            await person.press("escape")
            await person.main_again()
            await person.press("f12")
            await person.dialog(RepeatLoginDialog)
        assert smtp.logins == 1


@async_test
async def test_a_login_that_only_pop3_refused_is_asked_about_too(here: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script(password="another")) as read:
        write_settings(here, smtp, read)
        async with run_configurator(open_default(here)) as person:
            await type_password(person)
            await probe(person)
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
            await probe(person)
            assert "only by glidemail probe --allow-cleartext" in person.told
        assert smtp.logins == 0
        assert not any(form.encode() in smtp.clear for form in credential_forms())


@async_test
async def test_a_certificate_that_is_not_trusted_is_told_with_what_to_do_here(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with serve(Script()) as smtp:
        write_settings(here, smtp)
        async with run_configurator(open_default(here)) as person:
            await type_password(person)
            await probe(person)
            assert "SSL_CERT_FILE=FILE" in person.told
            assert "glidemail probe --ca-file FILE" in person.told
        assert smtp.logins == 0


@pytest.mark.parametrize(("size", "no_color"), [((80, 24), "1"), ((60, 20), ""), ((40, 10), "1")])
@async_test
async def test_it_can_be_read_on_any_terminal_and_without_colours(
    here: House, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], no_color: str
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    with serve(Script(greeting=b"220 \x1b[31mx [b]\r\n")) as smtp:
        write_settings(here, smtp)
        async with run_configurator(open_default(here), size) as person:
            await type_password(person, WRONG)
            await probe(person)
            columns = size[0]
            assert all(len(line) <= columns for line in person.shown.splitlines())
            assert "[ Close ]" in person.shown
            seen = ""
            while seen.splitlines()[-size[1] :] != person.shown.splitlines():
                seen += f"{person.shown}\n"
                for _ in range(3):
                    person.app.screen.query_one("#body").scroll_relative(y=-1, animate=False)
                await settle(person.app)
            for words in (" + resolve", " ! greeting", " x login", " - sender", "Failed: "):
                assert words in seen, (words, seen)
            assert "^[[31mx [b]" in " ".join(seen.split())
            assert not [form for form in SECRETS if form in seen]


@async_test
async def test_what_is_under_way_stays_in_sight(here: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script(greeting=stay_silent)) as read:
        write_settings(here, smtp, read)
        async with run_configurator(open_default(here)) as person:
            await person.press("f12")
            await person.dialog(ProbeDialog)
            await person.until(lambda: read.connections == 1 and "POP3," in person.told)
            await person.until(lambda: "under way" in person.shown)
            await person.press("pageup", "pageup", "pageup")
            assert " + resolve" in person.shown
