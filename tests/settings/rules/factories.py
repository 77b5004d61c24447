"""Cases for the tests of the rules."""

import ast
import inspect
import re
from dataclasses import dataclass
from types import ModuleType

from tests.settings.factories import (
    Situation,
    find_all,
)
from tui.settings.catalog import catalog
from tui.settings.findings import Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


@dataclass(frozen=True)
class RuleCase:
    """A finding with a situation that must have it and one that must not."""

    code: str
    property: str
    severity: Severity
    must: Situation
    must_not: Situation


def check_case(case: RuleCase) -> None:
    """Check that the finding is made where it must be, what it is about, and nowhere else."""
    found = find_all(case.must, case.code)
    assert (case.property, case.severity) in {(each.property, each.severity) for each in found}
    for each in found:
        assert each.property in each.about or each.code in {"pop3.user", "pop3.clear"}
        assert each.about <= set(catalog())
        assert each.message[-1] in ".?"
    silent = [each for each in find_all(case.must_not, case.code) if each.property == case.property]
    assert case.severity not in {each.severity for each in silent}


def find_codes(*modules: ModuleType) -> set[str]:
    """Return every text in modules that looks like the code of a finding."""
    texts = {
        node.value
        for module in modules
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if re.fullmatch(r"[a-z0-9_]+\.[a-z0-9-]+", text)}
