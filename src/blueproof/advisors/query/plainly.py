"""The same wish once more, plainly: each figure looked up for each row by a query of its own.

It is slow and shares neither joins nor grouping nor window functions with the query that is handed
over, so that a mistake of those shows as a difference.
"""

from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.naming import (
    bucket_of,
    facts_of,
    group_source,
    key_name,
    label_name,
    on_entity,
    plain_condition,
    rounds,
    scalar,
    split_time,
    time_type,
)
from blueproof.advisors.query.periods import here, local_end, plain_bucket, plain_within
from blueproof.advisors.query.told import Condition, Group, Measure, Needs, Over, Wish
from blueproof.advisors.query.windows import counts_none, ending, output, step_of
from blueproof.sql.names import quote, quote_table


class Plain:
    """Writes the plain query of one wish."""

    def __init__(self, wish: Wish, ground: Ground) -> None:
        self.wish = wish
        self.ground = ground
        self.bucket = bucket_of(wish)

    def sql(self) -> str:
        """The query."""
        ctes = self._keys()
        ctes.append(("plain", self._looked_up()))
        names = ", ".join(f"p.{quote(n)}" for n in output(self.wish, windows=False))
        made = [f"{self._over(o)} AS {quote(o.name)}" for o in self.wish.over if not o.against]
        if self.wish.within:
            made.append(f"{self._place()} AS place")
        last = f"SELECT {', '.join((names, *made))} FROM plain AS p"
        if self.wish.within:
            ctes.append(("placed", last))
            shown = ", ".join((*(quote(n) for n in output(self.wish)), "place"))
            last = f"SELECT {shown} FROM placed WHERE place <= {self.wish.within}"
        recursive = " RECURSIVE" if any(n == "series" for n, _ in ctes) else ""
        head = f"WITH{recursive} " + ",\n".join(f"{n} AS (\n{t}\n)" for n, t in ctes)
        return f"{head}\n{last}\n{ending(self.wish)}"

    # -- which rows there are

    def _keys(self) -> list[tuple[str, str]]:
        groups = self.wish.groups
        if not groups:
            return [("keys", "SELECT 1 AS one")]
        alone = len(groups) == 1 and groups[0].kind == "entity" and self.wish.keeps
        if alone:
            return [("keys", f"SELECT e.{quote(groups[0].column)} AS k0 "
                     f"FROM {quote_table(groups[0].table)} AS e")]  # fmt: skip
        found = " UNION ".join(self._distinct(t) for t in facts_of(self.wish))
        if not (self.bucket and self.wish.fills):
            return [("keys", found)]
        return self._with_series(found)

    def _distinct(self, table: str) -> str:
        measures = [m for m in self.wish.measures if m.table == table]
        shown = ", ".join(f"{self._group(table, g, measures[0])} AS k{i}"
                          for i, g in enumerate(self.wish.groups))  # fmt: skip
        bounds = [self._bound(c, table) for c in self._own(table)]
        periods = {m.period for m in measures}
        if len(periods) == 1 and measures[0].period and len({m.time for m in measures}) == 1:
            bounds.append(self._within(measures[0]))
        elif self.bucket and measures[0].time:
            bounds.append(f"{self._time(measures[0])} IS NOT NULL")
        same = set.intersection(*(set(m.conditions) for m in measures))
        bounds += [self._bound(c, table) for c in measures[0].conditions if c in same]
        bounds += [
            f"EXISTS (SELECT FROM {quote_table(g.table)} AS e WHERE e.{quote(g.column)} = "
            f"{self._group(table, g, measures[0])})"
            for g in self.wish.groups if g.kind == "entity"
        ]  # fmt: skip
        where = f" WHERE {' AND '.join(f'({b})' for b in bounds)}" if bounds else ""
        return f"SELECT DISTINCT {shown} FROM {quote_table(table)} AS f{where}"

    def _with_series(self, found: str) -> list[tuple[str, str]]:
        """All stretches of time by counting on, each with each other key that there is."""
        assert self.bucket, "the caller has seen one"
        at = self.wish.groups.index(self.bucket)
        others = [i for i in range(len(self.wish.groups)) if i != at]
        low, high = self._ends(at)
        step = "3 months" if self.bucket.unit == "quarter" else f"1 {self.bucket.unit}"
        cast = "" if self.bucket.unit == "hour" else "::date"
        series = (f"SELECT {low} AS b UNION ALL SELECT (b + interval '{step}'){cast} FROM series "
                  f"WHERE (b + interval '{step}'){cast} <= {high}")  # fmt: skip
        ctes = [("found", found), ("series", series)]
        if not others:
            return [*ctes, ("keys", f"SELECT b AS k{at} FROM series WHERE b IS NOT NULL")]
        group = self.wish.groups[others[0]]
        each = "SELECT DISTINCT " + ", ".join(f"k{i}" for i in others) + " FROM found"
        if len(others) == 1 and group.kind == "entity" and self.wish.keeps:
            each = (f"SELECT e.{quote(group.column)} AS k{others[0]} "
                    f"FROM {quote_table(group.table)} AS e")  # fmt: skip
        shown = ", ".join("b AS k" + str(i) if i == at else f"o.k{i}"
                          for i in range(len(self.wish.groups)))  # fmt: skip
        return [
            *ctes,
            ("others", each),
            ("keys", f"SELECT {shown} FROM others AS o, series WHERE b IS NOT NULL"),
        ]

    def _ends(self, at: int) -> tuple[str, str]:
        assert self.bucket, "the caller has seen one"
        unit, zone = self.bucket.unit, self.wish.zone
        period = self.wish.measures[0].period
        kind = "timestamp without time zone"
        low = local_end(period, period.low, period.start, zone) if period else ""
        if not low:
            return f"(SELECT min(k{at}) FROM found)", f"(SELECT max(k{at}) FROM found)"
        bound = local_end(period, period.high, period.end, zone) if period else ""
        high = f"({bound} - interval '1 microsecond')" if bound else f"({here(zone)})"
        return plain_bucket(f"({low})", unit, kind, zone), plain_bucket(high, unit, kind, zone)

    def _group(self, table: str, group: Group, measure: Measure) -> str:
        if group.kind == "bucket":
            return plain_bucket(self._time(measure), group.unit,
                                time_type(self.ground, measure.time), self.wish.zone)  # fmt: skip
        return scalar(self.ground, table, "f", *group_source(self.ground, table, group))

    def _time(self, measure: Measure) -> str:
        return scalar(self.ground, measure.table, "f", *split_time(measure.time))

    def _bound(self, condition: Condition, table: str) -> str:
        return plain_condition(self.ground, table, "f", condition)

    def _own(self, table: str) -> list[Condition]:
        return [c for c in self.wish.conditions if not on_entity(self.wish, c)
                and self.ground.way(table, c.table) is not None]  # fmt: skip

    def _within(self, measure: Measure) -> str:
        assert measure.period, "the caller has seen one"
        return plain_within(self._time(measure), measure.period,
                            time_type(self.ground, measure.time), self.wish.zone)  # fmt: skip

    # -- what stands in them

    def _looked_up(self) -> str:
        shown, tables = [], ["keys AS k"]
        bounds = []
        for i, group in enumerate(self.wish.groups):
            shown.append(f"k.k{i} AS {quote(key_name(group))}")
            if group.kind == "entity":
                tables.append(f"{quote_table(group.table)} AS e{i}")
                bounds.append(f"e{i}.{quote(group.column)} = k.k{i}")
                shown += [f"e{i}.{quote(each)} AS "
                          f"{quote(label_name(group, each, self.wish.groups))}"
                          for each in group.labels if each != group.column]  # fmt: skip
                bounds += [plain_condition(self.ground, group.table, f"e{i}", c)
                           for c in self.wish.conditions
                           if c.table == group.table and on_entity(self.wish, c)]  # fmt: skip
        figures = {m.name: self._figure(m) for m in self.wish.measures}
        shown += [f"{text} AS {quote(name)}" for name, text in figures.items()]
        target = self._target()
        if target:
            shown += [
                f"{scalar(self.ground, target[1].table, f'e{target[0]}', t, c)} AS {quote(n)}"
                for t, c, n in self.wish.extra
            ]
        for over in self.wish.over:
            if over.against:
                shown.append(f"{_compared(over, figures[over.of], figures[over.against])} "
                             f"AS {quote(over.name)}")  # fmt: skip
        bounds += [f"{figures[t.of]} {t.sign} {t.value}" for t in self.wish.thresholds]
        bounds += [self._need(n) for n in self.wish.needs]
        bounds += self._listed()
        where = f" WHERE {' AND '.join(f'({b})' for b in bounds)}" if bounds else ""
        return f"SELECT {', '.join(shown) or '1'} FROM {', '.join(tables)}{where}"

    def _target(self) -> tuple[int, Group] | None:
        found = [(i, g) for i, g in enumerate(self.wish.groups) if g.kind == "entity"]
        return found[-1] if found else None

    def _listed(self) -> list[str]:
        target = self._target()
        if not self.wish.listed or target is None:
            return []
        time, period = self.wish.listed
        return [plain_within(f"e{target[0]}.{quote(split_time(time)[1])}", period,
                             time_type(self.ground, time), self.wish.zone)]  # fmt: skip

    def _need(self, need: Needs) -> str:
        target = self._target()
        assert target, "only a thing has needs"
        bounds = [f"{scalar(self.ground, need.table, 'f', target[1].table, target[1].column)} = "
                  f"k.k{target[0]}"]  # fmt: skip
        bounds += [self._bound(c, need.table) for c in need.conditions]
        if need.period and need.time:
            time = scalar(self.ground, need.table, "f", *split_time(need.time))
            bounds.append(plain_within(time, need.period, time_type(self.ground, need.time),
                                       self.wish.zone))  # fmt: skip
        both = " AND ".join(f"({b})" for b in bounds)
        return (f"(SELECT {self._many(need)} FROM {quote_table(need.table)} AS f WHERE {both}) "
                f"{need.sign} {need.count}")  # fmt: skip

    @staticmethod
    def _many(need: Needs) -> str:
        """Rows, or different values: an array of them without the NULL, counted."""
        if not need.distinct:
            return "count(*)"
        values = f"array_agg(DISTINCT f.{quote(need.distinct)})"
        return f"coalesce(cardinality(array_remove({values}, NULL)), 0)"

    def _figure(self, measure: Measure) -> str:
        bounds = []
        for i, group in enumerate(self.wish.groups):
            if group.kind == "entity":
                own = scalar(self.ground, measure.table, "f", group.table, group.column)
                bounds.append(f"{own} = k.k{i}")
            else:
                bounds.append(f"{self._group(measure.table, group, measure)} "
                              f"IS NOT DISTINCT FROM k.k{i}")  # fmt: skip
        bounds += [self._bound(c, measure.table)
                   for c in (*self._own(measure.table), *measure.conditions)]  # fmt: skip
        bounds += [self._within(measure)] if measure.period else []
        where = f" WHERE {' AND '.join(f'({b})' for b in bounds)}" if bounds else ""
        return self._aggregated(measure, f"FROM {quote_table(measure.table)} AS f{where}")

    def _aggregated(self, measure: Measure, source: str) -> str:
        value = measure.value.replace("{t}", "f")
        if measure.value == measure.time and measure.value:
            value = self._time(measure)
        avg = f"round(avg({value}), 2)" if rounds(self.ground, measure) else f"avg({value})"
        way = "ASC" if measure.how == "min" else "DESC"
        first = (f"(SELECT v FROM (SELECT {value} AS v {source}) AS s "
                 f"ORDER BY v {way} NULLS LAST LIMIT 1)")  # fmt: skip
        if measure.how == "rate":
            assert measure.rate, "a rate has what is counted"
            met = self._bound(measure.rate, measure.table)
            return (f"(SELECT round(100.0 * sum(CASE WHEN {met} THEN 1 ELSE 0 END) "
                    f"/ nullif(count(*), 0), 2) {source})")  # fmt: skip
        if measure.day:
            return f"CAST({self._as_local(first, measure)} AS date)"
        return {
            "count": f"(SELECT count(*) {source})",
            "distinct": f"(SELECT count(v) FROM (SELECT {value} AS v {source} GROUP BY 1) AS s)",
            "sum": f"coalesce((SELECT sum({value}) {source}), 0)",
            "percentile": f"(SELECT percentile_cont({measure.percent:g}) WITHIN GROUP (ORDER BY v) "
            f"FROM (SELECT {value} AS v {source}) AS s)",
            "avg": f"(SELECT {avg} {source})",
        }.get(measure.how, first)

    def _as_local(self, text: str, measure: Measure) -> str:
        kind = time_type(self.ground, measure.time)
        zoned = kind.startswith("timestamp with time")
        return f"({text} AT TIME ZONE '{self.wish.zone}')" if zoned else text

    # -- held against other rows

    def _others(self) -> str:
        same = [f"q.{quote(key_name(g))} IS NOT DISTINCT FROM p.{quote(key_name(g))}"
                for g in self.wish.groups if g.kind != "bucket"]  # fmt: skip
        return " AND ".join(same) or "true"

    def _over(self, over: Over) -> str:
        of = quote(over.of)
        if over.kind == "share":
            return f"round(100.0 * p.{of} / nullif((SELECT sum(q.{of}) FROM plain AS q), 0), 2)"
        if over.kind == "rank":
            same = (
                " AND ".join(
                    f"q.{quote(key_name(g))} IS NOT DISTINCT FROM p.{quote(key_name(g))}"
                    for g in self.wish.groups[:-1]
                )
                or "true"
            )
            return (f"(SELECT 1 + count(*) FROM plain AS q WHERE {same} AND (q.{of} > p.{of} OR "
                    f"(q.{of} IS NOT NULL AND p.{of} IS NULL)))")  # fmt: skip
        at = quote(self.bucket.name if self.bucket else key_name(self.wish.groups[0]))
        unit = self.bucket.unit if self.bucket else "day"
        if over.kind == "running":
            return (f"(SELECT sum(q.{of}) FROM plain AS q WHERE {self._others()} "
                    f"AND q.{at} <= p.{at})")  # fmt: skip
        if over.kind == "moving":
            step = step_of(unit, over.back)
            near = (f"FROM plain AS q WHERE {self._others()} AND q.{at} > p.{at} - interval "
                    f"'{step}' AND q.{at} <= p.{at}")  # fmt: skip
            days = {"day": 1, "week": 7}.get(unit)
            if not days or not counts_none(self.wish, over):
                return f"(SELECT round(avg(q.{of}), 2) {near})"
            first = f"(SELECT min(q.{at}) FROM plain AS q WHERE {self._others()})"
            return (f"round((SELECT sum(q.{of}) {near}) / (SELECT min(n) FROM (VALUES "
                    f"({over.back}), ((p.{at} - {first}) / {days} + 1)) AS v (n)), 2)")  # fmt: skip
        step = step_of(unit, over.back)
        before = (f"(SELECT q.{of} FROM plain AS q WHERE {self._others()} "
                  f"AND q.{at} = p.{at} - interval '{step}')")  # fmt: skip
        return _compared(over, f"p.{of}", before)

    def _place(self) -> str:
        wish, of = self.wish, quote(self.wish.order)
        last = quote(key_name(wish.groups[-1]))
        same = " AND ".join(f"q.{quote(key_name(g))} IS NOT DISTINCT FROM p.{quote(key_name(g))}"
                            for g in wish.groups[:-1])  # fmt: skip
        sign = ">" if wish.descending else "<"
        better = f"q.{of} {sign} p.{of} OR (q.{of} IS NOT NULL AND p.{of} IS NULL)"
        if not wish.ties:
            better += f" OR (q.{of} IS NOT DISTINCT FROM p.{of} AND q.{last} < p.{last})"
        return f"(SELECT count(*) + 1 FROM plain AS q WHERE {same} AND ({better}))"


def _compared(over: Over, now: str, before: str) -> str:
    if over.kind == "change-percent":
        return f"round(100.0 * ({now} - {before}) / nullif({before}, 0), 2)"
    return f"({now} - {before})"
