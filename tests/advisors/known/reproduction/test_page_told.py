"""A page whose index is missing: said with what it reads, whatever the made rows show."""

import pytest

from blueproof.advisors.known.reproduction.page_told import page_step, page_told
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

AUDIT = (
    "slow page: select * from audit_entries where account_id = 77 order by created_at desc limit 50"
    " offset 3000. 22M rows in audit_entries, about 3,500 accounts. "
)
HAVING = "We've an index on (account_id) already and added one on created_at last week. 2.4 s."


def told(request: str) -> str:
    sketch = read_sketch(read_request(request))
    assert sketch is not None
    return page_told(sketch)


def test_filter_and_order_stand_in_one_index_with_the_offset_that_is_told() -> None:
    says = told(AUDIT + HAVING)
    assert says.startswith(
        "CREATE INDEX CONCURRENTLY ON audit_entries (account_id, created_at DESC)"
    )
    assert "reads the 3,000 that OFFSET passes over and its 50 entries" in says
    assert "behind the last (created_at, key)" in says
    (step,) = page_step(says)
    assert step.do == "CREATE INDEX CONCURRENTLY ON audit_entries (account_id, created_at DESC)"


def test_a_first_page_speaks_of_no_offset() -> None:
    says = told(AUDIT.replace(" offset 3000", "") + HAVING)
    assert "reads its 50 entries" in says
    assert "OFFSET" not in says


@pytest.mark.parametrize(
    "request_",
    [
        AUDIT + "There is an index on (account_id, created_at desc). 2.4 s.",
        "select count(*) from orders where status = 'open' takes 3 s, 5M rows in orders",
    ],
)
def test_nothing_is_said_where_the_index_is_there_or_no_page_is_asked(request_: str) -> None:
    assert told(request_) == ""
    assert list(page_step("No index or rewrite makes it faster.")) == []


@pytest.mark.slow
def test_made_rows_clear_no_page_whose_index_is_missing() -> None:
    answer = consult(read_request(AUDIT + HAVING + " It did nothing. Index or keyset?")).answer
    assert "does not make it slow" not in answer
    assert "(created_at) did nothing because it holds the order and not account_id" in answer
    assert "one row in 3,500 is the right one" in answer
