"""What words and DDL tell of figures: pages, estimates, ranges, shares, references, changes."""

import pytest
import sqlglot

from blueproof.advisors.known.reproduction.bloated import bloated_steps, read_bloated
from blueproof.advisors.known.reproduction.elsewhere import elsewhere, not_covered
from blueproof.advisors.known.reproduction.estimated import read_misjudged
from blueproof.advisors.known.reproduction.jpql import with_sql
from blueproof.advisors.known.reproduction.ranged import in_ranges
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.advisors.known.reproduction.unchanged import only_changes
from blueproof.intake.plans import divided
from blueproof.intake.words.read import read_request
from blueproof.sql.guessing.described import read_references
from blueproof.sql.guessing.periods import periods_of
from blueproof.sql.guessing.seen import read_seen
from blueproof.sql.guessing.shares import shares_of, usual_of
from blueproof.sql.schema import Column, Table


@pytest.mark.parametrize(
    ("words", "rows", "pages"),
    [
        ("pg_class says relpages is 126719 for it", 3622, 126719),
        ("relpages = 40,000 there", 900, 40000),
        ("it takes up 12,345 pages", 800, 12345),
        ("relpages 126719, and it has 3622 rows", 3622, 126719),
        ("relpages is 126719", 200_000, 0),  # more rows than pages: a table like any other
        ("relpages is 88", 12, 0),  # a small one
        ("relpages is 126719", 0, 0),  # nothing is told of its rows
        ("we show 2000 pages of results a day", 4_000_000, 0),
    ],
)
def test_a_table_with_more_pages_than_rows_is_bloated(words: str, rows: int, pages: int) -> None:
    found = read_bloated(words, {"notes": rows}, "notes")
    assert [each.pages for each in found] == [pages] * bool(pages)
    if found:
        assert "VACUUM (FULL, ANALYZE) notes" in found[0].says
        assert f"{rows:,} rows in {pages:,} pages" in found[0].says
        assert "VACUUM (FULL" in next(iter(bloated_steps(found))).do


@pytest.mark.parametrize(
    ("words", "is_told"),
    [
        ("The estimated rows in the plan are far off.", True),
        ("Row estimates are way off for this table", True),
        ("the planner expects far too many rows here", True),
        ("its statistics are out of date I think", True),
        ("Postgres thinks there are much fewer rows than there are", True),
        ("we estimated that far more people would come", False),
        ("the estimate was 2 weeks, and we are late", False),
        ("the statistics page is slow", False),
    ],
)
def test_that_estimates_are_off_is_read_without_numbers(words: str, *, is_told: bool) -> None:
    seen = read_seen(("SELECT * FROM jobs WHERE lane_id = $1 ORDER BY at DESC",), {})
    found = read_misjudged(words, seen)
    assert [each.columns for each in found] == [("lane_id",)] * is_told
    if found:
        assert "SET STATISTICS" in found[0].says
        assert " 0 rows" not in found[0].says


@pytest.mark.parametrize(
    ("condition", "instead"),
    [
        ("at <@ tstzrange('2020-12-01', '2020-12-08')", "at >= '2020-12-01' AND at < '2020-12-08'"),
        ("daterange($1, $2, '[]') @> day", "day >= $1 AND day <= $2"),
        ("x.n <@ int4range(1, 5, '(]')", "x.n > 1 AND x.n <= 5"),
        ("during @> now()", ""),  # the column is the range
        ("at <@ tstzrange(NULL, now())", ""),  # no bound: a comparison would find nothing
        ("tags @> ARRAY['a']", ""),
    ],
)
def test_a_range_is_said_by_comparisons(condition: str, instead: str) -> None:
    found = [each for _, each in in_ranges((f"SELECT * FROM x WHERE {condition}",))]
    assert found == [instead] * bool(instead)


def test_an_older_server_and_an_index_that_lacks_a_column_are_pointed_at() -> None:
    text = (
        "CREATE TABLE q (id int PRIMARY KEY, at timestamptz); CREATE INDEX ON q (at);\n"
        "SELECT id FROM q WHERE at <@ tstzrange('2020-12-01', '2020-12-08') takes 4 s, postgres"
    )
    sketch = read_sketch(read_request(text))
    assert sketch is not None
    assert "before PostgreSQL 17" in elsewhere(sketch)[0]
    text = (
        "SELECT url, host, avg(place) FROM cites WHERE brand_id = $1 GROUP BY url, host takes 9 s, "
        "postgres, 8M cites. We made an index for it, idx_cites, which has brand_id, url and host."
    )
    sketch = read_sketch(read_request(text))
    assert sketch is not None
    (lacks,) = not_covered(sketch)
    assert "CREATE INDEX CONCURRENTLY ON cites (brand_id, url, host) INCLUDE (place)" in lacks
    sketch = read_sketch(read_request(text.replace("avg(place)", "max(host)")))
    assert sketch is not None
    assert not [*not_covered(sketch)]


@pytest.mark.parametrize(
    ("update", "where"),
    [
        ("UPDATE a SET b = lower(b)", "b IS DISTINCT FROM lower(b)"),
        ("UPDATE a SET b = 'x', c = $1 WHERE d",
         "d AND (b IS DISTINCT FROM 'x' OR c IS DISTINCT FROM $1)"),
        ("UPDATE a SET b = c + 1", "b IS DISTINCT FROM (c + 1)"),
        ("UPDATE a SET b = now()", ""),  # it changes each time
        ("UPDATE a SET b = 1 WHERE b IS NULL", ""),  # it asks already
        ("UPDATE a SET b = x.c FROM x WHERE x.id = a.id", ""),
        ("UPDATE a SET b = (SELECT max(c) FROM x)", ""),
        ("UPDATE a SET b = 1 RETURNING id", ""),  # fewer rows would come out
        ("DELETE FROM a WHERE b = 1", ""),
    ],
)  # fmt: skip
def test_an_update_is_of_what_changes(update: str, where: str) -> None:
    turned = only_changes(sqlglot.parse_one(update, read="postgres"))
    text = " ".join(turned[0].partition("WHERE ")[2].split()) if turned else ""
    assert text == where


@pytest.mark.parametrize(
    ("told", "listed", "default", "shares"),
    [
        ({"DONE": 0.6}, ("NEW", "DONE", "PAID"), "", {"DONE": 0.6}),
        ({}, ("a", "b"), "b", {"b": 0.9, "a": 0.1}),
        ({}, (), "false", {"false": 0.9, "true": 0.1}),
        ({}, (), "", {}),
        ({"x": 0.5}, (), "x", {"x": 0.5}),
    ],
)
def test_shares_are_told_then_of_the_default(
    told: dict[str, float], listed: tuple[str, ...], default: str, shares: dict[str, float]
) -> None:
    found = shares_of(told, listed, default)
    assert {k: pytest.approx(v) for k, v in shares.items()} == {k: found[k] for k in shares}
    assert set(listed) <= set(found) or not listed
    assert not listed or sum(found.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("default", "usual"),
    [
        ("'active'::text", "active"), ("0", "0"), ("false", "false"), ("''::text", ""),
        ("'pending'::character varying", ""), ("now()", ""), ("nextval('a_seq'::regclass)", ""),
        ("'2'::smallint", "2"), ("gen_random_uuid()", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_default_is_the_usual_value_unless_rows_leave_it(default: str, usual: str) -> None:
    assert usual_of(Column(name="c", type="text", default=default)) == usual


@pytest.mark.parametrize(
    ("check", "pair"),
    [
        ("CHECK ((ends >= begins))", "ends"),
        ("CHECK ((begins < ends))", "ends"),
        ("CHECK (((begins)::text < ends))", ""),
        ("CHECK ((begins <> ends))", ""),
        ("CHECK ((ends > 5))", ""),
    ],
)
def test_a_period_ends_after_it_begins(check: str, pair: str) -> None:
    columns = (Column(name="begins", type="date"), Column(name="ends", type="date"))
    table = Table(name="t", columns=columns, checks=(check,))
    found = periods_of(table, {"begins": "B", "ends": "E"})
    assert set(found.ends) == ({"begins", "ends"} if pair else set())
    assert ("LATERAL (SELECT B" in found.beside) == bool(pair)


def test_the_references_of_ddl_are_read_however_they_are_written() -> None:
    ddl = (
        "CREATE TABLE a (x int REFERENCES b ON DELETE CASCADE, y int REFERENCES s.c (k))",
        "CREATE TABLE d (e int, f int, CONSTRAINT g FOREIGN KEY (e) REFERENCES b (id))",
        "ALTER TABLE ONLY d ADD CONSTRAINT h FOREIGN KEY (f) REFERENCES c(id) DEFERRABLE",
        "CREATE TABLE i (j int, k int, FOREIGN KEY (j, k) REFERENCES l)",
        "CREATE INDEX ON d (e)",
    )
    found = {f"{k.table}.{k.column} {k.parent}.{k.key} {k.cascades}" for k in read_references(ddl)}
    assert found == {"a.x b. True", "a.y s.c.k False", "d.e b.id False", "d.f c.id False"}


@pytest.mark.parametrize(
    "text",
    [
        "select o from orders o where o.kind = 3",
        "Select a Plan from Basic to Pro",
        "SELECT id FROM Orders WHERE id = 4",
    ],
)
def test_what_is_no_query_over_entities_stays_as_it_is(text: str) -> None:
    assert with_sql(text) == text


def test_a_node_whose_figures_stand_on_the_next_line_is_a_plan() -> None:
    text = (
        "The billing scan reports:\nIndex Only Scan using due_idx on dues\n"
        "  (actual time=0.012..0.387 rows=789.24 loops=298)\n  Heap Fetches: 163249\n"
        "Execution Time: 233.308 ms\nWhat is missing?"
    )
    words, plan = divided(text)
    assert "on dues (actual time=0.012" in plan
    assert "What is missing?" in words
