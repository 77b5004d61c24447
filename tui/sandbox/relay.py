"""The mail server that the instance sends through, and how it uses it.

An active SMTP account decides on the mail server. Without one the properties do, read as in the
platform's own migration of properties to an account.
"""

from dataclasses import dataclass

from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.tables import Row, Tables

_SECURITY_BY_CHOICE = {
    "unencrypted": "plain",
    "explicit_tls": "starttls",
    "implicit_tls": "ssl_tls",
}
_SECURITY_BY_ENCRYPTION = {"": "plain", "TLS": "starttls", "SSL": "ssl_tls"}


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server and how to use it.

    Attributes:
        server: Host name or address.
        port: Port as stored.
        security: plain, starttls, ssl_tls, or an unknown text.
        authentication: "" for none, password, or a kind that is not modelled.
        sender: Address in From.
        label: Name in From.
        is_managed: Whether it is ServiceNow's own, which the sandbox plays itself.
    """

    server: str
    port: str
    security: str
    authentication: str
    user: str
    password: str
    sender: str
    label: str
    is_managed: bool = False

    def find_problem(self, is_reachable: bool) -> str:
        """Return why the relay can't be used, or ""."""
        if self.is_managed:
            return ""
        if self.authentication not in ("", "password"):
            return f"Email sender connection invalid.: no token for {self.authentication}"
        if self.security not in ("plain", "starttls", "ssl_tls"):
            return f"Email sender connection invalid.: unknown security {self.security}"
        if not is_reachable:
            return f"Cannot connect to SMTP server: {self.server}, message: [EOF]"
        return ""


def find_relay(state: SandboxState) -> Relay | None:
    """Return the relay in force; None if nothing sends, or a sender that is not modelled."""
    tables = state.tables
    if accounts := tables.find("sys_email_account", type="smtp", active="true"):
        is_managed = accounts[0]["servicenow_configured"] == "true"
        if is_managed and not state.platform.managed_sends:
            return None
        return _relay_from_account(state, accounts[0])
    if tables.find("sys_email_account", type="graph_out", active="true"):
        return None
    if state.switches.legacy_honoured and tables.property("glide.email.server"):
        return _relay_from_properties(tables)
    return None


def _relay_from_account(state: SandboxState, row: Row) -> Relay:
    columns = state.switches.security_columns
    if columns == "enable" or (columns == "both" and not row["connection_security"]):
        is_tls, is_ssl = row["enable_tls"] == "true", row["enable_ssl"] == "true"
        security = "ssl_tls" if is_ssl else "starttls" if is_tls else "plain"
    else:
        stored = row["connection_security"] or "unencrypted"
        security = _SECURITY_BY_CHOICE.get(stored, stored)
    return Relay(
        server=row["server"],
        port=row["port"] or "25",
        security=security,
        authentication=row["authentication"].replace("NULL", ""),
        user=row["user_name"],
        password=row["password"],
        sender=row["from"] or row["user_name"],
        label=row["email_user_label"],
        is_managed=row["servicenow_configured"] == "true",
    )


def _relay_from_properties(tables: Tables) -> Relay:
    encryption = tables.property("glide.smtp.encryption")
    if not encryption:
        is_tls = tables.property("glide.smtp.tls") == "true"
        is_ssl = tables.property("glide.smtp.ssl") == "true"
        encryption = "SSL" if is_ssl else "TLS" if is_tls else ""
    user = tables.property("glide.email.user")
    return Relay(
        server=tables.property("glide.email.server"),
        port=tables.property("glide.smtp.port") or "25",
        security=_SECURITY_BY_ENCRYPTION.get(encryption, encryption),
        authentication="password" if tables.property("glide.smtp.auth") == "true" else "",
        user=user,
        password=tables.property("glide.email.user_password"),
        sender=user,
        label=tables.property("glide.email.username"),
    )
