"""The general query: facts are added up once for each table, then joined to what rows are for."""

from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.naming import (
    Joined,
    bucket_of,
    facts_of,
    group_source,
    key_name,
    label_name,
    of_table,
    on_entity,
    on_table,
    one_name,
    ref,
    rounds,
    split_time,
    time_type,
)
from blueproof.advisors.query.periods import bucket, ends, here, local_end, within
from blueproof.advisors.query.told import Condition, Group, Measure, Needs, Over, Period, Wish
from blueproof.advisors.query.windows import best_of, ending, held_against, named
from blueproof.sql.names import quote, quote_table


class Writer:
    """Writes one wish; `sql` is the whole query."""

    def __init__(self, wish: Wish, ground: Ground) -> None:
        self.wish = wish
        self.ground = ground
        self.bucket = bucket_of(wish)
        self.ctes: list[tuple[str, str, str]] = []

    def sql(self) -> str:
        """The query, with a comment on each part."""
        names = {table: self._facts(table) for table in facts_of(self.wish)}
        body = self._figures(names)
        if self.wish.within or any(not o.against for o in self.wish.over):
            self._with("figures", body, "one row for each, before they are held against another")
            body = held_against(self.wish)
        if self.wish.within:
            self._with("placed", body, "the place of each row in its group")
            body = best_of(self.wish)
        parts = [f"-- {why}\n{name} AS (\n  {text.replace(chr(10), chr(10) + '  ')}\n)"
                 for name, text, why in self.ctes]  # fmt: skip
        head = "WITH " + ",\n".join(parts).removeprefix("-- ") if parts else ""
        if parts:
            first_why = self.ctes[0][2]
            head = f"-- {first_why}\nWITH " + ",\n".join(parts)[len(f"-- {first_why}\n") :]
        return f"{head}\n{body}{self._ending()}".strip()

    def _with(self, name: str, text: str, why: str) -> None:
        self.ctes.append((name, text, why))

    # -- facts

    def _facts(self, table: str) -> str:
        """The part that adds up one table's rows by what rows are for."""
        measures = of_table(self.wish, table)
        shared = self._shared(measures)
        keys = [named(self._key(table, g, measures[0]), key_name(g)) for g in self.wish.groups]
        figures = [f"{self._figure(m, shared)} AS {quote(m.name)}" for m in measures]
        conditions = self._where(table, measures, shared)
        needed = self._needed(table, measures)
        strict = tuple(split_time(m.time)[0] for m in measures if shared and m.time)
        text = "SELECT " + ",\n  ".join((*keys, *figures))
        text += "\n" + Joined(self.ground, table, needed, strict).text.replace("\n  ", "\n")
        if conditions:
            text += "\nWHERE " + "\n  AND ".join(conditions)
        if keys:
            text += "\nGROUP BY " + ", ".join(str(n) for n in range(1, len(keys) + 1))
        name = quote(f"{ref(table).strip(chr(34))}_by_{'_and_'.join(self._by()) or 'all'}")
        self._with(name, text, f"{table} added up first, so that no join counts a row twice")
        return name

    def _by(self) -> list[str]:
        return [one_name(g.table) if g.kind == "entity" else g.name for g in self.wish.groups]

    def _shared(self, measures: tuple[Measure, ...]) -> Period | None:
        periods = {m.period for m in measures}
        times = {m.time for m in measures}
        return measures[0].period if len(periods) == 1 and len(times) == 1 else None

    def _key(self, table: str, group: Group, measure: Measure) -> str:
        if group.kind == "bucket":
            owner, column = split_time(measure.time)
            return bucket(f"{ref(owner)}.{quote(column)}", group.unit,
                          time_type(self.ground, measure.time), self.wish.zone)  # fmt: skip
        owner, column = group_source(self.ground, table, group)
        return f"{ref(owner)}.{quote(column)}"

    def _where(self, table: str, measures: tuple[Measure, ...], shared: Period | None) -> list[str]:
        lines = []
        if shared:
            lines.append(self._within(measures[0]))
        elif self.bucket and measures[0].time:
            owner, column = split_time(measures[0].time)
            if not self.ground.table(owner).by_name[column].not_null:
                lines.append(f"{ref(owner)}.{quote(column)} IS NOT NULL")
        lines += [on_table(c) for c in self._own(table)]
        same = set(measures[0].conditions).intersection(*(m.conditions for m in measures))
        return lines + [on_table(c) for c in measures[0].conditions if c in same]

    def _own(self, table: str) -> list[Condition]:
        """The wish's conditions that bound these facts."""
        return [c for c in self.wish.conditions if not on_entity(self.wish, c)
                and self.ground.way(table, c.table) is not None]  # fmt: skip

    def _within(self, measure: Measure) -> str:
        assert measure.period, "the caller has seen one"
        owner, column = split_time(measure.time)
        return within(f"{ref(owner)}.{quote(column)}", measure.period,
                      time_type(self.ground, measure.time), self.wish.zone)  # fmt: skip

    def _needed(self, table: str, measures: tuple[Measure, ...]) -> tuple[str, ...]:
        wanted = [group_source(self.ground, table, g)[0] for g in self.wish.groups
                  if g.kind != "bucket"]  # fmt: skip
        for measure in measures:
            timed = measure.period or self.bucket or measure.value == measure.time
            wanted += [split_time(measure.time)[0]] if measure.time and timed else []
            wanted += [c.table for c in measure.conditions]
            wanted += [measure.rate.table] if measure.rate else []
        wanted += [c.table for c in self._own(table)]
        return tuple(t for t in dict.fromkeys(wanted) if t != table)

    def _figure(self, measure: Measure, shared: Period | None) -> str:
        text = self._aggregate(measure)
        same = set.intersection(*(set(m.conditions) for m in of_table(self.wish, measure.table)))
        only = [on_table(c) for c in measure.conditions if c not in same]
        only += [self._within(measure)] if measure.period and not shared else []
        both = "\n      AND ".join(only).replace(" AND ", "\n      AND ")
        filtered = f" FILTER (\n      WHERE {both})" if only else ""
        if measure.how == "rate":
            assert measure.rate, "a rate has what is counted"
            both = " AND ".join((on_table(measure.rate), *only))
            return (f"round(100.0 * count(*) FILTER (WHERE {both})\n"
                    f"    / nullif(count(*){filtered}, 0), 2)")  # fmt: skip
        text = f"{text}{filtered}"
        if measure.day:
            type_ = time_type(self.ground, measure.time)
            zone = f" AT TIME ZONE '{self.wish.zone}'" * type_.startswith("timestamp with time")
            return f"({text}{zone})::date" if type_ != "date" else text
        return (
            f"round({text}, 2)" if measure.how == "avg" and rounds(self.ground, measure) else text
        )

    def _aggregate(self, measure: Measure) -> str:
        value = measure.value.replace("{t}", ref(measure.table))
        if measure.value == measure.time and measure.value:
            owner, column = split_time(measure.time)
            value = f"{ref(owner)}.{quote(column)}"
        if measure.how == "count":
            return "count(*)"
        if measure.how == "distinct":
            return f"count(DISTINCT {value})"
        if measure.how == "percentile":
            return f"percentile_cont({measure.percent:g}) WITHIN GROUP (ORDER BY {value})"
        return f"{measure.how}({value})"

    # -- what rows are for

    def _figures(self, names: dict[str, str]) -> str:
        entities = [g for g in self.wish.groups if g.kind == "entity"]
        filled = self._filled(names) if self.bucket and self.wish.fills else ""
        lines, tables, extra = [], list(names.items()), list[str]()
        if filled:
            lines.append(f"FROM {filled}")
            base = filled
        elif self.wish.keeps and entities:
            base = ref(entities[0].table)
            lines.append(f"FROM {quote_table(entities[0].table)}")
        elif len(tables) > 1 and self.wish.groups:
            base = self._keys(names)
            lines.append(f"FROM {base}")
        else:
            base = tables[0][1]
            lines.append(f"FROM {base}")
            tables = tables[1:]
        for _, name in tables:
            if not self.wish.groups:
                lines.append(f"CROSS JOIN {name}")
                continue
            on = " AND ".join(self._same(name, base, g) for g in self.wish.groups)
            lines.append(f"LEFT JOIN {name} ON {on}")
        if self.wish.extra and entities:
            needed = tuple(dict.fromkeys(t for t, _, _ in self.wish.extra))
            joins = Joined(self.ground, entities[-1].table, needed).text.split("\n  ")[1:]
            extra = joins
        lines += [
            f"JOIN {quote_table(g.table)} ON {ref(g.table)}.{quote(g.column)} = "
            f"{base}.{quote(key_name(g))}"
            for g in entities
            if base != ref(g.table)
        ]
        text = "SELECT " + ",\n  ".join(self._shown(names, base))
        text += "\n" + "\n".join((*lines, *extra))
        bounds = self._bounds(names)
        return text + ("\nWHERE " + "\n  AND ".join(bounds) if bounds else "")

    def _same(self, name: str, base: str, group: Group) -> str:
        if group.kind == "entity" and base == ref(group.table):
            return f"{name}.{quote(key_name(group))} = {base}.{quote(group.column)}"
        sign = "=" if group.kind in {"entity", "bucket"} else "IS NOT DISTINCT FROM"
        key = quote(key_name(group))
        return f"{name}.{key} {sign} {base}.{key}"

    def _shown(self, names: dict[str, str], base: str) -> list[str]:
        shown = []
        for group in self.wish.groups:
            if group.kind == "entity":
                shown.append(named(f"{ref(group.table)}.{quote(group.column)}", key_name(group)))
                shown += [
                    named(f"{ref(group.table)}.{quote(each)}",
                          label_name(group, each, self.wish.groups))
                    for each in group.labels if each != group.column
                ]  # fmt: skip
            else:
                shown.append(f"{base}.{quote(group.name)}")
        shown += [named(self._value(m, names), m.name) for m in self.wish.measures]
        shown += [named(f"{ref(t)}.{quote(c)}", n) for t, c, n in self.wish.extra]
        plain = [o for o in self.wish.over if o.against]
        return shown + [f"{self._against(o, names)} AS {quote(o.name)}" for o in plain]

    def _value(self, measure: Measure, names: dict[str, str]) -> str:
        text = f"{names[measure.table]}.{quote(measure.name)}"
        return f"coalesce({text}, 0)" if self._may_lack(measure) else text

    def _may_lack(self, measure: Measure) -> bool:
        """Whether the figure may be NULL where 0 is meant: nothing joined, or only NULLs added."""
        joined = self.wish.keeps or self.wish.fills or len(facts_of(self.wish)) > 1
        return measure.how == "sum" or (measure.zero and joined)

    def _against(self, over: Over, names: dict[str, str]) -> str:
        by_name = {m.name: m for m in self.wish.measures}
        now, before = (self._value(by_name[n], names) for n in (over.of, over.against))
        if over.kind == "change-percent":
            return f"round(100.0 * ({now} - {before})\n    / nullif({before}, 0), 2)"
        return f"{now} - {before}"

    def _bounds(self, names: dict[str, str]) -> list[str]:
        by_name = {m.name: m for m in self.wish.measures}
        bounds = [on_table(c) for c in self.wish.conditions if on_entity(self.wish, c)]
        bounds += [f"{self._value(by_name[t.of], names)} {t.sign} {t.value}"
                   for t in self.wish.thresholds]  # fmt: skip
        if self.wish.listed:
            time, period = self.wish.listed
            owner, column = split_time(time)
            bounds.append(within(f"{ref(owner)}.{quote(column)}", period,
                                 time_type(self.ground, time), self.wish.zone))  # fmt: skip
        target = next((g for g in self.wish.groups[::-1] if g.kind == "entity"), None)
        return bounds + [self._need(n, target) for n in self.wish.needs if target]

    def _need(self, need: Needs, target: Group) -> str:
        owner, column = group_source(self.ground, need.table, target)
        known = f"{ref(owner)}.{quote(column)}"
        own = f"{ref(target.table)}.{quote(target.column)}"
        conditions = [on_table(c) for c in need.conditions]
        wanted = [owner, *(c.table for c in need.conditions)]
        if need.period and need.time:
            at, time = split_time(need.time)
            wanted.append(at)
            type_ = time_type(self.ground, need.time)
            bounded = within(f"{ref(at)}.{quote(time)}", need.period, type_, self.wish.zone)
            conditions.append(bounded)
        needed = tuple(t for t in dict.fromkeys(wanted) if t != need.table)
        source = Joined(self.ground, need.table, needed).text.replace("\n  ", " ")
        if need.none or (need.sign, need.count) in {(">", 0), (">=", 1)}:
            both = " AND ".join((f"{known} = {own}", *conditions))
            return f"{'NOT ' * need.none}EXISTS (\n    SELECT {source}\n    WHERE {both})"
        both = " AND ".join((f"{known} = {own}", *conditions))
        many = f"DISTINCT {ref(need.table)}.{quote(need.distinct)}" if need.distinct else "*"
        return f"(SELECT count({many}) {source}\n    WHERE {both}) {need.sign} {need.count}"

    # -- every stretch of time

    def _filled(self, names: dict[str, str]) -> str:
        """The part that has a row for each stretch of time, whether or not it has facts."""
        assert self.bucket, "the caller has seen one"
        unit, name = self.bucket.unit, quote(self.bucket.name)
        low, high = self._series(names)
        step = "3 months" if unit == "quarter" else f"1 {unit}"
        cast = "" if unit == "hour" else "::date"
        series = (
            f"SELECT generate_series(\n  {low},\n  {high},\n  interval '{step}'){cast} AS {name}"
        )
        self._with(quote(f"all_{unit}s"), series,
                   f"every {unit}, so that one without rows is shown, too")  # fmt: skip
        others = [g for g in self.wish.groups if g.kind != "bucket"]
        if not others:
            return quote(f"all_{unit}s")
        keys = ", ".join(quote(key_name(g)) for g in others)
        each = " UNION ".join(f"SELECT {keys} FROM {n}" for n in names.values())
        known = "".join(f" WHERE {quote(key_name(g))} IS NOT NULL" for g in others[:1]
                        if g.kind == "entity")  # fmt: skip
        source = (
            f"SELECT * FROM (\n  {each}\n) AS known{known}"
            if known
            else (each if len(names) > 1 else each.replace("SELECT", "SELECT DISTINCT", 1))
        )
        if len(others) == 1 and others[0].kind == "entity" and self.wish.keeps:
            source = (f"SELECT {quote(others[0].column)} AS {keys} "
                      f"FROM {quote_table(others[0].table)}")  # fmt: skip
        self._with("all_keys", source, "each with each of them")
        self._with("all_rows", f"SELECT * FROM all_keys CROSS JOIN {quote(f'all_{unit}s')}",
                   "one row for each and each stretch of time")  # fmt: skip
        return "all_rows"

    def _series(self, names: dict[str, str]) -> tuple[str, str]:
        assert self.bucket, "the caller has seen one"
        unit, zone = self.bucket.unit, self.wish.zone
        period = self.wish.measures[0].period
        name = quote(self.bucket.name)
        low = local_end(period, period.low, period.start, zone) if period else ""
        if low:
            low = f"date_trunc('{unit}', {low})"
            bound = local_end(period, period.high, period.end, zone) if period else ""
            high = f"{bound} - interval '1 microsecond'" if bound else here(zone)
            return low, f"date_trunc('{unit}', {high})"
        each = " UNION ALL ".join(f"SELECT {name} FROM {n}" for n in names.values())
        cast = "::timestamp"
        return (f"(SELECT min({name}) FROM ({each}) AS known){cast}",
                f"(SELECT max({name}) FROM ({each}) AS known){cast}")  # fmt: skip

    def _keys(self, names: dict[str, str]) -> str:
        keys = ", ".join(quote(key_name(g)) for g in self.wish.groups)
        each = "\nUNION\n".join(f"SELECT {keys} FROM {n}" for n in names.values())
        self._with("all_keys", each, "whatever any of them has rows for")
        return "all_keys"

    # -- held against other rows

    def _ending(self) -> str:
        return f"\n{ending(self.wish)}"


def bounds_said(wish: Wish, ground: Ground) -> list[str]:
    """Each period as the range that it is written as."""
    said = []
    for measure in wish.measures:
        if measure.period:
            low, high = ends(measure.period, time_type(ground, measure.time), wish.zone)
            said.append(f"{measure.period.words.strip()}: from {low or 'the beginning'} "
                        f"up to, without, {high or 'the end'}")  # fmt: skip
    return list(dict.fromkeys(said))
