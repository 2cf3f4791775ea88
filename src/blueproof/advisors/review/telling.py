"""What is said of a plan: a verdict, its holes with their mends, what is right, what is unread."""

import re
from collections.abc import Iterator

from blueproof.advisors.review.figures import name_of, sum_of
from blueproof.advisors.review.matching import Shown
from blueproof.advisors.review.owning import Review, sensitive_in
from blueproof.advisors.review.reading import Sentence, sentences
from blueproof.core.advice import Finding, Step
from blueproof.core.blueprint import Conclusion, Draft, Premise, QuestionKind, Unproved
from blueproof.core.question import Question
from blueproof.facts.holes import Hole, Silence, asking
from blueproof.facts.phrase import words_of

HOLE = "hole-"  # what the rule of a finding begins with
_LONGEST = 110  # characters of a quote
_FEW = 48  # characters of the words before a step
_MOST_UNREAD = 8  # clauses that are listed
_LEAST_UNREAD = 4  # words of a clause that says something
_MOST_QUESTIONS = 2
_JOINED = re.compile(r"^(?:and|but|so|because|while)\s+", re.IGNORECASE)
_YES_NO = re.compile(
    r"\b(?:is|are|am)\b[^.?!\n]{0,60}\b(?:secure|safe|ok(?:ay)?|fine|ready|enough)\b", re.IGNORECASE
)


def told(review: Review, kind: QuestionKind) -> tuple[Draft, Conclusion]:
    """The draft and what it concludes to."""
    files = sensitive_in(review.text, asking())
    draft = Draft(
        brief=review.brief,
        question_kind=kind,
        premises=tuple(_right(review)),
        not_proved=tuple(_unjudged(review)),
    )
    conclusion = Conclusion(
        answer=" ".join(_answer(review, files)),
        steps=tuple(_steps(review)),
        findings=tuple(map(_finding, review.holes)),
        open_questions=tuple(_questions(review, files)),
    )
    return draft, conclusion


def _answer(review: Review, files: str) -> Iterator[str]:
    """The verdict with the worst, its own words and the sum; then the others by name."""
    worst, *others = review.holes
    yield f"{_verdict(review)}{_count(review)}; the worst: {name_of(worst, files)}."
    yield f"\u201c{_short(worst.quote)}\u201d: {_lowered(_because(worst))}."
    grave = [name_of(each, files) for each in others if each.entry.severity == "harm"]
    rest = [name_of(each, files) for each in others if each.entry.severity != "harm"]
    if grave:
        yield f"Before launch also: {'; '.join(grave)}."
    if rest:
        yield f"Next: {'; '.join(rest)}."


def _verdict(review: Review) -> str:
    if all(each.entry.severity == "note" for each in review.holes):
        return "Nearly: "
    return "No: " if _YES_NO.search(review.text) else "Not like this: "


def _count(review: Review) -> str:
    total = len(review.holes)
    grave = sum(each.entry.severity == "harm" for each in review.holes)
    holes = "1 hole" if total == 1 else f"{total} holes"
    if not grave or total == 1:
        return holes
    return f"{holes}, {'all' if grave == total else grave} of them to close before launch"


def _because(found: Shown[Hole]) -> str:
    """What goes wrong, the sum of their figure first."""
    sum_ = sum_of(found)
    return f"{sum_}; {_lowered(found.entry.wrong)}" if sum_ else found.entry.wrong


def _finding(found: Shown[Hole]) -> Finding:
    hole = found.entry
    return Finding(
        rule=f"{HOLE}{hole.id}",
        where=f"\u201c{_short(found.quote)}\u201d",
        says=_lowered(_because(found)),
        severity=hole.severity,
        evidence=(hole.citation,),
    )


def _steps(review: Review) -> Iterator[Step]:
    """The mends of now in the order of the holes, then those of later."""
    for each in review.holes:
        do = f"{_named(each)}: {_lowered(each.entry.now)}"
        yield Step(do=do, horizon="now", check=each.entry.look, undo="")
    for each in review.holes:
        do = f"{_named(each)}: {_lowered(each.entry.later)}"
        yield Step(do=do, horizon="later", check="", undo="")


def _named(found: Shown[Hole]) -> str:
    """The words that show the hole, few enough to stand before a step."""
    return f"\u201c{_cut(found.words, _FEW)}\u201d"


def _right(review: Review) -> Iterator[Premise]:
    """What is right, where no hole is quoted from the same words."""
    for each in review.practices:
        if any(hole.start < each.end and each.start < hole.end for hole in review.holes):
            continue
        figure = each.figure.said if each.figure else ""
        because = each.entry.because.format_map({"figure": figure})
        yield Premise(
            quote=_short(each.quote),
            claim=each.entry.id.replace("-", " "),
            verdict="right",
            because=because,
            evidence=(each.entry.citation,),
        )


def _unjudged(review: Review) -> Iterator[Unproved]:
    yield Unproved(
        statement="whether it is built as told",
        why="words were read, no code and no settings; a hole that they do not tell is not here",
    )
    unread = [*_unread(review)]
    if unread:
        more = f" and {len(unread) - _MOST_UNREAD} more" if len(unread) > _MOST_UNREAD else ""
        quoted = ", ".join(f"\u201c{_short(each)}\u201d" for each in unread[:_MOST_UNREAD])
        yield Unproved(
            statement=f"not judged: {quoted}{more}",
            why="neither a known hole nor a known right practice was recognised in it",
        )


def _unread(review: Review) -> Iterator[str]:
    """The clauses of which nothing was said."""
    read = [
        *((hole.start, hole.end) for hole in review.holes),
        *((right.start, right.end) for right in review.practices),
    ]
    for sentence in sentences(review.text):
        for start, end in sentence.clauses:
            clause = " ".join(review.text[start:end].split()).strip(" .,-*?!")
            if any(a < end and start < b for a, b in read) or _says_little(clause, sentence):
                continue
            yield clause


def _says_little(clause: str, sentence: Sentence) -> bool:
    """Whether it is short, or part of what is asked."""
    words = words_of(clause)
    asks = any(next(each.found(sentence.words), None) for each in asking().asks)
    return asks or len(words) < _LEAST_UNREAD


def _questions(review: Review, files: str) -> Iterator[Question]:
    words = words_of(review.text)

    def is_open(silence: Silence) -> bool:
        there, said = (
            any(next(each.found(words), None) is not None for each in phrases)
            for phrases in (silence.when, silence.unless)
        )
        return there and not said

    found = [each for each in asking().silences if is_open(each)]
    for place, each in enumerate(found[:_MOST_QUESTIONS], start=1):
        yield Question(
            id=str(place),
            key="evidence",
            ask=each.ask.format_map({"files": files}),
            why=each.why,
            changes=("the order of the holes",),
        )


def _short(quote: str) -> str:
    """The quote on one line without the word that joins it, cut where it is long."""
    return _cut(_JOINED.sub("", " ".join(quote.split())), _LONGEST)


def _cut(plain: str, most: int) -> str:
    return plain if len(plain) <= most else f"{plain[:most].rsplit(' ', 1)[0]} ..."


def _lowered(sentence: str) -> str:
    """The sentence as it goes on behind a colon; names in capitals stay."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]
