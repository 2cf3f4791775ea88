"""Messages of empty pools are no slow queries; made rows that fail give no verdict."""

import pytest

from blueproof.advisors.known.pools import lacks_connections
from blueproof.advisors.known.reproduction.comparing import of_pairs, written
from blueproof.advisors.known.reproduction.counts import read_row_counts
from blueproof.advisors.known.slow.telling import told_of_slowness
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

HIKARI = (
    "Spring Boot 3.3, Postgres 15 (max_connections = 200), 3 pods. HikariPool-1 - Connection is "
    "not available, request timed out after 30000ms (total=10, active=10, idle=0, waiting=187). We "
    "call the payment provider inside @Transactional, which is slow. Raise the pool to 100?"
)
IMPOSSIBLE = (
    "Postgres 16, this query takes 38 s: create table reading (id bigint primary key, meter_id "
    "bigint not null, kwh numeric not null check (kwh < 0 and kwh > 0)); 210 million rows in "
    "reading. select id, kwh from reading where meter_id = 5 order by id desc limit 10;"
)


@pytest.mark.parametrize(
    ("text", "empty"),
    [
        (HIKARI, True),
        ("FATAL: remaining connection slots are reserved for roles with SUPERUSER", True),
        ("TimeoutError: QueuePool limit of size 5 overflow 10 reached", True),
        ("My query takes 8 seconds and the pool has 10 connections.", False),
    ],
)
def test_a_pool_says_that_it_is_empty(text: str, *, empty: bool) -> None:
    assert lacks_connections(text) == empty


def test_what_a_pool_counts_is_no_column() -> None:
    assert told_of_slowness(read_request(HIKARI)) is None
    answer = " ".join(consult(read_request(HIKARI)).answer.split())
    assert answer.startswith("No: 3 pods x 100 = 300 connections")
    assert "(total)" not in answer


def test_a_django_search_in_any_case_is_by_upper() -> None:
    ((path, sign, value),) = of_pairs("tracking_code__icontains=q")
    assert written(path, sign, value) == "upper(tracking_code) LIKE upper('%' || ? || '%')"
    ((path, sign, value),) = of_pairs("email__iexact=q")
    assert written(path, sign, value) == "upper(email) = upper(?)"
    ((path, sign, value),) = of_pairs("code__istartswith='ab'")
    assert written(path, sign, value) == "upper(code) LIKE upper('ab%')"


def test_a_table_and_a_sign_before_a_number_tell_its_rows() -> None:
    tables = ("meter", "reading")
    said = (
        "reading has 210 million rows (one per 15 min per meter), meter ~6,200. this is the query"
    )
    assert read_row_counts(said, tables, "reading") == {"reading": 210_000_000, "meter": 6_200}
    assert read_row_counts("the reading takes ~6,200 ms", tables, "reading") == {}


def test_an_empty_table_is_not_timed() -> None:
    found = consult(read_request(IMPOSSIBLE))
    assert "made-up rows" not in found.answer
    assert not any(file.path.startswith("migrations/") for file in found.artifacts)
    assert any("rows of reading" in each.why for each in found.not_proved)
