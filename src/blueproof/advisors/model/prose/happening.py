"""What is done: by whom, to what, with what; and what is a row for each time it is done."""

from blueproof.advisors.model import kinds
from blueproof.advisors.model.prose import things
from blueproof.advisors.model.prose.clauses import Clause
from blueproof.advisors.model.prose.naming import is_column, is_someone, is_thing
from blueproof.advisors.model.prose.phrases import Phrase
from blueproof.advisors.model.prose.rows import after_of, rows_of, weight_of
from blueproof.advisors.model.prose.said import Hangs, Heard, How

_WAYS = frozenset({"tour", "trip", "ride", "route", "round"})


def happens(subject: Phrase, clause: Clause, heard: Heard) -> None:
    """Somebody does something to something: a row for each time it is done."""
    event = _event(clause)
    passive = clause.verb.passive
    said = {p.text for _, p in after_of(clause)}
    if event == "reply" and said & {"comment", "message", "post", "review"}:
        return  # that is a comment on a comment
    if event in {"tag", "label"}:
        _tagged(event, subject, clause, heard)
        return
    objects = rows_of(clause.objects)
    left = clause.verb.text in things.LEFT_ON  # who likes a comment writes none
    itself = [p for p in objects if _is_act(p.text)] if not (passive or left) else []
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
    of = _one_of(event, objects, clause)
    if of:
        heard.either.append((event, of))
    elif clause.either and len(after) > 1:
        heard.either.append((event, tuple(p.text for p in after)))
    if not passive:
        heard.actors.add(subject.text)
    _hung(event, subject, objects, clause, heard)


def _event(clause: Clause) -> str:
    """What a verb makes a row of."""
    joins = any(kinds.head(p.text) in things.JOINED for _, p in after_of(clause))
    if clause.verb.text == "signup" and not joins:
        return "signup"  # for a class; for a plan or a club it is a membership
    return things.EVENTS[clause.verb.text]


def _tagged(event: str, subject: Phrase, clause: Clause, heard: Heard) -> None:
    """Hear "recipes are tagged": tags of many of them."""
    passive = clause.verb.passive
    if passive or clause.objects:
        heard.thing(event, 3)
        tagged = [subject] if passive else rows_of(clause.objects)
        heard.hangs += [Hangs(child=event, parent=p.text, many=True) for p in tagged]


def _one_of(event: str, objects: list[Phrase], clause: Clause) -> tuple[str, ...]:
    """The things of which an act is of one each time: "book a desk or a room"."""
    if kinds.is_a(event, kinds.BOOKINGS) and clause.either and len(objects) > 1:
        return tuple(p.text for p in objects)
    if event not in things.ON_ANYTHING:
        return ()
    on = [p.text for prep, p in after_of(clause) if prep in {"on", "to", "for"} and p.text != event]
    of = tuple(dict.fromkeys(on or [p.text for p in objects]))
    return of if len(of) > 1 else ()


def _hung(event: str, subject: Phrase, objects: list[Phrase], clause: Clause, heard: Heard) -> None:
    """What an act hangs on: who does it, what it is done to, and what stands after."""
    after = [p for p in _not_of_another(clause) if p.text != event]
    for _, other in after_of(clause):
        if other not in after:
            heard.thing(other.text, 1)
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


def _not_of_another(clause: Clause) -> list[Phrase]:
    """What stands after an act, less what the thing before it is for: "on songs for a concert"."""
    after = after_of(clause)
    first = after[0][0] if after else ""
    second = len(after) > 1 and first in {"on", "for", "to"} and after[1][0] in {"for", "of", "at"}
    return [p for place, (_, p) in enumerate(after) if not (second and place == 1)]


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
    if _checked(clause, heard) or _moved(subject, clause, heard):
        return
    after = after_of(clause)
    counts = any(kinds.head(p.text) == "quantity" for _, p in clause.after)
    purpose = next((p for prep, p in after if prep == "for"), None)
    if clause.verb.text == "use" and purpose:  # "machines are used by workers for a task"
        heard.thing(purpose.text, 2)
        heard.hangs.append(Hangs(child=purpose.text, parent=one, how="done"))
        after = [(prep, p) for prep, p in after if p is not purpose]
        one = purpose.text
    for prep, phrase in after:
        purpose_alone = prep == "for" and phrase.number == "bare"  # "blocked for maintenance"
        if phrase.text != one and not purpose_alone:
            heard.thing(phrase.text, 2)
            _done_with(one, prep, phrase, heard, counts=counts)
    if clause.either and len(after) > 1:
        heard.either.append((one, tuple(p.text for _, p in after)))
    for prep, phrase in clause.after:
        if prep == "with" and is_column(phrase.text) and not counts:
            heard.column(one, phrase.text)


def _done_with(one: str, prep: str, phrase: Phrase, heard: Heard, *, counts: bool) -> None:
    """What something is done with hangs on it, or it on that."""
    several = phrase.number == "many"
    with_it = prep == "with" and phrase.number == "plural" and not is_someone(phrase.text)
    paid = several and kinds.is_a(phrase.text, kinds.DOCUMENTS | kinds.NAMELESS)
    if with_it or paid:  # "reported with photos", "paid with two payments"
        heard.hangs.append(Hangs(child=phrase.text, parent=one))
        return
    # "Parts are used on tickets with a quantity"; "a line is picked from several lots".
    counts = counts or (several and kinds.head(one) in {"line", "position"})
    payload = ("quantity",) if counts else ()
    heard.hangs.append(
        Hangs(child=one, parent=phrase.text, many=several or counts, payload=payload, how="done")
    )


def _checked(clause: Clause, heard: Heard) -> bool:
    """Hear "when it ends the car is inspected by somebody": no column of the car."""
    by = any(prep == "by" and is_someone(p.text) for prep, p in clause.after)
    if not (clause.when and by and clause.verb.text in things.CHECKS):
        return False
    heard.thing(things.CHECKS[clause.verb.text], 1)
    return True


def _moved(subject: Phrase, clause: Clause, heard: Heard) -> bool:
    """Hear "parts are moved between warehouses": a transfer from one to the other, with lines."""
    between = [p for prep, p in after_of(clause) if prep == "between" and p.number == "plural"]
    if not between or clause.verb.text not in things.MOVES:
        return False
    for noun in ("transfer", between[0].text, subject.text):
        heard.thing(noun, 3)
    place = between[0].text
    heard.hangs += [
        Hangs(child="transfer", parent=place, role=f"{way} {place}") for way in ("from", "to")
    ]
    counted = kinds.is_a(subject.text, kinds.GOODS | {"item", "good"})
    payload = ("quantity",) if counted else ()
    heard.hangs.append(Hangs(child="transfer", parent=subject.text, many=counted, payload=payload))
    return True


def meets(subject: Phrase, clause: Clause, heard: Heard) -> bool:
    """Hear "vets see pets in appointments": an appointment of both."""
    acts = [p for prep, p in after_of(clause) if prep in {"in", "at", "during"}]
    act = next((p for p in acts if kinds.is_booking(p.text) and p.number == "plural"), None)
    objects = rows_of(clause.objects)
    tour = next((p for prep, p in after_of(clause) if prep == "on" and p.text in _WAYS), None)
    if tour and objects and is_someone(subject.text) and not clause.verb.passive:
        for phrase in (tour, subject, *objects):
            heard.thing(phrase.text, 2)
        heard.hangs.append(Hangs(child=tour.text, parent=subject.text))
        return True  # "a driver delivers boxes on a tour": who is on the tour is told
    if act is None or not objects or clause.verb.passive or not is_someone(subject.text):
        return False
    heard.thing(act.text, 2)
    for phrase in (subject, *objects):
        heard.thing(phrase.text, 2)
        heard.hangs.append(Hangs(child=act.text, parent=phrase.text))
    return True


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
            shared = kinds.is_a(phrase.text, kinds.SHARED) and clause.verb.text in things.NEED
            many = (share and phrase.number in {"many", "plural"}) or shared
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
    of_column = {
        p.text
        for (_, before), (prep, p) in zip(clause.after, clause.after[1:], strict=False)
        if prep == "of" and is_column(before.text)  # "with a description of the fault"
    }
    for anchor in rows_of(anchors[:1]):
        for prep, phrase in clause.after:  # "a ticket with a subject and a priority"
            sort = phrase.text in things.SORTS and phrase.number == "one"
            own = is_column(phrase.text) or sort
            if prep == "with" and own and clause.verb.text not in things.HAVE:
                heard.column(anchor.text, phrase.text)
                of_column |= {phrase.text} if sort else set()
        for prep, phrase in after_of(clause):
            if phrase.text == anchor.text or phrase.text in of_column:
                continue
            heard.thing(phrase.text, weight_of(phrase))
            several = prep == "with" and phrase.number in {"many", "plural"}
            pair = (phrase.text, anchor.text) if several else (anchor.text, phrase.text)
            many = phrase.number == "plural" and prep == "for"
            both = anchor.number == phrase.number == "plural" and clause.verb.text in things.PUTS
            heard.hangs.append(
                Hangs(child=pair[0], parent=pair[1], many=both, how="near", several=many)
            )
