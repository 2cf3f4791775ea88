"""An entry that speaks to a request, and how surely.

`SURE` is the score from which an entry may answer, `BESIDE` that from which it is shown.
"""

from dataclasses import dataclass

from blueproof.facts.entries import Entry

SURE, BESIDE = 2.9, 2.2
_UNSAID = 0.5  # credit of entries where the request names no product
_UNKNOWN, _MOST_UNKNOWN = 0.15, 2  # for each product named that the entry does not know
_WHOLE_SHARE = 0.9  # of a way to ask that is said wholly, and what that takes off the least score
_WHOLLY_SAID = 0.3
_LEAST_SHARE = 0.4  # of the weight of a way to ask, without which nothing is sure
_NEAR_SHARE = 0.5  # of a way to ask, without which a low score is no neighbour


@dataclass(frozen=True, kw_only=True)
class Found:
    """An entry that speaks to the request, its score, and the request's words that led to it.

    `told` is whether the request gives the figure that decides a choice between its products,
    `of_any` whether it names no product at all, `contrary` whether it speaks against the entry,
    `unknown` how many products it names of which the entry knows nothing, `covered` the share of
    the request's own words, by what they tell, that the entry has anywhere.
    """

    entry: Entry
    score: float
    share: float = 0.0
    phrase: str = ""
    printed: str = ""
    told: bool = False
    of_any: bool = False
    contrary: bool = False
    unknown: int = 0
    covered: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether it may answer, not only stand beside."""
        least = SURE - _WHOLLY_SAID * (self.share >= _WHOLE_SHARE)
        return self.weight >= least and self._meant and not self.contrary

    @property
    def weight(self) -> float:
        """The score as far as it may answer: less where products are named that it does not know.

        It has credit where the request names no product, so that none can count.
        """
        return self.score + _UNSAID * self.of_any - _UNKNOWN * min(_MOST_UNKNOWN, self.unknown)

    @property
    def close(self) -> bool:
        """Whether it may stand beside the answer."""
        return self.score >= BESIDE and self._meant

    @property
    def far(self) -> bool:
        """Whether even as the nearest it is rather beside the point than near."""
        return not self.printed and self.score < SURE and self.share < _NEAR_SHARE

    @property
    def _meant(self) -> bool:
        return bool(self.printed) or self.share >= _LEAST_SHARE
