"""What the sentences of a request say of things, their columns, and how they hang together."""

import re
from dataclasses import replace

from blueproof.advisors.model import kinds
from blueproof.advisors.model.prose import things
from blueproof.advisors.model.prose.asking import asks, is_asked
from blueproof.advisors.model.prose.clauses import BOTH, Clause, clauses_of, pairs_of, sentences
from blueproof.advisors.model.prose.happening import anchored, does, happens, is_done
from blueproof.advisors.model.prose.looking import is_look, look
from blueproof.advisors.model.prose.naming import boundary, is_column, is_someone, is_thing
from blueproof.advisors.model.prose.phrases import Phrase
from blueproof.advisors.model.prose.rows import after_of, rows_of, weight_of
from blueproof.advisors.model.prose.said import Hangs, Heard, How

_SPEAKERS = frozenset({"i", "we", "you", "i'm", "we're", "me"})
_OF = frozenset("of by per for on in from at against to between under into with".split())
_ENUMERATED = frozenset(
    "status state role kind type unit priority level method reason rarity language currency size "
    "colour color mode category stage phase".split()
)
_WHILE = frozenset("period time while day week month year hour season".split())
_ALSO = re.compile(
    r"^(?:(?:who|which|he|she|it) (?:is|are) )?(?:also )?(?:an?|another) (?P<of>\w+)$"
)


def hear(text: str, brackets: list[str]) -> Heard:
    """All that the text says; `brackets` are the texts that its numbered brackets stand for."""
    heard = Heard()
    before: tuple[Phrase, ...] = ()
    for sentence in sentences(text):
        phrases, clauses = clauses_of(sentence)
        for clause in clauses:
            if not asks(clause):
                _clause(_resolved(clause, before), heard, sentence)
            before = clause.subjects if len(clause.subjects) > 1 else before
        _in_brackets(phrases, brackets, heard)
        if not is_asked(phrases, clauses):
            for one, preposition, other in pairs_of(phrases):
                _pair(one, preposition, other, heard)
        for phrase in phrases:
            if phrase.kind == "N" and phrase.number in {"plural", "many"} and is_thing(phrase.text):
                heard.thing(phrase.text, 1)
    return heard


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
        _varies(clause, heard)
    elif clause.speaker and not clause.subjects:
        _spoken(clause, heard)
    else:
        for subject in clause.subjects:
            if is_thing(subject.text):
                _done(subject, clause, heard)


def _varies(clause: Clause, heard: Heard) -> None:
    """Hear "holidays differ per office": each is of one office."""
    for prep, phrase in after_of(clause):
        for subject in rows_of(clause.subjects) if prep in {"per", "by"} else ():
            heard.thing(phrase.text, 2)
            heard.hangs.append(Hangs(child=subject.text, parent=phrase.text, how="near"))


def _spoken(clause: Clause, heard: Heard) -> None:
    """What "we" do to things: they are there."""
    verb = clause.verb.text
    if (verb == "be" and clause.speaker != "there") or verb in {"model", "design"}:
        return
    if clause.speaker not in _SPEAKERS | {"there", "nobody", "somebody"}:
        return
    for phrase in rows_of(clause.objects):
        heard.thing(phrase.text, 2)
    if verb == "payout":
        heard.thing("payout", 3)
        heard.hangs += [Hangs(child="payout", parent=p.text) for p in rows_of(clause.objects)]
        return
    if verb in things.HAVE and len(clause.objects) == 1:
        anchor = clause.objects[0].text
        for prep, phrase in after_of(clause):
            if prep == "with" and is_thing(anchor):
                heard.thing(phrase.text, 2)
                heard.hangs.append(Hangs(child=phrase.text, parent=anchor, how="near"))
    anchored(clause.objects, clause, heard)


def _done(subject: Phrase, clause: Clause, heard: Heard) -> None:
    """What the verb says of one of its subjects."""
    verb = clause.verb.text
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
            heard.hangs.append(Hangs(child=phrase.text, parent=subject.text))
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
    elif not is_thing(other):
        if other in things.ROLES:
            heard.hangs.append(Hangs(child=one, parent=other, role=other, how="near"))
    elif is_column(other):
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
    listed = phrase.bracket >= 0 and kinds.head(phrase.text) in _ENUMERATED
    if listed and phrase.number != "many":
        return True
    known = kinds.head(phrase.text) in kinds.KNOWN or is_someone(phrase.text)
    plain = phrase.number == "bare" and not phrase.fixed and " " not in phrase.text
    return plain and not known


def _has_thing(subject: Phrase, phrase: Phrase, clause: Clause, heard: Heard) -> None:
    """Several of it hang on the subject; of one, the subject hangs on it."""
    one, other = subject.text, phrase.text
    heard.thing(other, 2)
    if phrase.number in {"many", "plural"}:
        heard.hangs.append(_of_parts(one, phrase, clause))
        for prep, each in clause.after:
            if prep == "per" and is_column(each.text):
                heard.column(other, each.text)
    elif is_someone(one) and kinds.is_a(other, kinds.DOCUMENTS):
        heard.hangs.append(Hangs(child=other, parent=one))  # "the customer gets an invoice"
    else:
        role = other if other in things.ROLES else ""
        heard.hangs.append(Hangs(child=one, parent=other, how="near", role=role))


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
    counts = any(kinds.head(p.text) == "quantity" for _, p in clause.after)
    parts = clause.verb.text in things.PARTS
    composite = parts and kinds.head(one) in things.COMPOSITES
    several = (
        phrase.number == "many"
        and is_someone(other)
        and not (
            is_someone(one) or kinds.head(one) in things.GROUPS or kinds.is_a(one, kinds.TENANTS)
        )
    )
    named = tuple(p.text for prep, p in clause.after if prep == "with" and is_column(p.text))
    payload: tuple[str, ...] = ("quantity",) if composite or counts or phrase.used else ()
    if counts:
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
        many = phrase.number == "many" and not clause.either
        assigned = clause.verb.text == "assign" and is_someone(one) and not many
        pair = (phrase.text, one) if assigned else (one, phrase.text)
        how: How = "near" if be and not many else "said"
        heard.hangs.append(Hangs(child=pair[0], parent=pair[1], many=many, how=how))


def _pair(one: Phrase, preposition: str, other: Phrase, heard: Heard) -> None:
    """Hear "scans of a parcel", "customers with a name": what stands beside a thing."""
    if preposition not in _OF or not is_thing(one.text) or one.text == other.text:
        return
    row = is_thing(other.text) and not is_column(other.text)
    if is_column(one.text):
        if preposition == "of" and row:
            heard.column(other.text, one.text)
    elif preposition == "with" and is_column(other.text):
        if other.number in {"plural", "many"} and one.number == "many":
            heard.pairs.append((one.text, other.text))
        elif kinds.head(other.text) != "quantity":
            heard.column(one.text, other.text)
    elif preposition == "with" and row:
        heard.thing(other.text, 0)
        several = other.number in {"many", "plural"} and not kinds.is_booking(one.text)
        pair = (other.text, one.text) if several else (one.text, other.text)
        heard.hangs.append(Hangs(child=pair[0], parent=pair[1], how="near"))
    elif row:
        heard.thing(other.text, 1)
        heard.thing(one.text, 1)
        heard.hangs.append(Hangs(child=one.text, parent=other.text, how="near"))


def _in_brackets(phrases: tuple[Phrase, ...], brackets: list[str], heard: Heard) -> None:
    """What brackets say, of the thing before: "each scan of a parcel (time, depot)" of the scan."""
    for place, phrase in enumerate(phrases):
        if phrase.kind != "N" or phrase.bracket < 0:
            continue
        of = [p.text for p in phrases[max(place - 2, 0) : place]]
        whole = phrases[place - 2] if of[1:] == ["of"] else phrase
        whole = whole if whole.kind == "N" and is_thing(whole.text) else phrase
        _bracket(whole, brackets[phrase.bracket], heard)


def _bracket(phrase: Phrase, text: str, heard: Heard) -> None:
    """What stands in brackets after a thing: its columns, or the values of a column."""
    also = _ALSO.match(text.strip().lower())
    if also:
        heard.alias[phrase.text] = also["of"]
        return
    parts = [p.strip().lower() for p in re.split(r",|;|/|\bor\b|\band\b", text) if p.strip()]
    if not parts or not all(re.fullmatch(r"[a-z][a-z _-]{0,30}", p) for p in parts):
        return
    if kinds.head(phrase.text) in _ENUMERATED:
        heard.column(f"={phrase.text}", "values", ",".join(parts))
    elif any(is_column(p) for p in parts) or phrase.number == "bare":
        for name in parts:
            if " per " in name or " of " in name:
                continue
            if is_column(name) or not is_thing(name):
                heard.column(phrase.text, name)
            else:
                heard.thing(name, 2)
                heard.hangs.append(Hangs(child=phrase.text, parent=name, how="near"))
