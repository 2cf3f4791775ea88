"""What the person answered to our questions, in what was told."""

from dataclasses import replace

from blueproof.advisors.model import kinds
from blueproof.advisors.model.nouns import noun_of
from blueproof.advisors.model.told import Relation, Told
from blueproof.core.brief import Brief

SEVERAL, OVERLAP, LOOSE = "model.several", "model.overlap", "model.loose"


def asked_again(told: Told) -> Relation | None:
    """The guessed relation to a person that is most worth asking about."""
    # What is done once, such as an order or a visit, has one of each by its nature.
    done = kinds.BOOKINGS | kinds.DOCUMENTS | kinds.NAMELESS
    guessed = (r for r in told.relations if r.why and not (r.many or kinds.is_a(r.child, done)))
    return next((r for r in guessed if kinds.is_a(r.parent, kinds.PEOPLE)), None)


def with_answers(told: Told, brief: Brief) -> Told:
    """What was told, with the answers in the brief."""
    said = {f.key: str(f.value).lower() for f in brief.facts if f.key.startswith("model.")}
    asked = asked_again(told)
    if asked and SEVERAL in said:
        several = replace(asked, many=said[SEVERAL] == "yes", why="")
        told = replace(told, relations=tuple(several if r == asked else r for r in told.relations))
    if told.loose and noun_of(said.get(LOOSE, "")) in told.nouns:
        more = Relation(child=told.loose[0], parent=noun_of(said[LOOSE]))
        told = replace(told, relations=(*told.relations, more), loose=told.loose[1:])
    if said.get(OVERLAP) == "no" and told.booking and not told.exclusive:
        parents = [r.parent for r in told.relations if r.child == told.booking and not r.many]
        able = [p for p in parents if kinds.is_a(p, kinds.STAFF | kinds.RESOURCES)]
        told = replace(told, exclusive=tuple(able or parents[:1]))
    return told
