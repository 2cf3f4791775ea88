"""What speaks for one kind of question or problem over another: signals of a text, by name.

They are weighed in `weighing.py`. A name's first part says what it is: `says:` a problem's
phrases, `asks:` and `asks-first:` a question's form, `states:` a statement's, `word:` a word's
stem, `asked:` one in a question, `pair:` two words of it, `opens:` how it begins, `names:` a kind
of technology, `figures:` numbers of a role.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from blueproof.intake.words.kinds import forms
from blueproof.intake.words.lexicon import Hit, lexicon
from blueproof.intake.words.numbers import Number
from blueproof.intake.words.technologies import Mention
from blueproof.intake.words.text import Sentence, Text

_STRONG, _WEAK = 3.0, 1.0
_TITLE, _ASKED = 1.5, 2.0  # a phrase in the first sentence, and in the question, says more
_FADING = 0.7  # each further phrase of a problem adds this much of the one before
_SCALE = 5.0
_MOST = 2  # numbers of a role that count
_LETTERS = re.compile(r"[a-z']+")
_ENDINGS = ("ing", "ies", "es", "ed", "s")
_LEAST_STEM = 3
_EMPTY = frozenset(
    "the a an and or of to in on for with is are be it this that i we my our you at as by from "
    "have has do does not can but if so there any will would what how when which was were".split()
)


def read_signals(
    text: Text, mentions: tuple[Mention, ...], numbers: tuple[Number, ...]
) -> dict[str, float]:
    """The signals of a text with their strengths, most of them 0 to 1."""
    prose = [s for s in text.sentences if not text.is_code(s.start)]
    questions = [s for s in prose if s.asks]
    found: dict[str, float] = dict(_problems(text, questions))
    found |= dict.fromkeys(_forms(prose, questions), 1.0)
    found |= dict.fromkeys((f"word:{w}" for w in _stems(text.raw)), 0.5)
    found |= dict.fromkeys(_asked(questions or prose[-2:]), 0.5)
    found |= {f"names:{m.technology.kind}": 0.5 for m in mentions}
    for role in ("price", "measured"):
        count = sum(n.role == role for n in numbers)
        if count:
            found[f"figures:{role}"] = min(_MOST, count) / 2
    return found


def _problems(text: Text, questions: list[Sentence]) -> Iterator[tuple[str, float]]:
    """How strongly the phrases of each problem speak, the strongest first, then fading."""
    hits: dict[str, dict[str, float]] = defaultdict(dict)
    for hit in lexicon("problems.txt").hits(text):
        kept = hits[hit.id]
        kept[hit.phrase] = max(kept.get(hit.phrase, 0.0), _weight(text, hit, questions))
    for thing, weights in hits.items():
        ranked = sorted(weights.values(), reverse=True)
        yield f"says:{thing}", sum(w * _FADING**n for n, w in enumerate(ranked)) / _SCALE


def _weight(text: Text, hit: Hit, questions: list[Sentence]) -> float:
    weight = _STRONG if hit.strength == "words" else _WEAK
    if hit.start < text.sentences[0].end:
        weight *= _TITLE
    asked = questions and questions[0].start <= hit.start < questions[0].end
    return weight * (_ASKED if asked else 1.0)


def _forms(prose: list[Sentence], questions: list[Sentence]) -> Iterator[str]:
    """The forms of the sentences: of questions, of the first and last of them, of statements."""
    for sentence in prose:
        kinds = forms(sentence)
        if not sentence.asks:
            yield from (f"states:{kind}" for kind in kinds[:1])
            continue
        yield from (f"asks:{kind}" for kind in kinds[:1])
        yield from (f"may-ask:{kind}" for kind in kinds)
        if sentence is questions[0]:
            yield from (f"asks-first:{kind}" for kind in kinds[:1])
        if sentence is questions[-1]:
            yield from (f"asks-last:{kind}" for kind in kinds[:1])
    if not questions:
        yield "asks:nothing"


def _asked(sentences: list[Sentence]) -> Iterator[str]:
    for sentence in sentences:
        words = _LETTERS.findall(sentence.text.lower())
        yield from (f"asked:{word}" for word in words)
        yield from (f"pair:{a} {b}" for a, b in pairwise(words))
        if words:
            yield f"opens:{words[0]}"
            yield f"opens:{' '.join(words[:2])}"
        if 0 < len(words) <= _LEAST_STEM:
            yield "asks:in-short"


def _stems(raw: str) -> Iterator[str]:
    for word in _LETTERS.findall(raw.lower()):
        if word not in _EMPTY:
            yield _stem(word)


def _stem(word: str) -> str:
    """The word without its ending.

    >>> _stem("queries"), _stem("charged"), _stem("is")
    ('quer', 'charg', 'is')
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)]
    return word
