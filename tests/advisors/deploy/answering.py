"""A request with its files, answered without what is proved of it: shared by tests of delivery."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blueproof.advisors.deploy.advise import advise, conclude, files
from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.owning import deploys
from blueproof.advisors.pipeline import advise as pipeline
from blueproof.advisors.pipeline.owning import mends
from blueproof.core.brief import Brief
from blueproof.intake.paths import with_paths
from blueproof.intake.words.read import read_request


@dataclass(frozen=True)
class Answer:
    """What is said, and the files that are handed over."""

    text: str
    files: dict[str, str]

    def below(self, path: str) -> str:
        """The texts of the files whose path begins so."""
        return "\n".join(text for name, text in self.files.items() if name.startswith(path))


def brief_of(case: Mapping[str, object], folder: Path) -> Brief:
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


def holds(case: Mapping[str, Any], said: Answer) -> None:
    """Assert what a case asks of an answer: its words, its files, and what is in them."""
    for pattern in case.get("said", []):
        assert re.search(pattern, said.text), pattern
    for pattern in case.get("unsaid", []):
        assert not re.search(pattern, said.text), pattern
    for path in case.get("out", []):
        assert any(each.startswith(path) for each in said.files), path
    for path in case.get("no_out", []):
        assert not any(each.startswith(path) for each in said.files), path
    for path, patterns in case.get("in_files", {}).items():
        for pattern in patterns:
            assert re.search(pattern, said.below(path)), (path, pattern)
    for path, patterns in case.get("not_in_files", {}).items():
        for pattern in patterns:
            assert not re.search(pattern, said.below(path)), (path, pattern)
