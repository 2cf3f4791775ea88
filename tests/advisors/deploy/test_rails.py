"""Rails on AWS: an image of its own, migrations, its health route, and workers with room."""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from answering import Answer, answered, brief_of

from blueproof.engines import linters

CASES = {
    case["name"]: case
    for case in yaml.safe_load(Path(__file__).with_name("rails.yaml").read_text("utf-8"))
}
RAILS = [name for name, case in CASES.items() if not case.get("other")]


@cache
def answer(name: str) -> Answer:
    with TemporaryDirectory() as folder:
        found = answered(brief_of(CASES[name], Path(folder)))
    assert found is not None
    return found


@pytest.mark.parametrize("name", CASES)
def test_rails_is_delivered_and_others_as_before(name: str) -> None:
    said = answer(name)
    for path in CASES[name].get("no_out", []):
        assert not any(each.startswith(path) for each in said.files), path
    for path, patterns in CASES[name].get("in_files", {}).items():
        for pattern in patterns:
            assert re.search(pattern, said.below(path)), (path, pattern)


@pytest.mark.parametrize("name", RAILS)
def test_image_of_rails_has_stages_and_no_root(name: str) -> None:
    text = answer(name).files["Dockerfile"]
    assert linters.hadolint({"Dockerfile": text}) in {(), None}
    last = text.rpartition("\nFROM ")[2]
    assert "build-essential" not in last
    assert "\nUSER 1000\n" in last


def test_worker_of_rails_has_room() -> None:
    text = answer("Rails API with Sidekiq in words").below("infra/service/workers.tf")
    assert re.search(r"memory\s+= 1024", text)
