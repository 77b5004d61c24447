"""Rules for sending and for the test recipients."""

from tui.settings.catalog import Settings
from tui.settings.delivery.activation import plan_activation
from tui.settings.preconditions import OUTGOING
from tui.settings.rules.rule import Findings, error, note, rule, warning
from tui.settings.target_facts import Context


@rule("sending_enabled", "test_recipients")
def missing_recipients(settings: Settings, context: Context) -> Findings:
    """A test instance that sends to real people; what was not returned may be on."""
    facts, sending = context.facts, settings.sending_enabled
    sends = sending if facts.is_file else sending is not False
    if facts.is_production or not sends or settings.test_recipients:
        return
    touched = {"sending_enabled", "test_recipients"} & context.changed
    enables = touched or plan_activation(context)
    yield (error if enables else warning)(
        "test_recipients",
        "sending.no-recipients",
        "This is not production, and its mail would reach the people it is meant for: "
        "give test recipients.",
    )


@rule("test_recipients")
def recipients_in_production(settings: Settings, context: Context) -> Findings:
    """Test recipients in production swallow all mail."""
    if settings.test_recipients and context.facts.is_production:
        unknown = context.facts.environment is None
        where = "This counts as production, as nothing else is said" if unknown else "In production"
        yield warning(
            "test_recipients",
            "recipients.production",
            f"{where}: these addresses swallow all mail, and nobody else gets any.",
        )


@rule("sending_enabled")
def sending_off(settings: Settings, context: Context) -> Findings:
    """KB0521382: set the test address instead of turning sending off."""
    if settings.sending_enabled is not False:
        return
    if "sending_enabled" in context.changed:
        yield warning(
            "sending_enabled",
            "sending.off",
            "Mail piles up meanwhile and goes out later, when sending is turned on again. "
            "Test recipients hold it back better.",
        )
    else:
        yield note("sending_enabled", "sending.off", "Off: nothing is sent.")


@rule("sending_enabled")
def sending_unknown(settings: Settings, context: Context) -> Findings:
    """KB0521756: "Before modifying the SMTP Server settings, verify that … is enabled"."""
    if settings.sending_enabled is None and context.changed & OUTGOING:
        yield note(
            "sending_enabled",
            "sending.verify",
            "Verify that Enable email sending (SMTP) is on before you change the server.",
        )
