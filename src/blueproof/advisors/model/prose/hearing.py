"""What the sentences of a request say of things, their columns, and how they hang together."""

from dataclasses import replace

from blueproof.advisors.model import kinds
from blueproof.advisors.model.prose import things
from blueproof.advisors.model.prose.asking import asks, is_asked
from blueproof.advisors.model.prose.beside import in_brackets, of_object, pair
from blueproof.advisors.model.prose.clauses import BOTH, Clause, clauses_of, pairs_of, sentences
from blueproof.advisors.model.prose.happening import anchored, does, happens, is_done, meets
from blueproof.advisors.model.prose.looking import is_look, look
from blueproof.advisors.model.prose.naming import boundary, is_column, is_someone, is_thing
from blueproof.advisors.model.prose.phrases import Phrase
from blueproof.advisors.model.prose.rows import after_of, rows_of, weight_of
from blueproof.advisors.model.prose.said import Hangs, Heard, How
from blueproof.advisors.model.prose.speaking import ours, spoken, varies

_HOW_MANY = frozenset("amount quantity total total sum".split())
_PAPERS = frozenset(
    "certificate licence license passport account wallet profile badge qualification".split()
)
_OF = frozenset("of by per for on in from at against to between under into with".split())
_WHILE = frozenset("period time while day week month year hour season".split())


def hear(text: str, brackets: list[str]) -> Heard:
    """All that the text says; `brackets` are the texts that its numbered brackets stand for."""
    heard = Heard()
    before: tuple[Phrase, ...] = ()
    it = ""
    for sentence in sentences(text):
        phrases, clauses = clauses_of(sentence, it)
        it = _meant(clauses) or it
        for clause in clauses:
            if not asks(clause):
                _clause(_resolved(clause, before), heard, sentence)
            before = clause.subjects if len(clause.subjects) > 1 else before
        heading = [p.text for p in phrases if p.kind == "N"]
        if not clauses and not heard.hangs and len(heading) == 1:  # "Climbing gym."
            heard.ours |= {*heading}
        in_brackets(phrases, brackets, heard)
        if not is_asked(phrases, clauses):
            asking = {p.text for c in clauses for p in ours(c)}
            heard.ours |= asking
            for one, preposition, other in pairs_of(phrases):
                if other.text in asking or of_object(one, preposition, other, clauses, heard):
                    continue
                pair(one, preposition, other, heard)
        for phrase in phrases:
            if phrase.kind == "N" and phrase.number in {"plural", "many"} and is_thing(phrase.text):
                heard.thing(phrase.text, 1)
    return heard


def _meant(clauses: tuple[Clause, ...]) -> str:
    """What "it" stands for in the next sentence: the first subject that is nobody."""
    subjects = (p.text for c in clauses for p in rows_of(c.subjects))
    return next((n for n in subjects if not is_someone(n)), "")


def _resolved(clause: Clause, before: tuple[Phrase, ...]) -> Clause:
    """A clause in which "both" stands for what was named before."""
    if not any(p.text == BOTH for _, p in clause.after):
        return clause
    after: list[tuple[str, Phrase]] = []
    for preposition, phrase in clause.after:
        after += (
            [(preposition, p) for p in before] if phrase.text == BOTH else [(preposition, phrase)]
        )
    return replace(clause, after=tuple(after), either=True)


def _clause(clause: Clause, heard: Heard, sentence: str) -> None:
    if is_look(clause) and not clause.verb.negated:
        look(clause, heard, sentence)
        return
    for phrase in rows_of(clause.subjects):
        heard.thing(phrase.text, 2 if phrase.number != "bare" else 1)
    if clause.subjects and not any(is_thing(p.text) for p in clause.subjects):
        for phrase in rows_of(clause.objects):
            heard.thing(phrase.text, 2)  # "late returns cost a fine"
    _times(clause, heard)
    if clause.verb.negated:
        return
    if clause.verb.text in things.SILENT - {"make", "give", "become", "come"}:
        varies(clause, heard)
    elif clause.speaker and not clause.subjects:
        spoken(clause, heard)
    else:
        for subject in clause.subjects:
            if is_thing(subject.text):
                _done(subject, clause, heard)


def _done(subject: Phrase, clause: Clause, heard: Heard) -> None:
    """What the verb says of one of its subjects."""
    verb = clause.verb.text
    if meets(subject, clause, heard):
        return
    someone = is_someone(subject.text) or clause.verb.passive or verb in things.BY_ANYBODY
    if verb in things.EVENTS and someone:
        happens(subject, clause, heard)
    elif verb in things.BELONG or verb == "be":
        _belongs(subject, clause, heard)
    elif clause.verb.passive:
        is_done(subject, clause, heard)
    elif verb == "become":
        for phrase in rows_of(clause.objects):
            heard.thing(phrase.text, 2)
            some = clause.verb.modal in {"can", "may", "could"}
            heard.hangs.append(Hangs(child=phrase.text, parent=subject.text, optional=some))
    elif verb in things.HAVE:
        for phrase in clause.objects:
            _has(subject, phrase, clause, heard)
        anchored(clause.objects, clause, heard)
    else:
        does(subject, clause, heard)


def _has(subject: Phrase, phrase: Phrase, clause: Clause, heard: Heard) -> None:
    """Hear "A has B": B is a column of A, hangs on A, or is what A hangs on."""
    one, other = subject.text, phrase.text
    if is_column(one):
        return
    if boundary(other):
        heard.column(one, boundary(other))
    elif not (is_thing(other) or (is_column(other) and other not in _HOW_MANY)):
        if other in things.ROLES:
            heard.hangs.append(Hangs(child=one, parent=other, role=other, how="near"))
    elif is_column(other) or (other in things.SORTS and phrase.number in {"one", "bare"}):
        _has_column(subject, phrase, clause, heard)
    elif _is_text(phrase):
        heard.column(one, other)
    else:
        _has_thing(subject, phrase, clause, heard)


def _has_column(subject: Phrase, phrase: Phrase, clause: Clause, heard: Heard) -> None:
    """A column, unless there are several or it is one for each of something else."""
    one, other = subject.text, phrase.text
    per = [p for prep, p in after_of(clause) if prep == "per"]
    leading = [p for p in clause.leading if is_thing(p.text)]
    if leading:  # "for every event each block gets its own price"
        heard.hangs.append(Hangs(child=one, parent=leading[0].text, many=True, payload=(other,)))
    elif per and phrase is clause.objects[-1] and phrase.number != "many":
        heard.thing(other, 3)  # "an employee has an entitlement per leave type"
        for each in per:
            heard.thing(each.text, 2)
        heard.hangs += [Hangs(child=other, parent=p) for p in (one, *(p.text for p in per))]
    elif _is_several(subject, phrase, clause):
        _has_thing(subject, phrase, clause, heard)
    else:
        heard.column(one, other)


def _is_text(phrase: Phrase) -> bool:
    """Whether it is a column though we know it not: "weather", "stages (lead, offer, won)"."""
    listed = phrase.bracket >= 0 and kinds.head(phrase.text) in things.ENUMERATED
    if listed and phrase.number != "many":
        return True
    known = kinds.head(phrase.text) in kinds.KNOWN or is_someone(phrase.text)
    plain = phrase.number == "bare" and not phrase.fixed and " " not in phrase.text
    return plain and not known and phrase.text not in things.COMPOSITES


def _has_thing(subject: Phrase, phrase: Phrase, clause: Clause, heard: Heard) -> None:
    """Several of it hang on the subject; of one, the subject hangs on it."""
    one, other = subject.text, phrase.text
    heard.thing(other, 2)
    if phrase.number in {"many", "plural"}:
        heard.hangs.append(_of_parts(one, phrase, clause))
        for prep, each in clause.after:
            if prep == "per" and is_column(each.text):
                heard.column(other, each.text)
    elif is_someone(one) and kinds.is_a(other, kinds.DOCUMENTS | _PAPERS):
        heard.hangs.append(Hangs(child=other, parent=one))  # "the customer gets an invoice"
    else:
        role = other if other in things.ROLES else ""
        role = role or (f"{phrase.part} {other}" if phrase.part and is_someone(other) else "")
        pair = (other, one) if phrase.own and not role else (one, other)
        heard.hangs.append(Hangs(child=pair[0], parent=pair[1], how="near", role=role))


def _is_several(subject: Phrase, phrase: Phrase, clause: Clause) -> bool:
    """Whether a thing has several of what is a column by its nature: "several prices"."""
    if phrase.number == "many":
        return True
    holds = any(prep == "with" for prep, _ in clause.after)
    countable = phrase.text in things.COUNTABLE and (holds or subject.number == "one")
    return phrase.number == "plural" and countable


def _of_parts(one: str, phrase: Phrase, clause: Clause) -> Hangs:
    """What a thing has several of: its own, or such as others have, too."""
    other = phrase.text
    counts = any(kinds.head(p.text) in {"quantity", "amount"} for _, p in clause.after)
    parts = clause.verb.text in things.PARTS
    composite = parts and kinds.head(one) in things.COMPOSITES
    several = (
        phrase.number == "many"
        and is_someone(other)
        and not (
            is_someone(one) or kinds.head(one) in things.GROUPS or kinds.is_a(one, kinds.TENANTS)
        )
    )
    named = tuple(
        p.text
        for prep, p in clause.after
        if prep == "with" and (is_column(p.text) or (counts and p.text == "unit"))
    )
    if any(p.part and p.text == other for p in clause.objects):  # one main driver and others
        return Hangs(child=other, parent=one, many=True)
    counts = counts and phrase is clause.objects[-1]
    payload: tuple[str, ...] = ("quantity",) if composite or counts or phrase.used else ()
    if counts:
        payload = payload if "amount" not in named else ()
        payload = tuple(dict.fromkeys((*payload, *(n for n in named if n != "quantity"))))
    if kinds.head(other) in {"line", "item", "position"}:
        return Hangs(child=other, parent=one)  # its quantity is its own
    many = bool(payload) or several or kinds.is_a(other, kinds.SHARED)
    if several and not payload:
        payload = named
    return Hangs(child=other, parent=one, many=many, payload=payload)


def _times(clause: Clause, heard: Heard) -> None:
    """Hear "from a date to a date": the columns of a period."""
    said = {prep for prep, p in clause.after if p.text in {"date", "day", "time"}}
    if clause.verb.text in {"close", "open", "start", "end", "expire"} and said & {"at", "on"}:
        for phrase in rows_of(clause.subjects):  # "polls close at a given time"
            heard.column(phrase.text, f"{clause.verb.text}s_at")
    if not {"from", "to"} <= said:
        return
    event = things.EVENTS.get(clause.verb.text, "")
    anchor = event or next((p.text for p in (*clause.objects, *clause.subjects)), "")
    if anchor:
        heard.column(anchor, "starts_on")
        heard.column(anchor, "ends_on")


def _belongs(subject: Phrase, clause: Clause, heard: Heard) -> None:
    one, be = subject.text, clause.verb.text == "be"
    if is_column(one):
        return
    if be and is_someone(one) and len(clause.objects) == 1 and not clause.objects[0].fixed:
        other = clause.objects[0].text
        if is_someone(other) and other != one:  # "students are mostly children"
            heard.alias[other] = one
            return
    targets = [p for prep, p in after_of(clause) if prep in _OF - ({"with"} if be else set())]
    if be and kinds.head(one) in {"line", "item"}:
        targets += rows_of(clause.objects)
    if clause.either and len(targets) > 1:
        heard.either.append((one, tuple(dict.fromkeys(p.text for p in targets))))
    lasting = any(p.text in _WHILE for prep, p in clause.after if prep == "for")
    if clause.verb.text == "assign" and lasting:  # "assigned to a site for a period"
        heard.made.add("assignment")
        for each in (one, *(p.text for p in targets)):
            heard.thing("assignment", 2)
            heard.thing(each, 2)
            heard.hangs.append(Hangs(child="assignment", parent=each, how="done"))
        return
    for phrase in targets:
        heard.thing(phrase.text, weight_of(phrase) if be else 2)
        taken = be and clause.verb.modal in {"can", "may"} and phrase.number == "one"
        if taken and kinds.head(phrase.text) not in things.GROUPS:  # "can only be in one ride"
            heard.hangs.append(Hangs(child=phrase.text, parent=one, how="near"))
            continue
        many = phrase.number == "many" or (
            phrase.number == "plural" and kinds.is_a(one, kinds.SHARED)
        )
        many = many and not clause.either
        assigned = clause.verb.text == "assign" and is_someone(one) and not many
        pair = (phrase.text, one) if assigned else (one, phrase.text)
        how: How = "near" if be and not many else "said"
        optional = clause.verb.text == "assign" and clause.sometimes
        heard.hangs.append(
            Hangs(child=pair[0], parent=pair[1], many=many, how=how, optional=optional)
        )
