"""A request as words and sentences, each with its place in the text."""

import re
from dataclasses import dataclass
from functools import cached_property

_WORD = re.compile(r"[A-Za-zÀ-ÿ0-9]+(?:['\u2019][a-z]+)?|[+#]+|\?|!")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=\S)|\n+|(?<=[a-z)])\s*;\s+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|min|max|no|resp)\.|\d\.)$", re.IGNORECASE
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
# A value that a statement compares with: region = 'EU' says nothing of where data must lie.
_LITERAL = re.compile(r"(?:[=<>]|\bLIKE)\s*'[^'\n]{1,60}'", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word as written: its lower-case form, its place, and the sentence it stands in."""

    text: str
    lower: str
    start: int
    end: int
    sentence: int


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence or line: its place in the text."""

    text: str
    start: int
    end: int

    @property
    def asks(self) -> bool:
        """Whether it ends as a question."""
        return self.text.rstrip(" \"')*_").endswith("?")


@dataclass(frozen=True)
class Text:
    """The request, read once: sentences, words, and the stretches that are code or addresses."""

    raw: str

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences in order; a line break ends one too."""
        found, begin = [], 0
        for match in _SENTENCE_END.finditer(self.raw):
            if _ABBREVIATION.search(self.raw[begin : match.start()]) and "\n" not in match[0]:
                continue
            found.append((begin, match.start()))
            begin = match.end()
        found.append((begin, len(self.raw)))
        return tuple(
            Sentence(text=self.raw[a:b], start=a, end=b) for a, b in found if self.raw[a:b].strip()
        )

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words in order; those of code and addresses too."""
        return tuple(
            Word(
                text=m[0],
                lower=m[0].lower().replace("\u2019", "'"),
                start=sentence.start + m.start(),
                end=sentence.start + m.end(),
                sentence=number,
            )
            for number, sentence in enumerate(self.sentences)
            for m in _WORD.finditer(sentence.text)
        )

    @cached_property
    def prose(self) -> tuple[Word, ...]:
        """The words that are neither code nor part of an address."""
        return tuple(w for w in self.words if not self.is_code(w.start))

    @cached_property
    def _code(self) -> tuple[tuple[int, int], ...]:
        spans = [
            m.span() for pattern in (_CODE, _LITERAL, _ADDRESS) for m in pattern.finditer(self.raw)
        ]
        return tuple(sorted(spans))

    def is_code(self, place: int) -> bool:
        """Whether the place lies in code or in an address."""
        return any(start <= place < end for start, end in self._code)

    def sentence_at(self, place: int) -> Sentence:
        """The sentence that holds the place."""
        return next(s for s in self.sentences if s.start <= place < max(s.end, s.start + 1))
