"""Index the expression that is compared.

WHERE lower(email) = $1 cannot use an index on email: the server computes the function for every
row. An index on the expression holds what was computed, and serves it.
"""

from collections.abc import Iterator
from datetime import date

from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.parts.index_advice import advise_index
from blueproof.advisors.postgres.search import choose
from blueproof.core.advice import Recommendation
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-expressional.html",
    checked=date(2026, 11, 24),
    says="an index can hold an expression over the row, and then serves conditions on it",
)


def check(database: Database) -> Iterator[Recommendation]:
    """An index for each function of a column that queries compare, where no other does better."""
    if database.measured or database.space is not None:
        return  # the search for indexes weighs these against all others anyway
    compared = {
        f"({expression})" for q in database.queries for u in q.uses for expression, _ in u.wrapped
    }
    if not compared:
        return
    for choice in choose(database):
        if not choice.together and compared & set(choice.index.keys):
            yield advise_index(database, choice, (), RULE.id, (DOCS,))


_USERS = """
CREATE TABLE users (
  id bigint PRIMARY KEY, email text NOT NULL, signed_up timestamptz NOT NULL,
  birthday timestamp NOT NULL
);
CREATE INDEX users_email_idx ON users (email);
"""
_LOWER = "-- name: by_email\nSELECT * FROM users WHERE lower(email) = lower($1);\n"

RULE = Rule(
    id="pg-function-on-column",
    stage="query",
    title="Index the expression that is compared",
    guide=__doc__ or "",
    evidence=(DOCS,),
    check=check,
    cases=(
        Case(name="a search that ignores case", given=_USERS, queries=_LOWER),
        Case(name="the expression is indexed already",
             given=_USERS + "CREATE INDEX ON users (lower(email));",
             queries=_LOWER, fires=False),
        Case(name="the function stands on the other side", given=_USERS,
             queries="SELECT * FROM users WHERE email = lower($1);", fires=False),
        Case(name="a function that keeps nearly every row", given=_USERS,
             queries="SELECT id FROM users WHERE date(signed_up) >= '2000-01-01';", fires=False),
    ),
)  # fmt: skip
