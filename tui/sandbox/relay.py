"""Through which server the instance would send, as its rows stand.

An active SMTP account decides. Only where there is none do the properties, read as the
platform's own migration of properties to an account reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.tables import Tables

_OF_COLUMN = {"unencrypted": "plain", "explicit_tls": "starttls", "implicit_tls": "ssl_tls"}
_OF_PROPERTY = {"": "plain", "TLS": "starttls", "SSL": "ssl_tls"}


@dataclass(frozen=True, slots=True)
class Relay:
    """A server and how to use it.

    Attributes:
        security: plain, starttls, ssl_tls, or a text that means nothing.
        authentication: "" for none, password, or a kind that is not modelled.
        sender: the address in From.
        label: the name in From.
    """

    server: str
    port: str
    security: str
    authentication: str
    user: str
    password: str
    sender: str
    label: str

    def problem(self, mail_is_there: bool) -> str:
        """Why it cannot be used, or ""."""
        if self.authentication not in ("", "password"):
            return f"Email sender connection invalid.: no token for {self.authentication}"
        if self.security not in ("plain", "starttls", "ssl_tls"):
            return f"Email sender connection invalid.: unknown security {self.security}"
        if not mail_is_there:
            return f"Cannot connect to SMTP server: {self.server}, message: [EOF]"
        return ""


def find_relay(state: SandboxState) -> Relay | None:
    """What sends now; None where nothing does, or somebody whom the stand-in does not play."""
    tables = state.tables
    if accounts := tables.find("sys_email_account", type="smtp", active="true"):
        is_managed = accounts[0]["servicenow_configured"] == "true"
        return None if is_managed else _of_account(state, accounts[0])
    if tables.find("sys_email_account", type="graph_out", active="true"):
        return None
    if state.switches.legacy_honoured and tables.property("glide.email.server"):
        return _of_properties(tables)
    return None


def _of_account(state: SandboxState, row: Mapping[str, str]) -> Relay:
    if state.switches.security_columns == "enable":
        is_tls, is_ssl = row["enable_tls"] == "true", row["enable_ssl"] == "true"
        security = "ssl_tls" if is_ssl else "starttls" if is_tls else "plain"
    else:
        stored = row["connection_security"] or "unencrypted"
        security = _OF_COLUMN.get(stored, stored)
    return Relay(
        server=row["server"],
        port=row["port"] or "25",
        security=security,
        authentication=row["authentication"].replace("NULL", ""),
        user=row["user_name"],
        password=row["password"],
        sender=row["from"] or row["user_name"],
        label=row["email_user_label"],
    )


def _of_properties(tables: Tables) -> Relay:
    encryption = tables.property("glide.smtp.encryption")
    if not encryption:
        is_tls = tables.property("glide.smtp.tls") == "true"
        is_ssl = tables.property("glide.smtp.ssl") == "true"
        encryption = "SSL" if is_ssl else "TLS" if is_tls else ""
    user = tables.property("glide.email.user")
    return Relay(
        server=tables.property("glide.email.server"),
        port=tables.property("glide.smtp.port") or "25",
        security=_OF_PROPERTY.get(encryption, encryption),
        authentication="password" if tables.property("glide.smtp.auth") == "true" else "",
        user=user,
        password=tables.property("glide.email.user_password"),
        sender=user,
        label=tables.property("glide.email.username"),
    )
