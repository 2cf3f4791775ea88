"""What was understood and assumed, in a line each."""

from collections.abc import Iterator

from blueproof.core.advice import Flip
from blueproof.core.blueprint import Blueprint, Premise
from blueproof.core.brief import Fact
from blueproof.render.claims import number

ROWS = "scale.rows."
_ROLES = (
    ("current", "in use"),
    ("option", "options"),
    ("target", "moving to"),
    ("tried", "tried"),
    ("rejected", "not"),
    ("mentioned", "named"),
)
_MOST = 9  # names in one part of the line
_INNER = (
    "conflict.",
    "version.",
    "container-",
    "environment-variable",
    "port",
    "sizes",
    "service.",
)  # of a project's files
_QUIET = {
    "bill",
    "bill-usage",
    "bill-before",
    "bill-now",
    "kind",
    "tried",
    "pain",
    "proposal",
    "premise",
    "evidence",
}


def understood(blueprint: Blueprint) -> str:
    """All that was understood, in parts: technologies by their role, needs, problem, figures."""
    return " | ".join(part for part in _parts(blueprint.understood) if part)


def _parts(facts: tuple[Fact, ...]) -> Iterator[str]:
    technologies = [f for f in facts if f.key == "technology"]
    yield _names("", [f for f in technologies if not f.role])
    for role, word in _ROLES:
        yield _names(word, [f for f in technologies if f.role == role])
    yield _names("needs", [f for f in facts if f.key == "feature" and f.role != "negated"])
    yield _names("without", [f for f in facts if f.key == "feature" and f.role == "negated"])
    yield _names("about", [f for f in facts if f.key == "problem" and f.source != "assumed"])
    yield _names("must", [f for f in facts if f.key == "constraint" and f.role != "negated"])
    yield _names("need not", [f for f in facts if f.key == "constraint" and f.role == "negated"])
    named = {"technology", "feature", "problem", "constraint"} | _QUIET
    figures = dict.fromkeys(_figure(f) for f in facts if f.key not in named and not _is_money(f))
    yield _bill([f for f in facts if f.key == "bill"])
    shown = [text for text in figures if text]
    yield from shown[:_MOST]
    if len(shown) > _MOST:
        yield f"{len(shown) - _MOST} more figures"


def _bill(lines: list[Fact]) -> str:
    total = sum(float(line.value) for line in lines)
    return f"a bill of {total:,.2f} {lines[0].unit} in {len(lines)} lines" if lines else ""


def _is_money(fact: Fact) -> bool:
    """Whether it is a sum of money that was worked out: those are said where they are asked for."""
    return fact.key == "rate" and fact.unit.startswith("USD")


def _names(word: str, facts: list[Fact]) -> str:
    names = list(dict.fromkeys(str(f.value) for f in facts))
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{word} {', '.join(names[:_MOST])}{more}".strip() if names else ""


def _figure(fact: Fact) -> str:
    value = fact.value if isinstance(fact.value, str) else number(fact.value)
    if fact.key.startswith(_INNER):
        return ""
    if fact.key.startswith("scale.") and fact.quote:
        table = fact.key.removeprefix(ROWS) if fact.source == "file" else ""
        named = table and table != fact.key and table not in fact.quote
        return f"{table} {fact.quote}" if named else fact.quote  # their words, not ours
    if fact.key.startswith(ROWS):
        return f"{value} rows in {fact.key.removeprefix(ROWS)}"
    if fact.key == "rate":
        return f"{value} {fact.unit} ({fact.role})"
    if fact.key.startswith(("scale.", "version.")) or fact.key in {"budget", "deadline"}:
        unit = _singular(fact.unit) if fact.value == 1 else fact.unit
        return f"{value} {unit}".rstrip()
    return f"{fact.key} {value} {fact.unit}".rstrip()


def _singular(unit: str) -> str:
    return {"indexes": "index", "queries": "query"}.get(unit, unit.removesuffix("s"))


def assumed(blueprint: Blueprint, most: int) -> str:
    """The first assumed values, and how many more there are."""
    shown = blueprint.assumptions[:most]
    if not shown:
        return ""
    parts = [
        f"{a.key.removeprefix(ROWS)} "
        f"{a.value if isinstance(a.value, str) else number(a.value)}".strip()
        for a in shown
    ]
    more = len(blueprint.assumptions) - len(shown)
    rows = "rows: " if blueprint.assumptions[0].key.startswith(ROWS) else ""
    return f"{rows}{', '.join(parts)}{f' and {more} more' if more else ''}"


def judged(premise: Premise) -> str:
    """A belief of the person's with its verdict, quoted."""
    verdict = {"right": "is right", "wrong": "is not right", "unknown": "is not checked"}
    known = "depends" if premise.verdict == "unknown" and premise.evidence else ""
    return f'"{premise.quote}" {known or verdict[premise.verdict]}: {premise.because}'


def flip(change: Flip) -> str:
    """When advice becomes another, as a sentence part."""
    if isinstance(change.at, str) or not change.fact.startswith(ROWS):
        return f"decide again: {change.then}"
    return f"{change.then} {number(change.at)} {change.unit} in {change.fact.removeprefix(ROWS)}"
