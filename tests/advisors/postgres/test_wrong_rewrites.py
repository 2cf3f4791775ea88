"""The classical mistakes in rewriting a query, as data: the comparison finds each."""

from pathlib import Path

import pytest

import yaml_file
from blueproof.engines.postgres.comparing import compare
from blueproof.engines.postgres.server import Server

FOLDER = Path(__file__).parent / "wrong_rewrites"
_SEEDS = (1, 2, 3)


def mistakes() -> list[object]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['name']}")
        for path in sorted(FOLDER.glob("*.yaml"))
        for case in yaml_file.load(path.read_text())
    ]


@pytest.mark.parametrize("seed", _SEEDS)
@pytest.mark.parametrize("case", mistakes())
def test_a_rewrite_with_a_classical_mistake_is_refuted(
    case: dict[str, str], seed: int, server: Server
) -> None:
    found = compare(
        server,
        case["ddl"],
        case["original"],
        case["wrong"],
        seek=case.get("seek", ""),
        seed=seed,
    )
    assert not found.same
    assert found.difference, found.refused
