"""From words and tables to a query: the shape that the words ask for reads and writes it."""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.plainly import Plain
from blueproof.advisors.query.reading import read_wish
from blueproof.advisors.query.saying import common
from blueproof.advisors.query.shapes.duplicates import read_duplicates
from blueproof.advisors.query.shapes.funnels import read_cohorts, read_funnel, read_sessions
from blueproof.advisors.query.shapes.overlaps import read_overlaps
from blueproof.advisors.query.shapes.pages import read_page
from blueproof.advisors.query.shapes.ranked import read_ranked
from blueproof.advisors.query.shapes.running import write_running
from blueproof.advisors.query.shapes.streaks import read_streaks
from blueproof.advisors.query.shapes.trees import read_tree
from blueproof.advisors.query.shapes.upserts import read_update, read_upsert
from blueproof.advisors.query.state import Found
from blueproof.advisors.query.told import Period, Unread, Wish, Written
from blueproof.advisors.query.wording import assumed, decisions, main_of
from blueproof.advisors.query.writing import Writer

_SHAPES = (
    read_upsert, read_duplicates, read_update, read_funnel, read_cohorts, read_sessions,
    read_streaks, read_overlaps, read_page, read_ranked, read_tree,
)  # fmt: skip
_PERSON = re.compile(r"\b(?:hi|hello|hey|thanks|thank you|please|cheers)\b[,!.]?", re.IGNORECASE)


def compose(prose: str, ground: Ground) -> Written | Unread:
    """The query that the words ask for on these tables, or what of them could not be read."""
    plain = common(" ".join(_PERSON.sub(" ", prose).split()), ground)
    for read in _SHAPES:
        made = read(plain, ground)
        if made is not None:
            return made
    found = read_wish(plain, ground)
    if found.wish is None or not _holds(found, found.wish):
        return Unread(read=tuple(found.read), left=tuple(found.left), asks=tuple(found.asks))
    if any(o.kind == "running" for o in found.wish.over) and not any(
        g.kind == "bucket" for g in found.wish.groups
    ):
        running = write_running(found.wish, ground)
        if running is None:
            return Unread(
                read=("a running total",),
                left=tuple(found.left),
                asks=(
                    "In which order are the rows added up: by which time, per day or row by row?",
                ),
            )
        return replace(running, left=tuple(found.left))
    return _written(found, found.wish, ground)


def _holds(found: Found, wish: Wish) -> bool:
    """Whether enough is read that the query answers what is asked, even if in part."""
    told = len(wish.measures) + len(wish.needs) + len(wish.conditions) + len(wish.thresholds)
    told += bool(wish.listed)
    if not told:
        return not found.left and bool(wish.groups)
    return len(found.left) <= max(1, told) and not _orphaned(found, wish)


def _orphaned(found: Found, wish: Wish) -> bool:
    """Whether a condition or a grouping is among what was not read: the rows would be others."""
    told = re.compile(r"\b(?:only|where|except|excluding|who|whose|without|never|per|each"
                      r"|not|no|but|than|above|below|between|over|under)\b",
                      re.IGNORECASE)  # fmt: skip
    alone = all(" " not in each for each in found.left)
    return bool(found.left) and (
        any(told.search(each) for each in found.left) or (alone and not wish.measures)
    )


def _written(found: Found, wish: Wish, ground: Ground) -> Written:
    return Written(
        sql=Writer(wish, ground).sql(),
        plain=Plain(wish, ground).sql(),
        main=main_of(wish, ground),
        decisions=tuple(decisions(wish, ground)),
        assumed=(*found.assumed, *assumed(wish, ground)),
        left=tuple(dict.fromkeys(found.left)),
        periods=tuple(_periods(wish)),
        tables=tuple(dict.fromkeys((*(m.table for m in wish.measures),
                                    *(g.table for g in wish.groups if g.table),
                                    *(n.table for n in wish.needs)))),
    )  # fmt: skip


def _periods(wish: Wish) -> Iterator[tuple[str, Period]]:
    """The periods of a wish, each with the column that it bounds."""
    yield from ((m.time, m.period) for m in wish.measures if m.period and m.time)
    yield from ((n.time, n.period) for n in wish.needs if n.period and n.time)
    if wish.listed:
        yield wish.listed
