"""The rows of one table, drawn before the server sees them."""

import random

from blueproof.engines.postgres.domains import Domain
from blueproof.engines.postgres.linking import Links
from blueproof.engines.postgres.putting import Row

_FAVOURED = 0.4  # of the rows have what the queries want, so that all conditions meet in some
_WANTED = 0.9  # of the columns in those rows
_SELDOM = 0.2  # and in the others
_ENDS = 0.25  # of the cells, where a column holds the ends of its type
_COPIES = 0.2  # of rows in a table that has no key


class Maker:
    """Makes the rows of one table."""

    def __init__(
        self,
        domains: dict[str, Domain],
        links: Links,
        late: frozenset[str],
        rng: random.Random,
    ) -> None:
        self.columns = tuple(
            c
            for c, d in domains.items()
            if d.common or d.distinct or c in links.columns or (c in late and d.nullable)
        )
        self.domains = domains
        self._links = links
        self._late = late
        self._rng = rng
        self._left = {c: self._shuffled(domains[c]) for c in self.columns if domains[c].distinct}

    def row(self) -> Row | None:
        """A new row; None once a column that must differ in every row has run out of values."""
        chance = _WANTED if self._rng.random() < _FAVOURED else _SELDOM
        row = self._links.draw(self._rng, self.domains, chance)
        if row is None:
            return None
        for column in self.columns:
            if column in row:
                continue
            domain = self.domains[column]
            if domain.distinct and not self._left[column]:
                return None
            row[column] = self._value(column, domain, chance)
        return row

    def _value(self, column: str, domain: Domain, chance: float) -> str | None:
        nulls = domain.nulls * (1 - chance) if domain.wanted else domain.nulls
        if domain.nullable and (column in self._late or self._rng.random() < nulls):
            return None
        if domain.distinct:
            return self._left[column].pop()
        if domain.ends and self._rng.random() < _ENDS:
            return self._rng.choice(domain.ends)
        if not domain.common:
            return None
        wanted = domain.wanted and self._rng.random() < chance
        return self._rng.choice(domain.wanted if wanted else domain.common)

    def rows(self, count: int, *, copies: bool) -> list[Row]:
        """Up to so many rows, some of them twice where that is allowed."""
        made = [row for _ in range(count) if (row := self.row()) is not None]
        if copies and made:
            made[len(made) - int(len(made) * _COPIES) :] = [
                self._rng.choice(made) for _ in range(int(len(made) * _COPIES))
            ]
        return made

    def _shuffled(self, domain: Domain) -> list[str]:
        """All values in random order, those that the queries want to be taken first."""
        rest = [v for v in domain.distinct if v not in domain.wanted]
        self._rng.shuffle(rest)
        return [*rest, *domain.wanted]
