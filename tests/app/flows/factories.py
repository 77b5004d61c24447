"""What several tests of flows do, and what they do it with."""

from tests.app.factories import SAVED
from tests.app.flows.records import confirmation_word
from tests.app.person import Person
from tests.cli.house import House
from tests.probes.factories import credential_forms
from tests.probes.mail_server import HOST, PASSWORD, USER, Traffic
from tests.sandbox.fault_injection import RecordedRequest
from tests.sandbox.sandbox import Sandbox
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.message_dialog import MessageDialog, ProgressDialog
from tui.app.screens.probe_dialog import ProbeDialog
from tui.app.widgets.fields import SafeInput

REFUSED = "Canary-77-wrong"
"""The password that a mail server refuses."""

SECRETS = (*credential_forms(), *credential_forms(REFUSED))
"""What shows a password of a mail server."""

THEIRS = SAVED.replace("mail.old.example", "mail.theirs.example")
"""The settings after somebody else has changed the server."""

WRONG = "Canary-no-password"
"""A password that signs in at no instance."""


async def open_confirm_dialog(person: Person) -> ConfirmDialog:
    """Save, up to the dialog before it."""
    await person.press("ctrl+s")
    return await person.dialog(ConfirmDialog)


def is_write(recorded: RecordedRequest) -> bool:
    """Return whether a request is to change something."""
    return recorded.method != "GET"


def is_switch(recorded: RecordedRequest) -> bool:
    """Return whether a request is to activate or deactivate an account."""
    return recorded.method == "PATCH" and b'"active"' in recorded.body


async def confirm_all(person: Person, sandbox: Sandbox) -> None:
    """Save, and confirm all that is asked."""
    await person.press("ctrl+s")
    await answer_all(person, sandbox)


async def answer_all(person: Person, sandbox: Sandbox) -> None:
    """Confirm all that the dialog before a save asks, and save."""
    await person.dialog(ConfirmDialog)
    await person.settle()
    for line in person.app.screen.query(SafeInput):
        line.focus()
        await person.paste(confirmation_word(sandbox))
    await person.answer("save")


async def choose_own_server(person: Person, sandbox: Sandbox) -> None:
    """Choose a server of your own, and fill it in."""
    await person.choose("own server")
    await person.until(lambda: "Fill in your server" in person.said)
    await person.fill_in_own_server(sandbox)


async def poll_file(person: Person) -> None:
    """Look at the file, as happens once a second."""
    person.app._poll_target()
    await person.until(lambda: not [w for w in person.app.workers if w.group == "reading"])


async def make_conflict(here: House, person: Person) -> None:
    """Type what somebody else changes at the same time."""
    await person.enter("server", "mail.mine.example")
    here.write(THEIRS)
    await poll_file(person)


async def read_again_until(person: Person, words: str) -> None:
    """Read again, and wait for what is said."""
    await person.press("f5")
    await person.until(lambda: words in person.said)


def admin_password(sandbox: Sandbox) -> str:
    """Return the password that signs in."""
    return sandbox.running.user("admin").password


async def expect_failure(person: Person, words: str) -> None:
    """Wait for the dialog that says why nothing was read."""
    await person.until(lambda: "Not connected" in person.shown)
    await person.dialog(MessageDialog)
    assert words in person.told, person.told


async def wait_for_hang(person: Person, sandbox: Sandbox) -> ProgressDialog:
    """Wait until an instance does not answer."""
    dialog = await person.dialog(ProgressDialog)
    await person.until(lambda: sandbox.recorded and not sandbox.recorded[-1].status)
    return dialog


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


async def run_probe(person: Person, key: str = "f12") -> ProbeDialog:
    """Probe, and wait until it has ended."""
    await person.press(key)
    dialog = await person.dialog(ProbeDialog)
    await person.until(lambda: "Under way" not in person.told)
    return dialog
