"""The picture of a plan, however large the plan is."""

from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from blueproof.advisors.plan.drawing import draw
from blueproof.render.diagram import render_svg
from blueproof.sql.plans.build import build

_MOST = 40  # boxes of a picture


@st.composite
def plans(draw_from: st.DrawFn, depth: int = 6) -> dict[str, Any]:
    below = draw_from(st.integers(0, 5)) if depth else 0
    return {
        "Node Type": draw_from(st.sampled_from(["Append", "Sort", "Seq Scan"])),
        "Plan Rows": 5, "Actual Rows": draw_from(st.integers(0, 10**7)), "Actual Loops": 1,
        "Actual Total Time": draw_from(st.floats(0, 1e5)),
        "Plans": [draw_from(plans(depth=depth - 1)) for _ in range(below)],
    }  # fmt: skip


@settings(phases=[Phase.explicit, Phase.reuse, Phase.generate])  # a large plan shrinks too slowly
@given(plans(depth=3))
def test_a_picture_holds_the_top_the_hot_way_and_all_else_in_number(raw: dict[str, Any]) -> None:
    plan = build({"Plan": raw}, form="json", line=1, path="plan")
    drawn = draw(plan)
    assert len(drawn.nodes) <= _MOST
    assert {f"n{n.number}" for n in plan.hot[:18]} <= {box.id for box in drawn.nodes}
    hidden = sum(int(b.label.split()[0]) for b in drawn.nodes if b.id.endswith("-more"))
    shown = sum(not b.id.endswith("-more") for b in drawn.nodes)
    assert hidden + shown == len(list(plan.root.walk()))
    assert len(drawn.edges) == len(drawn.nodes) - 1


def test_a_plan_of_600_nodes_is_drawn() -> None:
    leaf = {"Node Type": "Seq Scan", "Relation Name": "p", "Plan Rows": 1, "Actual Rows": 1,
            "Actual Loops": 1, "Actual Total Time": 1.0}  # fmt: skip
    part = {"Node Type": "Append", "Plan Rows": 1, "Actual Rows": 1, "Actual Loops": 1,
            "Actual Total Time": 30.0, "Plans": [leaf] * 29}  # fmt: skip
    raw = {**part, "Actual Total Time": 600.0, "Plans": [part] * 20}
    drawn = draw(build({"Plan": raw}, form="json", line=1, path="plan"))
    assert len(drawn.nodes) <= _MOST
    assert "more nodes" in render_svg(drawn)
