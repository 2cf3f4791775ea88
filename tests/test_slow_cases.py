"""The files of bench/slow/cases: their form, their number, what they are spread over."""

import importlib.util
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

_FILE = Path(__file__).parent.parent / "bench" / "slow" / "case.py"


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("slow_case", _FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass looks its own module up
    spec.loader.exec_module(module)
    return module


CASE = _module()
CASES = CASE.read()
_WHOLE = {"source": "https://x.test", "title": "t", "half": "tuned", "schema": "s", "fill": "f",
          "query": "q", "kind": "rewrite", "says": "s", "fix_query": "r"}  # fmt: skip


def test_there_are_enough_cases_spread_over_kinds_and_halves() -> None:
    kinds = Counter(case.kind for case in CASES if not case.trap)
    assert len(CASES) >= 44
    assert kinds["rewrite"] >= 20
    assert sum(case.trap for case in CASES) >= 9
    assert min(Counter(case.half for case in CASES).values()) >= 20
    assert {"partial", "expression", "gin", "gist", "brin", "statistics", "setting"} <= kinds.keys()


def test_every_case_names_a_public_source_of_its_own() -> None:
    assert [case.id for case in CASES if not case.source.startswith(("http://", "https://"))] == []
    assert [url for url, n in Counter(case.source for case in CASES).items() if n > 1] == []
    assert [n for n, times in Counter(case.number for case in CASES).items() if times > 1] == []


def test_rows_are_made_without_chance() -> None:
    random = [case.id for case in CASES if "random()" in case.fill and "setseed" not in case.fill]
    assert random == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "magic"}, "kind"),
        ({"half": "none"}, "half"),
        ({"fix_query": ""}, "no fix"),
        ({"compare": "roughly"}, "compare"),
        ({"note": "?"}, "note"),
    ],
)
def test_a_file_of_another_form_is_refused(change: dict[str, str], says: str) -> None:
    assert CASE.wrong(_WHOLE, "001-words") == ""
    assert says in CASE.wrong({**_WHOLE, **change}, "001-words")
