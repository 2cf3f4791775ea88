"""Who does what: the verbs of a sentence, each with what stands before and after it."""

import re
from dataclasses import dataclass, replace

from blueproof.advisors.model.prose.phrases import Phrase, phrases_of

_ENDS = re.compile(r"(?<=[.;:!?])\s+|\n+|\s+[-\u2013\u2014]\s+")
# Ways of saying the same, in the words that the grammar knows.
_SAME = tuple(
    (re.compile(rf"\b(?:{said})\b", re.IGNORECASE), plain)
    for said, plain in (
        (r"one of (?=them\b|these\b)", ""),
        (r"one of (?:the|our|their|its|your|his|her|my|these|those)?\s*(?:\d+|two|three|four|five"
         r"|six|seven|eight|nine|ten|twelve)?", "a"),
        (r"(?:one|two|three|four|\d+) or (?:more|several|many)|more than one|at least one|any "
         r"number of|a number of"
         r"|lots of|plenty of|a (?:few|couple of|list of|set of(?= \w+s\b))|zero or more|up to \d+"
         r"|at most \d+|no more than \d+|a maximum of \d+|an? (?:un)?limited number of"
         r"|between \d+ and \d+|\d+ (?:to|or) \d+|most", "several"),
        (r"(?:is|are|be) (?:made up|made|composed|built up) of|consists? of|(?:is|are"
        r"|be) (?:split|divided"
         r"|broken down|organi[sz]ed|grouped) (?:in)?to|is made from|comes? with|comprises?",
         "contain"),
        (r"(?:is|are|be|being) (?:a )?part of|(?:is|are|be) (?:a )?members? of", "belong to"),
        (r"(?:is|are) (?:kept|stored|located|placed|situated|held|filed) (?:in|at|on|by|per|under)",
         "belong at"),
        (r"(?:have|has) (?:room|space|places?|spots?) for", "have capacity for"),
        (r"comes? in (?=several|different|many|various|multiple|[a-z]+s\b)", "have "),
        (r"(?:passes|pass|goes|go|runs|run) through", "have"),
        (r"according to", "by"),
        (r"tops? up", "recharge"),
        (r"(?:clocks?|logs?|signs?) in(?: and out)?(?= at| on)", "checkin"),
        (r"(?:a|the) (?:program(?:me)?|list|collection|series|selection|sequence|range|variety) of"
         r"(?= [a-z]+s\b)", "several"),
        (r"(?:exists?|is available|are available) (?:as|in)(?= several| many| multiple| a| one)",
         "have"),
        (r"in parts?(?= |[.,;]|$)", ""),
        (r"gets? (?=(?!a|an|the)\w+ed\b|paid|sold|sent|built|made|shown|held)", "is "),
        (r"(?:is|are|be) in (?=several|many|multiple)", "belong to "),
        (r"in (?:an? )?(?:fixed |given |certain |set |specific |particular )?order(?! to\\b)", ""),
        (r"(?:about|around|roughly|approximately|over|under|nearly|almost|circa|ca\.?|some) "
         r"(?=\d)", ""),
        (r"(?P<verb>brings?|hands?|drops?|sends?) (?:in|off|over)(?= (?:an?|the|their|his|her|its"
         r"|several|many|[a-z]+s)\b)", r"\g<verb>"),
        (r"pays? out", "payout"),
        (r"(?P<who>(?!other|it|that|there)\w{2,})(?:'s|(?<=s)') (?P<what>[a-z]+)",
         r"\g<what> of \g<who>"),
        (r"signs? up for|signed up for|sign-?up for", "signup to"),
        (r"checks? in\b(?! to)", "checkin"),
        (r"takes? out(?= an? )", "takeout"),
        (r"looks? up", "search"),
        (r"rents? out|hires? out|leases? out|lends? out", "manage"),
        (r"such as|for example|e\.g\.|for instance|like for example", "like"),
        (r"as well as|together with|along with", "and"),
        (r"no(?:body| one) else can|at the same time|at any time|at all times|at a time|in time"
         r"|from time to time|all the time|over time|once a \w+|twice a \w+|per (?:day|week|month"
         r"|year|hour|minute)|each (?:day|week|month|year)|every (?:day|week|month|year|morning)"
         r"|(?<!has )(?<!have )(?<!, )(?<!and )a (?:day|week|month|year|minute|second)\b|a "
         r"lot(?=[.,;!?]|$)|meanwhile", ""),
    )
)  # fmt: skip
_EXAMPLES = re.compile(r"\blike [a-z]+(?: [a-z]+)?(?:, [a-z]+(?: [a-z]+)?)*,? (?:or|and) [a-z]+\b")


_SOMETIMES = re.compile(
    r"\bnot (?:always|every|all|right away|immediately|yet|at first|necessarily)\b|\boptional"
    r"|\bsometimes\b|\bif any\b|\bmay be (?:empty|unassigned)\b|\blater\b|\bonly some\b",
    re.IGNORECASE,
)
_MAY = frozenset({"may", "might", "can", "could"})
_SHORTEST = 2  # phrases before a subject: a preposition and its thing
BOTH = "*"  # the things named before


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A verb, those who do it, what it is done to, and what stands after prepositions.

    `of` are pairs of the phrase that a preposition follows and its own; `either` says that the
    objects are joined by "or"; `leading` is what it is said for each of ("in every season");
    `sometimes` that it is not so for all ("but not always"), `when` that it is only then.
    """

    verb: Phrase
    subjects: tuple[Phrase, ...] = ()
    speaker: str = ""
    objects: tuple[Phrase, ...] = ()
    after: tuple[tuple[str, Phrase], ...] = ()
    either: bool = False
    leading: tuple[Phrase, ...] = ()
    sometimes: bool = False
    when: bool = False


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in the words that the grammar knows."""
    found = []
    for each in _ENDS.split(text):
        plain = each
        for pattern, same in _SAME:
            plain = pattern.sub(same, plain)
        plain = _EXAMPLES.sub("", plain)
        if plain.strip():
            found.append(plain)
    return tuple(found)


def clauses_of(sentence: str, it: str = "") -> tuple[tuple[Phrase, ...], tuple[Clause, ...]]:
    """The phrases of a sentence and its clauses; `it` is what "it" means after "to" or "on"."""
    phrases = _named_it(phrases_of(sentence), it)
    verbs = [i for i, p in enumerate(phrases) if p.kind == "V"]
    found: list[Clause] = []
    for order, place in enumerate(verbs):
        begin = verbs[order - 1] + 1 if order else 0
        end = verbs[order + 1] if order + 1 < len(verbs) else len(phrases)
        until = _where_next_begins(phrases, place, end)
        subjects, speaker = _subjects(phrases, begin, place, first=order == 0)
        if not subjects and not speaker and found:
            subjects, speaker = _carried(found[-1], phrases, begin, place)
        objects, after, either = _objects(phrases[place + 1 : until])
        found.append(
            Clause(
                verb=phrases[place],
                subjects=subjects,
                speaker=speaker,
                objects=objects,
                after=after,
                either=either,
                leading=_leading(phrases[begin:place]),
                when=phrases[0].kind == "W" and phrases[0].text in {"when", "once", "if"},
                sometimes=bool(_SOMETIMES.search(sentence)) or phrases[place].modal in _MAY,
            )
        )
    return phrases, tuple(found)


def _named_it(phrases: tuple[Phrase, ...], it: str) -> tuple[Phrase, ...]:
    """The phrases with the thing in place of "it" after a preposition."""
    thing = Phrase(kind="N", text=it, number="bare", fixed=True)
    return tuple(
        thing if it and p.kind == "U" and p.text == "it" and before.kind == "P" else p
        for before, p in zip((thing, *phrases), phrases, strict=False)
    )


def _where_next_begins(phrases: tuple[Phrase, ...], place: int, end: int) -> int:
    """Where the subject of the next verb begins, which is no object of this one."""
    if end == len(phrases):
        return end
    between = phrases[place + 1 : end]
    for back, phrase in enumerate(reversed(between)):
        if phrase.kind in {"W", "|"} or (phrase.kind == "C" and back > 0):
            return end - back - 1
        if phrase.kind == "C":
            return end - 1
    return end


def _subjects(
    phrases: tuple[Phrase, ...], begin: int, place: int, *, first: bool
) -> tuple[tuple[Phrase, ...], str]:
    """The things right before a verb, and the pronoun where it is one."""
    before = list(phrases[begin:place])
    while before and before[-1].kind == "E":
        before.pop()
    if before and before[-1].kind == "U":
        return (), before[-1].text
    if before and before[-1].kind in {"C", "|"} and not first:
        return (), ""
    if before and before[-1].kind == "W" and before[-1].text not in {"who", "which", "that"}:
        return (), ""
    if before and before[-1].kind == "W":
        things = [p for p in before if p.kind == "N"]
        return tuple(things[-1:]), ""
    group: list[Phrase] = []
    heads: list[Phrase] = []
    for phrase in reversed(before):
        if phrase.kind == "N":
            group.append(phrase)
            heads.append(phrase)
        elif phrase.kind == "P" and heads:
            heads.pop()  # "payments of a claim": the payments do it
        elif (phrase.kind == "C" and (first or not heads)) or (phrase.kind in {"E", "C"} and first):
            continue
        else:
            break
    return tuple(reversed(heads)), ""


def _leading(before: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
    """What a clause begins with: "for every event each block gets its own price"."""
    start = max((i for i, p in enumerate(before) if p.kind in {"C", "|"}), default=-1) + 1
    rest = before[start:]
    if (
        len(rest) > _SHORTEST
        and rest[0].kind == "P"
        and rest[0].text in {"in", "for", "per", "at", "after", "during", "before"}
    ):
        one = rest[1].kind == "N" and rest[1].number == "one"
        said = rest[2].kind in {"N", "U"}
        return (rest[1],) if one and said else ()
    return ()


def _carried(
    last: Clause, phrases: tuple[Phrase, ...], begin: int, place: int
) -> tuple[tuple[Phrase, ...], str]:
    """The subject of "and belong to a menu": that of the verb before."""
    between = phrases[begin:place]
    if any(p.kind == "W" for p in between):
        things = [p for p in between if p.kind == "N"]
        if things:
            return (things[-1],), ""
    if last.speaker and last.objects and phrases[place].raw in {"belongs", "has", "belong"}:
        return last.objects, ""  # "we own trucks and trailers, each belongs to a depot"
    return last.subjects, last.speaker


def _objects(
    after: tuple[Phrase, ...],
) -> tuple[tuple[Phrase, ...], tuple[tuple[str, Phrase], ...], bool]:
    """The things that a verb is done to, and those after prepositions."""
    objects: list[Phrase] = []
    others: list[tuple[str, Phrase]] = []
    preposition = ""
    either = joined = stood = False
    for phrase in after:
        both = phrase.kind == "U" and phrase.text in {"both", "them"} and preposition
        if phrase.kind in {"W", "U"} and (objects or others) and not both:
            break
        if both:
            others.append((preposition, replace(phrase, kind="N", text=BOTH)))
        elif phrase.kind == "N":
            preposition = (
                ""
                if _is_free(
                    preposition,
                    phrase,
                    joined=joined,
                    stood=stood,
                    fixed=others[-1][1].fixed if others else False,
                )
                else preposition
            )
            if preposition:
                others.append((preposition, phrase))
            else:
                objects.append(_alike(phrase, objects, joined=joined))
            joined = False
        elif phrase.kind == "P":
            preposition, joined = phrase.text, False
        elif phrase.kind in {"C", "|"}:
            either, joined = either or phrase.text == "or", True
        stood = phrase.kind == "N"
    return tuple(objects), tuple(others), either


def _is_free(preposition: str, phrase: Phrase, *, joined: bool, stood: bool, fixed: bool) -> bool:
    """Whether a thing stands no longer after the preposition."""
    if preposition in {"for", "per"} and stood and phrase.fixed:
        return True  # "for each model several units"
    listed = preposition in {"per", "of", "for"} and (phrase.fixed or preposition == "of")
    if listed:
        return bool(joined)  # "a dose per hectare, and the worker"
    apart = preposition in {"in", "on", "at", "within"} and phrase.fixed and not fixed
    return bool(joined) and apart  # "seats in blocks, and some standing areas"


def _alike(phrase: Phrase, objects: list[Phrase], *, joined: bool) -> Phrase:
    """A thing of a list is as many as the first: "several directors and actors"."""
    plain = joined and phrase.number == "plural" and not phrase.fixed
    many = plain and objects and objects[-1].number == "many"
    return replace(phrase, number="many") if many else phrase


def pairs_of(phrases: tuple[Phrase, ...]) -> tuple[tuple[Phrase, str, Phrase], ...]:
    """Each thing that a preposition hangs on the thing before: "the history of a vehicle"."""
    found = []
    for before, mid, after in zip(phrases, phrases[1:], phrases[2:], strict=False):
        if before.kind == "N" and mid.kind == "P" and after.kind == "N":
            found.append((before, mid.text, after))
        per = before.kind == "P" and before.text in {"for", "per"} and mid.number == "one"
        if per and mid.kind == after.kind == "N" and after.number in {"many", "plural"}:
            found.append((after, "per", mid))
    return tuple(found)
