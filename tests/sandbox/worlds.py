"""Random instances, and what their mail really does: an opponent for what is claimed of delivery.

A world says itself whether mail arrives there. `send_fresh_message` shows it, so that a claim can
be compared with what the mail servers received.
"""

import contextlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from tests.sandbox.clock import ManualClock
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import PORT_NAMES, graph_sender, no_active_account, set_property
from tui.sandbox.authenticator import ROLES_BY_USER
from tui.sandbox.loopback_servers import AcceptedMessage
from tui.sandbox.platform_switches import PlatformSwitches
from tui.sandbox.sandbox_state import Switches
from tui.sandbox.seed import security_columns
from tui.sandbox.tables import format_time

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
REACHED = "qa@corp.example"
NOT_REACHED = ("busy@later.example", "gone@refused.example")


@dataclass(frozen=True, slots=True)
class WorldMail:
    """A message that the instance starts with, and its age."""

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
        sender_minutes: Minutes since your own account was changed.
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
    def _is_open_relay(self) -> bool:
        return bool(self.switches.get("open_relay", False))


def random_world(seed: int) -> World:
    """Return the world of a seed; about one in three delivers."""
    rng = random.Random(seed)  # noqa: S311 - worlds are no secret

    def rarely(*odd: Any, usual: Any, chance: float = 0.2) -> Any:
        return rng.choice(odd) if rng.random() < chance else usual

    def some_tables() -> frozenset[str]:
        return frozenset(rng.sample(TABLES_TO_HIDE, rarely(1, 2, 3, usual=0, chance=0.3)))

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
        sender_job=rarely("running", "queued", "error", "overdue", usual="ready", chance=0.1),
        managed_sends=rarely(False, usual=True, chance=0.1),
    )
    switches = {
        "accounts_hidden": rarely(True, usual=False, chance=0.1),
        "roles_readable": rarely(False, usual=True),
        "security_columns": rng.choice(("connection_security", "enable", "both")),
        "secrets_read": rng.choice(("blank", "ciphertext", "masked")),
        "legacy_honoured": rarely(False, usual=True, chance=0.4),
        "open_relay": rarely(True, usual=False),
    }
    (sender,) = rng.choices(SENDERS, weights=(4, 6, 1, 1, 2, 2))
    has_settings = sender in ("own", "properties")
    return World(
        seed=seed,
        user=rarely(*ROLES_BY_USER, usual="admin", chance=0.4),
        platform=platform,
        switches=switches,
        sender=sender,
        flaw=rarely(*FLAWS, usual="", chance=0.4) if has_settings else "",
        label=rng.choice(tuple(PORT_NAMES)),
        sender_minutes=rng.choice((1, 30, 600, 100_000)),
        sending=rarely("false", usual="true", chance=0.1),
        test_user=rarely(REACHED, REACHED, *NOT_REACHED, usual="", chance=0.4),
        look_back=rarely("1", "48", usual=""),
        inactive=rng.choice((0, 0, 1, 2)),
        has_imap=rarely(True, usual=False),
        mail=tuple(_random_mail(rng) for _ in range(rng.choice((0, 1, 3, 8)))),
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
    return WorldMail(kind, rng.choice((0, 2, 20, 200, 2000, 20_000)), error)


@contextlib.contextmanager
def open_world(world: World) -> Iterator[Sandbox]:
    """Run a world, with a clock that `Sandbox.play` moves."""
    model = "properties" if world.sender == "properties" else "accounts"
    switches = Switches(sender_seconds=0, **world.switches)
    with Sandbox(model, switches=switches, platform=world.platform, clock=ManualClock()) as sandbox:
        _set_up_sender(sandbox, world)
        set_property(sandbox, "glide.email.smtp.active", world.sending)
        set_property(sandbox, "glide.email.test.user", world.test_user)
        if world.look_back:
            set_property(sandbox, "glide.email.smtp.claim.lookback.hrs", world.look_back)
        for number in range(world.inactive):
            _insert_account(sandbox, world, f"Spare {number + 1}", active="false")
        if world.has_imap:
            _insert_account(sandbox, world, "Prod IMAP", type="imap", active="true")
        _replace_mail(sandbox, world)
        yield sandbox


def send_fresh_message(sandbox: Sandbox, minutes: int = 5) -> list[AcceptedMessage]:
    """Queue a message and return it as often as it arrived in the next minutes."""
    subject = f"Fresh {len(sandbox.rows('sys_email'))}"
    sandbox.insert(
        "sys_email",
        "system",
        type="send-ready",
        state="ready",
        subject=subject,
        recipients="someone@corp.example",
        body_text="Hello.",
    )
    return [message for message in sandbox.play(minutes) if subject in message.content]


def _set_up_sender(sandbox: Sandbox, world: World) -> None:
    mail = sandbox.running.mail
    match world.sender:
        case "graph":
            graph_sender(sandbox)
        case "none":
            no_active_account(sandbox)
        case "own" | "oauth":
            no_active_account(sandbox)
            oauth = {"authentication": "oauth2", "password": ""} if world.sender == "oauth" else {}
            flawed = {
                "password": {"password": "wrong"},
                "user": {"user_name": "else@corp.example"},
                "login": {"authentication": "NULL"},
                "server": {"server": "mail.corp.example"},
                "port": {"port": "25"},
                "security": {**security_columns("None"), "port": str(mail.ports["starttls"])},
            }.get(world.flaw, {})
            _insert_account(sandbox, world, "Own SMTP", **{"active": "true", **oauth, **flawed})
        case "properties":
            flawed = {
                "password": {"glide.email.user_password": "wrong"},
                "user": {"glide.email.user": "else@corp.example"},
                "login": {"glide.smtp.auth": "false"},
                "server": {"glide.email.server": "mail.corp.example"},
                "port": {"glide.smtp.port": "25"},
                "security": {"glide.smtp.port": str(mail.ports["starttls"])},
            }.get(world.flaw, {})
            for name, value in flawed.items():
                set_property(sandbox, name, value)


def _insert_account(sandbox: Sandbox, world: World, name: str, **fields: str) -> None:
    mail = sandbox.running.mail
    changed = format_time(sandbox.now - timedelta(minutes=world.sender_minutes))
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
        "sys_created_on": changed,
        "sys_updated_on": changed,
    }
    sandbox.insert("sys_email_account", "admin", **{**usual, **fields})


def _replace_mail(sandbox: Sandbox, world: World) -> None:
    for row in sandbox.rows("sys_email"):
        sandbox.delete("sys_email", row["sys_id"])
    states = {"sent": "processed", "send-failed": "error"}
    for number, mail in enumerate(world.mail):
        created = format_time(sandbox.now - timedelta(minutes=mail.minutes))
        sandbox.insert(
            "sys_email",
            "system",
            type=mail.type,
            state=states.get(mail.type, "ready"),
            subject=f"Earlier {number}",
            recipients="someone@corp.example",
            error_string=mail.error,
            sys_created_on=created,
            sys_updated_on=created,
        )
