"""A request of several matters, divided: what is answered by itself does not colour the first."""

import re
from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.known.ranking import assured, probable, ranked
from blueproof.consulting.parts import Part, answer_to, has_enough, parts_of, put
from blueproof.core.brief import Brief
from blueproof.intake.words.courtesies import without_courtesies
from blueproof.intake.words.read import read_request
from blueproof.proof.beside import Cited

# The word or number before another matter, which goes with it.
_BEFORE = re.compile(
    r"(?:\b(?:and|but|also|besides|separately|second(?:ly)?|third(?:ly)?|finally|lastly|next|plus"
    r"|btw|by the way|ps|p\.s\.|bonus|another(?: question| thing)?|one more(?: thing| question)?)"
    r"|\(?\d{1,2}[.)]|\(?[a-h]\)|[-*\u2022]|q\d[:.)])[\s,:]*$",
    re.IGNORECASE,
)
_ENDS = (".", "?", "!", ":", ";", ")")
_PARAGRAPH = re.compile(r"\?\s*\n\s*\n(?=[^?]*\Z)")  # behind the last question
_NUMBERED = re.compile(r"(?:\(?\d{1,2}[.)]|q\d[:.)])$", re.IGNORECASE)
_LEAST_LEFT = 5  # words of a request from which something was taken


def divided(
    brief: Brief, progress: Callable[[str], None] = lambda _: None
) -> tuple[Brief, tuple[Cited, ...]]:
    """The brief without the questions that are answered by their own words, and the answers.

    The brief itself, and nothing, where it asks one thing or all of it hangs together. Greetings
    and thanks are left out, too.
    """
    plain = without_courtesies(brief.request)
    text, apart = plain, list[Cited]()
    for part in parts_of(brief)[1:]:
        place = _place(text, part.ask.own)
        if place is None or not has_enough(part):
            continue
        left = _before(text[: place[0]])
        # "..., and what must change?" goes on with the sentence before.
        numbered = bool(_NUMBERED.search(text[: place[0]].rstrip()))
        if left is not None and (said := _by_itself(part, progress, numbered=numbered)):
            text = f"{left}\n\n{text[place[1] :].lstrip()}".strip()
            apart.append(said)
    if len(text.split()) < _LEAST_LEFT:
        text, apart = plain, []
    if text == brief.request:
        return brief, ()
    read = read_request(text)
    told = tuple(f for f in brief.facts if f.source in {"file", "stated"} and not f.quote)
    return replace(read, facts=(*read.facts, *told), documents=brief.documents), tuple(apart)


def _place(text: str, own: str) -> tuple[int, int] | None:
    """Where the question stands, whatever its white space; None where its words are apart.

    What is told in a paragraph of its own behind it is told for all.
    """
    found = re.search(r"\s+".join(map(re.escape, own.split())), text)
    if found is None:
        return None
    told = _PARAGRAPH.search(found[0])
    return (found.start(), found.start() + told.start() + 1 if told else found.end())


def _before(told: str) -> str | None:
    """What is told before a question, without what announces it; None where nothing does.

    That is a word, a number or a line of its own: what follows a question in the same breath is of
    the same matter, as what is told after "How do I build it?".
    """
    marked = _BEFORE.search(told.rstrip())
    left = told[: marked.start()] if marked else told
    on_line = "\n" in left[len(left.rstrip()) :]
    ends = left.rstrip().endswith(_ENDS)
    if not on_line and not (marked and (ends or marked[0][0].isupper())):
        return None
    return left.rstrip()


def _by_itself(part: Part, progress: Callable[[str], None], *, numbered: bool) -> Cited | None:
    """What is said to the question by its own words; None where nothing sure is.

    What has a number of its own stands alone, so that a likely answer is enough.
    """
    from blueproof.consulting.by_way import by_way  # the designs and changes are many files

    found = by_way(part.ask.own, part.ask.whole, progress)
    if found is not None:
        return replace(found, sentences=(put(part.ask), *found.sentences))
    alone = read_request(part.ask.own)
    near = ranked(alone)
    best = probable(near) if numbered else assured(near)
    return answer_to(replace(part, brief=alone, found=near), best) if best else None
