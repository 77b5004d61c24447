"""A rule is skipped where a property that it needs is broken, and says what it is about."""

from tests.settings.factories import Situation, edit
from tests.settings.rules.factories import ERROR, NOTE, WARNING
from tui.settings.catalog import Settings
from tui.settings.draft import Draft, parse
from tui.settings.findings import Finding, Fix
from tui.settings.rules.rule import Findings, error, note, rule, warning
from tui.settings.target_facts import Context


@rule("server", "port")
def find_anything(_settings: Settings, _context: Context) -> Findings:
    yield warning("server", "test.anything", "Anything.")


def apply_rule(situation: Situation) -> list[Finding]:
    parsed = parse(situation.draft)
    context = Context(situation.facts, parse(Draft(situation.draft.base)), parsed)
    return list(find_anything(parsed.settings, context))


def test_a_finding_is_about_every_property_that_its_rule_needs() -> None:
    (finding,) = apply_rule(edit(server="mail.corp.example"))
    assert (finding.property, finding.code) == ("server", "test.anything")
    assert finding.about == {"server", "port"}


def test_a_rule_is_skipped_only_where_what_it_needs_is_broken() -> None:
    assert not apply_rule(edit(port="x"))
    assert apply_rule(edit(pop3_port="x"))


def test_each_severity_has_its_constructor() -> None:
    fix = Fix("Use port 587", {"port": "587"})
    for make, severity in ((error, ERROR), (warning, WARNING), (note, NOTE)):
        assert make("port", "a.b", "No.", fix) == Finding("port", severity, "a.b", "No.", fix)
        assert make("port", "a.b", "No.").fix is None
