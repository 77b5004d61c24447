"""A stand-in instance and a house with profiles of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.cli.house import House, Result
from tests.sandbox.fault_injection import RecordedRequest
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.platform_switches import PlatformSwitches
from tui.sandbox.sandbox_state import Switches
from tui.targets.instance.instance_target import InstanceTarget
from tui.targets.instance.mail.look import Pace
from tui.targets.instance.write.record_writer import RetryPolicy

ACCOUNTS, PROPERTIES = "sys_email_account", "sys_properties"
TEST, PRODUCTION = "non-production", "production"
PROVIDERS = "ServiceNow SMTP"
OWN = "glidemail 127.0.0.1"
"""The account that is made for the stand-in's own mail server."""

_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


QUICK = Pace(message=0.01, mail=0.05, late=0.4)


@dataclass(frozen=True, slots=True)
class QuickTarget(InstanceTarget):
    """An instance whose mail is looked at all the time."""

    pace: Pace = QUICK


@dataclass(frozen=True, slots=True)
class HastyTarget(InstanceTarget):
    """An instance whose answers nobody waits long for."""

    deadline: float = 0.4
    retry: RetryPolicy = field(default_factory=lambda: RetryPolicy(0.3, 0.01, 0.3))
    pace: Pace = QUICK


@dataclass(frozen=True)
class Site:
    """A stand-in and a house; `dev` is its profile."""

    house: House
    sandbox: Sandbox

    @property
    def host(self) -> str:
        """As the profile has it, and as it is typed to confirm."""
        return self.sandbox.running.url.removeprefix("https://")

    @property
    def settled(self) -> tuple[str, ...]:
        """What settles every question before a save."""
        return ("--attest", "all", "--confirm", self.host, "--yes")

    @property
    def own(self) -> tuple[str, ...]:
        """An account of one's own at the stand-in's mail server."""
        mail = self.sandbox.running.mail
        texts = {
            "server": mail.host,
            "port": str(mail.ports["starttls"]),
            "security": "starttls",
            "user": mail.user,
            "authenticate": "yes",
        }
        return ("--own-server", *sets(texts))

    @property
    def mail_password(self) -> str:
        return self.sandbox.running.mail.password

    def add(self, name: str, *more: str, environment: str = TEST, user: str = "admin") -> None:
        """Add a profile of the stand-in."""
        running = self.sandbox.running
        named = ("--user", user) if user else ()
        where = ("--instance", running.url, "--ca-file", str(running.ca_file))
        added = self.house.call(
            *("profiles", "add", name, *where, "--environment", environment, *named, *more)
        )
        assert added.code == 0, added

    def call(self, *argv: str, profile: str = "dev", sign_in: str = "", **secrets: str) -> Result:
        """Run a command in this process.

        Args:
            argv: the command and its arguments.
            profile: its name; "" names none.
            sign_in: what signs in, the password of admin unless given.
            secrets: other secrets, by their names.
        """
        named = ("-p", profile) if profile else ()
        stdin = self.lines(sign_in, **secrets)
        return self.house.call(*named, *argv, "--secrets-stdin", stdin=stdin)

    def lines(self, sign_in: str = "", **secrets: str) -> bytes:
        """Return secrets as standard input takes them."""
        all_of_them = {"sign_in": sign_in or self.password(), **secrets}
        return "".join(f"{name}={value}\n" for name, value in all_of_them.items()).encode()

    def answer(self, *argv: str, code: int = 0, **how: Any) -> Any:
        """Return the document that a command answers with."""
        done = self.call(*argv, "--json", **how)
        assert done.code == code, done
        return done.answer()

    def password(self, user: str = "admin") -> str:
        return self.sandbox.running.user(user).password

    def rows(self, table: str, name: str) -> list[dict[str, str]]:
        return [row for row in self.sandbox.rows(table) if row["name"] == name]

    def row(self, table: str, name: str) -> dict[str, str]:
        (row,) = self.rows(table, name)
        return row

    def value(self, name: str) -> str:
        """Return the value of a property, with a secret in clear; "" where it has no row."""
        return next((row["value"] for row in self.rows(PROPERTIES, name)), "")

    def change(self, table: str, name: str, by: str = "bob", **fields: str) -> None:
        """Edit a row as another user."""
        self.sandbox.change(table, self.row(table, name)["sys_id"], by, **fields)

    @property
    def senders(self) -> list[str]:
        """The names of the SMTP accounts that are active."""
        rows = self.sandbox.rows(ACCOUNTS)
        return [r["name"] for r in rows if r["type"] == "smtp" and r["active"] == "true"]

    @property
    def writes(self) -> list[RecordedRequest]:
        """The requests so far that were to change something."""
        return [each for each in self.sandbox.recorded if is_write(each)]

    def state(self) -> dict[str, list[dict[str, str]]]:
        """Return all rows that a save could change."""
        return {table: self.sandbox.rows(table) for table in (PROPERTIES, ACCOUNTS)}


def is_write(recorded: RecordedRequest) -> bool:
    """Return whether a request changes something; one for a token does not."""
    return recorded.method != "GET" and recorded.path != "/oauth_token.do"


def sets(texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return edits as options."""
    return tuple(word for name, text in texts.items() for word in ("--set", f"{name}={text}"))


@contextmanager
def open_site(
    folder: Path,
    model: str = "accounts",
    environment: str = TEST,
    platform: PlatformSwitches | None = None,
    **switches: Any,
) -> Iterator[Site]:
    """Run a stand-in that sends on request, without a proxy on the way to it."""
    with (
        pytest.MonkeyPatch.context() as patch,
        Sandbox(
            model, switches=Switches(sender_seconds=0, **switches), platform=platform
        ) as sandbox,
    ):
        for name in (*_PROXIES, *map(str.lower, _PROXIES)):
            patch.delenv(name, raising=False)
        # The system's authorities are of no use here, and take longest to load.
        patch.setenv("SSL_CERT_FILE", "/dev/null")
        patch.setenv("SSL_CERT_DIR", "/nonexistent")
        open_site = Site(House(folder), sandbox)
        open_site.add("dev", environment=environment)
        yield open_site


def look_quickly(patch: pytest.MonkeyPatch) -> None:
    """Look at the mail of an instance all the time in this process."""
    patch.setattr("tui.targets.instance.instance_target.InstanceTarget", QuickTarget)


def shorten_waits(patch: pytest.MonkeyPatch) -> None:
    """Make every wait for an instance in this process short."""
    patch.setattr("tui.targets.instance.instance_target.InstanceTarget", HastyTarget)
