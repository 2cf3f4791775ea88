"""Requests for delivery as people write them, with the files that they hand over."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from blueproof.advisors.deploy.advise import advise, conclude, files
from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.owning import deploys
from blueproof.advisors.pipeline import advise as pipeline
from blueproof.advisors.pipeline.owning import mends
from blueproof.core.brief import Brief
from blueproof.engines import linters
from blueproof.intake.paths import with_paths
from blueproof.intake.words.read import read_request

CASES = {
    case["name"]: case
    for case in yaml.safe_load(Path(__file__).with_name("delivery.yaml").read_text("utf-8"))
}
FAIR = [name for name, case in CASES.items() if not case.get("near_miss")]
NEAR = [name for name in CASES if name not in FAIR]


@dataclass(frozen=True)
class Answer:
    """What is said, and the files that are handed over."""

    text: str
    files: dict[str, str]

    def below(self, path: str) -> str:
        """The texts of the files whose path begins so."""
        return "\n".join(text for name, text in self.files.items() if name.startswith(path))


def brief_of(case: dict[str, object], folder: Path) -> Brief:
    given = case.get("given") or {}
    assert isinstance(given, dict)
    for path, text in given.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    paths = (folder,) if len(given) > 1 else tuple(folder / path for path in given)
    return with_paths(read_request(str(case["request"])), paths)


def answered(brief: Brief) -> Answer | None:
    """The answer without what is proved of it; None where neither is asked for."""
    handed = mends(brief)
    if handed is not None:
        draft = pipeline.advise(handed, brief, "review")
        said = pipeline.conclude(handed, draft)
        made = {artifact.path: artifact.text for artifact in draft.artifacts}
    elif deploys(brief):
        deployment = Deployment(brief)
        draft = advise(deployment, brief, "how")
        said = conclude(deployment, draft)
        made = files(deployment)
    else:
        return None
    words = [said.answer, *(f"{f.where}: {f.says}" for f in draft.findings)]
    words += [step.do for step in said.steps]
    for recommendation in draft.recommendations:
        words += [recommendation.choice, *recommendation.because, *recommendation.trade_offs]
    words.append(made.get("GUIDE.md", ""))
    return Answer("\n".join(words), made)


@pytest.mark.parametrize("name", FAIR)
def test_fair_request_is_answered_with_what_it_needs(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    answer = answered(brief_of(case, tmp_path))
    assert answer is not None
    for pattern in case.get("said", []):
        assert re.search(pattern, answer.text), pattern
    for pattern in case.get("unsaid", []):
        assert not re.search(pattern, answer.text), pattern
    for path in case.get("out", []):
        assert any(name.startswith(path) for name in answer.files), path
    for path in case.get("no_out", []):
        assert not any(name.startswith(path) for name in answer.files), path
    for path, patterns in case.get("in_files", {}).items():
        for pattern in patterns:
            assert re.search(pattern, answer.below(path)), (path, pattern)


@pytest.mark.parametrize("name", NEAR)
def test_near_miss_is_left_to_others(name: str, tmp_path: Path) -> None:
    assert answered(brief_of(CASES[name], tmp_path)) is None


@pytest.mark.parametrize("name", [n for n in FAIR if "given" in CASES[n]])
def test_what_is_written_is_read_by_its_own_tools(name: str, tmp_path: Path) -> None:
    answer = answered(brief_of(CASES[name], tmp_path))
    assert answer is not None
    workflows = {p: t for p, t in answer.files.items() if p.startswith(".github/workflows/")}
    if workflows:
        assert linters.workflow_schema(workflows) in {(), None}
        assert linters.shellcheck(workflows) in {(), None}
    images = {p: t for p, t in answer.files.items() if p == "Dockerfile"}
    if images:
        assert linters.hadolint(images) in {(), None}
    for path, text in answer.files.items():
        if path.endswith(".json"):
            json.loads(text)
        if path.endswith(".py"):
            compile(text, path, "exec")


def test_secret_of_an_image_is_in_no_answer(tmp_path: Path) -> None:
    case = CASES["a Dockerfile alone, slow and leaky"]
    brief = brief_of(case, tmp_path)
    answer = answered(brief)
    assert answer is not None
    told = "\n".join((answer.text, *answer.files.values(), *(d.text for d in brief.documents)))
    assert "sk_live_51Habc" not in told
