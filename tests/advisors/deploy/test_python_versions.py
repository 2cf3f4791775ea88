"""What a Python service pins decides its image, and what has ended is said with its day."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.findings import findings
from blueproof.advisors.deploy.parts.images import base
from blueproof.intake.paths import with_paths
from blueproof.intake.words.read import read_request

CASES = yaml.safe_load(Path(__file__).with_name("python.yaml").read_text("utf-8"))
RULES = {"older-python", "no-wheel", "django-ended", "python-ended"}
Case = dict[str, Any]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_image_has_wheels_for_what_is_pinned(case: Case, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("\n".join(case["pins"]) + "\n", encoding="utf-8")
    (tmp_path / "main.py").write_text("x = 1\n", encoding="utf-8")
    if "python" in case:
        (tmp_path / ".python-version").write_text(f"{case['python']}\n", encoding="utf-8")
    brief = with_paths(read_request("Deploy this API to AWS ECS with CI/CD."), (tmp_path,))
    deployment = Deployment(brief)
    assert deployment.service.line == case["line"]
    assert base(deployment.service).startswith(f"python:{case['line']}.")
    found = [f for f in findings(deployment) if f.rule in RULES]
    assert sorted(f.rule for f in found) == case["rules"]
    assert all(f.evidence for f in found if f.rule.endswith("-ended"))
