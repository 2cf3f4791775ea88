"""The consultation on queries of which calls and times are told: the dearest one, and its cure."""

from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.known.reproduction.owning import may_be_rebuilt
from blueproof.advisors.known.reproduction.weighed import Weighed, read_weighed
from blueproof.advisors.known.told import evidence
from blueproof.advisors.postgres.parts.heaviest import said_of_times
from blueproof.consulting.reproduction import rebuilt
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, QuestionKind
from blueproof.core.brief import Brief, Document
from blueproof.facts.kin import is_of_rivals
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove

_ASK = "What do \\d of its table and EXPLAIN (ANALYZE, BUFFERS) of the first query show?"
_WHY = "they show what it waits for; how often it is asked can matter more than how long it takes"


def weighed_queries(
    brief: Brief, kind: QuestionKind, progress: Callable[[str], None]
) -> Blueprint | None:
    """Which query takes most, and what makes it faster; None where no two are told so."""
    told = read_weighed(brief.request)
    named = {str(f.value) for f in brief.facts if f.key == "technology"}
    if "postgresql" not in named and is_of_rivals(named, ["postgresql"]):
        return None
    if not told or not may_be_rebuilt(brief, has_query=True, has_both=True):
        return None
    said = said_of_times((each.name, each.calls, each.mean) for each in told)
    first = f"{said[:1].upper()}{said[1:]}."
    queries = Document(role="queries", text=f"{told[0].query};\n", parts=(("your words", 1),))
    found = rebuilt(replace(brief, documents=(*brief.documents, queries)), progress)
    if isinstance(found, Blueprint):
        return replace(found, answer=f"{first} {found.answer}")
    return _alone(brief, kind, first, told)


def _alone(brief: Brief, kind: QuestionKind, first: str, told: tuple[Weighed, ...]) -> Blueprint:
    """The order alone, where the first query cannot be rebuilt."""
    often = max(told, key=lambda each: each.calls)
    asked = (
        " It is also the one asked most often: a cache or one call for many saves more than "
        "each call made faster." if often is told[0] else ""
    )  # fmt: skip
    conclusion = Conclusion(
        answer=f"{first}{asked}", steps=(), open_questions=(evidence(_ASK, _WHY),)
    )
    with Bench() as bench:
        draft = Draft(brief=brief, question_kind=kind)
        return prove(draft, lambda _kept, _proofs: conclusion, bench)
