"""Advice tried on a copy with rows: what gets slower is refused, or mended."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin

CANARY = "canary8"
# Four columns that say the same: the planner foretells 240 parcels where 30,000 come, and looks
# each one's scans up through an index, if there is one.
DDL = """
CREATE TABLE parcels (
  id bigint PRIMARY KEY, carrier int NOT NULL, depot int NOT NULL, lane int NOT NULL,
  tier int NOT NULL
);
CREATE TABLE scans (
  id bigint PRIMARY KEY, parcel_id bigint NOT NULL, at timestamptz NOT NULL, weight int NOT NULL,
  place text NOT NULL
);
"""
ROWS = """
INSERT INTO parcels SELECT g, g % 5, g % 5, g % 5, g % 5 FROM generate_series(1, 150000) g;
INSERT INTO scans SELECT g, 1 + (g * 7919::bigint) % 150000,
  '2025-01-01'::timestamptz + g * interval '1 second', g % 50, repeat('x', 60)
  FROM generate_series(1, 600000) g;
"""
QUERIES = """-- name: weight_of_lane
SELECT sum(s.weight), max(s.place) FROM parcels p JOIN scans s ON s.parcel_id = p.id
WHERE p.carrier = 1 AND p.depot = 1 AND p.lane = 1 AND p.tier = 1;
-- name: scans_of_parcel
SELECT * FROM scans WHERE parcel_id = $1 ORDER BY at DESC LIMIT 20;
-- name: nobody_knows
SELECT $1::int;
"""


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "blueproof", "pg", *map(str, arguments), "--no-input"],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def copy(server: Server) -> Iterator[str]:
    """The connection string of a copy with rows."""
    with Twin(server, DDL) as full:
        session = full._guest  # noqa: SLF001 (rows are no business of a twin: the test makes them)
        session.run(ROWS)
        session.run("VACUUM ANALYZE parcels")
        session.run("VACUUM ANALYZE scans")
        yield f"host={server.data.parent} user=guest password={CANARY} dbname={full._name}"  # noqa: SLF001 (as above)


@pytest.fixture(scope="module")
def told(copy: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The answer as JSON, and the folder."""
    folder = tmp_path_factory.mktemp("measured")
    (folder / "queries.sql").write_text(QUERIES)
    done = run("--measure", copy, "--queries", "queries.sql", "--json", "--out", "o", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert CANARY not in done.stdout
    return json.loads(done.stdout), folder / "o"


def test_a_wrong_count_is_mended_and_then_the_index_harms_nobody(
    told: tuple[dict[str, Any], Path],
) -> None:
    answer, _ = told
    kinds = {change["kind"]: change for change in answer["changes"]}
    assert set(kinds) == {"index", "statistics"}
    assert "ON carrier, depot, lane, tier FROM parcels" in kinds["statistics"]["ddl"][0]
    because = next(r for r in answer["recommendations"] if r["slot"].startswith("statistics"))
    said = re.search(r"foretold ([\d,]+) rows of parcels, ([\d,]+) came", because["because"][0])
    assert said
    foretold, came = (float(text.replace(",", "")) for text in said.groups())  # of one worker
    assert came > 10 * foretold
    assert answer["recommendations"][0] is because  # before the indexes that would harm without
    assert "pg_statistic_ext" in answer["steps"][0]["check"]
    assert "create statistics for 1 group of columns" in answer["answer"]
    assert "none is slower" in answer["answer"]


def test_each_query_says_its_seconds_before_and_after(told: tuple[dict[str, Any], Path]) -> None:
    answer, folder = told
    by_name = {query["id"]: query for query in answer["queries"]}
    by_key = by_name["scans_of_parcel"]
    assert by_key["seconds_after"] < by_key["seconds_before"] / 10
    dear = by_name["weight_of_lane"]
    assert dear["seconds_after"] < dear["seconds_before"] * 1.2 + 0.1
    assert by_name["nobody_knows"]["seconds_before"] is None
    rows = list(csv.reader((folder / "timings.csv").read_text().splitlines()))
    assert [row[0] for row in rows] == ["query", "weight_of_lane", "scans_of_parcel"]
    assert float(rows[2][2]) == pytest.approx(by_key["seconds_before"] * 1000, abs=0.001)


def test_what_was_not_timed_or_is_not_repeated_is_said(told: tuple[dict[str, Any], Path]) -> None:
    answer, folder = told
    unproved = {u["statement"]: u["why"] for u in answer["not_proved"]}
    assert unproved["the time of nobody_knows"] == "nothing tells which values $1 takes"
    assert any("taken once" in why for why in unproved.values())
    proved = subprocess.run(
        [sys.executable, "-m", "blueproof", "prove", str(folder)],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert proved.returncode == 0, proved.stdout


def test_a_list_that_spills_gets_memory_and_the_step_says_how(copy: str, tmp_path: Path) -> None:
    (tmp_path / "queries.sql").write_text(
        "-- name: lost_parcels\nSELECT count(*) FROM parcels WHERE id <= 15 "
        "AND -id NOT IN (SELECT (s.parcel_id + 0) FROM scans s);\n"
    )
    done = run("--measure", copy, "--queries", "queries.sql", "--json", "--out", "o", cwd=tmp_path)
    answer = json.loads(done.stdout)
    (change,) = answer["changes"]
    assert (change["kind"], change["helps"]) == ("setting", ["lost_parcels"])
    assert change["ddl"] == ["ALTER ROLE CURRENT_USER SET work_mem = '64MB';"]
    (query,) = answer["queries"]
    assert query["verdict"] == "improved"
    assert query["seconds_after"] < query["seconds_before"] / 1.2
    assert [step["do"] for step in answer["steps"]] == [
        'psql "$DATABASE_URL" -f settings/work_mem.sql'
    ]
    assert "RESET work_mem" in (tmp_path / "o/settings/undo/work_mem.sql").read_text()
    assert "Nothing found" not in answer["answer"]


def test_an_index_that_no_statistics_excuse_is_refused_with_its_times(
    copy: str, tmp_path: Path
) -> None:
    # A condition on a product has no statistics: nothing can be told to the planner.
    (tmp_path / "queries.sql").write_text(
        QUERIES.replace("p.carrier = 1 AND p.depot = 1 AND p.lane = 1 AND p.tier = 1",
                        "p.carrier * 2 = 2 AND p.depot * 2 = 2")
    )  # fmt: skip
    done = run("--measure", copy, "--queries", "queries.sql", "--json", "--out", "o", cwd=tmp_path)
    answer = json.loads(done.stdout)
    assert not any("scans" in change["id"] for change in answer["changes"])
    refused = {r["slot"]: r["why"] for r in answer["rejected"]}
    assert any("on scans" in slot for slot in refused)
    assert all("slower on the copy's rows: with it weight_of_lane took" in w
               for w in refused.values())  # fmt: skip


@pytest.mark.parametrize(("limit", "several"), [("> 0", 1), (">= 0", 0)])
def test_a_difference_of_two_columns_is_indexed_where_few_rows_have_it(
    copy: str, tmp_path: Path, limit: str, several: int
) -> None:
    """Nothing follows from the columns: only the rows tell that there is none, or every one."""
    (tmp_path / "queries.sql").write_text(f"SELECT * FROM parcels WHERE carrier - depot {limit};")
    done = run("--measure", copy, "--queries", "queries.sql", "--json", "--out", "o", cwd=tmp_path)
    answer = json.loads(done.stdout)
    ddl = [statement for change in answer["changes"] for statement in change["ddl"]]
    assert len(answer["changes"]) == several
    assert [s for s in ddl if "CREATE INDEX" in s and "((carrier - depot))" in s] == ddl[:several]
    proved = subprocess.run(
        [sys.executable, "-m", "blueproof", "prove", str(tmp_path / "o")],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert proved.returncode == 0, proved.stdout


@pytest.fixture
def owned_by_another(copy: str, server: Server) -> Iterator[None]:
    """Our role may read the tables meanwhile, but does not own them."""
    admin = server.admin(copy.rpartition("dbname=")[2])
    for role in ("admin", "guest"):
        for table in ("parcels", "scans"):
            admin.run(f"ALTER TABLE {table} OWNER TO {role}; GRANT SELECT ON {table} TO guest")
        if role == "admin":
            yield
    admin.close()


@pytest.mark.usefixtures("owned_by_another")
def test_a_role_that_may_not_build_is_said_and_the_advice_stays(copy: str, tmp_path: Path) -> None:
    (tmp_path / "queries.sql").write_text(QUERIES)
    done = run("--measure", copy, "--queries", "queries.sql", "--json", "--out", "o", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert any("scans" in change["id"] for change in answer["changes"])
    unproved = {u["statement"]: u["why"] for u in answer["not_proved"]}
    assert any("scans" in what and "must be owner" in why for what, why in unproved.items())
    assert "on the rows of" not in answer["answer"]


def test_a_copy_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "queries.sql").write_text(QUERIES)
    (tmp_path / "schema.sql").write_text(DDL)
    url = f"postgres://me:{CANARY}@127.0.0.1:1/shop"
    done = run("--schema", "schema.sql", "--queries", "queries.sql", "--measure", url, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert CANARY not in done.stderr
