"""A limit that a person quotes, held against the vendor's figure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from blueproof.advisors.premises.figures import (
    MONEY,
    Figure,
    in_base,
    is_period,
    limit_in_base,
    per_period,
)
from blueproof.advisors.premises.statement import Judgement, Statement, Verdict
from blueproof.facts.load import Fact, fact
from blueproof.facts.phrase import Phrase, Word
from blueproof.facts.quoted import QuotedLimit, hard_cues, limit_cues, quoted_limits

_SAME = Decimal("0.08")  # 1 MB and 1 MiB, 30 seconds and 29: near enough to be the same claim


@dataclass(frozen=True, kw_only=True)
class _Quoted:
    limit: QuotedLimit
    figure: Figure
    facts: tuple[Fact, ...]

    @property
    def right(self) -> Fact | None:
        """The vendor's figure that the person's agrees with, if one does."""
        said = self.said()
        return next((f for f in self.facts if abs(said - _true(f)) <= _true(f) * _SAME), None)

    def said(self) -> Decimal:
        """The person's figure in base units, for the period of the limit."""
        value, _ = in_base(self.figure.value, self.figure.unit)
        if self.limit.per and is_period(self.figure.per):
            return per_period(value, self.figure.per, self.limit.per)
        return value


def judge_limit(statement: Statement) -> Judgement | None:
    """The verdict on a quoted limit; None where the statement quotes none that is known."""
    if not any(_holds(each, statement.words) for each in limit_cues()):
        return None
    found = tuple(_quoted(statement))
    right = next((each for each in found if each.right), None) or _said_barely(found, statement)
    if right and right.right:
        verdict: Verdict = "wrong" if _too_hard(right, statement) else "right"
        return _judgement(verdict, right, (right.right,))
    if _tells_of_use(statement) or _tells_of_setting(statement) or any(map(_is_preset, found)):
        return None
    if _tells_of_scale(statement) and all(_is_below(each) for each in found):
        return None
    if not _is_meant(found, statement):
        return None
    return _judgement("wrong", found[0], found[0].facts)


def _is_meant(found: tuple[_Quoted, ...], statement: Statement) -> bool:
    """Whether the figure is surely said of the limit.

    Of several figures nobody knows which is meant, nor of which technology one is that the
    statement does not name; what the person's own work takes is no limit at all.
    """
    figures = {each.figure.start for each in found}
    if len(figures) != 1 or _is_of_work(found[0].figure, statement):
        return False
    return bool(found[0].limit.about & statement.named)


_USE = frozenset("takes take took lasts last runs running our my ours".split())
_LIMIT = frozenset(
    "limit limits limited max maximum only cannot cap capped quota stops kills cuts timeout "
    "hard".split()
)


_TAKES = frozenset("takes take took lasts last ran runs needs need".split())
_BETWEEN = 3  # words at most between such a verb and its figure ("takes up to about 25 minutes")
_BARE = re.compile(r"\d+(?:\.\d+)?")


def _said_barely(found: tuple[_Quoted, ...], statement: Statement) -> _Quoted | None:
    """The limit as a bare number, its unit told by another figure: "takes 25 minutes, stops at 15".

    The other figure is then what the person's own work takes.
    """
    for each in found:
        for word in statement.words:
            apart = word.end <= each.figure.start or word.start >= each.figure.end
            if apart and _BARE.fullmatch(word.lower):
                bare = replace(each, figure=replace(each.figure, value=Decimal(word.lower)))
                if bare.right:
                    return bare
    return None


def _is_of_work(figure: Figure, statement: Statement) -> bool:
    """Whether the figure is what the person's own work takes: "takes 25 minutes"."""
    before = [w.lower for w in statement.words if w.end <= figure.start][-_BETWEEN - 1 :]
    return any(word in _TAKES for word in before)


_SET = frozenset("set configured raised increased lowered".split())
_CLAIMS = frozenset("is has have can after allows allow times".split())


def _tells_of_use(statement: Statement) -> bool:
    """Whether the figure is what the person's own work takes, and no word says limit."""
    words = {word.lower for word in statement.words}
    return bool(words & _USE) and not words & _LIMIT


def _tells_of_setting(statement: Statement) -> bool:
    """Whether it names a timeout with its value, as one's own setting, and claims nothing of it."""
    words = {word.lower for word in statement.words}
    claims = words & (_LIMIT - {"timeout"} | _CLAIMS)
    return "timeout" in words and (not claims or bool(words & _SET and claims <= {"is", "has"}))


def _tells_of_scale(statement: Statement) -> bool:
    """Whether it says how far one's own system goes ("lambdas, concurrency up to 200")."""
    words = {word.lower for word in statement.words}
    return not words & (_LIMIT | _CLAIMS)


def _is_below(quoted: _Quoted) -> bool:
    """Whether the figure is under every limit that it may mean, so that both can be true."""
    return all(quoted.said() < _true(known) for known in quoted.facts)


def _is_preset(quoted: _Quoted) -> bool:
    """Whether the figure is what holds where nobody chose one, so that it is no limit."""
    preset = quoted.limit.preset
    return preset is not None and any(
        quoted.said() == limit_in_base(preset, known.unit) for known in quoted.facts
    )


def _too_hard(quoted: _Quoted, statement: Statement) -> bool:
    """Whether the figure is right but said to be one that nobody can raise, which it is not."""
    return quoted.limit.kind == "soft" and any(_holds(e, statement.words) for e in hard_cues())


def _quoted(statement: Statement) -> Iterator[_Quoted]:
    best: tuple[_Quoted, ...] = ()
    for limit in quoted_limits():
        figures = tuple(f for f in statement.figures if _counts(limit, f))
        if figures and _speaks_of(limit, statement):
            best += tuple(
                _Quoted(limit=limit, figure=f, facts=_facts(limit, statement)) for f in figures
            )
    named = tuple(each for each in best if each.limit.words)
    yield from named or best


def _counts(limit: QuotedLimit, figure: Figure) -> bool:
    """Whether the figure counts what the limit limits, over a period where that is one."""
    return (
        figure.unit in limit.units
        and figure.unit != MONEY
        and bool(limit.per) == is_period(figure.per)
    )


def _speaks_of(limit: QuotedLimit, statement: Statement) -> bool:
    if not limit.about & statement.subjects:
        return False
    if any(_holds(each, statement.words) for each in limit.exceptions):
        return False
    return not limit.words or any(_holds(each, statement.words) for each in limit.words)


def _holds(phrase: Phrase, words: tuple[Word, ...]) -> bool:
    return any(True for _ in phrase.found(words))


def _facts(limit: QuotedLimit, statement: Statement) -> tuple[Fact, ...]:
    """The figures of the limit; those of the plan alone where the person names it."""
    named = tuple(
        name
        for name, plan in limit.facts.items()
        if any(_holds(each, statement.words) for each in plan)
    )
    return tuple(fact(name) for name in named or limit.facts)


def _true(known: Fact) -> Decimal:
    """The vendor's figure in base units."""
    return limit_in_base(known.value, known.unit)


def _judgement(verdict: Verdict, quoted: _Quoted, facts: tuple[Fact, ...]) -> Judgement:
    kind = "a hard limit" if quoted.limit.kind == "hard" else "a default that can be raised"
    said = "; ".join(each.says for each in facts)
    note = f"; {quoted.limit.note}" if quoted.limit.note else ""
    return Judgement(
        verdict=verdict,
        because=f"{said}: {kind}{note}",
        evidence=tuple(each.citation for each in facts),
    )
