"""Faults that can be seen in the text of rules, each with why it matters and what to do."""

from collections.abc import Callable, Iterator

from blueproof.engines.firebase_rules import lint_access, lint_counters, lint_data, lint_shape
from blueproof.engines.firebase_rules.finding import Finding
from blueproof.engines.firebase_rules.rules import Rules
from blueproof.engines.firebase_rules.ways import Rule, rules_of

Check = Callable[[Rules, tuple[Rule, ...]], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    *lint_access.CHECKS, *lint_counters.CHECKS, *lint_data.CHECKS, *lint_shape.CHECKS,
)  # fmt: skip


def lint(rules: Rules) -> tuple[Finding, ...]:
    """Every finding, by line; each once."""
    allows = rules_of(rules)
    found = (finding for check in CHECKS for finding in check(rules, allows))
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: (finding.line, finding.id)))
