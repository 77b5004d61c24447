"""Inventories as they could have been read from an instance."""

from collections.abc import Mapping
from typing import Any

from tui.settings.catalog import catalog
from tui.settings.delivery.account import AccountChoice, ChoiceHints
from tui.settings.delivery.status import Queue
from tui.settings.draft import Draft
from tui.settings.review import Review, review
from tui.settings.values import Environment, Security
from tui.targets.instance.api.client import Record
from tui.targets.instance.read.instance_reading import reading_from
from tui.targets.instance.read.inventory import Inventory
from tui.targets.instance.read.mapping import Choices, parse_choices
from tui.targets.target import Reading

CHOICES: Mapping[str, Mapping[str, str]] = {
    "type": {
        "smtp": "SMTP",
        "pop3": "POP3",
        "imap": "IMAP",
        "g1": "Microsoft Graph (Receive)",
        "g2": "Microsoft Graph (Send)",
    },
    "authentication": {
        "NULL": "--None--",
        "password": "Password",
        "o1": "OAUTH",
        "o2": "OAUTH 2.0",
    },
    "connection_security": {"plain": "None", "explicit": "STARTTLS", "implicit": "SSL/TLS"},
}
"""Stored values that do not resemble their labels."""
MODERN: Choices = parse_choices(CHOICES, legacy=False)
OLD: Choices = parse_choices({}, legacy=True)
SECURITY = {Security.NONE: "plain", Security.STARTTLS: "explicit", Security.SSL_TLS: "implicit"}


def account(name: str = "Own SMTP", **columns: str) -> Record:
    """Return an account that sends, as it is read."""
    return {
        "sys_id": f"id of {name}",
        "sys_mod_count": "3",
        "sys_updated_on": "2026-01-02 03:04:05",
        "sys_updated_by": "admin",
        "name": name,
        "type": "smtp",
        "active": "true",
        "servicenow_configured": "false",
        "authentication": "password",
        "server": "mail.corp.example",
        "port": "587",
        "user_name": "helpdesk@corp.example",
        "from": "",
        "email_user_label": "IT Desk",
        "connection_security": "explicit",
        **columns,
    }


MANAGED = account(
    "ServiceNow SMTP",
    servicenow_configured="true",
    server="relay.service-now.com",
    port="465",
    user_name="corp@service-now.com",
    connection_security="implicit",
)
RESTING = {**MANAGED, "active": "false"}
READER = account("POP3", type="pop3", user_name="helpdesk", server="pop.corp.example", port="995")
LEFT = account("glidemail mail.corp.example", active="false")


def row(name: str, value: str | None = "", **columns: str) -> tuple[str, Record]:
    """Return a property record by its name; that of a secret without a value."""
    text = {} if value is None else {"value": value}
    return name, {
        "sys_id": f"id of {name}",
        "sys_mod_count": "1",
        "sys_updated_on": "2026-01-01 00:00:00",
        "sys_updated_by": "system",
        "name": name,
        "type": "string",
        "ignore_cache": "false",
        "is_private": "true",
        **text,
        **columns,
    }


PASSWORD = row("glide.email.user_password", None, type="password2")
LEGACY = dict(
    (
        row("instance_name", "corp"),
        row("glide.buildtag", "glide-x"),
        row("glide.email.server", "mail.old.example"),
        row("glide.email.user", "it@old.example"),
        row("glide.email.username", "Old Desk"),
        row("glide.smtp.auth", "true", type="boolean"),
        row("glide.smtp.port", "2525"),
        row("glide.email.smtp.active", "true", type="boolean"),
        row("glide.email.test.user", "qa@corp.example"),
        row("glide.email.read.active", "true", type="boolean"),
        PASSWORD,
    )
)


def inventory(*accounts: Record, **more: Any) -> Inventory:
    """Return an inventory with accounts, and the article's properties beside them."""
    queue = Queue(2, "2026-01-02 03:04:05", 1)
    return Inventory(
        **{"properties": LEGACY, "accounts": accounts, "choices": CHOICES, "queue": queue, **more}
    )


def with_rows(*rows: tuple[str, Record], without: tuple[str, ...] = ()) -> dict[str, Record]:
    """Return the article's properties, some of them replaced or left out."""
    return {name: each for name, each in (LEGACY | dict(rows)).items() if name not in without}


OWN = account()
OWN_SERVER = "the way to your own server"
TEST = Environment.NON_PRODUCTION
BOUND = set(catalog()) - {"sending_enabled", "test_recipients", "receiving"}
POP3 = {name for name in catalog() if name.startswith("pop3")}
SECRETS = {"password", "pop3_password"}


def read(there: Inventory, choice: AccountChoice = AccountChoice.IN_FORCE) -> Reading:
    """Return what an inventory comes to."""
    return reading_from(there, TEST, choice=choice, hints=ChoiceHints(OWN_SERVER))


def review_of(reading: Reading, **texts: str) -> Review:
    """Return the review of a reading with some texts typed."""
    draft = Draft(reading.snapshot)
    for name, text in texts.items():
        draft = draft.edit(name, text)
    return review(draft, reading.facts, "corp")


def locked(reading: Reading) -> set[str]:
    """Return the properties that cannot be changed."""
    return set(reading.snapshot.locked)
