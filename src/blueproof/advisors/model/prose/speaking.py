"""What "we" and "I" say that there is, and how it is with them."""

from blueproof.advisors.model import kinds
from blueproof.advisors.model.prose import things
from blueproof.advisors.model.prose.clauses import Clause
from blueproof.advisors.model.prose.happening import anchored
from blueproof.advisors.model.prose.naming import is_column, is_thing
from blueproof.advisors.model.prose.phrases import Phrase
from blueproof.advisors.model.prose.rows import after_of, rows_of
from blueproof.advisors.model.prose.said import Hangs, Heard

_SPEAKERS = frozenset({"i", "we", "you", "i'm", "we're", "me"})
_RUN = frozenset("run have own build make keep manage be".split())


def ours(clause: Clause) -> list[Phrase]:
    """Who asks, where they say so: "we keep policies for a hospital"."""
    if clause.speaker not in {"i", "we"} or clause.verb.text not in _RUN:
        return []
    return [
        p
        for prep, p in clause.after
        if prep in {"for", "of"} and p.number == "one" and kinds.is_a(p.text, kinds.TENANTS)
    ]


def spoken(clause: Clause, heard: Heard) -> None:
    """What "we" do to things: they are there."""
    verb = clause.verb.text
    if (verb == "be" and clause.speaker != "there") or verb in {"model", "design"}:
        return
    if clause.speaker not in _SPEAKERS | {"there", "nobody", "somebody"}:
        return
    _taken_per(clause, heard)
    for phrase in rows_of(clause.objects):
        own = verb in _RUN and phrase.number == "one"  # "I run a school": that is who asks
        if own:
            heard.ours.add(phrase.text)
        heard.thing(phrase.text, 1 if own else 2)
    if verb == "payout":
        heard.thing("payout", 3)
        heard.hangs += [Hangs(child="payout", parent=p.text) for p in rows_of(clause.objects)]
        return
    _with(clause, heard)
    for lead in rows_of(clause.leading):  # "at a location there are desks"
        heard.thing(lead.text, 2)
        heard.hangs += [Hangs(child=p.text, parent=lead.text) for p in rows_of(clause.objects)]
    if not ours(clause):
        anchored(clause.objects, clause, heard)


def varies(clause: Clause, heard: Heard) -> None:
    """Hear "holidays differ per office": each is of one office."""
    for prep, phrase in after_of(clause):
        for subject in rows_of(clause.subjects) if prep in {"per", "by"} else ():
            heard.thing(phrase.text, 2)
            heard.hangs.append(Hangs(child=subject.text, parent=phrase.text, how="near"))


def _taken_per(clause: Clause, heard: Heard) -> None:
    """Hear "we take a deposit per rental", "every month we invoice a matter"."""
    for phrase in clause.objects:
        if is_column(phrase.text) and phrase.number == "one":
            for prep, each in after_of(clause):
                if prep == "per":
                    heard.thing(each.text, 2)
                    heard.column(each.text, phrase.text)
    if clause.verb.text in {"invoice", "bill"}:
        bill = clause.verb.text
        heard.thing(bill, 2)
        heard.hangs += [Hangs(child=bill, parent=p.text) for p in rows_of(clause.objects)]


def _with(clause: Clause, heard: Heard) -> None:
    """Hear "we have machines with attachments": what stands after "with" is of the machine."""
    if clause.verb.text not in things.HAVE or len(clause.objects) != 1:
        return
    anchor = clause.objects[0].text
    for prep, phrase in after_of(clause):
        if prep == "with" and is_thing(anchor):
            heard.thing(phrase.text, 2)
            heard.hangs.append(Hangs(child=phrase.text, parent=anchor, how="near"))
