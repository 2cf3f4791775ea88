"""What pasting does to a plan changes nothing, and what cannot be read is said in one line."""

import html
import random
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.advisors.plan.advise import judge_plan
from blueproof.advisors.plan.drawing import draw
from blueproof.core.errors import SqlError
from blueproof.sql.plans.looks import looks_like_plan
from blueproof.sql.plans.node import Node, ReadPlan
from blueproof.sql.plans.read import read_plans

SAMPLES = Path(__file__).parent / "samples"
TEXTS = {f.name: f.read_text(encoding="utf-8") for f in SAMPLES.glob("*/*") if f.is_file()}
PLAN = """\
 Limit  (cost=0.00..10.00 rows=10 width=4) (actual time=1.000..200.000 rows=10 loops=1)
   Buffers: shared hit=12 read=3
   ->  Nested Loop  (cost=0.00..2017.80 rows=15 width=133) (actual time=0.045..199.225 rows=15 loops=1)
         Join Filter: ((a.x = b.y) AND (a.t ~~ '%"ab"%'::text))
         ->  Seq Scan on users u  (cost=0.00..41.40 rows=1 width=129) (actual time=0.014..0.080 rows=1 loops=1)
               Filter: ((u.relkind = ANY ('{r,p,"",f}'::"char"[])) AND (username = 'depesz'::text))
               Rows Removed by Filter: 1231
         ->  Bitmap Heap Scan on part_0 p  (cost=0.00..1976.25 rows=15 width=17) (actual time=0.030..197.143 rows=15 loops=1)
               Recheck Cond: (added_by = 'depesz'::text)
               Heap Blocks: exact=600 lossy=90
               ->  BitmapOr  (cost=3.50..3.50 rows=30 width=0) (actual time=2.500..2.500 rows=0 loops=1)
                     ->  Bitmap Index Scan on x  (cost=0.00..1.25 rows=15 width=0) (actual time=0.030..1.143 rows=15 loops=1)
                     ->  Bitmap Index Scan on y  (cost=0.00..2.25 rows=15 width=0) (actual time=0.030..1.143 rows=15 loops=1)
 Planning Time: 0.052 ms
 Execution Time: 202.236 ms
"""  # noqa: E501 (as EXPLAIN prints it)
LINES = PLAN.splitlines()
WIDTH = max(map(len, LINES))


def framed(lines: list[str]) -> str:
    rows = [f"|{line.ljust(WIDTH)}|" for line in lines]
    rule = f"+{'-' * WIDTH}+"
    return "\n".join([rule, f"|{'QUERY PLAN'.center(WIDTH)}|", rule, *rows, rule])


def wrapped(width: int) -> str:
    return "\n".join(
        line[at : at + width] for line in LINES for at in range(0, len(line), width)
    )  # fmt: skip


DAMAGED = {
    "psql": f"{'QUERY PLAN'.center(WIDTH)}\n{'-' * WIDTH}\n{PLAN}(15 rows)\n\nTime: 203.1 ms",
    "psql with its prompt": f"shop=> explain analyze select 1;\n QUERY PLAN\n{'-' * 40}\n{PLAN}"
    "(15 rows)\nshop=> ",
    "bars": framed(LINES),
    "plus signs": "\n".join(f" {line.ljust(WIDTH)}+" for line in LINES),
    "quotes": "\n".join('"' + line.replace('"', '""') + '"' for line in LINES),
    "a CSV with its heading": "\n".join(
        ['"QUERY PLAN"', *('"' + line.replace('"', '""') + '"' for line in LINES)]
    ),
    "a fence and prose": f"Why is this slow? I have (many) rows:\n\n```sql\n{PLAN}```\n\nThanks! "
    "Filter: none, Limit (what?)",
    "a quotation": "\n".join(f"> {line}" for line in LINES),
    "a quotation of one": "\n".join(f"> > {line}" for line in LINES),
    "a web page": html.escape(PLAN).replace("  ", "&nbsp; "),
    "spaces that do not break": PLAN.replace(" ", "\u00a0"),
    "curly quotes": PLAN.replace('"', "\u201d"),
    "tabs": re.sub(r"^ {8}", "\t", PLAN.replace("\n ", "\n"), flags=re.MULTILINE),
    "carriage returns": PLAN.replace("\n", "\r\n"),
    "blank lines between": PLAN.replace("\n", "\n\n"),
    "no indentation": "\n".join(line.strip() for line in LINES),
    "single spaces": "\n".join(" ".join(line.split()) for line in LINES),
    "half of the indentation": "\n".join(
        " " * ((len(line) - len(line.lstrip())) // 2) + line.lstrip() for line in LINES
    ),
    "wrapped at 80": wrapped(80),
    "wrapped at 60": wrapped(60),
    "wrapped at 113": wrapped(113),
    "wrapped at words": "\n".join(
        part for line in LINES for part in textwrap.wrap(line, 70, drop_whitespace=True)
    ),
    "line numbers": "\n".join(f"{at}: {line}" for at, line in enumerate(LINES, start=1)),
    "a container's log": "\n".join(f"db_1  | {line}" for line in LINES),
    "on one line": PLAN.strip().replace("\n", "\\n"),
    "auto_explain": "2026-01-01 10:00:00.000 UTC [12] app@shop LOG:  duration: 202.236 ms  plan:\n"
    "\tQuery Text: SELECT *\n\t  FROM users u WHERE Sort;\n"
    + "\n".join(f"\t{line[1:]}" for line in LINES[:-2]),
    "syslog": "\n".join(
        f"Jan  1 10:00:00 db postgres[123]: [5-{at}] #011{line[1:]}" for at, line in
        enumerate(LINES)
    ),
}  # fmt: skip


def shape(node: Node) -> tuple[object, ...]:
    """What must survive: the tree with its names, figures and conditions, spaces apart."""
    return (
        node.kind, node.relation, node.alias, node.index, node.cost, node.rows, node.width,
        node.ended_ms, node.found, node.loops, node.removed, node.lossy_blocks, node.buffers,
        re.sub(r"\s", "", node.join_filter + node.recheck),
        tuple(shape(child) for child in node.children),
    )  # fmt: skip


WHOLE = read_plans(PLAN)[0]


def test_the_plan_is_read() -> None:
    assert [n.kind for n in WHOLE.root.walk()] == [
        "Limit", "Nested Loop", "Seq Scan", "Bitmap Heap Scan", "BitmapOr", "Bitmap Index Scan",
        "Bitmap Index Scan",
    ]  # fmt: skip
    assert (WHOLE.total_ms, WHOLE.planning_ms) == (202.236, 0.052)


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_changes_nothing(name: str) -> None:
    plans = read_plans(DAMAGED[name])
    assert len(plans) == 1
    if name == "curly quotes":
        assert [n.kind for n in plans[0].root.walk()] == [n.kind for n in WHOLE.root.walk()]
    else:
        assert shape(plans[0].root) == shape(WHOLE.root)
    assert plans[0].total_ms == WHOLE.total_ms


def test_lost_indentation_is_said() -> None:
    assert "indentation was lost" in read_plans(DAMAGED["no indentation"])[0].remarks[0]


def test_several_plans_in_one_text_are_several() -> None:
    text = f"Before:\n\n{PLAN}\nand after:\n\n{PLAN.replace('users u', 'people u')}"
    plans = read_plans(text)
    assert [p.root.children[0].children[0].relation for p in plans] == ["users", "people"]
    assert plans[1].line > plans[0].line > 1


def test_a_query_text_of_auto_explain_is_kept_apart() -> None:
    assert read_plans(DAMAGED["auto_explain"])[0].query.startswith("SELECT *")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "no plan in it"),
        ("SELECT 1;\n\nSELECT 2;", 1, "no plan in it"),
        ("hello\n   Filter: (a = 1)\n", 2, "part of a plan"),
        ('[{"Plan": {"Node Type": "Limit", }}]', 1, "JSON that goes wrong"),
        ('[\n{"Plan": {"Node Type": "Limit",\n "Plans": [1 2]}}]', 3, "JSON that goes wrong"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><explain><Query><Plan><Node-Type>&b;</Node-Type>', 1,
         "document type"),
        ("<explain><Query>\n<Plan><Node-Type>Limit</Wrong></Plan></Query></explain>", 2,
         "XML that goes wrong"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line_with_its_number(text: str, line: int, said: str) -> None:
    with pytest.raises(SqlError, match=said) as raised:
        read_plans(text, path="plan.txt")
    assert raised.value.line == line
    assert "\n" not in str(raised.value)


def nested(depth: int) -> dict[str, str]:
    inner = '{"Node Type": "Limit", "Plans": ['
    xml = "<Plan><Node-Type>Limit</Node-Type><Plans>"
    return {
        "json": '[{"Plan": ' + inner * depth + "]}" * depth + "}]",
        "open": '[{"Plan": ' + inner * depth,
        "brackets": '{"Plan": {"Node Type": ' + "[" * depth,
        "xml": "<explain><Query>" + xml * depth + "</Plans></Plan>" * depth + "</Query></explain>",
        "yaml": "- Plan:\n" + "".join(
            f'{" " * (2 * at + 4)}Node Type: "Limit"\n{" " * (2 * at + 4)}Plans:\n'
            f'{" " * (2 * at + 4)}  - Node Type: "Limit"\n' for at in range(0, 2 * depth, 2)),
        "dashes": "- Plan:\n    Output:\n    " + "- " * depth + 'Node Type: "Limit"',
        "text": "".join(f'{" " * 6 * at}->  Limit  (cost=0..1 rows=1 width=1)\n'
                        for at in range(depth)),
    }  # fmt: skip


@pytest.mark.parametrize("form", nested(1))
def test_deep_nesting_is_refused_and_ends_nothing(form: str) -> None:
    with pytest.raises(SqlError, match=r"nested deeper|without a node"):
        read_plans(nested(800)[form])


def judged(plan: ReadPlan) -> None:
    """All that is done with a plan afterwards must hold for whatever was read."""
    said = judge_plan(plan)
    assert draw(plan).nodes
    for remedy in said.remedies:
        assert remedy.milliseconds >= 0
        assert remedy.because[0]


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_every_sample_is_judged_and_drawn(name: str) -> None:
    for plan in read_plans(TEXTS[name]):
        judged(plan)


def mutated(text: str, seed: int) -> str:
    """A text with some of what happens to texts, chosen by the seed."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    lines = text.split("\n")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        match chance.randrange(9):
            case 0:
                del lines[at : at + chance.randint(1, 5)]
            case 1:
                lines[at] = lines[at].strip()
            case 2:
                cut = chance.randint(0, len(lines[at]))
                lines[at : at + 1] = [lines[at][:cut], lines[at][cut:]]
            case 3:
                lines = lines[: at + 1]
                lines[-1] = lines[-1][: chance.randint(0, len(lines[-1]))]
            case 4:
                lines[at] = "".join(c for c in lines[at] if chance.random() > 0.1)
            case 5:
                lines.insert(at, chance.choice(["", "hello (there", "->  x", "{", "</Plan>", '"']))
            case 6:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case 7:
                lines[at] = re.sub(r"\d+", lambda _: chance.choice(["0", "9" * 400, "-1", "1e999"]),
                                   lines[at])  # fmt: skip
            case _:
                lines = [f"{chance.choice(['|', '> ', chr(34), chr(9)])}{line}" for line in lines]
        lines = lines or [""]
    return "\n".join(lines)


@given(name=st.sampled_from(sorted(n for n in TEXTS if len(TEXTS[n]) < 20_000)),
       seed=st.integers(0, 10**9))  # fmt: skip
def test_no_damage_gives_anything_but_a_plan_or_one_line(name: str, seed: int) -> None:
    text = mutated(TEXTS[name], seed)
    looks_like_plan(text)
    said = ""
    plans: tuple[ReadPlan, ...] = ()
    try:
        plans = read_plans(text)
    except SqlError as error:
        said = str(error)
    assert bool(said) != bool(plans)
    assert "\n" not in said
    for plan in plans:
        judged(plan)


@given(st.text(max_size=400))
def test_no_text_at_all_gives_a_traceback(text: str) -> None:
    looks_like_plan(text)
    with pytest.raises(SqlError):
        read_plans(text)
