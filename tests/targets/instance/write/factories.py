"""Saves to a stand-in instance: what is wanted, and whether it came out that way."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import pytest

from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.sandbox import Sandbox, SavedRows
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.sandbox.loopback_servers import AcceptedMessage
from tui.sandbox.sandbox_state import Switches
from tui.settings.delivery.account import AccountChoice, AnyChoice, ChoiceHints
from tui.settings.draft import Draft
from tui.settings.review import Review, review
from tui.settings.values import Environment
from tui.storage.instance import Instance, SignInMethod
from tui.targets.instance.instance_target import InstanceTarget
from tui.targets.instance.write.record_writer import RetryPolicy
from tui.targets.target import SaveResult
from tui.workspace.session import refuse_choice

PROPERTIES, ACCOUNTS = "sys_properties", "sys_email_account"
TEST, PRODUCTION = Environment.NON_PRODUCTION, Environment.PRODUCTION
Place: TypeAlias = tuple[str, str, str, str]
PATIENT, HASTY = RetryPolicy(0.5, 0.01, 0.5), RetryPolicy(0.0, 0.01, 0.0)
OWN = "glidemail 127.0.0.1"
"""The name of an account that is created for the mail server of the stand-in."""
SOON = 5.0
"""Seconds until a request is given up: more than any takes."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a person wants of an instance.

    Attributes:
        texts: what is typed, by property.
        password: what is typed as the outgoing password, or "".
        pop3_password: what is typed as the incoming one, or "".
        choice: the account that the settings belong to.
        rows: where each property is stored afterwards: table, record, column and text.
        sends: the account that sends afterwards, or "" if none should.
        switches: the accounts to activate and deactivate; `rows` has them by their labels.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    password: str = ""
    pop3_password: str = ""
    choice: AnyChoice = AccountChoice.IN_FORCE
    environment: Environment = TEST
    rows: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    sends: str = ""
    switches: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Moment:
    """What decides which emails go out, to whom."""

    sending: str
    recipients: str
    senders: tuple[str, ...]


@dataclass
class Desk:
    """A stand-in instance, and a person who changes it.

    Attributes:
        moments: its state before each request of a write, and after the last one.
        requests: the requests of the last write.
    """

    sandbox: Sandbox
    moments: list[Moment] = field(default_factory=list)
    requests: list[RecordedRequest] = field(default_factory=list)
    _kept: SavedRows = field(default_factory=dict)

    def target(
        self,
        wish: Wish,
        *,
        deadline: float = SOON,
        patience: RetryPolicy = PATIENT,
        name: str = "sandbox",
        user: str = "admin",
        secret: str = "",
        sign_in: SignInMethod = SignInMethod.BASIC,
    ) -> InstanceTarget:
        running = self.sandbox.running
        instance = Instance(running.url, sign_in, user, running.ca_file, name)
        secret = secret or running.user(user).password
        return InstanceTarget(
            instance,
            Secret(secret),
            wish.environment,
            wish.choice,
            deadline=deadline,
            retry=patience,
            hints=ChoiceHints("--own-server"),
        )

    async def plan_async(self, wish: Wish, **more: Any) -> Review:
        """Return what a save would do to the instance as it is now."""
        reading = await self.target(wish, **more).read()
        refuse_choice(reading.facts)
        draft = Draft(reading.snapshot, switches=wish.switches)
        for name, text in wish.texts.items():
            draft = draft.edit(name, text)
        for name in ("password", "pop3_password"):
            if typed := getattr(wish, name):
                draft = draft.type_secret(name, Secret(typed))
        return review(draft, reading.facts, "corp")

    async def write_async(self, wish: Wish, planned: Review, **more: Any) -> SaveResult:
        """Carry out a plan while the desk watches."""
        before = len(self.sandbox.recorded)
        try:
            return await self.target(wish, **more).write(planned.plan, planned.draft.secrets)
        finally:
            self.requests = self.sandbox.recorded[before:]
            self.moments.append(self.moment())

    def plan(self, wish: Wish, **more: Any) -> Review:
        """Plan as `plan_async` does, from outside an event loop."""
        return asyncio.run(self.plan_async(wish, **more))

    def write(self, wish: Wish, planned: Review, **more: Any) -> SaveResult:
        """Write as `write_async` does, from outside an event loop."""
        return asyncio.run(self.write_async(wish, planned, **more))

    def apply(self, wish: Wish, **more: Any) -> SaveResult:
        """Read, draft and save."""
        planned = self.plan(wish, **more)
        if planned.blocking:
            words = "; ".join(each.message for each in planned.blocking)
            raise Problem("plan.errors", words, "Fix that, then try again.")
        return self.write(wish, planned, **more)

    def apply_again(self, wish: Wish) -> SaveResult:
        """Save the same again, doing what the refusals say.

        A password that is stored already is not typed again.
        """
        if wish.password and self.holds(wish, "password"):
            wish = replace(wish, password="")
        try:
            return self.apply(wish)
        except Problem as refused:
            if refused.code == "account.choice" and "is already active" in refused.message:
                return self.apply(replace(wish, choice=AccountChoice.IN_FORCE))
            if refused.code == "plan.errors" and "--own-server" in refused.message:
                return self.apply(replace(wish, choice=AccountChoice.OWN))
            raise

    def watch(self) -> None:
        """Record the state before each request from now on."""
        self.moments.clear()

        def look(_: RecordedRequest) -> bool:
            self.moments.append(self.moment())
            return False

        self.sandbox.faults.add(Fault("drop_before", look))

    def moment(self) -> Moment:
        """Return the state now."""
        return Moment(
            self.value("glide.email.smtp.active"),
            self.value("glide.email.test.user"),
            self.senders(),
        )

    def senders(self) -> tuple[str, ...]:
        """Return the names of the active SMTP accounts."""
        rows = self.sandbox.rows(ACCOUNTS)
        active = [row for row in rows if row["type"] == "smtp" and row["active"] == "true"]
        return tuple(row["name"] for row in active)

    def delivered(self) -> list[AcceptedMessage]:
        """Run the sender job once, and return what the mail server received."""
        self.sandbox.delivered.clear()
        self.sandbox.deliver()
        return list(self.sandbox.delivered)

    def rows(self, table: str, name: str) -> list[dict[str, str]]:
        return [row for row in self.sandbox.rows(table) if row["name"] == name]

    def row(self, table: str, name: str) -> dict[str, str]:
        (row,) = self.rows(table, name)
        return row

    def value(self, name: str) -> str:
        """Return the value of a property, "" if it has no record."""
        return next((row["value"] for row in self.rows(PROPERTIES, name)), "")

    def set_value(self, name: str, value: str, kind: str = "string") -> None:
        """Set a property as somebody else would."""
        if found := self.rows(PROPERTIES, name):
            self.sandbox.change(PROPERTIES, found[0]["sys_id"], value=value)
        else:
            self.sandbox.insert(PROPERTIES, name=name, type=kind, value=value)

    def holds(self, wish: Wish, name: str) -> bool:
        """Return whether a property is stored as wanted, in what sends."""
        for table, row, column, text in wish.rows[name]:
            if table == ACCOUNTS and self.senders() != (wish.sends,):
                return False
            found = self.rows(table, row)
            if text != (found[0][column] if found else ""):
                return False
        return True

    def state(self) -> dict[str, list[dict[str, str]]]:
        """Return all records that a save could change."""
        return {table: self.sandbox.rows(table) for table in (PROPERTIES, ACCOUNTS)}

    def change(self, table: str, name: str, **columns: str) -> None:
        """Change a record as somebody else would."""
        self.sandbox.change(table, self.row(table, name)["sys_id"], **columns)

    def remove(self, table: str, name: str) -> None:
        """Delete a record as somebody else would."""
        self.sandbox.delete(table, self.row(table, name)["sys_id"])

    def writes(self) -> list[tuple[str, dict[str, str]]]:
        """Return what the last save wrote: the name of each record, and the columns sent."""
        names = {row["sys_id"]: row["name"] for rows in self.state().values() for row in rows}
        found = []
        for each in filter(is_write, self.requests):
            body = json.loads(each.body)
            name = names.get(each.path.rpartition("/")[2])
            found.append((name or f"new {body.pop('name')}", body))
        return found

    def act_before(self, when: Callable[[RecordedRequest], bool], act: Callable[[], None]) -> None:
        """Act once, just before the first such request takes effect."""
        done: list[RecordedRequest] = []

        def look(recorded: RecordedRequest) -> bool:
            if not done and when(recorded):
                done.append(recorded)
                act()
            return False

        self.sandbox.faults.add(Fault("drop_before", look))

    def keep(self) -> None:
        """Remember all records, for `put_back`."""
        self._kept = self.sandbox.save_rows()

    def kept_state(self) -> dict[str, list[dict[str, str]]]:
        """Return what `state` was when it was kept."""
        return {table: list(self._kept[table].values()) for table in (PROPERTIES, ACCOUNTS)}

    def put_back(self) -> None:
        """Restore all records as they were kept, and forget recordings and faults."""
        self.sandbox.restore_rows(self._kept)
        self.sandbox.recorded.clear()
        self.sandbox.faults.clear()
        self.sandbox.refused_sign_ins.clear()


@contextmanager
def open_desk(model: str = "accounts", **switches: Any) -> Iterator[Desk]:
    """Run a stand-in whose sender job runs only on request."""
    made = Sandbox(model, switches=Switches(sender_seconds=0, **switches))
    with made as sandbox, pytest.MonkeyPatch.context() as patch:
        # To load the system's own store for each client takes longer than all the rest.
        patch.setenv("SSL_CERT_FILE", str(sandbox.running.ca_file))
        patch.setenv("SSL_CERT_DIR", str(sandbox.running.ca_file.parent))
        patch.setenv("NO_PROXY", "*")
        yield Desk(sandbox)


def property_places(name: str, text: str) -> tuple[Place, ...]:
    """Return the place of a property that is a record of its own."""
    return ((PROPERTIES, name, "value", text),)


def account_places(name: str, **columns: tuple[str, str]) -> dict[str, tuple[Place, ...]]:
    """Return the places of properties that are columns of an account."""
    return {each: ((ACCOUNTS, name, *column),) for each, column in columns.items()}


def own_server(desk: Desk, security: str = "starttls") -> Wish:
    """Return everything for an account at the mail server of the stand-in."""
    mail = desk.sandbox.running.mail
    stored = {"starttls": "explicit_tls", "ssl_tls": "implicit_tls", "none": "unencrypted"}
    port = str(mail.ports["plain" if security == "none" else security])
    texts = {"server": mail.host, "user": mail.user, "authenticate": "true"}
    return Wish(
        texts={**texts, "security": security, "port": port, "display_name": "Help Desk"},
        password=mail.password,
        choice=AccountChoice.OWN,
        sends=OWN,
        rows=account_places(
            OWN,
            server=("server", mail.host),
            user=("user_name", mail.user),
            authenticate=("authentication", "password"),
            security=("connection_security", stored[security]),
            port=("port", port),
            display_name=("email_user_label", "Help Desk"),
            password=("password", mail.password),
        ),
    )


def is_write(recorded: RecordedRequest) -> bool:
    """Return whether a request is to change something."""
    return recorded.method != "GET"


def properties_named(words: str) -> dict[str, list[str]]:
    """Return the properties that a failure names, by what it says of them."""
    return {
        part: found[1].split(", ")
        for part in ("Written", "Failed", "Not known", "Not written")
        if (found := re.search(rf"(?:^|[.] ){part}: ([\w, ()]+)[.]", words))
    }
