"""Which word of a sentence is a thing and which a verb: "units", "returns", "books", "changes"."""

import re
from dataclasses import dataclass

from blueproof.advisors.model import kinds
from blueproof.advisors.model.nouns import singular
from blueproof.advisors.model.prose import lexicon as lex

# N thing, V verb, D determiner, A adjective, P preposition, M modal, S form of "be", R adverb,
# C and/or, W who/which/if, U pronoun, # number, T "to", X "not", | comma.
_WORD = re.compile(r"\d[\d,.]*k?%?|[A-Za-z][A-Za-z0-9'\u2019-]*|[,/&|]|\x00\d+\x00")
_ALWAYS = frozenset("has have had contain belong belongs takeout signup payout".split())
_TO_THINGS = frozenset(
    "belong attach assign link connect relate refer tie deliver send lend let transfer".split()
)
_SHORTEST = 4  # letters of "bed" and "shed", which are things
_ENDS_IN_LY = frozenset("family supply reply assembly fly ally anomaly".split())
_CLOSED = (
    (lex.CONJUNCTIONS, "C"),
    (lex.RELATIVES, "W"),
    (lex.MODALS, "M"),
    (lex.BE, "S"),
    (lex.ONE | lex.THE | lex.MANY, "D"),
    (lex.PREPOSITIONS, "P"),
    (lex.PRONOUNS, "U"),
    (lex.ADVERBS, "R"),
    (lex.ADJECTIVES, "A"),
)


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word in lower case, its tag, and a verb's base form."""

    text: str
    tag: str
    lemma: str = ""


def words_of(sentence: str) -> tuple[Word, ...]:
    """The words of a sentence with their tags.

    >>> [w.text for w in words_of("Customers book rooms") if w.tag == "V"]
    ['book']
    """
    texts = [w.lower().replace("\u2019", "'") for w in _WORD.findall(sentence)]
    tags = [_closed(text) for text in texts]
    found: list[Word] = []
    verbs = 0
    for place, text in enumerate(texts):
        if tags[place] == "A" and found and found[-1].tag in {"U", "M", "T"} and lex.lemma(text):
            tags[place] = "V"  # "we open the claims of an adjuster"
        if text == "like" and found and found[-1].tag in {"M", "T"}:
            tags[place] = "V"  # "a user can like a comment"
        tag = tags[place] or _open(place, texts, tags, found, verbs)
        tags[place] = tag
        if tag == "|" or tag in {"W", "C"}:
            verbs = 0
        verbs += tag in {"V", "S"}
        found.append(Word(text=text, tag=tag, lemma=lex.lemma(text) if tag == "V" else ""))
    return tuple(found)


def _closed(text: str) -> str:
    """The tag of a word of a closed class; "" for one that may be a thing or a verb."""
    if text[0] == "\x00":
        return "0"
    if text in {",", "/", "|"}:
        return "|" if text != "/" else "C"
    if text[0].isdigit():
        return "#"
    if text == "to":
        return "T"
    tag = next((tag for some, tag in _CLOSED if text in some), "")
    if not tag and text.endswith("ly") and text not in _ENDS_IN_LY and not lex.lemma(text):
        return "R"
    return tag


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A word that may be a thing or a verb, where it stands.

    `form` is that of a verb, `last` the tag before it, `after` the one after it; `verbs` counts
    those of the clause so far, and `later` is whether its verb is still to come.
    """

    text: str
    base: str
    form: str
    last: str
    after: str
    before: tuple[Word, ...]
    verbs: int
    later: bool

    @property
    def pure(self) -> bool:
        """Whether it is hardly ever a thing."""
        return self.base in lex.VERBS - lex.BOTH


def _open(place: int, texts: list[str], tags: list[str], before: list[Word], verbs: int) -> str:
    """Whether a word is a thing, a verb or says of what kind a thing is."""
    text = texts[place]
    if not lex.lemma(text):
        said_of = text.endswith("ed") and not text.endswith("eed") and len(text) > _SHORTEST
        return "A" if said_of and _next(place, texts, tags) in {"N", "?", "?s"} else "N"
    spot = Spot(
        text=text,
        base=lex.lemma(text),
        form=lex.form(text),
        last=_last(before),
        after=_next(place, texts, tags),
        before=tuple(before),
        verbs=verbs,
        later=_speaks_later(place, texts, tags),
    )
    return _of_its_own(spot) or _by_form(spot) or _by_what_stands_before(spot) or _at_start(spot)


def _of_its_own(spot: Spot) -> str:
    """The tag of a word with a place of its own."""
    text, last = spot.text, spot.last
    if text in _ALWAYS or (text == "checkin" and last == "N"):
        return "V"
    if text == "own" and last in {"U", "N", "M", "T"}:
        return "V"
    if text == "both" and last == "P":
        return "U"
    if text in {"own", "both", "all"}:
        return "R" if last in {"M", "V", "U"} and text != "own" else "D"
    return ""


def _by_form(spot: Spot) -> str:
    """The tag of a participle, or of "each belongs"."""
    if spot.form == "ing":
        return _of_ing(spot.text, spot.last, spot.after)
    if spot.form == "ed":
        return _of_participle(spot.last, spot.after)
    if spot.before and spot.before[-1].text == "some" and spot.pure and spot.form == "base":
        return "V"  # "some close after midnight"
    each = spot.before[-1].text in {"each", "every"} if spot.before else False
    return "V" if spot.last == "D" and spot.pure and spot.form == "s" and each else ""


def _by_what_stands_before(spot: Spot) -> str:
    """The tag by the word before; "" where that does not tell."""
    last = spot.last
    to_thing = last == "T" and (spot.form == "s" or _goes_to(spot.before))
    if last in {"D", "A", "#", "P", "V"} or to_thing:  # "attached to claims"
        return "N"
    if last in {"M", "T", "X", "U"}:
        return "V"
    if last == "S":
        return "V" if spot.form == "both" and spot.after in {"P", "R", "|", "", "T"} else "N"
    if last == "N":
        return _after_thing(spot)
    if last == "R" and any(w.tag not in {"R", "|", "C"} for w in spot.before[-2:]):
        speaks = spot.after in {"D", "#", "N", "P", "U", "A", "T", "?", "?s"}
        return "V" if spot.verbs == 0 and speaks else "N"
    return ""


def _goes_to(before: tuple[Word, ...]) -> bool:
    """Whether the "to" that stands last leads to a thing: "belongs to", "sent to"."""
    verbs = [w for w in before[-2:-1] if w.tag in {"V", "E"}]
    return any((w.lemma or lex.lemma(w.text)) in _TO_THINGS for w in verbs)


def _speaks_later(place: int, texts: list[str], tags: list[str]) -> bool:
    """Whether the clause has its verb further on: "purchase orders to suppliers have lines"."""
    for text, tag in zip(texts[place + 1 :], tags[place + 1 :], strict=True):
        if tag in {"|", "W", "C", "U"}:
            return False
        if tag in {"M", "S"} or text in {"has", "have", "contain", "belong", "belongs"}:
            return True
    return False


def _last(before: list[Word]) -> str:
    """The tag of what stands before, over adverbs that say nothing of it."""
    for word in reversed(before):
        if word.tag == "R" and word.text in {"never", "always", "not", "also", "only", "usually"}:
            continue
        return word.tag
    return ""


def _next(place: int, texts: list[str], tags: list[str]) -> str:
    """The tag of the word after; "?" where it may be a thing or a verb, "?s" in its form on -s."""
    if place + 1 >= len(texts):
        return ""
    tag = tags[place + 1]
    if tag:
        return tag
    after = texts[place + 1]
    if not lex.lemma(after):
        return "N"
    return {"base": "?", "s": "?s"}.get(lex.form(after), "E")


def _of_ing(text: str, last: str, after: str) -> str:
    if last in {"S", "W"}:
        return "V"
    if text in lex.NAMING and (
        after in {"N", "?", "?s"} or last in {"D", "A", "N", "P", "T", "V", ""}
    ):
        return "N"
    if after in {"N", "?", "?s"} and last in {"D", "#", "P", "T", "V", "C", "|"}:
        return "A"  # "paying listeners"
    return "G"


def _of_participle(last: str, after: str) -> str:
    if last in {"D", "#", "A"} and after in {"N", "?", "?s", "A"}:
        return "A"  # "a limited number"
    if last in {"S", "M", "U", "T"}:
        return "V"
    if last == "N":
        return "V" if after in {"D", "#", "U"} else "E"  # "the jobs done": said of the jobs
    return "A" if after in {"N", "?", "?s"} and last != "C" else "E" if last != "C" else "V"


def _after_thing(spot: Spot) -> str:
    """A word after a thing: its verb, or more of its name ("price list", "price changes")."""
    thing = next(w.text for w in reversed(spot.before) if w.tag == "N")
    several = singular(thing) != thing or thing in {"people", "staff", "children"}
    agrees = several if spot.form in {"base", "both"} else not several and spot.form == "s"
    if spot.pure and agrees:
        return "V"
    if not agrees or spot.verbs or spot.later or _is_object(spot.before):
        return "N"
    if spot.after in {"D", "#", "U", "P", "R", "T", "A", "|", "", "W", "C"}:
        return "V"
    someone = kinds.is_a(singular(thing), kinds.PEOPLE | kinds.STAFF)
    alone = spot.form != "s" or spot.after in {"N", "?s"} or someone
    return "V" if spot.after in {"N", "?", "?s", "G", "E"} and alone else "N"


def _is_object(before: tuple[Word, ...]) -> bool:
    """Whether the thing that stands last is what a preposition or a verb is about."""
    for word in reversed(before):
        if word.tag in {"N", "A", "#", "D", "R"} or word.text == "of":
            continue  # "the rate of a boat changes"
        return word.tag in {"P", "G", "V", "T", "E"}
    return False


def _at_start(spot: Spot) -> str:
    """A word that begins a clause, or stands after "and" or "who"."""
    before = spot.before
    tag = before[-1].tag if before else ""
    if tag == "C":
        return _after_and(spot)
    if tag == "W":
        who = before[-1].text in {"who", "which", "that"}
        return "V" if who or (spot.pure and spot.form == "s") else "N"
    if spot.form == "base" and spot.after in {"D", "U", "#"}:
        return "V"  # "Book the room", "give me"
    if spot.pure and spot.form == "s" and _has_spoken(before):
        return "V"  # "a claim is made against a policy, has a status"
    asks = spot.pure and spot.form == "base" and spot.after not in {"M", "S", "|", ""}
    return "V" if asks else "N"


def _after_and(spot: Spot) -> str:
    """A word after "and": another verb, or another thing."""
    earlier = spot.before[-2].tag if len(spot.before) > 1 else ""
    if spot.pure and _has_spoken(spot.before):
        return "V"
    spoke = any(w.tag == "V" for w in spot.before)
    speaks = spot.after in {"D", "#", "U"} and spot.form in {"base", "s", "both"}
    return "V" if earlier in {"V", "E"} or (spoke and speaks) else "N"


def _has_spoken(before: tuple[Word, ...]) -> bool:
    """Whether a verb stands before: what follows "and" may be another."""
    return any(w.tag in {"V", "S", "E", "U"} for w in before)
