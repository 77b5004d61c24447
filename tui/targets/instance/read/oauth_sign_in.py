"""Read how an account signs in by OAuth: its profile, its provider, and when tokens expire.

The form of an account has the fields OAuth Provider and OAuth Profile (t_ConfigureAnEmailAccount).
No document names their columns, or the tables behind them, so `sys_dictionary` is asked for them
by label. A token itself is never asked for. Each part that can't be read fails alone.
"""

import re
from collections.abc import Iterable, Sequence

from tui.settings.delivery.oauth import OAuthSignIn, OAuthToken
from tui.targets.instance.api.client import Client, Record
from tui.targets.instance.api.response_errors import InstanceProblem, SignInRefused

PROFILE, PROVIDER = "oauth profile", "oauth provider"
"""The labels, in small letters."""
OAUTH_LABELS = (PROFILE, PROVIDER)

_ACCOUNTS = "sys_email_account"
_DICTIONARY = "sys_dictionary"
_COLUMN = ("name", "element", "internal_type", "column_label", "reference")
_MOST_COLUMNS = 200
_MOST_TABLES = 3
_MOST_TOKENS = 10


async def read_oauth_sign_in(client: Client, account: Record, label: str) -> OAuthSignIn:
    """Return how an account signs in by OAuth, as far as this user may see it.

    Args:
        label: of the account's type, or "".

    Raises:
        SignInRefused: the instance takes the sign-in no more.
    """
    name = account.get("name", "")
    columns = _by_label(await _read_columns(client, _ACCOUNTS))
    found = {label: columns[label] for label in OAUTH_LABELS if label in columns}
    elements = [each["element"] for each in found.values()]
    row = await _read_row(client, _ACCOUNTS, account.get("sys_id", ""), elements)
    if row is None:
        return OAuthSignIn(name, label)
    names: dict[str, str | None] = {}
    for each, column in found.items():
        names[each] = await _read_name(client, column, row)
    tokens = None
    if profile := found.get(PROFILE):
        tokens = await _read_tokens(client, profile["reference"], row.get(profile["element"], ""))
    return OAuthSignIn(name, label, names.get(PROFILE), names.get(PROVIDER), tokens)


async def _read_name(client: Client, column: Record, row: Record) -> str | None:
    """Return the name of the record that a column points to, "" if to none."""
    sys_id = row.get(column["element"])
    if not sys_id:
        return sys_id
    record = await _read_row(client, column["reference"], sys_id, ["name"])
    return (record or {}).get("name") or None


async def _read_tokens(client: Client, table: str, profile: str) -> tuple[OAuthToken, ...] | None:
    """Return the tokens of a profile, from the tables that refer to it and say what expires."""
    if not profile:
        return None
    query = f"reference={table}^internal_type=reference^ORDERBYname"
    referring = [
        each
        for each in await _read(client, _DICTIONARY, query, _COLUMN, _MOST_COLUMNS)
        if each.get("reference") == table and each.get("name") != _ACCOUNTS and _is_usable(each)
    ]
    found: list[OAuthToken] | None = None
    for each in referring[:_MOST_TABLES]:
        columns = _by_label(await _read_columns(client, each["name"]))
        expires = next((c for label, c in columns.items() if label.startswith("expires")), None)
        if expires is None or expires.get("internal_type") != "glide_date_time":
            continue
        kind = next((columns[c]["element"] for c in ("type", "token type") if c in columns), "")
        owner, when = each["element"], expires["element"]
        fields = tuple(filter(None, ("sys_id", owner, when, kind)))
        query = f"{owner}={profile}^ORDERBYDESC{when}"
        for record in await _read(client, each["name"], query, fields, _MOST_TOKENS):
            # A query that an instance does not understand is ignored, and everything comes back.
            if record.get(owner) == profile:
                found = [*(found or ()), OAuthToken(record.get(kind, ""), record.get(when, ""))]
    return None if found is None else tuple(found)


async def _read_columns(client: Client, table: str) -> tuple[Record, ...]:
    rows = await _read(client, _DICTIONARY, f"name={table}^ORDERBYelement", _COLUMN, _MOST_COLUMNS)
    return tuple(each for each in rows if each.get("name") == table and _is_usable(each))


def _is_usable(column: Record) -> bool:
    """Return whether the names of a column's record can stand in a request."""
    names = [column.get("name", ""), column.get("element", "")]
    if reference := column.get("reference", ""):
        names.append(reference)
    return all(re.fullmatch("[a-z0-9_]{1,80}", each) for each in names)


def _by_label(columns: Iterable[Record]) -> dict[str, Record]:
    """Return columns by their label in small letters, those of secrets left out."""
    return {
        each.get("column_label", "").strip().casefold(): each
        for each in columns
        if not each.get("internal_type", "").startswith("password")
    }


async def _read_row(
    client: Client, table: str, sys_id: str, columns: Sequence[str]
) -> Record | None:
    if not (table and columns and re.fullmatch("[0-9A-Za-z_-]{1,64}", sys_id)):
        return None
    rows = await _read(client, table, f"sys_id={sys_id}", ("sys_id", *columns), 1)
    return next((each for each in rows if each.get("sys_id") == sys_id), None)


async def _read(
    client: Client, table: str, query: str, fields: Sequence[str], limit: int
) -> tuple[Record, ...]:
    """Return records; none if they can't be read."""
    try:
        return (await client.list_records(table, query, fields, limit=limit)).records
    except SignInRefused:
        raise
    except InstanceProblem:
        return ()
