"""What holds on an instance, for a person to read before anybody else does. Read-only.

It answers what the documents of the platform leave open, and names no secret; host names and
addresses only where that is asked for.
"""

from collections.abc import Iterator

from tui.settings.delivery.account import Account
from tui.settings.delivery.status import DeliveryStatus
from tui.settings.target_facts import Model
from tui.targets.instance.api.client import Client
from tui.targets.instance.api.response_errors import InstanceProblem
from tui.targets.instance.read.inventory import Inventory, Record, open_names, secret_names
from tui.targets.instance.read.sender import accounts_of

HIDDEN = "(left out)"
_SINGLE = ("connection_security", "enable_tls", "enable_ssl")

Fact = tuple[str, str]
"""What it is, and how it stands there."""


Report = dict[str, tuple[Fact, ...]]
"""Titles, each with what stands below it."""


def report_of(world: Inventory, verdict: DeliveryStatus, roles: str, *, addresses: bool) -> Report:
    """The report.

    Args:
        world: what was read.
        verdict: of it.
        roles: of whoever signed in, in words.
        addresses: whether host names and mail addresses stand in it.
    """
    hide = _Hider(addresses)
    return {
        "What sends": tuple(_sends(verdict, hide)),
        "Email accounts that are visible": tuple(_accounts(world, hide)),
        "What documents leave open, and how it is here": tuple(_open(world)),
        "Properties": tuple(_properties(world)),
        "Rights": (
            ("roles", roles),
            *(
                ("not read", each)
                for each in world.unread or ("nothing: all that was asked for was",)
            ),
            ("may write", "not known: it is never tried by writing"),
        ),
    }


class _Hider:
    def __init__(self, addresses: bool) -> None:
        self._addresses = addresses

    def __call__(self, text: str, instead: str = HIDDEN) -> str:
        return text if self._addresses or not text else instead


def _sends(verdict: DeliveryStatus, hide: _Hider) -> Iterator[Fact]:
    queue, count = verdict.queue, verdict.recipients
    yield "release", verdict.release or "not returned"
    yield "instance", hide(verdict.name) or "not returned"
    yield "model", str(verdict.model)
    if verdict.model is Model.ACCOUNT and verdict.sender:
        yield "managed by ServiceNow", _yes(verdict.sender.managed)
    yield "sending", {True: "on", False: "off", None: "not returned"}[verdict.sending]
    yield "test recipients", "not returned" if count is None else str(len(count))
    yield "mail that waits", "not known" if queue.waiting is None else str(queue.waiting)
    yield "of it young enough", "not known" if queue.fresh is None else str(queue.fresh)


def _accounts(world: Inventory, hide: _Hider) -> Iterator[Fact]:
    accounts = accounts_of(world)
    if not accounts:
        yield "none", "none was returned"
    for number, each in enumerate(accounts, 1):
        yield hide(each.name, f"account {number}"), _account(each, hide)


def _account(account: Account, hide: _Hider) -> str:
    state = "active" if account.active else "inactive"
    whose = "ServiceNow's" if account.managed else "own"
    return f"{account.type}, {state}, {whose}, {hide(account.server)} port {account.port or '-'}"


def _open(world: Inventory) -> Iterator[Fact]:
    for name in secret_names():
        row = world.properties.get(name)
        if row is None:
            yield name, "not returned"
        else:
            private = "private" if row.get("is_private") == "true" else "not private"
            yield name, f"type {row.get('type') or 'not told'}, {private}"
    for column in ("authentication", "connection_security", "type"):
        stored = world.choices.get(column, {})
        words = ", ".join(f"{label} = {value or 'blank'}" for value, label in stored.items())
        yield f"choices of {column}", words or "not read"
    rows = world.accounts or ()
    there = [column for column in _SINGLE if any(column in row for row in rows)]
    yield "columns of security", ", ".join(there) or "not known: no account was returned"
    yield "length of a password", f"{world.secret_limit} characters"
    yield "email accounts", _table(world)


def _table(world: Inventory) -> str:
    if world.accounts is None:
        return "no such table"
    return "some are hidden, or may be" if world.hidden_accounts else "all are visible"


def _properties(world: Inventory) -> Iterator[Fact]:
    for name in (*open_names(), *secret_names()):
        row = world.properties.get(name)
        yield name, _row(row) if row is not None else "not returned: missing, or hidden"


def _row(row: Record) -> str:
    flush = "flushes its own cache" if row.get("ignore_cache") == "true" else "flushes all caches"
    private = "private" if row.get("is_private") == "true" else "travels in update sets"
    return f"type {row.get('type') or 'not told'}, {flush}, {private}"


def _yes(state: bool) -> str:
    return "yes" if state else "no"


async def roles_of(client: Client, user: str) -> str:
    """The roles of a user in words, as far as they can be read."""
    if "^" in user:
        return "not known: the user's name does not fit a query"
    if not user:
        return "not known: an API key names no user"
    try:
        found = await client.list_records(
            "sys_user", f"user_name={user}", ["sys_id", "user_name"], limit=2
        )
        mine = [row["sys_id"] for row in found.records if row.get("user_name") == user]
        if len(mine) != 1:
            return "not known: the user's own row is not visible"
        fields = ["user", "role"]
        page = await client.list_records("sys_user_has_role", f"user={mine[0]}", fields, limit=100)
        ids = [row["role"] for row in page.records if row.get("user") == mine[0]]
        names = await client.list_records(
            "sys_user_role", f"sys_idIN{','.join(ids)}", ["sys_id", "name"]
        )
    except InstanceProblem as problem:
        return f"not known: {problem.code}"
    told = sorted(row["name"] for row in names.records if row.get("sys_id") in ids)
    return ", ".join(told) or "none that is visible"
