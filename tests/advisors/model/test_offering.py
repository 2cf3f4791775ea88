"""Markets: the thing that is on offer is what is booked, paid for and reviewed."""

from dataclasses import dataclass

import pytest

from blueproof.advisors.model.deciding import decide
from blueproof.advisors.model.reading import read_told

TOOLS = """Postgres schema for a tool-hire marketplace?
- owner lists items with a price per day and a deposit
- renter books a date range, owner accepts or declines
- no double bookings!!
- payment by Stripe Connect, we take 12%
- both sides leave a review after"""
BOATS = (
    "Data model for a boat sharing app on Postgres. Owners list boats with an hourly price and a "
    "security deposit. A customer reserves a boat from one time to another, never two reservations "
    "of the same boat at the same time. We keep 15% of each payment."
)
STUDIO = (
    "Design the Postgres schema for our photo studio: photographers, clients, sessions. A client "
    "books a session with a photographer, no double bookings. Clients leave a review afterwards."
)
GARAGE = (
    "Schema for renting out parking spaces. A host offers spaces with a daily rate. A guest books "
    "a time range, two bookings at the same time are not allowed. Guests pay by card."
)


@dataclass(frozen=True)
class Wanted:
    """What the table of the act refers to, what of it is never taken twice, and other columns."""

    act: str
    of: frozenset[str]
    once: tuple[str, ...]
    columns: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()


CASES = {
    TOOLS: Wanted(
        act="bookings", of=frozenset({"renters", "items"}), once=("item_id",),
        columns=(("items", "deposit"), ("payments", "fee"), ("reviews", "author_side")),
        absent=("date_ranges", "no_double_bookings")),
    BOATS: Wanted(
        act="reservations", of=frozenset({"customers", "boats"}), once=("boat_id",),
        columns=(("boats", "deposit"), ("payments", "fee"))),
    STUDIO: Wanted(
        act="sessions", of=frozenset({"photographers", "clients"}), once=("photographer_id",),
        columns=(("reviews", "rating"),), absent=("no_double_bookings",)),
    GARAGE: Wanted(
        act="bookings", of=frozenset({"guests", "spaces"}), once=("space_id",),
        absent=("time_ranges",)),
}  # fmt: skip
VERB = (
    "Database for a drone rental marketplace (Postgres). Owners list drones, renters book for "
    "date ranges, two people may press Book at the same second, never the same drone twice at the "
    "same time."
)
# No market: what is booked is told, or nothing is.
PLAIN = {
    "Gym: members, classes, bookings. A member books a class; classes may overlap.": "bookings",
    "Clinic schema: patients, doctors, appointments. An appointment has one doctor and one "
    "patient, a doctor is never booked twice at the same time.": "appointments",
}


@pytest.mark.parametrize("words", CASES)
def test_the_act_is_of_the_thing_on_offer(words: str) -> None:
    told = read_told(words, supabase=False)
    assert told is not None
    model, wanted = decide(told), CASES[words]
    act = model.by_name[wanted.act]
    assert wanted.of <= set(act.parents)
    assert act.exclusive == wanted.once
    for table, column in wanted.columns:
        made = model.by_name[table]
        assert column in {c.name for c in made.columns}, (table, column)
    assert not set(wanted.absent) & set(model.by_name)


def test_each_side_reviews_a_booking_once() -> None:
    told = read_told(TOOLS, supabase=False)
    assert told is not None
    reviews = decide(told).by_name["reviews"]
    assert ("booking_id", "author_side") in reviews.unique
    side = next(c for c in reviews.columns if c.name == "author_side")
    assert "'owner'" in side.check
    assert "'renter'" in side.check


@pytest.mark.parametrize("words", PLAIN)
def test_where_the_thing_is_told_nothing_is_added(words: str) -> None:
    told = read_told(words, supabase=False)
    assert told is not None
    assert not any("on offer" in r.why for r in told.relations)
    assert PLAIN[words] in decide(told).by_name


def test_to_book_is_no_book() -> None:
    told = read_told(VERB, supabase=False)
    assert told is not None
    assert "books" not in decide(told).by_name
    shelf = (
        "Library schema: members, books, loans. Members borrow books, a book has authors. A loan "
        "has one member and one book."
    )
    library = read_told(shelf, supabase=False)
    assert library is not None
    assert "books" in decide(library).by_name
