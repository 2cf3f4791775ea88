"""What kind of a noun it is: a thing with rows, a column of one, or somebody."""

from blueproof.advisors.model import kinds
from blueproof.advisors.model.prose import things

# What a request calls its own subject; "models" and "tables" may be things, too.
OURS = frozenset(
    "schema database saas app software platform postgresql postgres sql supabase erd "
    "backend datamodel index pattern query migration website constraint architecture "
    "saa postgre".split()
)


# Written without their apostrophe, and units that stood behind a number ("24hs").
_SHORTENED = frozenset("what whats thats hows wheres lets dont cant isnt hrs mins secs".split())
_SHORTEST, _SHORT_THINGS = 3, frozenset({"ad"})


def is_thing(noun: str) -> bool:
    """Whether a noun may have rows of its own."""
    words = noun.split()
    return bool(words) and not (
        words[-1] in things.NO_THINGS | things.PLACEHOLDERS
        or OURS.intersection(words)
        or noun in {"data model", "database model", "relational model"}
        or words[-1] in _SHORTENED
        or (len(words[-1]) < _SHORTEST and words[-1] not in _SHORT_THINGS)
        or any(not w.isalpha() for w in words)
    )


def is_column(noun: str) -> bool:
    """Whether a noun is by its nature a column of something else."""
    return kinds.head(noun) in things.ATTRIBUTE_HEADS if " " in noun else noun in things.ATTRIBUTES


def is_someone(noun: str) -> bool:
    """Whether a noun is somebody who does things.

    >>> is_someone("listener"), is_someone("order"), is_someone("film crew")
    (True, False, True)
    """
    head = kinds.head(noun)
    if head in things.NOBODY or head in kinds.DOCUMENTS | kinds.BOOKINGS:
        return False
    people = kinds.PEOPLE | kinds.STAFF | kinds.TENANTS | things.SOMEBODY
    return head in people or head.endswith(("er", "or", "ee", "ist", "person", "man"))


def boundary(noun: str) -> str:
    """The column of a start or an end; "" for another noun."""
    if noun in {"start", "beginning", "start time"}:
        return "starts_at"
    return "ends_at" if noun in {"end", "end time"} else ""
