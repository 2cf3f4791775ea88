"""What is done: by whom, to what, with what; and what is a row for each time it is done."""

from blueproof.advisors.model import kinds
from blueproof.advisors.model.prose import things
from blueproof.advisors.model.prose.clauses import Clause
from blueproof.advisors.model.prose.naming import is_column, is_someone, is_thing
from blueproof.advisors.model.prose.phrases import Phrase
from blueproof.advisors.model.prose.rows import after_of, rows_of, weight_of
from blueproof.advisors.model.prose.said import Hangs, Heard, How


def happens(subject: Phrase, clause: Clause, heard: Heard) -> None:
    """Somebody does something to something: a row for each time it is done."""
    event = things.EVENTS[clause.verb.text]
    passive = clause.verb.passive
    if event in {"tag", "label"}:
        if passive or clause.objects:
            heard.thing(event, 3)
            tagged = [subject] if passive else rows_of(clause.objects)
            heard.hangs += [Hangs(child=event, parent=p.text, many=True) for p in tagged]
        return
    objects = rows_of(clause.objects)
    itself = [p for p in objects if _is_act(p.text)] if not passive else []
    if itself:
        event = itself[0].text
        objects = [p for p in objects if p not in itself]
    elif not passive and clause.verb.text in things.BECOMES_ITS_OBJECT and not _takes(objects):
        does(subject, clause, heard)
        return
    after = [p for _, p in after_of(clause) if p.text != event]
    if not (objects or after or passive or itself or clause.verb.text in {"request", "checkin"}):
        return
    if not itself:
        heard.made.add(event)
    heard.thing(event, 3)
    if clause.either and len(after) > 1:
        heard.either.append((event, tuple(p.text for p in after)))
    if not passive:
        heard.actors.add(subject.text)
    _hung(event, subject, objects, clause, heard)


def _hung(event: str, subject: Phrase, objects: list[Phrase], clause: Clause, heard: Heard) -> None:
    """What an act hangs on: who does it, what it is done to, and what stands after."""
    after = [p for _, p in after_of(clause) if p.text != event]
    said = (*clause.objects, *(q for _, q in clause.after))
    counts = any(kinds.head(p.text) == "quantity" for p in said)
    parents = [subject, *objects] if not is_column(subject.text) else objects
    for phrase in (*parents, *after, *clause.leading):
        if not is_thing(phrase.text):
            continue
        per = any(p is phrase and prep == "per" for prep, p in clause.after)
        heard.thing(phrase.text, weight_of(phrase) if phrase in after and not per else 2)
        counted = counts and phrase in objects
        many = counted or (phrase.number == "many" and phrase is not subject and not clause.either)
        payload = ("quantity",) if counted else ()
        heard.hangs.append(
            Hangs(child=event, parent=phrase.text, many=many, payload=payload, how="done")
        )


def _is_act(noun: str) -> bool:
    """Whether a noun is itself what is done: an appointment, an order, a request."""
    return kinds.is_a(noun, kinds.BOOKINGS | kinds.DOCUMENTS) or kinds.head(noun) in {
        "request", "offer", "review", "comment", "ticket", "membership", "application", "bid",
        "registration", "enrolment", "enrollment", "claim", "report",
    }  # fmt: skip


def _takes(objects: list[Phrase]) -> bool:
    """Whether what is booked is a thing that is there before and after."""
    lasting = kinds.RESOURCES | kinds.STAFF | frozenset({"product", "dish", "book", "article"})
    return not objects or any(kinds.is_a(p.text, lasting) for p in objects)


def is_done(subject: Phrase, clause: Clause, heard: Heard) -> None:
    """Hear "a plot is planted with a crop": what it is done with, by whom, to what."""
    one = subject.text
    if is_column(one):
        return
    after = after_of(clause)
    purpose = next((p for prep, p in after if prep == "for"), None)
    if clause.verb.text == "use" and purpose:  # "machines are used by workers for a task"
        heard.thing(purpose.text, 2)
        heard.hangs.append(Hangs(child=purpose.text, parent=one, how="done"))
        after = [(prep, p) for prep, p in after if p is not purpose]
        one = purpose.text
    for _, phrase in after:
        if phrase.text == one:
            continue
        heard.thing(phrase.text, 2)
        several = phrase.number == "many"
        if several and kinds.is_a(phrase.text, kinds.DOCUMENTS | kinds.NAMELESS):
            heard.hangs.append(Hangs(child=phrase.text, parent=one))  # "paid with two payments"
        else:
            heard.hangs.append(Hangs(child=one, parent=phrase.text, many=several, how="done"))
    if clause.either and len(after) > 1:
        heard.either.append((one, tuple(p.text for _, p in after)))
    for prep, phrase in clause.after:
        if prep == "with" and is_column(phrase.text):
            heard.column(one, phrase.text)


def does(subject: Phrase, clause: Clause, heard: Heard) -> None:
    """Hear "sellers list items", "teachers teach one or more instruments"."""
    share = clause.verb.text in things.SHARE
    one = subject.text
    if is_column(one):
        return
    kept, after = rows_of(clause.objects), after_of(clause)
    for phrase in kept:
        heard.thing(phrase.text, 2 if phrase.fixed or phrase.number != "bare" else 1)
        if share and phrase.number == "one":
            heard.hangs.append(Hangs(child=one, parent=phrase.text))
        else:
            many = share and phrase.number in {"many", "plural"}
            how: How = "said" if share else "done"
            heard.hangs.append(Hangs(child=phrase.text, parent=one, many=many, how=how))
    for lead in clause.leading:  # "after each appointment the therapist writes a note"
        heard.hangs += [Hangs(child=p.text, parent=lead.text) for p in kept if p.text != lead.text]
    preps = {"in"} if is_someone(one) else {"with", "in", "at", "on", "by"}
    if not kept:
        for prep, phrase in after:  # "classes happen with a trainer"
            if prep in preps and phrase.number == "one":
                heard.thing(phrase.text, 2)
                heard.hangs.append(Hangs(child=one, parent=phrase.text, how="near"))
    anchored(tuple(kept), clause, heard)


def anchored(anchors: tuple[Phrase, ...], clause: Clause, heard: Heard) -> None:
    """What stands after a preposition hangs on what the verb is about."""
    for anchor in rows_of(anchors[:1]):
        for prep, phrase in after_of(clause):
            if phrase.text == anchor.text:
                continue
            heard.thing(phrase.text, weight_of(phrase))
            several = prep == "with" and phrase.number in {"many", "plural"}
            pair = (phrase.text, anchor.text) if several else (anchor.text, phrase.text)
            heard.hangs.append(Hangs(child=pair[0], parent=pair[1], how="near"))
