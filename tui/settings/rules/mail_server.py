"""Rules for the outgoing mail server."""

from tui.settings.catalog import Settings, catalog
from tui.settings.delivery.activation import find_redirected_secrets
from tui.settings.property import Group
from tui.settings.rules.rule import Findings, error, note, rule, warning
from tui.settings.target_facts import Context, Model


@rule("server")
def blank_server(settings: Settings, context: Context) -> Findings:
    """KB0521756: "Leave this value blank to disable outgoing email"."""
    if settings.server or context.facts.model in (Model.OTHER_SENDER, Model.UNDETERMINED):
        return
    if context.facts.model is Model.ACCOUNT:
        yield error(
            "server",
            "server.blank",
            "An email account needs a server. To stop outgoing mail turn sending off.",
        )
    elif "server" in context.after.blank:
        yield warning("server", "server.blank", "Blank turns outgoing mail off.")
    elif context.facts.is_file:
        yield note("server", "server.blank", "Not set: outgoing mail is off.")
    else:
        yield note(
            "server",
            "server.blank",
            "Not returned: it is missing, or hidden from this user. Without it outgoing mail is "
            "off.",
        )


@rule("server", "password", "pop3_server", "pop3_password")
def redirected_secret(settings: Settings, context: Context) -> Findings:
    """A stored password would go to a new host within a minute."""
    for each in find_redirected_secrets(context):
        group = catalog()[each.secret].declared.group
        words = "POP3 password" if group is Group.INCOMING else "password"
        yield warning(
            each.cause,
            "secret.new-host",
            f"A stored {words} would go to {each.host}: type it again, or confirm that host.",
        )
