"""What is read of an instance, as it came, one request after the other."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tui.errors import Problem
from tui.settings.catalog import Settings, catalog
from tui.settings.delivery.status import Queue
from tui.settings.target_facts import DEFAULT_SECRET_LIMIT
from tui.targets.instance.api.client import PAGE, Client, Page, Record
from tui.targets.instance.api.response_errors import InstanceProblem

SENDING = "glide.email.smtp.active"
USER = "glide.email.user"
RECIPIENTS = "glide.email.test.user"
RECEIVING = "glide.email.read.active"
LOOK_BACK = "glide.email.smtp.claim.lookback.hrs"
NAME = "instance_name"
RELEASE = "glide.buildtag"
SAYS_PRODUCTION = "glide.installation.production"

WAITING = (
    *("send-ready", "send-retry-backoff", "send-retry-delayed"),
    *("send-translation-ready", "send - translation - ready"),
)
"""The types of email that can still go out (r_EmailLogs, troubleshooting-notification-emails).

Of the last one only the label is known.
"""

STAMP = ("sys_id", "sys_mod_count", "sys_updated_on", "sys_updated_by")
ACCOUNT_FIELDS = (
    *STAMP,
    *("name", "type", "active", "servicenow_configured", "authentication", "server", "port"),
    *("user_name", "from", "email_user_label"),
    *("connection_security", "enable_tls", "enable_ssl"),
)
PROPERTY_FIELDS = (*STAMP, "name", "type", "ignore_cache", "is_private")
_MOST_ACCOUNTS = 200

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Inventory:
    """What was read of an instance.

    Attributes:
        properties: records by name, the first of each name; those of secrets without a value.
        accounts: those that are visible; None if the instance has no such table.
        hidden_accounts: whether there are, or may be, accounts that were not returned.
        choices: the label of each stored value, by column of an account.
        secret_limit: how many characters an account's password column holds; None if that
            could not be read.
        duplicates: the names of properties that have several records.
        unread: what could not be read, each in a few words.
    """

    properties: Mapping[str, Record] = field(default_factory=dict)
    accounts: tuple[Record, ...] | None = ()
    hidden_accounts: bool = False
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    secret_limit: int | None = None
    queue: Queue = field(default_factory=Queue)
    duplicates: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()

    def value(self, name: str) -> str:
        """Return the value of a property, "" if it is blank or was not returned."""
        return self.properties.get(name, {}).get("value", "")


def secret_names(settings: type[Settings] = Settings) -> tuple[str, ...]:
    """Return the instance's names of secrets, whose values are never requested."""
    entries = catalog(settings).values()
    return tuple(name for entry in entries if entry.is_secret for name in entry.declared.instance)


def plain_names(settings: type[Settings] = Settings) -> tuple[str, ...]:
    """Return the names of the other properties that are read."""
    entries = catalog(settings).values()
    names = [n for entry in entries if not entry.is_secret for n in entry.declared.instance]
    return (*names, RECEIVING, LOOK_BACK, NAME, RELEASE, SAYS_PRODUCTION)


async def read_inventory(
    client: Client, tell: Tell, settings: type[Settings] = Settings
) -> Inventory:
    """Read everything with a client that is signed in.

    Raises:
        Problem: the properties cannot be read, or the instance ignores the query.
    """
    reader = _Reader(client, tell)
    properties = await reader.read_properties(settings)
    accounts, hidden = await reader.read_accounts()
    return Inventory(
        properties,
        accounts,
        hidden,
        await reader.read_choices(),
        await reader.read_secret_limit(),
        await reader.read_queue(properties.get(LOOK_BACK, {}).get("value", "")),
        frozenset(reader.duplicates),
        tuple(reader.unread),
    )


class _Reader:
    """Reads the parts of an inventory, and remembers what this user may not read."""

    def __init__(self, client: Client, tell: Tell) -> None:
        self._client = client
        self._tell = tell
        self.duplicates: set[str] = set()
        self.unread: list[str] = []

    async def read_properties(self, settings: type[Settings]) -> dict[str, Record]:
        self._tell("Reading properties.")
        found: dict[str, Record] = {}
        requests = {
            plain_names(settings): (*PROPERTY_FIELDS, "value"),
            secret_names(settings): PROPERTY_FIELDS,
        }
        hidden = 0
        for names, fields in requests.items():
            query = f"nameIN{','.join(names)}^ORDERBYsys_created_on"
            page = await self._client.list_records("sys_properties", query, fields, limit=PAGE)
            hidden += max(0, (page.total or 0) - len(page.records))
            for record in page.records:
                name = record.get("name", "")
                if name not in names:
                    # A query that it does not understand is ignored, and everything comes back.
                    raise _ignored_query(name)
                if name in found:
                    self.duplicates.add(name)
                found.setdefault(name, record)
        if hidden:
            self.unread.append(f"{hidden} of the properties (hidden from this user)")
        self.unread += [
            f"which {name} counts (there are several)" for name in sorted(self.duplicates)
        ]
        return found

    async def read_accounts(self) -> tuple[tuple[Record, ...] | None, bool]:
        self._tell("Reading email accounts.")
        try:
            page = await self._client.list_records(
                "sys_email_account", "ORDERBYname", ACCOUNT_FIELDS, limit=_MOST_ACCOUNTS
            )
        except InstanceProblem as problem:
            if problem.code == "instance.no-table":
                return None, False
            self._note_unread("email accounts", problem)
            return (), True
        hidden = page.total is None or page.total > len(page.records)
        if hidden:
            self.unread.append("some email accounts (hidden from this user)")
        return page.records, hidden

    async def read_choices(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        columns = ("type", "authentication", "connection_security")
        what = "the choices of an email account"
        asked = {"name": "sys_email_account", "language": "en"}
        query = f"name=sys_email_account^elementIN{','.join(columns)}^language=en"
        fields = ("element", "value", "label", "name", "language")
        page = await self._read_optional(what, "sys_choice", query, fields)
        for record in page.records if page else ():
            column = record.get("element", "")
            if asked.items() <= record.items() and column in columns:
                found.setdefault(column, {})[record.get("value", "")] = record.get("label", "")
        if page is not None and not found:
            self.unread.append(f"{what} (none was returned)")
        return found

    async def read_secret_limit(self) -> int | None:
        what = "how long a password may be"
        asked = {"name": "sys_email_account", "element": "password"}
        query, fields = "name=sys_email_account^element=password", (*asked, "max_length")
        page = await self._read_optional(what, "sys_dictionary", query, fields)
        for record in page.records if page else ():
            length = record.get("max_length", "")
            if asked.items() <= record.items() and re.fullmatch("[1-9][0-9]{0,5}", length):
                return int(length)
        if page is not None:
            self.unread.append(f"{what} (by default {DEFAULT_SECRET_LIMIT} characters)")
        return None

    async def read_queue(self, hours: str) -> Queue:
        self._tell("Counting the mail that waits.")
        window = int(hours) if re.fullmatch("[0-9]{1,5}", hours) else 24
        what = "the mail that waits"
        page = await self._read_emails(what, "ORDERBYsys_created_on")
        if page is None:
            return Queue(hours=window)
        if page.total is None or any(r.get("type") not in WAITING for r in page.records):
            self.unread.append(f"{what} (the instance did not answer what was asked)")
            return Queue(hours=window)
        if page.total and not page.records:
            # Nothing shows that what was counted is what the query selected.
            self.unread.append(f"{what} (hidden from this user)")
            return Queue(hours=window)
        if not page.total:
            return Queue(0, "", 0, window)
        since = datetime.now(UTC) - timedelta(hours=window)
        young = await self._read_emails(
            "how old it is", f"sys_created_on>{since:%Y-%m-%d %H:%M:%S}"
        )
        total = young.total if young else None
        fresh = total if total is not None and total <= page.total else None
        return Queue(page.total, page.records[0].get("sys_created_on", ""), fresh, window)

    async def _read_emails(self, what: str, more: str) -> Page | None:
        query, fields = f"typeIN{','.join(WAITING)}^{more}", ("type", "sys_created_on")
        return await self._read_optional(what, "sys_email", query, fields, limit=1)

    async def _read_optional(
        self, what: str, table: str, query: str, fields: Sequence[str], limit: int = PAGE
    ) -> Page | None:
        try:
            return await self._client.list_records(table, query, fields, limit=limit)
        except InstanceProblem as problem:
            self._note_unread(what, problem)
            return None

    def _note_unread(self, what: str, problem: InstanceProblem) -> None:
        if problem.code not in ("instance.forbidden", "instance.not-found", "instance.no-table"):
            raise problem
        self.unread.append(what)


def _ignored_query(name: str) -> Problem:
    return Problem(
        "instance.query-ignored",
        f"The instance ignored what was asked for, and answered with the property {name}.",
        "Nothing was read or written. Ask the instance's administrators whether queries on "
        "sys_properties are restricted for this user.",
    )
