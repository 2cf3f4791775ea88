"""An entry that speaks to a request, and what is seen of it.

`BESIDE` is the score from which it is shown beside an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from blueproof.facts.entries import Entry

BESIDE = 2.2
_NEAR, _NEAR_SHARE = 2.9, 0.5  # a score, or a share of a way to ask, without which nothing is near
_LEAST_SHARE = 0.4  # of the weight of a way to ask, without which nothing is meant


@dataclass(frozen=True, kw_only=True)
class Found:
    """An entry that speaks to the request, its score, and the request's words that led to it.

    `share` is how much of the nearest way to ask, `phrase`, is there, `printed` an error's own text
    that the request quotes, `contrary` whether the request speaks against the entry. `signals` are
    what its place and its certainty are worked out from; only the first few have them.
    """

    entry: Entry
    score: float
    share: float = 0.0
    phrase: str = ""
    printed: str = ""
    contrary: bool = False
    signals: Mapping[str, float] = field(default_factory=dict)

    @property
    def may_answer(self) -> bool:
        """Whether nothing speaks against it, so that its signals may decide."""
        return self._meant and not self.contrary

    @property
    def close(self) -> bool:
        """Whether it may stand beside the answer."""
        return self.score >= BESIDE and self._meant

    @property
    def far(self) -> bool:
        """Whether even as the nearest it is rather beside the point than near."""
        return not self.printed and self.score < _NEAR and self.share < _NEAR_SHARE

    @property
    def _meant(self) -> bool:
        return bool(self.printed) or self.share >= _LEAST_SHARE
