"""Random instances, and what their mail really does: an opponent for what is claimed of delivery.

A world says itself whether mail arrives there. `send_fresh_message` shows it, so that a claim can
be compared with what the mail servers received. The records of a world are true: mail since the
sender's last change was really sent, or failed, when the clock of the sandbox was at that time.
"""

import contextlib
import dataclasses
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from tests.sandbox.clock import ManualClock
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import PORT_NAMES, graph_sender, no_active_account, set_property
from tui.sandbox.authenticator import ROLES_BY_USER
from tui.sandbox.loopback_servers import AcceptedMessage
from tui.sandbox.platform_switches import PlatformSwitches
from tui.sandbox.sandbox_state import Switches
from tui.sandbox.seed import security_columns
from tui.sandbox.tables import format_time, utc_now

SenderKind: TypeAlias = Literal["managed", "own", "oauth", "graph", "none", "properties"]
Flaw: TypeAlias = Literal["", "password", "user", "login", "server", "port", "security"]

SENDERS: tuple[SenderKind, ...] = ("managed", "own", "oauth", "graph", "none", "properties")
FLAWS: tuple[Flaw, ...] = ("password", "user", "login", "server", "port", "security")
TABLES_TO_HIDE = (
    "sys_properties",
    "sys_email_account",
    "sys_email",
    "sys_trigger",
    "sys_choice",
    "sys_dictionary",
    "syslog_email",
    "sys_user_has_role",
)
SOMEONE = "someone@corp.example"
REACHED = "qa@corp.example"
NOT_REACHED = ("busy@later.example", "gone@refused.example")
RECIPIENTS = {"send-failed": "gone@refused.example", "send-retry-backoff": "busy@later.example"}
"""Whom mail is to that ends so; all other mail is to somebody who is reached."""
JOB_RUNS = (45, 28, 12, 4, 1)
"""How many minutes ago the sender job ran, beside the times at which mail was queued."""


@dataclass(frozen=True, slots=True)
class WorldMail:
    """A message and its age.

    Attributes:
        type: What became of it if it is older than the sender's last change. A younger one is
            queued, and becomes what the world makes of it.
    """

    type: str
    minutes: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """An instance to be, whole.

    Attributes:
        seed: What it was made from.
        user: Name of the user to sign in as.
        sender: What decides delivery.
        flaw: What is wrong with the sender's settings, or "".
        label: Label of the connection security of your own account.
        sender_minutes: Minutes since the sender was changed.
        trouble_minutes: Minutes since the instance is as it is; between the sender's change and
            that, mail arrived. A mail server that stops to accept mail changes no record: only
            the next email shows it, so there was one, more than ten minutes ago.
        sending: Value of `glide.email.smtp.active`.
        test_user: Value of `glide.email.test.user`.
        look_back: Value of `glide.email.smtp.claim.lookback.hrs`, or "" for no property.
        inactive: Number of inactive SMTP accounts beside the sender.
        has_imap: Whether an account that reads mail came with a clone.
        mail: The messages that are there.
    """

    seed: int
    user: str
    platform: PlatformSwitches
    switches: Mapping[str, Any]
    sender: SenderKind
    flaw: Flaw
    label: str
    sender_minutes: int
    trouble_minutes: int
    sending: str
    test_user: str
    look_back: str
    inactive: int
    has_imap: bool
    mail: tuple[WorldMail, ...]

    @property
    def delivers(self) -> bool:
        """Whether mail that is queued now arrives, at the test address if there is one."""
        if self.sending != "true" or self.platform.sender_job != "ready":
            return False
        if self.test_user in NOT_REACHED:
            return False
        # An open relay needs no login, but a wrong one is still rejected.
        is_flawed = self.flaw != "" and not (self.flaw == "login" and self._is_open_relay)
        match self.sender:
            case "managed":
                return self.platform.managed_sends
            case "own":
                return not is_flawed
            case "properties":
                return not is_flawed and bool(self.switches.get("legacy_honoured", True))
        return False

    @property
    def is_silent(self) -> bool:
        """Whether no record shows that mail doesn't arrive, but for that of the next email."""
        no_managed = self.sender == "managed" and not self.platform.managed_sends
        no_legacy = self.sender == "properties" and not self.switches.get("legacy_honoured", True)
        return self.flaw != "" or no_managed or no_legacy

    @property
    def _is_open_relay(self) -> bool:
        return bool(self.switches.get("open_relay", False))


def random_world(seed: int) -> World:
    """Return the world of a seed; about one in three delivers."""
    rng = random.Random(seed)  # noqa: S311 - worlds are no secret

    def rarely(*odd: Any, usual: Any, chance: float = 0.2) -> Any:
        return rng.choice(odd) if rng.random() < chance else usual

    def some_tables() -> frozenset[str]:
        return frozenset(rng.sample(TABLES_TO_HIDE, rarely(1, 2, 3, usual=0, chance=0.15)))

    platform = PlatformSwitches(
        query_rule_tables=some_tables(),
        forbidden_tables=some_tables(),
        invalid_query_refused=rarely(True, usual=False),
        choice_for_none=rng.random() < 0.5,
        narrow_roles=rng.random() < 0.5,
        unsent_mail=rng.choice(("send-failed", "send-ready", "send-retry-backoff")),
        more_account_columns=rarely(False, usual=True),
        sessions=rarely(False, usual=True),
        production=rng.choice(("", "true", "false")),
        mail_logged=rarely(False, usual=True),
        sender_job=rarely("running", "queued", "error", "overdue", usual="ready", chance=0.15),
        managed_sends=rarely(False, usual=True, chance=0.15),
    )
    switches = {
        "accounts_hidden": rarely(True, usual=False, chance=0.05),
        "roles_readable": rarely(False, usual=True, chance=0.1),
        "security_columns": rng.choice(("connection_security", "enable", "both")),
        "secrets_read": rng.choice(("blank", "ciphertext", "masked")),
        "legacy_honoured": rarely(False, usual=True, chance=0.4),
        "open_relay": rarely(True, usual=False),
    }
    (sender,) = rng.choices(SENDERS, weights=(6, 9, 1, 1, 1, 1))
    has_settings = sender in ("own", "properties")
    sender_minutes = rng.choice((1, 30, 600, 600, 30_000, 30_000))
    world = World(
        seed=seed,
        user=rarely(*ROLES_BY_USER, usual="admin", chance=0.3),
        platform=platform,
        switches=switches,
        sender=sender,
        flaw=rarely(*FLAWS, usual="", chance=0.4) if has_settings else "",
        label=rng.choice(tuple(PORT_NAMES)),
        sender_minutes=sender_minutes,
        trouble_minutes=min(sender_minutes, rng.choice((0, 3, 25, 500, 30_000))),
        sending=rarely("false", usual="true", chance=0.05),
        test_user=rarely(REACHED, *NOT_REACHED, usual="", chance=0.4),
        look_back=rarely("1", "48", usual=""),
        inactive=rng.choice((0, 0, 1, 2)),
        has_imap=rarely(True, usual=False),
        mail=tuple(_random_mail(rng) for _ in range(rng.choice((0, 1, 3, 8, 8)))),
    )
    return _show_past(world, rng) if world.trouble_minutes < sender_minutes else world


def _show_past(world: World, rng: random.Random) -> World:
    """Return a world whose mail arrived until its trouble began, and that shows it."""
    since = max(world.trouble_minutes, 25) if world.is_silent else world.trouble_minutes
    sender_minutes = max(world.sender_minutes, since + 2)
    before = min(sender_minutes - 1, since + rng.choice((1, 5, 50, 1000)))
    mail = (*world.mail, WorldMail("sent", before))
    if world.is_silent:
        mail = (*mail, WorldMail("sent", 15))
    return dataclasses.replace(
        world, sender_minutes=sender_minutes, trouble_minutes=since, mail=mail
    )


def _random_mail(rng: random.Random) -> WorldMail:
    kind = rng.choice(("send-ready", "send-retry-backoff", "sent", "sent", "send-failed"))
    errors = (
        "535 5.7.8 Authentication credentials invalid",
        "550 5.1.1 gone@corp.example: User unknown",
        "Cannot connect to SMTP server: mail.corp.example, message: [EOF]",
        "",
    )
    error = rng.choice(errors) if kind == "send-failed" else ""
    return WorldMail(kind, rng.choice((0, 2, 12, 20, 60, 200, 2000, 20_000)), error)


@contextlib.contextmanager
def open_world(world: World) -> Iterator[Sandbox]:
    """Run a world, with a clock that `Sandbox.play` moves; it is at the present time."""
    model = "properties" if world.sender == "properties" else "accounts"
    now = utc_now().replace(microsecond=0)
    clock = ManualClock(now - timedelta(minutes=world.sender_minutes))
    switches = Switches(sender_seconds=0, **{**world.switches, "legacy_honoured": True})
    sound = dataclasses.replace(world.platform, managed_sends=True, sender_job="ready")
    with Sandbox(model, switches=switches, platform=sound, clock=clock) as sandbox:
        _set_up_sender(sandbox, world)
        set_property(sandbox, "glide.email.smtp.active", "true")
        set_property(sandbox, "glide.email.test.user", "")
        if world.look_back:
            set_property(sandbox, "glide.email.smtp.claim.lookback.hrs", world.look_back)
        for number in range(world.inactive):
            _insert_account(sandbox, world, f"Spare {number + 1}", active="false")
        if world.has_imap:
            _insert_account(sandbox, world, "Prod IMAP", type="imap", active="true")
        _replace_mail(sandbox, world, now)
        _play_to(sandbox, clock, world, now)
        yield sandbox


def _play_to(sandbox: Sandbox, clock: ManualClock, world: World, now: datetime) -> None:
    """Let the time since the sender's change pass, with its mail and its trouble."""
    mail = [each for each in world.mail if each.minutes < world.sender_minutes]
    runs = {each.minutes for each in mail} | set(JOB_RUNS)
    times = {each for each in runs if each < world.sender_minutes} | {world.trouble_minutes, 0}
    for minutes in sorted(times, reverse=True):
        clock.now = now - timedelta(minutes=minutes)
        if minutes == world.trouble_minutes:
            _begin_trouble(sandbox, world)
        for each in mail:
            if each.minutes == minutes:
                _queue(sandbox, f"Earlier at {minutes}", RECIPIENTS.get(each.type, SOMEONE))
        if minutes:
            sandbox.run_due_job()


def send_fresh_message(sandbox: Sandbox, minutes: int = 5) -> list[AcceptedMessage]:
    """Queue a message and return it as often as it arrived in the next minutes."""
    subject = f"Fresh {len(sandbox.rows('sys_email'))}"
    _queue(sandbox, subject, SOMEONE)
    return [message for message in sandbox.play(minutes) if subject in message.content]


def _queue(sandbox: Sandbox, subject: str, recipients: str) -> None:
    fields = {"type": "send-ready", "state": "ready", "subject": subject, "body_text": "Hello."}
    sandbox.insert("sys_email", "system", recipients=recipients, **fields)


def _set_up_sender(sandbox: Sandbox, world: World) -> None:
    match world.sender:
        case "graph":
            graph_sender(sandbox)
        case "none":
            no_active_account(sandbox)
        case "own" | "oauth":
            no_active_account(sandbox)
            oauth = {"authentication": "oauth2", "password": ""} if world.sender == "oauth" else {}
            _insert_account(sandbox, world, "Own SMTP", **{"active": "true", **oauth})


def _begin_trouble(sandbox: Sandbox, world: World) -> None:
    """Make the instance what it is now; a flaw changes what the mail server takes, no record."""
    if world.sending != "true":
        set_property(sandbox, "glide.email.smtp.active", world.sending)
    if world.test_user:
        set_property(sandbox, "glide.email.test.user", world.test_user)
    sandbox.switches.legacy_honoured = world.switches.get("legacy_honoured", True)
    sandbox.replace_platform(world.platform)
    for column, value in _find_flaw(sandbox, world).items():
        if world.sender == "properties":
            sandbox.change_silently("sys_properties", column, value=value)
        else:
            sandbox.change_silently("sys_email_account", "Own SMTP", **{column: value})


def _find_flaw(sandbox: Sandbox, world: World) -> dict[str, str]:
    """Return what is wrong, by the column of an account or the name of a property."""
    ports = sandbox.running.mail.ports
    if world.sender == "properties":
        return {
            "password": {"glide.email.user_password": "wrong"},
            "user": {"glide.email.user": "else@corp.example"},
            "login": {"glide.smtp.auth": "false"},
            "server": {"glide.email.server": "mail.corp.example"},
            "port": {"glide.smtp.port": "25"},
            "security": {"glide.smtp.port": str(ports["starttls"])},
        }.get(world.flaw, {})
    return {
        "password": {"password": "wrong"},
        "user": {"user_name": "else@corp.example"},
        "login": {"authentication": "NULL"},
        "server": {"server": "mail.corp.example"},
        "port": {"port": "25"},
        "security": {**security_columns("None"), "port": str(ports["starttls"])},
    }.get(world.flaw, {})


def _insert_account(sandbox: Sandbox, world: World, name: str, **fields: str) -> None:
    mail = sandbox.running.mail
    usual = {
        **security_columns(world.label),
        "name": name,
        "type": "smtp",
        "authentication": "password",
        "server": mail.host,
        "port": str(mail.ports[PORT_NAMES[world.label]]),
        "user_name": mail.user,
        "password": mail.password,
        "from": "helpdesk@corp.example",
        "email_user_label": "IT Service Desk",
    }
    sandbox.insert("sys_email_account", "admin", **{**usual, **fields})


def _replace_mail(sandbox: Sandbox, world: World, now: datetime) -> None:
    """Leave only the mail from before the sender's change."""
    for row in sandbox.rows("sys_email"):
        sandbox.delete("sys_email", row["sys_id"])
    states = {"sent": "processed", "send-failed": "error"}
    for number, mail in enumerate(world.mail):
        if mail.minutes < world.sender_minutes:
            continue
        created = format_time(now - timedelta(minutes=mail.minutes))
        sandbox.insert(
            "sys_email",
            "system",
            type=mail.type,
            state=states.get(mail.type, "ready"),
            subject=f"Before {number}",
            recipients=SOMEONE,
            error_string=mail.error,
            sys_created_on=created,
            sys_updated_on=created,
        )
