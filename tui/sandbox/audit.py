"""The instance's record of changes, in `sys_audit`."""

from collections.abc import Iterable

from tui.sandbox.tables import Row, Tables

AUDITED_TABLES = frozenset({"sys_properties", "sys_email_account"})


def record_changes(
    tables: Tables, table: str, before: Row, after: Row, written: Iterable[str]
) -> None:
    """Add an entry for each written column whose value changed; of secrets their ciphertexts."""
    for name in written:
        old, new = tables.value(table, before, name), tables.value(table, after, name)
        if old != new:
            _add(tables, table, after, after["sys_updated_by"], name, old, new)


def record_deletion(tables: Tables, table: str, row: Row, user: str) -> None:
    """Add the entry for a record that was deleted."""
    _add(tables, table, row, user, "DELETED", "", "")


def _add(tables: Tables, table: str, row: Row, user: str, column: str, old: str, new: str) -> None:
    if table not in AUDITED_TABLES:
        return
    fields = {"tablename": table, "documentkey": row["sys_id"], "fieldname": column}
    tables.insert("sys_audit", user, {**fields, "oldvalue": old, "newvalue": new, "user": user})
