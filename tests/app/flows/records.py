"""The records of a stand-in instance, as a test looks at them and changes them."""

from tests.sandbox.sandbox import Sandbox


def active_senders(sandbox: Sandbox) -> list[str]:
    """Return the SMTP accounts that send."""
    rows = sandbox.rows("sys_email_account")
    return [row["name"] for row in rows if row["type"] == "smtp" and row["active"] == "true"]


def property_value(sandbox: Sandbox, name: str) -> str:
    """Return the value of a property's record, or ""."""
    rows = sandbox.rows("sys_properties")
    return next((row["value"] for row in rows if row["name"] == name), "")


def confirmation_word(sandbox: Sandbox) -> str:
    """Return what is typed to confirm a write: the host."""
    return sandbox.running.url.removeprefix("https://")


def change_record(sandbox: Sandbox, name: str, **fields: str) -> None:
    """Change a property or an account, as somebody else would."""
    for table in ("sys_properties", "sys_email_account"):
        for row in sandbox.rows(table):
            if row["name"] == name:
                sandbox.change(table, row["sys_id"], **fields)
