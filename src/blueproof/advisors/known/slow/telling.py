"""What a story of a slow query comes to, said as unproved, and what proves it."""

import re
from collections.abc import Iterator

from blueproof.advisors.known.evidence import BRINGS
from blueproof.advisors.known.pools import lacks_connections
from blueproof.advisors.known.slow.asking import asks_else
from blueproof.advisors.known.slow.remedies import Remedy, remedies
from blueproof.advisors.known.slow.signs import SLOW
from blueproof.advisors.known.slow.story import Story
from blueproof.advisors.known.told import Told, evidence, sentence
from blueproof.core.advice import Recommendation, Step
from blueproof.core.brief import Brief

_MOST_SAID = 2
_BRING = BRINGS["db-performance"].sentence
_LOOK = "EXPLAIN (ANALYZE, BUFFERS)"
_MAY_HOLD = re.compile(r"\bst_\w+\s*\(|<->|\bon\s+conflict\b", re.IGNORECASE)
_POSTGRES = frozenset({"postgresql", "postgis"})
_TABLE = "TABLE_NAME"  # in a statement, where the words name none


def told_of_slowness(brief: Brief) -> Told | None:
    """What serves the slow query that the words tell of; None where they tell of none."""
    if asks_else(brief.request):
        return None
    story = _story(brief)
    said = _of_statements(brief)
    made = said or (remedies(story) if story and story.named else ())
    if not made:
        return None
    story = story or Story()
    bring = BRINGS["db-performance"]
    return Told(
        sentences=tuple(_sentences(brief, story, made)),
        recommendation=Recommendation(
            slot=f"Slow query{f' on {story.table}' if story.table else ''}",
            choice="; ".join(each.is_ for each in made),
            because=tuple(sentence(each.because) for each in made),
            trade_offs=("Each index is written with every row that it holds",),
            evidence=tuple(dict.fromkeys(each.source for each in made)),
        ),
        steps=tuple(_steps(story, made)),
        questions=(evidence(bring.ask, "it proves or refutes this", bring.command),),
    )


def _of_statements(brief: Brief) -> tuple[Remedy, ...]:
    """What the statements in the words call for by themselves."""
    if not SLOW.search(brief.request) or not _MAY_HOLD.search(brief.request):
        return ()
    from blueproof.advisors.known.reproduction.pasted import inserts, pasted  # reads SQL
    from blueproof.advisors.known.slow.statements import of_statements

    texts = (*pasted(brief.request).queries, *inserts(brief.request))
    return of_statements(texts, brief.request)


def lacks_columns(brief: Brief) -> bool:
    """Whether the words tell of filtering and sorting, but name no column."""
    story = _story(brief)
    return story is not None and not story.named


def _story(brief: Brief) -> Story | None:
    if not SLOW.search(brief.request) or lacks_connections(brief.request):
        return None
    from blueproof.advisors.known.slow.reading import read_story  # its patterns take 20 ms to make

    return read_story(brief)


def _sentences(brief: Brief, story: Story, made: tuple[Remedy, ...]) -> Iterator[str]:
    first, *more = made
    lead = f'No: before "{story.asked}" comes ' if story.asked else ""
    yield sentence(f"{lead}{first.is_}: {first.because}")
    for each in more[: _MOST_SAID - 1]:
        yield sentence(f"and {each.is_}: {each.because}")
    if story.unordered and story.filters:
        yield "The column of the order, which you do not name, goes last into it."
    if _singles(story, made):
        yield "The indexes of one column that you have cannot do both at once."
    if not any(f.key == "technology" and f.value in _POSTGRES for f in brief.facts):
        yield "Taken for PostgreSQL, as you name no other database."
    yield f"Read from your words, not proved: {_LOOK} of the query shows whether it holds. {_BRING}"


def _singles(story: Story, made: tuple[Remedy, ...]) -> bool:
    """Whether the columns that the index has are indexed one by one."""
    wanted = {c.strip().removesuffix(" DESC").lower() for c in made[0].index.strip("()").split(",")}
    ones = {there[0] for there in story.indexed if len(there) == 1}
    return len(wanted) > 1 and wanted <= ones


def _steps(story: Story, made: tuple[Remedy, ...]) -> Iterator[Step]:
    yield Step(
        do=f"{_LOOK} of the query, before and after: Seq Scan or Sort over many rows, and the "
        "buffers read, must be gone",
        horizon="now", check="", undo="",
    )  # fmt: skip
    for each in made:
        if each.index:
            do = f"CREATE INDEX CONCURRENTLY ON {each.table or story.table or _TABLE} {each.index}"
            if "gin_trgm_ops" in each.index:
                do = f"CREATE EXTENSION IF NOT EXISTS pg_trgm; {do}"
            yield Step(do=do, horizon="now", check=_LOOK, undo="DROP INDEX CONCURRENTLY")
        else:
            yield Step(do=_capital(each.is_), horizon="now", check=_LOOK, undo="")


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
