"""Stretches of time: read from words, and written as half-open ranges on the bare column."""

import calendar
import re
from datetime import date, timedelta

from blueproof.advisors.query.text import NUMBER, number
from blueproof.advisors.query.told import Period, Span, Unit

_UNIT = r"(?P<unit>hour|day|week|month|quarter|year)s?"
_MONTHS = {m.lower(): n for n, m in enumerate(calendar.month_name) if m}
_MONTH = "|".join(_MONTHS)
_LAST = re.compile(
    rf"\b(?:(?:in|for|over|during|within|from|of)\s+)?(?:the\s+)?(?:last|past|previous|prior"
    rf"|trailing|preceding)\s+(?:(?P<n>{NUMBER})\s+)?(?:full |calendar |complete )?{_UNIT}\b",
    re.IGNORECASE,
)
_IN_N = re.compile(
    rf"\b(?:in|for|since)\s+(?:over\s+|more than\s+|at least\s+)?(?P<n>{NUMBER})\s+{_UNIT}"
    r"(?!\s*(?:steps|time))\b",
    re.IGNORECASE,
)
_AGO = re.compile(
    rf"\b(?:older than|more than|longer than|over)\s+(?P<n>{NUMBER})\s+{_UNIT}"
    r"(?:\s+ago|\s+old|(?=\s*$))?",
    re.IGNORECASE,
)
_THIS = re.compile(
    r"\b(?:(?:in|for|during|of|so far)\s+)?(?:(?:this|the current)\s+(?:calendar )?"
    r"(?P<unit>hour|day|week|month|quarter|year)(?:\s+so far|\s+to date)?"
    r"|(?P<today>today)|(?P<yesterday>yesterday)|(?P<ytd>ytd|year[- ]to[- ]date)"
    r"|(?P<mtd>mtd|month[- ]to[- ]date))\b",
    re.IGNORECASE,
)
_DAY = r"\d{4}-\d{2}-\d{2}"
_BETWEEN = re.compile(
    rf"\b(?:between|from)\s+(?P<a>{_DAY})\s+(?:and|to|until|till|through|-)\s+(?P<b>{_DAY})\b",
    re.IGNORECASE,
)
_SINCE = re.compile(
    rf"\b(?P<way>since|after|from|before|until|as of)\s+(?:the\s+)?(?:(?P<day>{_DAY})"
    rf"|(?:(?P<month>{_MONTH})\s+)?(?P<year>(?:19|20)\d\d))\b(?:\s+on(?:wards?)?)?",
    re.IGNORECASE,
)
_IN_MONTH = re.compile(
    rf"\b(?:in|for|during|of)\s+(?:(?P<month>{_MONTH})\s+(?P<y1>(?:19|20)\d\d)"
    r"|q(?P<q>[1-4])\s+(?:of\s+)?(?P<y2>(?:19|20)\d\d)|(?:the year\s+)?(?P<y3>(?:19|20)\d\d))\b",
    re.IGNORECASE,
)
_ANNUAL = 12
_PARTS = 4  # of a period: moments between them lie in it


def find_period(text: str) -> tuple[Period, tuple[int, int]] | None:
    """The first stretch of time in a text, and where it stands."""
    readers = (_between, _since, _in_month, _last, _this, _in_n)
    found = [each for reader in readers if (each := reader(text))]
    return min(found, key=lambda f: f[1][0]) if found else None


def find_age(text: str) -> tuple[Period, tuple[int, int]] | None:
    """A least age ("more than 30 days ago"): what lies before that moment."""
    found = _AGO.search(text)
    if found is None or (n := number(found["n"])) is None:
        return None
    period = Period(words=found[0], kind="rolling", unit=_unit(found["unit"]), high=-n)
    return period, found.span()


def _unit(text: str) -> Unit:
    units: dict[str, Unit] = {"hour": "hour", "day": "day", "week": "week", "month": "month",
                              "quarter": "quarter", "year": "year"}  # fmt: skip
    return units[text.lower()]


def _last(text: str) -> tuple[Period, tuple[int, int]] | None:
    found = _LAST.search(text)
    if found is None:
        return None
    unit = _unit(found["unit"])
    if not found["n"]:
        period = Period(words=found[0], kind="calendar", unit=unit, low=-1, high=0)
        return period, found.span()
    n = number(found["n"])
    full = re.search(r"full |calendar |complete ", found[0])
    if n is None:
        return None
    kind: Span = "calendar" if full else "rolling"
    return Period(words=found[0], kind=kind, unit=unit, low=-n, high=0), found.span()


def _in_n(text: str) -> tuple[Period, tuple[int, int]] | None:
    found = _IN_N.search(text)
    if found is None:
        return None
    n = number(found["n"])
    if not n:
        return None
    unit = _unit(found["unit"])
    return Period(words=found[0], kind="rolling", unit=unit, low=-n, high=0), found.span()


def _this(text: str) -> tuple[Period, tuple[int, int]] | None:
    found = _THIS.search(text)
    if found is None:
        return None
    low, high = (-1, 0) if found["yesterday"] else (0, 1)
    named = "year" if found["ytd"] else "month" if found["mtd"] else found["unit"] or "day"
    period = Period(words=found[0], kind="calendar", unit=_unit(named), low=low, high=high)
    return period, found.span()


def _between(text: str) -> tuple[Period, tuple[int, int]] | None:
    found = _BETWEEN.search(text)
    if found is None or not (_is_day(found["a"]) and _is_day(found["b"])):
        return None
    end = (date.fromisoformat(found["b"]) + timedelta(days=1)).isoformat()
    return Period(words=found[0], kind="fixed", start=found["a"], end=end), found.span()


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _since(text: str) -> tuple[Period, tuple[int, int]] | None:
    found = _SINCE.search(text)
    if found is None or (found["day"] and not _is_day(found["day"])):
        return None
    month = _MONTHS[found["month"].lower()] if found["month"] else 1
    day = found["day"] or f"{found['year']}-{month:02d}-01"
    way = found["way"].lower()
    if way == "as of" and found["day"]:
        after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
        return Period(words=found[0], kind="fixed", end=after), found.span()
    if way in {"before", "until"}:
        return Period(words=found[0], kind="fixed", end=day), found.span()
    if way == "after":
        first = date.fromisoformat(day)
        if found["day"]:
            day = (first + timedelta(days=1)).isoformat()
        else:
            day = f"{first.year + (not found['month'])}-{month:02d}-01"
            day = _month_after(day) if found["month"] else day
    return Period(words=found[0], kind="fixed", start=day), found.span()


def _month_after(day: str, by: int = 1) -> str:
    first = date.fromisoformat(day)
    months = first.year * _ANNUAL + first.month - 1 + by
    return f"{months // _ANNUAL}-{months % _ANNUAL + 1:02d}-01"


def _in_month(text: str) -> tuple[Period, tuple[int, int]] | None:
    found = _IN_MONTH.search(text)
    if found is None:
        return None
    if found["month"]:
        start, months = f"{found['y1']}-{_MONTHS[found['month'].lower()]:02d}-01", 1
    elif found["q"]:
        start, months = f"{found['y2']}-{int(found['q']) * 3 - 2:02d}-01", 3
    else:
        start, months = f"{found['y3']}-01-01", _ANNUAL
    period = Period(words=found[0], kind="fixed", start=start, end=_month_after(start, months))
    return period, found.span()


def moments(period: Period, today: date) -> tuple[str, ...]:
    """Moments at the ends of a period and amid it, as it lies on a day: rows there tell most."""
    if period.kind == "fixed":
        low = date.fromisoformat(period.start) if period.start else None
        high = date.fromisoformat(period.end) if period.end else None
    else:
        base = _unit_start(today, period.unit) if period.kind == "calendar" else today
        low, high = (
            None if at is None else _later(base, at, period.unit)
            for at in (period.low, period.high)
        )
    known = [d for d in (low, high) if d]
    if low and high:
        known += [low + (high - low) * n / _PARTS for n in range(1, _PARTS)]
    else:
        known += [d - timedelta(days=9) for d in known]
    return tuple(dict.fromkeys(f"{d.isoformat()} 00:00:00+00" for d in known))


def _unit_start(day: date, unit: Unit) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def _later(day: date, by: int, unit: Unit) -> date:
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    if months:
        first = date.fromisoformat(_month_after(day.replace(day=1).isoformat(), by * months))
        return first + timedelta(days=min(day.day, 28) - 1)
    return day + timedelta(days=by * (7 if unit == "week" else 1)) if unit != "hour" else day


# ---- as SQL


def here(zone: str) -> str:
    """Now, as the clock on the wall shows it."""
    return f"now() AT TIME ZONE '{zone}'"


def local_end(period: Period, at: int | None, fixed: str, zone: str) -> str:
    """An end of a period as local time; "" where it is open."""
    if period.kind == "fixed":
        return f"timestamp '{fixed}'" if fixed else ""
    if at is None:
        return ""
    base = f"({here(zone)})" if period.kind == "rolling" else (
        f"date_trunc('{period.unit}', {here(zone)})"
    )  # fmt: skip
    return base if at == 0 else f"{base} {'-' if at < 0 else '+'} {_interval(abs(at), period.unit)}"


def _interval(n: int, unit: Unit) -> str:
    if unit == "quarter":
        return f"interval '{n * 3} months'"
    return f"interval '{n} {unit}{'s' * (n != 1)}'"


def ends(period: Period, type_: str, zone: str) -> tuple[str, str]:
    """Both ends in the type of the column that they bound."""
    if period.kind == "rolling" and type_.startswith("timestamp with time zone"):
        low, high = (
            "" if at is None else "now()" if at == 0 else f"now() - {_interval(-at, period.unit)}"
            for at in (period.low, period.high)
        )
        return low, high
    low = local_end(period, period.low, period.start, zone)
    high = local_end(period, period.high, period.end, zone)
    return _typed(low, type_, zone, period), _typed(high, type_, zone, period)


def _typed(local: str, type_: str, zone: str, period: Period) -> str:
    if not local:
        return ""
    if type_ == "date":
        if period.kind == "fixed":
            return local.replace("timestamp ", "date ")
        return f"({local})::date"
    if type_.startswith("timestamp without"):
        return local
    if period.kind == "fixed" and zone == "UTC":
        return local.replace("timestamp '", "timestamptz '").removesuffix("'") + " 00:00+00'"
    return f"({local}) AT TIME ZONE '{zone}'"


def within(column: str, period: Period, type_: str, zone: str) -> str:
    """The condition that a column lies in a period."""
    low, high = ends(period, type_, zone)
    return " AND ".join(
        filter(None, (f"{column} >= {low}" if low else "", f"{column} < {high}" if high else ""))
    )


def bucket(column: str, unit: Unit, type_: str, zone: str) -> str:
    """The beginning of the unit of time that a column lies in."""
    local = local_of(column, type_, zone)
    return f"date_trunc('{unit}', {local})" + ("" if unit == "hour" else "::date")


def local_of(column: str, type_: str, zone: str) -> str:
    """A column's moment as local time."""
    if type_ == "date":
        return f"{column}::timestamp"
    return column if type_.startswith("timestamp without") else f"{column} AT TIME ZONE '{zone}'"


# ---- the same once more, in other ways: the plain query shares none of the above


def plain_bucket(column: str, unit: Unit, type_: str, zone: str) -> str:
    """The beginning of the unit, by the parts of the date."""
    local = local_of(column, type_, zone)
    day = f"CAST({local} AS date)"
    if unit == "day":
        return day
    year, part = f"extract(year FROM {local})::int", "extract({} FROM {})::int"
    text = {
        "hour": f"{day} + make_interval(hours => {part.format('hour', local)})",
        "week": f"({day} - ({part.format('isodow', local)} - 1))",
        "month": f"make_date({year}, {part.format('month', local)}, 1)",
        "quarter": f"make_date({year}, {part.format('quarter', local)} * 3 - 2, 1)",
        "year": f"make_date({year}, 1, 1)",
    }[unit]
    return f"(CASE WHEN isfinite({local}) THEN {text} ELSE {day} END)"


def plain_within(column: str, period: Period, type_: str, zone: str) -> str:
    """That a column lies in the period: calendar units by counting them, the rest by distances."""
    if period.kind == "fixed":
        day = f"CAST({local_of(column, type_, zone)} AS date)"
        low = f"NOT {day} < date '{period.start}'" if period.start else ""
        high = f"NOT {day} >= date '{period.end}'" if period.end else ""
        return " AND ".join(filter(None, (low, high)))
    if period.kind == "calendar":
        base = plain_bucket("now()", period.unit, "timestamp with time zone", zone)
        own = plain_bucket(column, period.unit, type_, zone)
        offsets = range(period.low or 0, period.high or 0)
        return f"{own} IN (" + ", ".join(_shifted(base, k, period.unit) for k in offsets) + ")"
    if type_ == "date":
        today = f"CAST({here(zone)} AS date)"
        low = f"NOT {column} < CAST({_back(here(zone), period.low, period.unit)} AS date)"
        high = f"NOT {column} >= " + (
            f"CAST({_back(here(zone), period.high, period.unit)} AS date)" if period.high else today
        )
    else:
        now = "now()" if type_.startswith("timestamp with time") else f"({here(zone)})"
        low = f"NOT {column} < {_back(now, period.low, period.unit)}"
        high = f"NOT {column} >= {_back(now, period.high, period.unit)}"
    return " AND ".join(
        text for text, at in ((low, period.low), (high, period.high)) if at is not None
    )


def _back(base: str, at: int | None, unit: Unit) -> str:
    days = {"week": 7, "day": 1}.get(unit)
    n = -(at or 0)
    if days:
        return f"({base} - make_interval(days => {n * days}))"
    if unit == "hour":
        return f"({base} - make_interval(hours => {n}))"
    months = {"month": 1, "quarter": 3, "year": 12}[unit] * n
    return f"({base} - make_interval(months => {months}))"


def _shifted(base: str, by: int, unit: Unit) -> str:
    if by == 0:
        return base
    end = "" if unit == "hour" else "::date"
    return f"({_back(base, by, unit)}){end}"
