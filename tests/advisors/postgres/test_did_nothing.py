"""Why an index that somebody made did nothing: read off the queries, else nothing is said."""

from dataclasses import replace

import pytest

from blueproof.advisors.postgres.parts.did_nothing import blamed
from blueproof.consult import consult
from blueproof.core.brief import Document
from blueproof.intake.words.read import read_request
from blueproof.sql.schema import Index

SHOP = """
create table shops (id bigint primary key, name text not null);
create table tickets (id bigint primary key, shop_id bigint not null references shops(id),
  status text not null check (status in ('open','pending','solved','closed')), subject text,
  email text, updated_at timestamptz not null);
create index tickets_status on tickets(status);
create index tickets_updated on tickets(updated_at);
create index tickets_email on tickets(email);
create index tickets_subject on tickets(subject);
"""
PAGE = (
    "select id from tickets where shop_id = $1 and status = 'open' "
    "order by updated_at desc limit 9;"
)
REASONS = {
    "I added an index on status and it did nothing. Can I drop it?": (
        PAGE,
        "tickets (status) did nothing because status has 4 values",
    ),
    "We made an index on updated_at. No difference at all.": (
        PAGE,
        "tickets (updated_at) did nothing because it holds the order and not shop_id",
    ),
    "Added tickets_email, still slow": (
        "select id from tickets where lower(email) = $1;",
        "compares lower(email), and the index holds email as it is",
    ),
    "I created an index on subject but it is ignored": (
        "select id from tickets where subject ilike '%kettle%' limit 20;",
        "a B-tree finds what begins with some letters",
    ),
    "The index on email is not used": (PAGE, "neither compares nor sorts by email"),
}
SILENT = (
    "There is an index on status. The page takes 3 s.",
    "Nothing works. We have an index on shop_id.",  # none of the schema
    "Caching did nothing. The page takes 3 s.",
)


def answer(words: str, query: str) -> str:
    documents = (
        Document(role="schema", text=SHOP, parts=(("schema.sql", 1),)),
        Document(role="queries", text=query, parts=(("queries.sql", 1),)),
    )
    told = read_request(f"This page is slow, 3,000 shops, 26M tickets. {words}")
    return consult(replace(told, documents=documents)).answer


@pytest.mark.slow
@pytest.mark.parametrize("words", REASONS)
def test_the_reason_is_read_off_the_query(words: str) -> None:
    query, reason = REASONS[words]
    says = answer(words, query)
    assert reason in says
    assert "DROP INDEX CONCURRENTLY tickets_" in says


@pytest.mark.slow
@pytest.mark.parametrize("words", SILENT)
def test_what_nobody_calls_useless_is_not_spoken_of(words: str) -> None:
    assert "did nothing because" not in answer(words, PAGE)


def index(*keys: str, primary: bool = False) -> Index:
    name = f"t_{'_'.join(keys)}"
    return Index(name=name, table="t", keys=keys, definition="", primary=primary)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("An index on a exists. I added an index on b and it did nothing.", ["t_b"]),
        ("I added an index on b. It didn't help.", ["t_b"]),
        ("I added t_a_b, no effect", ["t_a_b"]),
        ("I added an index on b and it is fast now", []),
        ("The index on id did nothing", []),
    ],
)
def test_the_index_that_is_told_last_before_the_complaint_is_meant(
    words: str, names: list[str]
) -> None:
    there = (index("a"), index("b"), index("a", "b"), index("id", primary=True))
    assert [i.name for i in blamed(there, words)] == names
