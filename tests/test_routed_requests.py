"""Requests that could be answered in two ways, with the files beside them: which way takes them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from blueproof.advisors.choose.owning import owns
from blueproof.consult import consult
from blueproof.core.brief import Brief
from blueproof.core.claim import AccessRefused
from blueproof.core.errors import InputError
from blueproof.decide.reading import needs_of
from blueproof.intake.paths import with_paths
from blueproof.intake.words.read import read_request
from blueproof.render.files import render_files

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "routed_requests.yaml").read_text(encoding="utf-8")
)


def _brief(case: dict[str, Any], folder: Path) -> Brief:
    files = {folder / name: text for name, text in case.get("files", {}).items()}
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return with_paths(read_request(case["request"]), tuple(files))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_words_are_read_as_they_are_meant(case: dict[str, Any]) -> None:
    brief = read_request(case["request"])
    needs = needs_of(brief)
    told = {name: needs.value(name) for name in case.get("known", {}) if needs.is_known(name)}
    assert told == case.get("known", {})
    assert [name for name in case.get("unread", ()) if needs.is_known(name)] == []
    if "choice" in case:
        assert owns(brief) == case["choice"]
    current = {f.value for f in brief.facts if f.key == "technology" and f.role == "current"}
    assert current.intersection(case.get("unused", ())) == set()


@pytest.mark.parametrize(
    "case", [c for c in CASES if not c.get("read_only")], ids=lambda case: case["id"]
)
def test_the_way_that_is_meant_answers(case: dict[str, Any], tmp_path: Path) -> None:
    blueprint = consult(_brief(case, tmp_path))
    answer = " ".join(blueprint.answer.split())
    assert answer.startswith(case.get("starts", "")), answer
    assert [piece for piece in case.get("has", ()) if piece not in answer] == [], answer
    assert [piece for piece in case.get("lacks", ()) if piece in answer] == [], answer
    page = " ".join(render_files(blueprint)["report.md"].split())
    assert [piece for piece in case.get("page", ()) if piece not in page] == []
    assert [piece for piece in case.get("never", ()) if piece in page] == []
    refuted = [p.claim for p in blueprint.proofs if p.verdict == "refuted"]
    assert [c for c in refuted if not isinstance(c, AccessRefused)] == []  # attacks may succeed


def test_a_folder_with_rules_is_judged_as_the_file_is(tmp_path: Path) -> None:
    case = next(c for c in CASES if c["id"] == "rules-file-safe")
    (tmp_path / "firestore.rules").write_text(case["files"]["firestore.rules"], encoding="utf-8")
    brief = with_paths(
        read_request(
            "Security review please, before launch. Firestore rules attached, is this ok?"
        ),
        (tmp_path,),
    )
    answer = consult(brief).answer
    assert answer.startswith("Not safe as they stand")
    assert "kind" in answer


def test_rules_beside_another_question_stand_below_its_answer(tmp_path: Path) -> None:
    case = next(c for c in CASES if c["id"] == "rules-file-safe")
    path = tmp_path / "firestore.rules"
    path.write_text(case["files"]["firestore.rules"], encoding="utf-8")
    asked = "How long should access tokens live? The rules of the app are attached."
    answer = consult(with_paths(read_request(asked), (path,))).answer
    assert "15 to 60 minutes" in answer
    assert answer.index("15 to 60 minutes") < answer.index("Beside this")


def test_rules_that_cannot_be_read_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "firestore.rules"
    path.write_text("service cloud.firestore {\n  match /x/{y} { allow read if true\n", "utf-8")
    brief = with_paths(read_request("Are these rules safe?"), (path,))
    with pytest.raises(InputError, match=r"firestore\.rules:\d+:\d+") as raised:
        consult(brief)
    assert "\n" not in str(raised.value)
