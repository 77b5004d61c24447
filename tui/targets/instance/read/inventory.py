"""What is read of an instance, as it came, one request after the other."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tui.errors import Problem
from tui.settings.catalog import Settings, catalog
from tui.settings.delivery.evidence import OVERDUE, DeliveryEvidence, format_time, parse_time
from tui.settings.delivery.status import Queue
from tui.settings.target_facts import DEFAULT_SECRET_LIMIT
from tui.targets.instance.api.client import PAGE, Client, Page, Record
from tui.targets.instance.api.response_errors import InstanceProblem
from tui.targets.instance.read.mail_evidence import HIDDEN_MAIL, read_evidence
from tui.targets.instance.read.roles import read_roles

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
_MOST_WAITING = 200

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
        evidence: what was seen of outgoing mail.
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
    evidence: DeliveryEvidence = field(default_factory=DeliveryEvidence)

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
    return (*names, LOOK_BACK, NAME, RELEASE, SAYS_PRODUCTION)


async def read_inventory(
    client: Client,
    tell: Tell,
    settings: type[Settings] = Settings,
    user: str = "",
    *,
    evidence: bool = True,
) -> Inventory:
    """Read everything with a client that is signed in.

    Args:
        user: the user's name, if the sign-in has one; shows what that user may read.
        evidence: whether to look for sent and failed mail; a write has no use for it.

    Raises:
        Problem: the properties cannot be read, or the instance ignores the query.
    """
    reader = _Reader(client, tell, user)
    properties = await reader.read_properties(settings)
    accounts, hidden = await reader.read_accounts()
    choices = await reader.read_choices()
    secret_limit = await reader.read_secret_limit()
    seen = await reader.read_evidence(accounts or ()) if evidence else DeliveryEvidence()
    queue = await reader.read_queue(properties.get(LOOK_BACK, {}).get("value", ""))
    seen = await reader.confirm_evidence(seen)
    if seen.sent:
        seen = replace(seen, waiting=await reader.find_waiting(seen.sent, queue))
    return Inventory(
        properties,
        accounts,
        hidden,
        choices,
        secret_limit,
        queue,
        frozenset(reader.duplicates),
        tuple(reader.unread),
        seen,
    )


class _Reader:
    """Reads the parts of an inventory, and remembers what this user may not read."""

    def __init__(self, client: Client, tell: Tell, user: str) -> None:
        self._client = client
        self._tell = tell
        self._user = user
        self._roles: frozenset[str] | None = None
        self._saw_email = False
        self._waiting: tuple[str, ...] = ()
        self.duplicates: set[str] = set()
        self.unread: list[str] = []

    async def _has_role(self, *sufficient: str) -> bool:
        """Return whether a role was read that lets this user see all records of a table."""
        if self._roles is None:
            found = await read_roles(self._client, self._user)
            self._roles = frozenset() if isinstance(found, str) else frozenset(found)
        return not self._roles.isdisjoint({"admin", *sufficient})

    async def read_evidence(self, accounts: Sequence[Record]) -> DeliveryEvidence:
        """Return what was seen of outgoing mail since the account that sends was changed."""
        self._tell("Looking for sent and failed mail.")
        changed = [r.get("sys_updated_on", "") for r in accounts if r.get("active") == "true"]
        found = await read_evidence(self._client, min(changed, default=""), self.unread)
        self._saw_email = bool(found.sent or found.failures)
        return found

    async def confirm_evidence(self, evidence: DeliveryEvidence) -> DeliveryEvidence:
        """Return the evidence; that no email was seen counts only if some would be seen."""
        if (evidence.sent, evidence.failures) != ("", ()) or await self._may_see_emails():
            return evidence
        self.unread.append(HIDDEN_MAIL)
        return replace(evidence, sent=None, failures=None)

    async def _may_see_emails(self) -> bool:
        """Return whether an email was seen, or a role that lets this user see them was read."""
        return self._saw_email or await self._has_role("email_log_viewer")

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
        elif not found:
            self.unread.append("the properties (hidden from this user)")
        self.unread += [
            f"which {name} is used (there are several)" for name in sorted(self.duplicates)
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
        # The count may leave out hidden rows: without a row, a role has to show the right.
        hidden = page.total is None or page.total > len(page.records)
        hidden = hidden or not (page.records or await self._has_role("email_account_admin"))
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
            self.unread.append(f"{what} (usually {DEFAULT_SECRET_LIMIT} characters)")
        return None

    async def read_queue(self, hours: str) -> Queue:
        self._tell("Counting the emails in the queue.")
        window = int(hours) if re.fullmatch("[0-9]{1,5}", hours) else 24
        what = "the queue"
        page = await self._read_emails(what, "ORDERBYsys_created_on", _MOST_WAITING)
        if page is None:
            return Queue(hours=window)
        if page.total is None or any(r.get("type") not in WAITING for r in page.records):
            self.unread.append(f"{what} (the instance answered something else)")
            return Queue(hours=window)
        self._saw_email = self._saw_email or bool(page.records)
        self._waiting = tuple(each.get("sys_created_on", "") for each in page.records)
        if not page.records and (page.total or not await self._may_see_emails()):
            # Nothing shows that what was counted is what the query selected.
            self.unread.append(f"{what} (hidden from this user)")
            return Queue(hours=window)
        if not page.total:
            return Queue(0, "", 0, window)
        since = datetime.now(UTC) - timedelta(hours=window)
        young = await self._read_emails(
            "how old it is", f"sys_created_on>{since:%Y-%m-%d %H:%M:%S}^ORDERBYsys_created_on", 1
        )
        total = young.total if young else None
        fresh = total if total is not None and total <= page.total else None
        oldest = young.records[0].get("sys_created_on", "") if young and young.records else ""
        return Queue(
            page.total,
            page.records[0].get("sys_created_on", ""),
            fresh,
            window,
            oldest,
            _count_types(page.records),
            len(page.records) == page.total,
        )

    async def find_waiting(self, sent: str, queue: Queue) -> str:
        """Return when the oldest email was created that waits since the newest was sent, or ""."""
        newest = parse_time(sent)
        # One that was created a little earlier should have gone out with it.
        since = format_time(newest - OVERDUE) if newest else sent
        if queue.is_counted:
            return next((each for each in self._waiting if each >= since), "")
        more = f"sys_created_on>={since}^ORDERBYsys_created_on"
        page = await self._read_emails("what was queued since the newest was sent", more, 1)
        return page.records[0].get("sys_created_on", "") if page and page.records else ""

    async def _read_emails(self, what: str, more: str, limit: int) -> Page | None:
        query, fields = f"typeIN{','.join(WAITING)}^{more}", ("type", "sys_created_on")
        return await self._read_optional(what, "sys_email", query, fields, limit=limit)

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


def _count_types(records: Sequence[Record]) -> tuple[tuple[str, int, str], ...]:
    """Return of each type how many records there are, and when the oldest was created."""
    kinds = [record.get("type", "") for record in records]
    return tuple(
        (kind, kinds.count(kind), records[kinds.index(kind)].get("sys_created_on", ""))
        for kind in dict.fromkeys(kinds)
    )


def _ignored_query(name: str) -> Problem:
    return Problem(
        "instance.query-ignored",
        f"The instance ignored the query and answered with the property {name}.",
        "Nothing was read or written. Ask the instance's administrators whether queries on "
        "sys_properties are restricted for this user.",
    )
