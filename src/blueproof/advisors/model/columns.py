"""The columns of an entity: those that the words name, and those such a thing cannot be without."""

from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.model import kinds
from blueproof.advisors.model.design import Column
from blueproof.sql.guessing.kinds import guess_column
from blueproof.sql.guessing.seen import Seen

_SAMPLES = {
    "text": "'x'",
    "numeric(12,2)": "1",
    "integer": "1",
    "timestamptz": "now()",
    "date": "current_date",
    "boolean": "true",
    "uuid": "gen_random_uuid()",
    "jsonb": "'{}'",
    "double precision": "1",
    "inet": "'127.0.0.1'",
    "bigint": "1",
    "text[]": "'{}'",
}
_OF_MONEY = {"order", "invoice", "quote", "cart", "purchase"}
_COUNTED = {"quantity", "qty", "stock", "capacity", "seats", "servings", "weight", "points"}
_MONEY = {"rent", "deposit", "rate", "price", "fee", "cost", "charge", "salary", "wage", "fine"}
# What would say nothing without its description.
_DESCRIBED = frozenset("ticket line item position damage defect issue incident report".split())
_WORN = ("shoe", "boot", "frame", "clothing", "shirt", "glove", "helmet")
_LATER = ("notes", "note", "description", "comment", "bio", "phone", "middle_name", "paid_at")
CURRENCY = Column(
    name="currency", type="text", sample="'EUR'", check="currency ~ '^[A-Z]{3}$'", breaks="'euro'"
)
_MADE = Column(name="created_at", type="timestamptz", sample="now()", default="now()")
TIMES = (
    Column(name="starts_at", type="timestamptz", sample="'2030-01-01 09:00+00'"),
    Column(
        name="ends_at",
        type="timestamptz",
        sample="'2030-01-01 10:00+00'",
        check="ends_at > starts_at",
        breaks="'2030-01-01 09:00+00'",
    ),
)
_SERIES = (
    Column(name="first_starts_at", type="timestamptz", sample="'2030-01-01 09:00+00'"),
    Column(
        name="duration", type="interval", sample="'1 hour'", check="duration > '0'", breaks="'0'"
    ),
    Column(
        name="repeats",
        type="text",
        sample="'FREQ=WEEKLY'",
        check="repeats LIKE 'FREQ=%'",
        breaks="'weekly'",
    ),
    Column(name="repeats_until", type="date", sample="NULL", required=False),
)
_LASTING = {"membership", "subscription", "lease", "contract", "loan"}
_PERIOD = (
    Column(name="starts_on", type="date", sample="'2030-01-01'"),
    Column(
        name="ends_on",
        type="date",
        sample="'2030-01-31'",
        required=False,
        check="ends_on >= starts_on",
        breaks="'2029-12-31'",
    ),
)
_INVOICE = (
    Column(name="number", type="text", sample="'x'", check="number <> ''", breaks="''"),
    Column(name="issued_on", type="date", sample="'2030-01-01'"),
    Column(
        name="due_on", type="date", sample="'2030-01-31'", required=False,
        check="due_on >= issued_on", breaks="'2029-12-31'",
    ),
    Column(
        name="total", type="numeric(12,2)", sample="1", check="total >= 0", breaks="-1",
    ),
)  # fmt: skip
_STATES = {
    "booking": ("booked", "done", "cancelled"),
    "order": ("open", "paid", "shipped", "cancelled"),
    "invoice": ("draft", "sent", "paid", "void"),
    "task": ("open", "in progress", "done"),
    "issue": ("open", "in progress", "done"),
}


def _worn(name: str) -> Column:
    """A size as people write it: "27.5", "M", "172 cm"."""
    return Column(name=name, type="text", sample="'x'", said=True)


_SPECIAL = {
    "currency": CURRENCY,
    **{c.name: replace(c, said=True) for c in TIMES},
    **{n: Column(name=n, type="date", sample="'2030-01-01'", said=True) for n in ("day", "date")},
    **{n: _worn(n) for n in ("size", *(f"{of}_size" for of in _WORN))},
}


def columns(noun: str, attributes: tuple[str, ...], *, booking: bool) -> tuple[Column, ...]:
    """The columns of a noun's table, less its keys and references."""
    lasts = {"length", "duration", "end_time"} if booking else set()  # its end says it
    told = [_told(name) for name in attributes if name not in lasts]
    if kinds.head(noun) in _DESCRIBED:
        told = [replace(c, required=True) if c.name == "description" else c for c in told]
    named = {c.name for c in told}
    more = [c for c in _usual(noun, told, booking=booking) if c.name not in named]
    first = [c for c in more if c.name == "name"]
    last = [c for c in more if c.name != "name"]
    return (*first, *told, *last, *_currency(noun, (*told, *last)), _MADE)


def _currency(noun: str, there: tuple[Column, ...]) -> Iterator[Column]:
    """The currency beside an amount of money; a line's is that of its document."""
    kind = kinds.head(noun)
    names = {c.name for c in there}
    paid = kind in _OF_MONEY or any(c.type == "numeric(12,2)" for c in there)
    if paid and kind not in {"item", "line"} and "currency" not in names:
        yield CURRENCY


def _told(name: str) -> Column:
    """A column that the words name: its type by its name."""
    if name in _COUNTED:
        return _counted(name, said=True)
    special = _SPECIAL.get(name)
    if special:
        return special
    if name in {"minute", "minutes"}:
        return _counted("minutes", said=True)
    if name.rpartition("_")[2] in _MONEY:
        return replace(_money(name), said=True)
    guess = guess_column(Seen(name=name))
    type_ = "bigint" if guess.type == "bigint" else guess.type
    return Column(
        name=name,
        type=type_,
        sample=_SAMPLES.get(type_, "NULL"),
        said=True,
        required=name not in _LATER and guess.kind != "seldom-time",
        check=f"{name} >= 0" if type_ == "numeric(12,2)" else "",
        breaks="-1" if type_ == "numeric(12,2)" else "",
    )


def _counted(name: str, *, said: bool = False, least: int = 0) -> Column:
    return Column(
        name=name,
        type="integer",
        sample="1",
        check=f"{name} >= {least}",
        breaks=str(least - 1),
        said=said,
    )


def _money(name: str) -> Column:
    return Column(name=name, type="numeric(12,2)", sample="1", check=f"{name} >= 0", breaks="-1")


def _usual(noun: str, told: list[Column], *, booking: bool) -> Iterator[Column]:
    """What such a thing cannot be without, where the words do not name it."""
    kind = kinds.head(noun)
    names = {c.name for c in told}
    if kinds.is_series(noun):
        yield from _SERIES
    elif not told and not booking and kind not in kinds.DOCUMENTS | kinds.NAMELESS | kinds.ACTS:
        yield Column(name="name", type="text", sample="'x'", check="name <> ''", breaks="''")
    if booking and not {"starts_on", "ends_on"} <= names:
        yield from TIMES
    if kind in _LASTING and not names & {"start_date", "end_date", "starts_on", "ends_on"}:
        yield from _PERIOD
    if kind in kinds.SIDES and not told:
        yield TIMES[0]
    if kind == "invoice" and not told:
        yield from _INVOICE
    yield from _figures(kind, told)
    yield from _state(kind, booking=booking)


def _figures(kind: str, told: list[Column]) -> Iterator[Column]:
    """The quantities and amounts that such a thing is about."""
    names = {c.name for c in told}
    if kind in {"item", "line"} and not names & {"quantity", "qty"}:
        yield _counted("quantity", least=1)
    if kind in {"stock", "inventory", "level"} and not names & {"quantity", "qty"}:
        yield _counted("quantity")
    if kind in {"comment", "message", "note"} and not told:
        yield Column(name="body", type="text", sample="'x'", check="body <> ''", breaks="''")
    tracked = kind == "ticket" and names & {"description", "subject", "title", "status", "fault"}
    if kind in kinds.PRICED and not tracked and not any(c.type == "numeric(12,2)" for c in told):
        yield _money("price")
    if kind in {"payment", "refund", "payout"} and not any("amount" in n for n in names):
        yield _money("amount")
    if kind in {"item", "line"} and not any(c.type == "numeric(12,2)" for c in told):
        yield _money("unit_price")


def _state(kind: str, *, booking: bool) -> Iterator[Column]:
    states = _STATES.get("booking" if booking else kind)
    if states:
        listed = ", ".join(f"'{s}'" for s in states)
        yield Column(
            name="status",
            type="text",
            sample=f"'{states[0]}'",
            default=f"'{states[0]}'",
            check=f"status IN ({listed})",
            breaks="'no such state'",
        )
