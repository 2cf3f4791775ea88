"""Infrastructure code and pipelines of GitLab that people hand over to be judged."""

import re
from pathlib import Path

import pytest
import yaml
from answering import answered, brief_of, holds

from blueproof.advisors.pipeline import infra
from blueproof.advisors.pipeline.infra import sources
from blueproof.advisors.pipeline.owning import mends
from blueproof.core.evidence import Citation

CASES = {
    case["name"]: case
    for case in yaml.safe_load(Path(__file__).with_name("infra.yaml").read_text("utf-8"))
}
SOURCES = [name for name, value in vars(sources).items() if isinstance(value, Citation)]
RULES = "".join(p.read_text("utf-8") for p in Path(infra.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_cited_stands_behind_a_rule(name: str) -> None:
    assert re.search(rf"sources\.{name}\b.*[,)]", RULES)


@pytest.mark.parametrize("name", [n for n, c in CASES.items() if not c.get("near_miss")])
def test_handed_code_is_judged_by_what_it_does(name: str, tmp_path: Path) -> None:
    answer = answered(brief_of(CASES[name], tmp_path))
    assert answer is not None
    holds(CASES[name], answer)


@pytest.mark.parametrize("name", [n for n, c in CASES.items() if c.get("near_miss")])
def test_code_beside_another_request_is_not_judged(name: str, tmp_path: Path) -> None:
    assert mends(brief_of(CASES[name], tmp_path)) is None
