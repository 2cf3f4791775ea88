"""A request that asks several things, one part for each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from blueproof.facts.words import stems

_LEAST_STEMS = 3  # of a part that can be understood by itself
_LEAST_ASKED = 2  # of a question that says by itself what it is about
_TALE = 8  # stems of what tells enough for a short question behind it
_LONGEST = 400  # words; more is a description whose questions belong together
# Where another matter begins: a number of a list, or a word that says so.
_ANOTHER = (
    r"(?:also|besides|separately|firstly|first|secondly|second|thirdly|third|finally|lastly|next|plus|another"
    r"|other|one more|on top|in addition|additionally|apart from that|unrelated\w*|ps|p\.s\.?"
    r"|btw|by the way|bonus|while (?:we|you)(?:'re| are) at it|(?:and )?separately)\b"
)
_NUMBERED = r"(?:\(?\d{1,2}[.)]|\(?[a-h]\)|[-*\u2022]|q\d[:.)])\s+"
_STARTS = re.compile(
    rf"(?P<number>(?:(?<=\n)|(?<=^)|(?<=[?.:;]\s))[ \t]*{_NUMBERED})"
    r"|(?<=\s)\(?[1-9]\)\s+"
    # A capital begins a sentence where the point before it was left out.
    r"|(?<=\s)(?P<capital>(?-i:Also|Besides|Second|Secondly|Separately|Bonus|PS)\b)(?=[,:]? )"
    rf"|(?:(?<=[.?!]\s)|(?<=\n))(?P<word>(?:and |but |oh,? )?{_ANOTHER})"
    rf"|[,;:]? +(?:and|plus|but),? (?=(?:also,? |then |separately,? )?"
    r"(?:how|what|which|should|when|where|why|is there|are there|can (?:i|we)|do (?:i|we)"
    r"|does|our|separately|is it (?:ok(?:ay)?|safe|fine) (?:if|that|to))\b[^.?!\n]{12,}\?)"
    # Of three and more in one sentence: "how do we ..., where should ..., and is it ok that ...?"
    r"|, (?=(?:how|where|when|which) (?:do|does|should|can|could|would|is|are)\b[^.?!,\n]{12,},"
    r"[^.?!\n]{12,}\?)"
    r"|[,;]? and (?=separately\b)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rf"^(?:and |but |oh,? )?(?:{_ANOTHER}(?: (?:question|thing|issue|one))?[,:]?\s*)?",
    re.IGNORECASE,
)
# A list of what is wanted, which its end says: "rate limits, API keys and an audit log. How?"
_WISHES = re.compile(
    r"\b(?:need|want|add|adding|have|implement|build|set up|advice on|do) ?(?:to (?:add|build"
    r"|implement|have|set up) )?:? ?(?P<list>[^.?!:\n]*?,[^.?!:\n]*? and [^.?!:\n]+)",
    re.IGNORECASE,
)
_OF_ALL = re.compile(
    r"\b(?:how|best (?:way|practi[cs]e)|what would you|approach|advi[cs]e|should i implement)\b",
    re.IGNORECASE,
)
_COMMA = re.compile(r",(?: and)? (?![^(]*\))|,? and (?![^(]*\))")
# Behind the last of them, what all are for.
_WHERE = re.compile(
    r" (?:to|in|for|on|into|with|using) (?:(?:our|my|a|an|the|one)\b|aws|gcp|supabase|firebase"
    r"|convex|postgres\w*|node\w*)(?![^(]*\))(?:(?! and |,).)*(?: and [A-Z][^,]*)?$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"^(?:how|what|which|where|why|is|are|can|should)\b", re.IGNORECASE)
_MOST_TOLD = 40  # words of a request that is a list: a longer one tells of one thing with parts
_LEAST_WISHES = 3
_ANNOUNCES = re.compile(
    r":\s*$|\b(?:several|some|few|two|2|three|3|four|4|couple of|following) (?:\w+ )?"
    r"(?:questions|things|topics|issues|problems)\b|^\W*(?:hi|hello|hey|dear)\b[^.!?]{0,20}[.!,]*\s*$",
    re.IGNORECASE,
)
# "1) the webhook pays twice" is put as a question, whatever its form.
_NUMBERS = re.compile(r"\(?\d{1,2}[.)]\s")
_NUMBER = re.compile(r"\(?\d{1,2}[.)]|\(?[a-h]\)", re.IGNORECASE)
_QUESTION_END = re.compile(r"\?+[\"')\]]*\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|\n+")
_ASKS = re.compile(
    r"\?|\b(?:how (?:to|do|should|can)|need|want|help|looking for|would like|advi[cs]e|recommend"
    r"|suggest|please)\b|^\W*(?:what|which|should|can|could|is|are|do|does|where|when|why)\b",
    re.IGNORECASE,
)
_PASTED = re.compile(
    r"```|\bselect\b.{1,200}\bfrom\b|\bcreate (?:table|policy|index)\b|\(cost=|\bat [\w.$]+\("
    r"|\bmatch /|[{}]",
    re.IGNORECASE | re.DOTALL,
)
# What refers to the sentence before it, and is no other matter.
_LEANS = re.compile(
    r"^\W*(?:(?:and|so|or|but|if so|if not|then|also),? )*(?:(?:is|are|does|do|did|would|will|can"
    r"|could|should|was|has) (?:it(?! \w+ (?:to|if|that|for)\b)|this|that|these|those|they|either"
    r"|one)\b|or\b|if (?:so|not|yes|no)\b|which (?:one|of)|why\b(?: not)?\W*$"
    r"|any (?:idea|thought|suggestion|advice|tip|clue)"
    r"|what (?:am|do|are|is|would|should|could|can) (?:i|you|we)\b(?:\W+\w+){0,3}\W*$"
    r"|what (?:am|do|are|is|would|should|could|can) (?:it|this|that|the (?:best|right"
    r"|issue|problem|cause|reason))\b|thoughts|ideas|suggestions|right\W*$|wdyt|am i\b|anyone"
    r"|has anyone|how (?:so|come|would you|do i fix|can i fix|to fix)\b"
    r"|what(?:'s| is) (?:wrong|going)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One of several questions, in its own words, and what was told before for all of them.

    `wished` is whether it is one of a list of wishes, which has no question of its own.
    """

    shared: str
    own: str
    wished: bool = False

    @property
    def whole(self) -> str:
        """The question as a request of its own."""
        asked = f"How would you build {self.own}?" if self.wished else self.own
        return f"{self.shared} {asked}".strip()

    @property
    def is_question(self) -> bool:
        """Whether it is put as one or in a list, and is no mere statement."""
        last = _SENTENCE_END.split(self.own)[-1]
        told = bool(_NUMBERS.match(self.own)) and len({*stems(self.own)}) >= _TALE
        return self.wished or told or "?" in self.own or bool(_CLAUSE.search(last))


def asks_in(request: str) -> tuple[Ask, ...]:
    """The questions of a request that asks several things, in order.

    None where it asks one thing, or holds code, a plan or tables, which questions are asked of.

    >>> asks = asks_in("We run Postgres. Is RDS Proxy worth it? Also, how long do tokens live?")
    >>> [ask.own for ask in asks], asks[1].shared
    (['Is RDS Proxy worth it?', 'how long do tokens live?'], 'We run Postgres.')
    """
    if _PASTED.search(request) or len(request.split()) > _LONGEST:
        return ()
    parts = _joined(_pieces(request))
    if not parts[1:]:
        return tuple(_wishes(request))
    shared, first = _divided(parts[0])
    return tuple(Ask(shared=shared, own=part) for part in (first, *parts[1:]))


def _wishes(request: str) -> Iterator[Ask]:
    """What is listed as wanted, where it is asked how that is done."""
    found = _WISHES.search(request)
    if not found or not _OF_ALL.search(request) or len(request.split()) > _MOST_TOLD:
        return
    where = _WHERE.search(found["list"])
    listed = found["list"][: where.start()] if where else found["list"]
    wishes = [w.strip() for w in _COMMA.split(listed) if stems(w)]
    if len(wishes) >= _LEAST_WISHES and not any(map(_CLAUSE.search, wishes)):
        for wish in wishes:
            yield Ask(shared=f"{where[0].strip()}:" if where else "", own=wish, wished=True)


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """A stretch of the request, the words before it that say it is another matter, if any do."""

    text: str
    before: str
    begins: bool

    @property
    def asks(self) -> bool:
        """Whether something is wanted in it, and it announces no list of that."""
        listed = _NUMBER.fullmatch(self.before)
        return bool(listed or _ASKS.search(self.text)) and not self.text.endswith(":")

    @property
    def leans(self) -> bool:
        """Whether it is understood only after the one before it; no number of a list is."""
        if _NUMBER.fullmatch(self.before):
            return False
        asked = _SENTENCE_END.split(self.text)[-1]
        least = _LEAST_ASKED if _CLAUSE.search(self.text) and self.begins else _LEAST_STEMS
        told = len({*stems(self.text)})
        # "Also, ... (a tale). What now?" asks of its own tale.
        few = told < least or (
            len({*stems(asked)}) < _LEAST_ASKED and not (self.begins and told >= _TALE)
        )
        return few or bool(_LEANS.search(self.text))


def _pieces(request: str) -> Iterator[_Piece]:
    """The stretches between the places where another matter may begin, without the words for it."""
    cuts = {m.end(): (m.end(), False) for m in _QUESTION_END.finditer(request)}
    for found in _STARTS.finditer(request):
        cuts[found.start()] = (
            found.start() if found["word"] or found["capital"] else found.end(),
            True,
        )
    places = [(0, (0, True)), *sorted(cuts.items()), (len(request), (len(request), True))]
    for (cut, (start, begins)), (end, _) in pairwise(places):
        text = _OPENING.sub("", request[start:end].strip().rstrip(" ,"))
        if text:
            before = request[cut:end].strip().removesuffix(text).strip()
            yield _Piece(text=text, before=before, begins=begins)


def _joined(pieces: Iterator[_Piece]) -> list[str]:
    """The pieces as parts, each that asks nothing of its own put to the one it belongs to."""
    found: list[str] = []
    told = ""  # since the last question
    for piece in pieces:
        if told and piece.begins and found:
            found[-1], told = f"{found[-1]} {told}", ""
        if not piece.asks:
            told = f"{told} {piece.text}".strip()
        elif found and piece.leans:
            found[-1] = " ".join(t for t in (found[-1], told, piece.before, piece.text) if t)
            told = ""
        else:
            before = piece.before if told else ""
            found.append(" ".join(t for t in (told, before, piece.text) if t))
            told = ""
    if told and found:
        found[-1] = f"{found[-1]} {told}"
    return found


def _divided(first: str) -> tuple[str, str]:
    """What the first part tells for all, and what it asks."""
    sentences = [s for s in _SENTENCE_END.split(first) if s.strip()]
    asking = next((i for i, s in enumerate(sentences) if _ASKS.search(s)), len(sentences) - 1)
    if len({*stems(sentences[asking])}) < _LEAST_ASKED:  # "How?" asks of the sentence before
        asking = max(0, asking - 1)
    shared = (
        s for s in sentences[:asking] if not (_ANNOUNCES.search(s) or _NUMBER.fullmatch(s.strip()))
    )
    return " ".join(shared), " ".join(sentences[asking:])
