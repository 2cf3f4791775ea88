"""A page over a join in the words of the last row seen."""

import pytest

from blueproof.advisors.known.reproduction.next_page import next_pages, with_next_page
from blueproof.core.blueprint import Conclusion

FEED = (
    "SELECT r.* FROM recipes r JOIN follows f ON f.cook_id = r.cook_id WHERE f.user_id = $1 "
    "ORDER BY r.posted_at DESC LIMIT 25 OFFSET $2"
)
CASES = {
    FEED: "(r.posted_at, r.id) < (:last_posted_at, :last_id) ORDER BY r.posted_at DESC, r.id DESC",
    "SELECT o.id FROM orders o JOIN shops s ON s.id = o.shop ORDER BY o.id LIMIT 50 OFFSET 90": (
        "(o.id) > (:last_id) ORDER BY o.id"
    ),
}
NONE = (
    "SELECT * FROM recipes ORDER BY posted_at LIMIT 25 OFFSET 50",  # has a rewrite that is proved
    "SELECT r.* FROM recipes r JOIN f ON f.a = r.a ORDER BY r.at DESC, r.name LIMIT 5 OFFSET 5",
    "SELECT r.* FROM recipes r JOIN f ON f.a = r.a ORDER BY r.at DESC, f.b DESC LIMIT 5 OFFSET 5",
    "SELECT DISTINCT r.* FROM recipes r JOIN f ON f.a = r.a ORDER BY r.at LIMIT 5 OFFSET 5",
    "SELECT r.* FROM recipes r JOIN f ON f.a = r.a ORDER BY r.at LIMIT 5",
    "SELECT r.* FROM recipes r JOIN f ON f.a = r.a ORDER BY lower(r.name) LIMIT 5 OFFSET 5",
)


@pytest.mark.parametrize("query", CASES)
def test_the_next_page_begins_behind_the_last_row(query: str) -> None:
    (text,) = next_pages((query,))
    plain = " ".join(text.split())
    assert CASES[query] in plain
    assert "OFFSET" not in plain
    assert "LIMIT" in plain


@pytest.mark.parametrize("query", NONE)
def test_where_the_order_is_not_of_one_table_nothing_is_said(query: str) -> None:
    assert list(next_pages((query,))) == []


def test_it_leads_where_pages_are_spoken_of() -> None:
    conclusion = Conclusion(answer="An index.")
    told = with_next_page(conclusion, (FEED,), "The feed is slow at page 80, how do I paginate it?")
    assert told.answer.startswith("Page by the last row seen, not by OFFSET: SELECT r.*")
    assert told.answer.endswith("An index.")
    assert told.steps[0].horizon == "now"
    assert with_next_page(conclusion, (FEED,), "The feed is slow") is conclusion
