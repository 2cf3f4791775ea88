"""Funnels, monthly cohorts and sessions: what people did one thing after another."""

import re

from blueproof.advisors.query.asking import take_zone
from blueproof.advisors.query.conditions import text_of
from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.naming import one, ref
from blueproof.advisors.query.periods import bucket, plain_bucket
from blueproof.advisors.query.shapes.rows import (
    Rows,
    first_table,
    owner_of,
    period_in,
    plain_where,
    texts_of,
    where,
)
from blueproof.advisors.query.text import NUMBER, Words, number
from blueproof.advisors.query.told import Unit, Unread, Written
from blueproof.sql.names import quote, quote_table

_FUNNEL = re.compile(r"\bfunnel\b|\bdrop[- ]?off\b", re.IGNORECASE)
_ARROW = re.compile(r"\s*(?:->|=>|\u2192|>|, then\b|\bthen\b|, and then\b|,)\s*", re.IGNORECASE)
_STEP = r"[\"'`]?[A-Za-z][\w.-]*(?: [a-z_]+)?[\"'`]?"
_STEPS = re.compile(rf"(?P<steps>{_STEP}(?:\s*(?:->|=>|\u2192|>|,?\s*\bthen\b)\s*{_STEP})+)")
_LISTED = re.compile(rf"\b(?:steps|events"
                     rf"|stages)\s*:?\s*(?P<steps>{_STEP}(?:\s*,\s*(?:and\s+)?{_STEP})+)",
                     re.IGNORECASE)  # fmt: skip
_EVENT = re.compile(r"(?:.*_)?(?:event|event_name|event_type|name|type|action|step|kind|verb)")
_COHORT = re.compile(r"\bcohorts?\b|\bretention\b", re.IGNORECASE)
_SESSION = re.compile(r"\bsession(?:i[sz]\w*)?s?\b", re.IGNORECASE)
_QUIET = re.compile(
    rf"\b(?P<n>{NUMBER})[ -]?(?P<unit>minutes?|mins?|hours?|seconds?)\b[^.;]{{0,30}}"
    r"\b(?:inactiv\w+|idle|gap|without|silence|pause|apart|break)"
    rf"|\b(?:inactiv\w+|idle|gap|timeout|more than|pause)\b[^.;]{{0,20}}?(?P<n2>{NUMBER})[ -]?"
    r"(?P<unit2>minutes?|mins?|hours?|seconds?)\b", re.IGNORECASE)  # fmt: skip


def read_funnel(prose: str, ground: Ground) -> Written | Unread | None:
    """The query for how many get how far; None where none is asked for."""
    if not _FUNNEL.search(prose):
        return None
    rows = _event_rows(prose, ground)
    steps = _steps(prose)
    event = (
        ""
        if rows is None
        else next((c for c in texts_of(ground, rows.table) if _EVENT.fullmatch(c)), "")
    )
    owner = owner_of(ground, rows.table, prose) if rows else ""
    if rows is None or not event or not steps[1:] or not owner:
        return Unread(read=("a funnel",), left=() if steps else ("its steps",), asks=(
            "Which table has one row for each thing done, with who did it, what and when, and what "
            "are the steps called in it (first -> second -> third)?",))  # fmt: skip
    period = period_in(prose)
    return Written(
        sql=_funnel(rows, event, owner, steps, prose),
        plain=_plain_funnel(rows, event, owner, steps, prose),
        tables=(rows.table,),
        periods=((f"{rows.table}.{rows.time}", period),) if period else (),
        main=f"One row per step of the funnel ({' -> '.join(steps)}): how many different "
        f"{rows.table}.{owner} reach it, having reached each step before it no later.",
        decisions=(
            "The order counts: a step counts only at or after the first time of the step before it",
            "Each is counted once a step, however often they did it",
            *((f"{period.words.strip()} bounds every step, the first one, too",) if period else ()),
            f"percent is of those at the first step; {rows.table} whose {owner} is NULL are nobody",
        ),
        assumed=tuple(
            (f"step {s}", f"{rows.table}.{event} = {text_of(s)}", "as it is written in your words")
            for s in _unknown(ground, rows.table, event, steps)
        ),
    )  # fmt: skip


def _unknown(ground: Ground, table: str, event: str, steps: tuple[str, ...]) -> tuple[str, ...]:
    known = ground.table(table).by_name[event].values
    return tuple(s for s in steps if s not in known)


def _event_rows(prose: str, ground: Ground) -> Rows | None:
    zone = take_zone(Words(prose)) or "UTC"
    table = first_table(ground, prose, timed=True)
    timed = [t.name for t in ground.tables if ground.time_of(t.name) and any(
        _EVENT.fullmatch(c) for c in texts_of(ground, t.name))]  # fmt: skip
    if not table or table not in timed:
        table = next((t for t in timed if re.search(r"event|action|activit|log", t)), "") or (
            timed[0] if len(timed) == 1 else ""
        )
    return Rows(ground, table, ground.time_of(table), zone) if table else None


def _steps(prose: str) -> tuple[str, ...]:
    found = _STEPS.search(prose) or _LISTED.search(prose)
    if not found:
        return ()
    pieces = (p.strip(" \"'`") for p in _ARROW.split(found["steps"]))
    steps = [re.sub(r"^(?:and|the funnel|funnel|from) ", "", p) for p in pieces]
    quoted = bool(re.search(r"[\"'`]", found["steps"]))
    clean = [s if quoted else s.split(" ")[-1] if i == 0 else s.split(" ")[0]
             for i, s in enumerate(steps)]  # fmt: skip
    return tuple(s for s in clean if s)


def _funnel(rows: Rows, event: str, owner: str, steps: tuple[str, ...], prose: str) -> str:
    name, own, period = ref(rows.table), quote(owner), period_in(prose)
    parts = []
    for n, step in enumerate(steps, start=1):
        bounds = [f"{name}.{quote(event)} = {text_of(step)}", *rows.bounds(period)]
        before = ""
        if n > 1:
            before = f"\n  JOIN step_{n - 1} ON step_{n - 1}.{own} = {name}.{own}"
            bounds.append(f"{rows.at} >= step_{n - 1}.reached_at")
        else:
            bounds += [f"{name}.{own} IS NOT NULL", f"{rows.at} IS NOT NULL"]
        parts.append(
            f"-- who reached {step}, and when first{' after the step before' if n > 1 else ''}\n"
            f"step_{n} AS (\n  SELECT {name}.{own}, min({rows.at}) AS reached_at\n"
            f"  FROM {rows.source}{before}{where(bounds, '  ')}\n  GROUP BY {name}.{own}\n)"
        )
    first = f"-- {parts[0].split(chr(10), 1)[0][3:]}\nWITH {parts[0].split(chr(10), 1)[1]}"
    counted = "\n  UNION ALL\n  ".join(
        f"SELECT {n} AS step, {text_of(s)} AS name, count(*) AS reached FROM step_{n}"
        for n, s in enumerate(steps, start=1)
    )
    return (
        ",\n".join((first, *parts[1:])) + f",\ncounted AS (\n  {counted}\n)\n"
        "SELECT step, name, reached,\n  round(100.0 * reached / nullif(first_value(reached) "
        "OVER (ORDER BY step), 0), 2) AS percent\nFROM counted\nORDER BY step"
    )


def _plain_funnel(rows: Rows, event: str, owner: str, steps: tuple[str, ...], prose: str) -> str:
    period = period_in(prose)
    own, at = quote(owner), quote(rows.time)

    def reached(n: int) -> str:
        """People for whom rows of all steps up to this one follow one another."""
        text = ""
        for k in range(n, 0, -1):
            bounds = [f"e{k}.{quote(event)} = {text_of(steps[k - 1])}",
                      *rows.plain_bounds(f"e{k}", period), f"e{k}.{own} = w.who"]  # fmt: skip
            bounds += [f"e{k}.{at} >= e{k - 1}.{at}"] if k > 1 else [f"e1.{at} IS NOT NULL"]
            bounds += [text] if text else []
            text = f"EXISTS (SELECT FROM {rows.source} AS e{k}{plain_where(bounds)})"
        return (f"(SELECT count(*) FROM (SELECT DISTINCT {own} AS who FROM {rows.source}) AS w "
                f"WHERE {text})")  # fmt: skip

    each = " UNION ALL ".join(
        f"SELECT {n} AS step, {text_of(s)} AS name, {reached(n)} AS reached, "
        f"round(100.0 * {reached(n)} / nullif({reached(1)}, 0), 2) AS percent"
        for n, s in enumerate(steps, start=1)
    )
    return f"SELECT * FROM ({each}) AS f ORDER BY step"


def read_cohorts(prose: str, ground: Ground) -> Written | Unread | None:
    """The query for how many of each cohort come back; None where none is asked for."""
    if not _COHORT.search(prose):
        return None
    unit: Unit = "week" if re.search(r"\bweek(?:ly|s)?\b", prose, re.IGNORECASE) else "month"
    pair = _members(prose, ground)
    if pair is None:
        return Unread(read=("cohorts and who of them comes back",), left=(), asks=(
            "Which table has a row for each member with the day they joined, and which has a row "
            "for each time they were active?",))  # fmt: skip
    people, acts, column = pair
    zone = take_zone(Words(prose)) or "UTC"
    joined = Rows(ground, people, ground.time_of(people, prose), zone)
    active = Rows(ground, acts, ground.time_of(acts), zone)
    return Written(
        sql=_cohorts(joined, active, column, unit), tables=(people, acts),
        plain=_plain_cohorts(joined, active, column, unit),
        main=f"One row per {unit} of joining and {unit}s since: how many of the {people} who "
             f"joined "
        f"then ({people}.{joined.time}) have a row in {acts} that {unit}, and in percent of the "
        f"cohort; {unit}s by {zone}.",
        decisions=(
            f"{unit}s_since 0 is the {unit} of joining itself; rows of {acts} before it do not "
            f"count",
            f"Each of the {people} counts once in a {unit}, however many rows they have",
            f"A {unit} in which nobody of the cohort was active has no row",
            f"{people} without {joined.time} belong to no cohort",
        ),
    )  # fmt: skip


def _members(prose: str, ground: Ground) -> tuple[str, str, str] | None:
    """Who joins, the table of what they do, and its column that says who."""
    named = list(dict.fromkeys(n.table for n in ground.named_tables(prose)))
    every = [*named, *(t.name for t in ground.tables if t.name not in named)]
    for people in every:
        if not ground.time_of(people) or not ground.key(people):
            continue
        for acts in (*(n for n in named if n != people), *ground.below(people)):
            way = ground.way(acts, people)
            if way and len(way) == 1 and ground.time_of(acts):
                return people, acts, way[0].columns[0]
    return None


def _cohorts(joined: Rows, active: Rows, column: str, unit: Unit) -> str:
    people, key = ref(joined.table), quote(joined.ground.key(joined.table))
    cohort = bucket(joined.at, unit, joined.type_, joined.zone)
    month = bucket(active.at, unit, active.type_, active.zone)
    since = (
        "(extract(year FROM active.at) - extract(year FROM members.cohort)) * 12\n"
        "    + extract(month FROM active.at) - extract(month FROM members.cohort)"
        if unit == "month"
        else "(active.at - members.cohort) / 7"
    )
    return (
        f"-- each member with the {unit} they joined in\nWITH members AS (\n"
        f"  SELECT {people}.{key} AS member, {cohort} AS cohort\n  FROM {joined.source}\n"
        f"  WHERE {joined.at} IS NOT NULL\n),\n"
        f"-- the {unit}s each was active in, each of them once\nactive AS (\n"
        f"  SELECT DISTINCT {active.column(column)} AS member, {month} AS at\n"
        f"  FROM {active.source}\n  WHERE {active.at} IS NOT NULL\n),\n"
        "sizes AS (\n  SELECT cohort, count(*) AS size\n  FROM members\n  GROUP BY cohort\n)\n"
        f"SELECT members.cohort,\n  {since} AS {unit}s_since,\n  count(*) AS active,\n"
        "  sizes.size AS cohort_size,\n  round(100.0 * count(*) / sizes.size, 2) AS percent\n"
        "FROM members\nJOIN active ON active.member = members.member\n"
        "  AND active.at >= members.cohort\n"
        "JOIN sizes ON sizes.cohort = members.cohort\nGROUP BY 1, 2, sizes.size\nORDER BY 1, 2"
    )


def _plain_cohorts(joined: Rows, active: Rows, column: str, unit: Unit) -> str:
    key = quote(joined.ground.key(joined.table))
    own = plain_bucket(f"u.{quote(joined.time)}", unit, joined.type_, joined.zone)
    other = plain_bucket(f"v.{quote(joined.time)}", unit, joined.type_, joined.zone)
    at = plain_bucket(f"a.{quote(active.time)}", unit, active.type_, active.zone)
    again = plain_bucket(f"b.{quote(active.time)}", unit, active.type_, active.zone)
    since = (
        "(12 * (date_part('year', p.at) - date_part('year', p.cohort)) + date_part('month', "
        "p.at) - date_part('month', p.cohort))"
        if unit == "month"
        else "(p.at - p.cohort) / 7"
    )
    pairs = (
        f"SELECT DISTINCT {own} AS cohort, {at} AS at FROM {joined.source} AS u, "
        f"{active.source} AS a WHERE a.{quote(column)} = u.{key} AND {at} >= {own}"
    )
    size = f"(SELECT count(*) FROM {joined.source} AS v WHERE {other} = p.cohort)"
    many = (
        f"(SELECT count(*) FROM {joined.source} AS v WHERE {other} = p.cohort AND EXISTS "
        f"(SELECT FROM {active.source} AS b WHERE b.{quote(column)} = v.{key} "
        f"AND {again} = p.at))"
    )
    return (
        f"SELECT p.cohort, {since} AS {unit}s_since, {many} AS active, {size} AS cohort_size, "
        f"round(100.0 * {many} / {size}, 2) AS percent FROM ({pairs}) AS p ORDER BY 1, 2"
    )


def read_sessions(prose: str, ground: Ground) -> Written | Unread | None:
    """The query that parts rows into sessions by a pause; None where none is asked for."""
    found = _QUIET.search(prose)
    if not found or not _SESSION.search(prose):
        return None
    n = number(found["n"] or found["n2"]) or 30
    unit = (found["unit"] or found["unit2"]).lower().rstrip("s")
    pause = f"interval '{n} {'minute' if unit == 'min' else unit}s'"
    zone = take_zone(Words(prose)) or "UTC"
    named = [t.table for t in ground.named_tables(prose) if ground.time_of(t.table)
             and not _SESSION.fullmatch(t.table)]  # fmt: skip
    timed = [t.name for t in ground.tables if ground.time_of(t.name)]
    table = named[0] if named else timed[0] if len(timed) == 1 else ""
    owner = owner_of(ground, table, prose) if table else ""
    if not owner:
        return Unread(
            read=(f"sessions that end after {n} {unit}s without a row",),
            left=(),
            asks=("Which table has a row for each thing done, with who did it and when?",),
        )
    rows = Rows(ground, table, ground.time_of(table), zone)
    return Written(
        sql=_sessions(rows, owner, pause), plain=_plain_sessions(rows, owner, pause),
        tables=(table,),
        main=f"One row per session of each {owner}, with its start, end and number of rows of "
        f"{table}: a new session begins where more than {n} {unit}s passed since the row before.",
        decisions=(
            f"Exactly {n} {unit}s apart is still one session",
            f"A session ends at its last row ({one(table)}), not {n} {unit}s later; one row alone "
            "makes a session of no length",
            f"Rows whose {owner} or {rows.time} is NULL belong to no session",
        ),
    )  # fmt: skip


def _sessions(rows: Rows, owner: str, pause: str) -> str:
    own, at, name = quote(owner), quote(rows.time), ref(rows.table)
    return (
        f"-- a row begins a session where the pause before it is too long\nWITH marked AS (\n"
        f"  SELECT {name}.{own}, {rows.at},\n"
        f"    coalesce({rows.at} - lag({rows.at}) OVER (\n      PARTITION BY {name}.{own} ORDER BY "
        f"{rows.at}) > {pause}, true) AS begins\n  FROM {rows.source}\n"
        f"  WHERE {name}.{own} IS NOT NULL AND {rows.at} IS NOT NULL\n),\n"
        "-- counting the beginnings numbers the sessions\nnumbered AS (\n"
        f"  SELECT {own}, {at}, count(*) FILTER (WHERE begins) OVER (\n"
        f"      PARTITION BY {own} ORDER BY {at}) AS session_number\n  FROM marked\n)\n"
        f"SELECT {own}, session_number, min({at}) AS started_at, max({at}) AS ended_at,\n"
        f"  count(*) AS rows, max({at}) - min({at}) AS lasted\nFROM numbered\n"
        f"GROUP BY {own}, session_number\nORDER BY {own}, session_number"
    )


def _plain_sessions(rows: Rows, owner: str, pause: str) -> str:
    own, at, table = quote(owner), quote(rows.time), quote_table(rows.table)

    def begins(alias: str) -> str:
        return (f"NOT EXISTS (SELECT FROM {table} AS x WHERE x.{own} = {alias}.{own} AND "
                f"x.{at} < {alias}.{at} AND {alias}.{at} - x.{at} <= {pause})")  # fmt: skip

    starts = (f"SELECT DISTINCT s.{own}, s.{at} AS started_at FROM {table} AS s WHERE s.{own} "
              f"IS NOT "
              f"NULL AND s.{at} IS NOT NULL AND {begins('s')}")  # fmt: skip
    inside = (f"FROM {table} AS r WHERE r.{own} = q.{own} AND r.{at} >= q.started_at AND NOT "
              f"EXISTS "
              f"(SELECT FROM {table} AS n WHERE n.{own} = q.{own} AND n.{at} > q.started_at "
              f"AND n.{at} <= r.{at} AND {begins('n')})")  # fmt: skip
    return (
        f"WITH starts AS ({starts}) SELECT q.{own}, (SELECT count(*) FROM starts AS t WHERE "
        f"t.{own} = q.{own} AND t.started_at <= q.started_at) AS session_number, q.started_at, "
        f"(SELECT max(r.{at}) {inside}) AS ended_at, (SELECT count(*) {inside}) AS rows, "
        f"(SELECT max(r.{at}) {inside}) - q.started_at AS lasted FROM starts AS q ORDER BY 1, 2"
    )
