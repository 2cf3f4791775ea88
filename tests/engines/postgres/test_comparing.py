import contextlib

import pytest

from blueproof.engines.postgres import ranking, sampling, showing
from blueproof.engines.postgres.asking import Answer
from blueproof.engines.postgres.comparing import Comparison, compare, run
from blueproof.engines.postgres.domains import Shape
from blueproof.engines.postgres.server import Server, scratch
from blueproof.engines.postgres.trying import could_be
from blueproof.sql.schema import Column, Schema, Table

SHOP = """
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, status text NOT NULL,
  note text, amount numeric(8,2) NOT NULL, created_at timestamptz NOT NULL, data jsonb
);
CREATE TABLE banned (customer_id bigint, reason text);
"""
PAGE = "SELECT id, status FROM orders ORDER BY created_at DESC, id DESC LIMIT 5 OFFSET $1"
SEEK = (
    "SELECT created_at, id FROM orders ORDER BY created_at DESC, id DESC "
    "LIMIT (CASE WHEN $1::bigint > 0 THEN 1 ELSE 0 END) OFFSET greatest($1::bigint - 1, 0)"
)
KEYSET = (
    "SELECT id, status FROM orders WHERE (created_at, id) < ($2, $3) "
    "ORDER BY created_at DESC, id DESC LIMIT 5"
)


def same(found: Comparison) -> bool:
    assert found.refused == ""
    assert found.same == (not found.difference)
    assert found.trials_with_rows > 0
    assert found.rows_compared > 0
    return found.same


def test_not_in_differs_from_not_exists_where_the_column_may_be_null(server: Server) -> None:
    not_in = "SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM banned)"
    not_exists = (
        "SELECT c.id FROM customers c WHERE NOT EXISTS "
        "(SELECT 1 FROM banned b WHERE b.customer_id = c.id)"
    )
    found = compare(server, SHOP, not_in, not_exists)
    assert not same(found)
    assert "only in the second: (" in found.difference
    assert same(compare(server, SHOP, not_in, not_exists, never_null=("banned.customer_id",)))


def test_a_left_join_differs_from_an_inner_join(server: Server) -> None:
    left = "SELECT o.id, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer_id"
    assert not same(compare(server, SHOP, left, left.replace("LEFT ", "")))


def test_a_day_is_the_same_as_its_bounds(server: Server) -> None:
    day = "SELECT id FROM orders WHERE date(created_at) = $1"
    bounds = "SELECT id FROM orders WHERE created_at >= $1::date AND created_at < $1::date + 1"
    assert same(compare(server, SHOP, day, bounds))


@pytest.mark.parametrize(
    "wrong",
    [
        "created_at >= $1::date AND created_at <= $1::date + 1",
        "created_at > $1::date AND created_at < $1::date + 1",
        "created_at >= $1::date AND created_at < $1::date + 2",
        "created_at BETWEEN $1::date AND $1::date + interval '23:59:59'",
    ],
)
def test_bounds_that_are_off_by_one_differ(server: Server, wrong: str) -> None:
    day = "SELECT id FROM orders WHERE date(created_at) = $1"
    found = compare(server, SHOP, day, f"SELECT id FROM orders WHERE {wrong}")
    assert not same(found)
    assert found.difference.startswith("with $1 = '20")


def test_paging_by_the_last_row_is_the_same_as_by_offset(server: Server) -> None:
    assert same(compare(server, SHOP, PAGE, KEYSET, seek=SEEK))


def test_paging_from_a_literal_offset_is_tried_on_pages_that_exist(server: Server) -> None:
    keyset = KEYSET.replace("$2", "$1").replace("$3", "$2")
    page, seek = (t.replace("$1", "200000") for t in (PAGE, SEEK))
    assert same(compare(server, SHOP, page, keyset, seek=seek))
    wrong = keyset.replace("< ($1", "<= ($1")
    assert not same(compare(server, SHOP, page, wrong, seek=seek))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("< ($2, $3)", "<= ($2, $3)"),
        ("(created_at, id) < ($2, $3)", "created_at < $2 AND $3 > 0"),
        ("(created_at, id) < ($2, $3)", "created_at <= $2 AND id < $3"),
        ("id DESC LIMIT", "id LIMIT"),
        ("LIMIT 5", "LIMIT 4"),
    ],
)
def test_paging_by_the_wrong_row_differs(server: Server, right: str, wrong: str) -> None:
    assert not same(compare(server, SHOP, PAGE, KEYSET.replace(right, wrong), seek=SEEK))


def test_distinct_differs_from_no_distinct(server: Server) -> None:
    distinct = "SELECT DISTINCT status, note FROM orders"
    assert not same(compare(server, SHOP, distinct, distinct.replace("DISTINCT ", "")))


def test_union_differs_from_union_all(server: Server) -> None:
    union = "SELECT note FROM orders UNION SELECT reason FROM banned"
    assert not same(compare(server, SHOP, union, union.replace("UNION", "UNION ALL")))


@pytest.mark.parametrize(
    "ordered",
    [
        "SELECT id, status FROM orders ORDER BY status, id",
        "SELECT DISTINCT status FROM orders ORDER BY 1 DESC",
        "SELECT status AS s, count(*) AS n FROM orders GROUP BY status ORDER BY n DESC, s",
        "SELECT note FROM orders UNION SELECT reason FROM banned ORDER BY 1",
        "SELECT id FROM orders ORDER BY amount DESC NULLS LAST, lower(note) -- newest\n",
    ],
)
def test_an_order_that_is_dropped_differs(server: Server, ordered: str) -> None:
    assert same(compare(server, SHOP, ordered, ordered))
    found = compare(server, SHOP, ordered, ordered[: ordered.index("ORDER BY")])
    assert not same(found)
    assert found.difference.startswith("the same rows in another order: row ")


def test_rows_that_tie_may_change_places(server: Server) -> None:
    ordered = "SELECT id, status FROM orders ORDER BY status"
    found = compare(server, SHOP, ordered, f"{ordered}, id DESC")
    assert same(found)
    assert found.undecided == 0
    assert not same(compare(server, SHOP, f"{ordered}, id DESC", ordered))


def test_a_page_may_hold_any_of_the_rows_that_tie_but_no_other(server: Server) -> None:
    page = "SELECT id, status FROM orders ORDER BY status LIMIT 7"
    assert same(compare(server, SHOP, page, page.replace("LIMIT", ", id DESC LIMIT")))
    assert not same(compare(server, SHOP, page, page.replace("LIMIT", "DESC LIMIT")))
    some = "SELECT id FROM orders WHERE amount > 1 LIMIT 3"
    assert same(compare(server, SHOP, some, some.replace("LIMIT", "ORDER BY id LIMIT")))
    assert not same(compare(server, SHOP, some, some.replace("> 1", "< 1")))


def test_a_difference_on_infinite_moments_alone_is_said_and_not_held_against_it(
    server: Server,
) -> None:
    day = "SELECT id FROM orders WHERE date(created_at) = $1"
    bounds = "SELECT id FROM orders WHERE created_at >= $1::date AND created_at < $1::date + 1"
    found = compare(server, SHOP, day, bounds)
    assert same(found)
    assert "infinity" in found.but_infinite
    assert compare(server, SHOP, day, day).but_infinite == ""


def test_values_that_overflow_a_rewritten_query_alone_are_undecided(server: Server) -> None:
    query = "SELECT id FROM banned, generate_series(1, 1) AS id WHERE customer_id > $1"
    found = compare(server, SHOP, query, query.replace("> $1", "+ 1 > $1 + 1"))
    assert same(found)
    assert found.undecided > 0


def test_draws_and_databases_are_counted(server: Server) -> None:
    plain = "SELECT id FROM orders"
    found = compare(server, SHOP, plain, plain, trials=13)
    assert (found.trials, found.draws, found.undecided) == (13, 13, 0)
    query = f"{plain} WHERE status = $1"
    assert compare(server, SHOP, query, query, trials=13).draws == 4 * 13


def test_a_query_that_contradicts_itself_is_undecided(server: Server) -> None:
    any_ = "SELECT DISTINCT ON (status) status, id FROM orders ORDER BY status"
    lowest = f"{any_}, id"
    found = compare(server, SHOP, any_, lowest)
    assert found.difference == ""
    assert found.undecided > 0
    assert not same(compare(server, SHOP, lowest, f"{any_}, id DESC"))


def test_ties_in_an_index_change_places_too(server: Server) -> None:
    ddl = f"{SHOP}\nCREATE INDEX ON orders (status);"
    any_ = "SELECT DISTINCT ON (status) status, id FROM orders ORDER BY status"
    found = compare(server, ddl, any_, f"{any_}, id")
    assert found.difference == ""
    assert found.undecided > 0


def test_it_contradicts_itself_too_where_an_index_keeps_the_order_of_its_entries(
    server: Server,
) -> None:
    ddl = """
    CREATE TABLE users (id int PRIMARY KEY);
    CREATE TABLE log (at date NOT NULL, user_id int NOT NULL REFERENCES users, payload int);
    CREATE INDEX ON log (at);
    """
    where = "at <= '2026-04-01'"
    newest = (
        f"SELECT DISTINCT ON (user_id) user_id, at, payload FROM log WHERE {where} "
        "ORDER BY user_id, at DESC"
    )
    looked_up = (
        "SELECT l.* FROM users u CROSS JOIN LATERAL (SELECT user_id, at, payload FROM log "
        f"WHERE user_id = u.id AND {where} ORDER BY at DESC LIMIT 1) l ORDER BY u.id"
    )
    for seed in (1, 2):
        found = compare(server, ddl, newest, looked_up, seed=seed)
        assert found.difference == ""
        assert found.undecided > 0
    assert not same(compare(server, ddl, newest, looked_up.replace("DESC LIMIT", "LIMIT")))


def test_parameters_fit_the_columns_they_are_compared_with(server: Server) -> None:
    query = (
        "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id "
        "WHERE o.status = $1 AND o.customer_id = $2 AND lower(c.name) LIKE $3 "
        "AND o.amount BETWEEN $4 AND $5"
    )
    wrong = query.replace("AND o.amount BETWEEN $4 AND $5", "AND o.amount >= $4 AND o.amount < $5")
    right = query.replace("BETWEEN $4 AND $5", ">= $4 AND o.amount <= $5")
    assert same(compare(server, SHOP, query, right))
    assert not same(compare(server, SHOP, query, wrong, trials=24))


def test_null_parameters_are_tried(server: Server) -> None:
    query = "SELECT id FROM orders WHERE note = $1"
    either = "SELECT id FROM orders WHERE note IS NOT DISTINCT FROM $1"
    found = compare(server, SHOP, query, either, trials=24)
    assert not same(found)
    assert found.difference.startswith("with $1 = NULL: ")


def test_documents_hold_numbers_as_well_as_their_texts(server: Server) -> None:
    query = "SELECT id FROM orders WHERE data->>'k' = $1"
    text = "SELECT id FROM orders WHERE data @> jsonb_build_object('k', $1::text)"
    assert not same(compare(server, SHOP, query, text))


def test_several_conditions_on_literals_find_rows(server: Server) -> None:
    query = (
        "SELECT id FROM orders WHERE status = 'shipped' AND note LIKE 'gift%' AND amount > 500 "
        "AND created_at >= '2031-01-01' AND data->>'origin' = 'shop'"
    )
    assert same(compare(server, SHOP, query, query.replace("amount > 500", "amount >= 500.01")))
    assert not same(compare(server, SHOP, query, query.replace("> 500", ">= 500")))


def test_queries_about_the_last_days_find_rows(server: Server) -> None:
    query = "SELECT id FROM orders WHERE created_at > now() - interval '30 days'"
    assert same(compare(server, SHOP, query, query))


def test_a_comparison_without_rows_is_visible(server: Server) -> None:
    query = "SELECT id FROM orders GROUP BY id HAVING count(*) > 100"
    found = compare(server, SHOP, query, query)
    assert (found.same, found.trials_with_rows, found.rows_compared) == (True, 0, 0)


def test_rows_lie_behind_views_functions_and_forced_row_security(server: Server) -> None:
    ddl = f"""{SHOP}
        CREATE MATERIALIZED VIEW busy AS SELECT status, count(*) AS n FROM orders GROUP BY status;
        CREATE VIEW named AS SELECT id, name FROM customers;
        ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
        ALTER TABLE orders FORCE ROW LEVEL SECURITY;
    """
    for source in ("busy", "named", "orders"):
        query = f"SELECT * FROM {source}"
        assert same(compare(server, ddl, query, query))
        assert not same(compare(server, ddl, query, f"{query} LIMIT 1"))
    ddl = f"{SHOP} CREATE FUNCTION f() RETURNS SETOF orders LANGUAGE sql AS 'TABLE orders';"
    query = "SELECT f.id, (SELECT count(*) FROM banned) FROM f() AS f"
    assert same(compare(server, ddl, query, query))


def test_only_the_tables_that_are_asked_about_need_rows(server: Server) -> None:
    ddl = f"{SHOP} CREATE TABLE never (a int CHECK (pg_sleep(60) IS NULL));"
    query = "SELECT id FROM orders WHERE customer_id IS NOT NULL"
    assert same(compare(server, ddl, query, query))


def test_changes_are_compared_by_the_rows_they_leave(server: Server) -> None:
    update = "UPDATE orders SET note = 'x' WHERE status = $1"
    assert same(compare(server, SHOP, update, f"{update} AND true"))
    found = compare(server, SHOP, update, f"{update} AND note IS NOT NULL")
    assert not same(found)
    assert "only in the first: (orders, " in found.difference


@pytest.mark.parametrize(
    ("rewritten", "words"),
    [
        ("SELECT nothing FROM orders", 'column "nothing" does not exist'),
        ("SELECT id FROM orders; DROP TABLE orders", "one statement is run at a time"),
        ("SELECT id FROM orders WHERE id = $2", "nothing supplies $2 of the rewritten query"),
        ("SELECT id FROM orders WHERE pg_read_file('/etc/passwd') > ''", "permission denied"),
        ("SELECT id FROM orders WHERE 1 / (id - id) > 0", "rewritten: division by zero"),
    ],
)
def test_a_query_that_does_not_run_is_refused(server: Server, rewritten: str, words: str) -> None:
    found = compare(server, SHOP, "SELECT id FROM orders", rewritten)
    assert not found.same
    assert words in found.refused


def test_a_statement_runs_on_rows_and_is_taken_back(server: Server) -> None:
    assert run(server, SHOP, "SELECT * FROM orders WHERE customer_id = $1").rows > 0
    insert = "INSERT INTO banned (customer_id, reason) VALUES ($1, $2) RETURNING reason"
    assert run(server, SHOP, insert).rows == 1
    assert run(server, SHOP, "CREATE INDEX ON orders (status)").ok
    serial = "CREATE TABLE t (id serial PRIMARY KEY, a int NOT NULL)"
    assert run(server, serial, "INSERT INTO t (a) VALUES ($1)").ok


def test_a_statement_that_does_not_run_says_why(server: Server) -> None:
    assert "does not exist" in run(server, SHOP, "SELECT 1 FROM nowhere").refused
    assert "not-null" in run(server, SHOP, "INSERT INTO orders (id) VALUES (1)").refused
    assert "ends transactions" in run(server, SHOP, "COMMIT").refused
    assert "permission denied" in run(server, SHOP, "COPY orders TO PROGRAM 'true'").refused


def test_an_answer_is_right_if_its_ranks_and_rows_could_be_so() -> None:
    whole = [Answer(text=t, rank=r) for t, r in (("(a)", 1), ("(b)", 1), ("(c)", 2))]
    assert could_be(whole[:1], whole, ["(b)"])
    assert not could_be(whole[:1], whole, ["(c)"])
    assert not could_be(whole[:2], whole, ["(b)", "(b)"])
    assert not could_be(whole[:2], whole, ["(b)"])


def test_rows_are_shown_as_a_person_reads_them() -> None:
    assert showing.shown('(7,"a ""b"", c",,"")') == "(7, a \"b\", c, NULL, '')"
    assert showing.fields("()") == [None]
    assert showing.given({1: "it's", 2: None, 3: "x"}, 2) == 'with $1 = "it\'s", $2 = NULL: '


def test_an_order_is_ranked_in_terms_of_what_the_query_reads() -> None:
    way = ranking.ranked("SELECT a AS x, count(*) n FROM t GROUP BY a ORDER BY n DESC, 1 LIMIT 3")[
        0
    ]
    assert "dense_rank() OVER (ORDER BY (count(*)) DESC, (a))" in way.text
    assert way.text.endswith("LIMIT 3")
    assert "LIMIT" not in way.whole


def test_an_interval_in_words_keeps_its_time() -> None:
    schema = Schema(tables=(Table(name="t", columns=(Column(name="at", type="timestamptz"),)),))
    read = sampling.read("SELECT 1 FROM t WHERE at + interval '1 day 02:00' < $1", schema)
    assert "1 day 02:00" in read.parameters[1][0].sql


@pytest.mark.parametrize(
    "source",
    [
        "t, unnest(t.tags) AS tag WHERE tag = $1",
        "t AS t, unnest(t.tags) AS u (tag) WHERE u.tag = $1",
        "t CROSS JOIN LATERAL unnest(tags) WITH ORDINALITY AS u (tag, n) WHERE $1 = tag",
        "t WHERE EXISTS (SELECT FROM unnest(tags) WHERE lower(unnest) = $1)",
    ],
)
def test_what_is_held_against_an_element_is_drawn_from_the_arrays(
    server: Server, source: str
) -> None:
    columns = (Column(name="id", type="integer"), Column(name="tags", type="text[]"))
    read = sampling.read(
        f"SELECT 1 FROM {source}", Schema(tables=(Table(name="t", columns=columns),))
    )
    drawer = sampling.Drawer(types={1: "text"}, readings=(read,), literals=())
    with scratch(server) as name, contextlib.closing(server.guest(name)) as guest:
        guest.run("CREATE TABLE t (id int, tags text[])")
        guest.run("INSERT INTO t SELECT n, ARRAY['a' || n, 'b' || n] FROM generate_series(1, 9) n")
        guest.run("BEGIN")
        offered = drawer.offered(guest, Shape())
    drawn = {value for _, rows in offered.rows for row in rows for value in row}
    assert drawn <= {f"{letter}{n}" for letter in "ab" for n in range(1, 10)}
    assert {str(value)[0] for value in drawn} == {"a", "b"}


def test_comparisons_are_read_with_the_tables_they_are_about() -> None:
    columns = (Column(name="a", type="integer"), Column(name="b", type="integer"))
    schema = Schema(
        tables=(
            Table(name="t", columns=columns),
            Table(name="u", columns=(Column(name="c", type="integer"),)),
        )
    )
    read = sampling.read(
        "WITH x AS (SELECT a FROM t) SELECT * FROM x JOIN u AS y ON true "
        "WHERE x.a=$1 AND (y.c,y.d)<($2,$3) AND b IN (7, $4) LIMIT $5 OFFSET ($6 - 1) * $5",
        schema,
    )
    assert {n: c[0].sql for n, c in read.parameters.items()} == {
        1: '"t".a', 2: '"y".c', 3: '"y".d', 4: '"t".b',
    }  # fmt: skip
    assert (read.limits, read.offsets) == (frozenset({5}), frozenset({5, 6}))
    assert read.wanted["t.b"] == ("7", "6", "8")
