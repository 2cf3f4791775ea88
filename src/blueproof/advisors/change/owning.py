"""Which requests ask for a change of a live PostgreSQL schema in steps."""

import re

from blueproof.advisors.change.hearing import may_change
from blueproof.advisors.change.kinds import Kind
from blueproof.advisors.change.reading import Open, read_change
from blueproof.advisors.change.ties import hangs_on_more
from blueproof.advisors.change.told import Told
from blueproof.core.brief import Brief
from blueproof.sql.schema import Schema

_MAY_ASK = frozenset({"yes-no", "why", "which", "how-much"})
_WANTS_STEPS = re.compile(
    r"\b(?:steps?|how|order|procedure|plan|roll-?out|migrations?|(?:need|want|have|like) to"
    r"|safest|safely|safe way)\b",
    re.IGNORECASE,
)
_EXACT = re.compile(
    r"\b(?:exact|what are the|give (?:me|us)(?: the)?|please|need the)\s?(?:\w+ )?steps?\b"
    r"|\bstep.by.step\b|\brunbook\b",
    re.IGNORECASE,
)
_JUDGING = frozenset({"review", "is-this-fine"})


def reads_change(brief: Brief, schema: Schema | None = None) -> Told | Open | None:
    """The change that is asked for, or what of it is not told; None where none is asked for."""
    words = " ".join(brief.request.split())
    if not may_change(brief):
        return None
    kind = next((str(f.value) for f in brief.facts if f.key == "kind"), "how")
    if kind in _JUDGING:
        return None
    found = read_change(brief, schema)
    if isinstance(found, Told):
        if hangs_on_more(words, found.names, found.kind.id):
            return None
        return found if kind not in _MAY_ASK or _WANTS_STEPS.search(words) else None
    return found if _is_worth_asking(found, words) else None


def _is_worth_asking(found: Open, words: str) -> bool:
    """Whether one question is better than what is known: steps are wanted of one clear change."""
    kind: Kind | None = found.kind
    return kind is not None and bool(_EXACT.search(words))
