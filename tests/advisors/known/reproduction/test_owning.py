"""The look that spares the reader of queries passes over nothing that it would have found."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blueproof.advisors.known.reproduction.owning import is_slow, is_worth_reading
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.core.brief import Brief
from blueproof.facts.load import LOADER
from blueproof.intake.words.read import read_request

ASKED = Path(__file__).parents[3] / "asked"
HERE = Path(__file__).parent
_EVERY = 40  # of the questions that people asked, to be quick


def _asked() -> Iterator[Brief]:
    for file in sorted(ASKED.glob("*.yaml")):
        read: Any = LOADER(file.read_text(encoding="utf-8")).get_single_data()
        texts = [each["text"] for each in read if "text" in each] if isinstance(read, list) else []
        yield from (read_request(text.strip()) for text in texts[::_EVERY])


def test_what_is_passed_over_tells_of_no_query_to_rebuild() -> None:
    passed = [brief for brief in _asked() if not is_worth_reading(brief)]
    assert any(is_slow(brief.request) for brief in passed)
    assert [brief.request for brief in passed if read_sketch(brief)] == []


@pytest.mark.parametrize("file", ["stories.yaml", "told.yaml", "ways.yaml"])
def test_stories_of_queries_to_rebuild_are_read(file: str) -> None:
    told: Any = LOADER((HERE / file).read_text(encoding="utf-8")).get_single_data()
    texts = [each["text"] for each in told]
    assert len(texts) > 10
    assert [text for text in texts if not is_worth_reading(read_request(text))] == []


def test_counts_and_what_is_handed_over_are_always_read() -> None:
    assert is_worth_reading(read_request("select count(*) from pandas gives 12"))
    assert not is_worth_reading(read_request("our pandas job is slow, what can we do about it?"))
    assert not is_worth_reading(read_request("which region is nearest to Berlin?"))
