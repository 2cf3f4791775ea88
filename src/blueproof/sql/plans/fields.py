"""One line of EXPLAIN's text as properties named as in its JSON."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from blueproof.sql.plans.build import Raw

_COST = re.compile(r"\(cost=([\d.]+?)\.\.([\d.]+)rows=([\d.]+)(?:width=(\d+)\)?)?")
_ACTUAL = re.compile(r"\(actual(?:time=([\d.]+?)\.\.([\d.]+))?rows=([\d.]+)loops=([\d.]+)")
_JOIN = re.compile(
    r"^(?:Nested Loop|Hash|Merge) (Left|Right|Full|Semi|Anti|Right Semi|Right Anti) Join$"
)
_AGGREGATE = {"Aggregate": "Plain", "GroupAggregate": "Sorted", "HashAggregate": "Hashed",
              "MixedAggregate": "Mixed"}  # fmt: skip
_LISTS = {"Sort Key", "Group Key", "Presorted Key", "Output", "Hash Key"}
_NAME = r'(?:"(?:[^"]|"")*"|[^\s."]+)'
_TARGET = re.compile(rf"^(?:(?P<schema>{_NAME})\.)?(?P<name>{_NAME})(?:\s+(?P<alias>.+))?$")
_KB = r"(\d+) ?kB"
_BLOCKS = re.compile(r"(shared|local|temp)((?: (?:hit|read|dirtied|written)=\d+)+)")
_ITEM = re.compile(r"(\w+)=(-?[\d.]+)")
_TRIGGER = re.compile(
    r"^Trigger (?:for constraint (?P<only>[^:]+?)|(?P<name>[^:]+?)"
    r"(?: for constraint (?P<constraint>[^:]+?))?)(?: on (?P<relation>[^:]+?))? ?: "
    r"time=(?P<time>[\d.]+) calls=(?P<calls>\d+)"
)
_TRIGGER_UNTIMED = re.compile(r"^(Trigger .*?): calls=(\d+)")


def figures(text: str) -> Raw:
    """Costs, rows, times and loops of a node's line, its spaces removed."""
    found: Raw = {}
    if (cost := _COST.search(text)) is not None:
        names = ("Startup Cost", "Total Cost", "Plan Rows", "Plan Width")
        found |= {n: _float(v) for n, v in zip(names, cost.groups(), strict=True) if v}
    if (actual := _ACTUAL.search(text)) is not None:
        names = ("Actual Startup Time", "Actual Total Time", "Actual Rows", "Actual Loops")
        found |= {n: _float(v) for n, v in zip(names, actual.groups(), strict=True) if v}
    elif "(neverexecuted)" in text:
        found |= {"Actual Rows": 0.0, "Actual Loops": 0.0}
    return found


def _float(text: str) -> float:
    try:
        return float(text.strip("."))
    except ValueError:
        return 0.0


def node(name: str) -> Raw:
    """What a node's name says: kind, join, strategy, index, relation and alias."""
    raw: Raw = {}
    for lead, key in (("Parallel ", "Parallel Aware"), ("Async ", "Async Capable")):
        if name.startswith(lead):
            name, raw[key] = name.removeprefix(lead), True
    for mode in ("Partial", "Finalize"):
        if re.match(rf"{mode} \w*Aggregate", name):
            name, raw["Partial Mode"] = name.removeprefix(f"{mode} "), mode
    if (join := _JOIN.match(name)) is not None:
        base = name[: join.start(1)].strip()
        return raw | {"Node Type": base if base == "Nested Loop" else f"{base} Join",
                      "Join Type": join[1]}  # fmt: skip
    if name in {"Nested Loop", "Hash Join", "Merge Join"}:
        return raw | {"Node Type": name, "Join Type": "Inner"}
    if name in _AGGREGATE:
        return {"Partial Mode": "Simple"} | raw | {
            "Node Type": "Aggregate", "Strategy": _AGGREGATE[name]}  # fmt: skip
    if (found := re.match(r"(Hash)?SetOp(?: (.+))?$", name)) is not None:
        strategy = "Hashed" if found[1] else "Sorted"
        return raw | {"Node Type": "SetOp", "Strategy": strategy, "Command": found[2] or ""}
    return raw | _targeted(name)


def _targeted(name: str) -> Raw:
    head, _, target = name.partition(" on ")
    head, _, index = head.partition(" using ")
    raw: Raw = {"Node Type": head}
    if head.endswith(" Backward"):
        raw |= {"Node Type": head.removesuffix(" Backward"), "Scan Direction": "Backward"}
    elif head.startswith(("Index Scan", "Index Only Scan")):
        raw["Scan Direction"] = "Forward"
    if index:
        raw["Index Name"] = _bare(index)
    if (custom := re.match(r"Custom Scan \((.+)\)$", head)) is not None:
        raw |= {"Node Type": "Custom Scan", "Custom Plan Provider": custom[1]}
    elif head in {"Insert", "Update", "Delete", "Merge"}:
        raw |= {"Node Type": "ModifyTable", "Operation": head}
    elif (found := re.match(r"Foreign (Insert|Update|Delete)$", head)) is not None:
        raw |= {"Node Type": "Foreign Scan", "Operation": found[1]}
    return raw | (_relation(raw["Node Type"], target) if target else {})


def _relation(kind: str, target: str) -> Raw:
    """What a node stands on: a relation, an index, a CTE or a function, and its alias."""
    found = _TARGET.match(target.strip())
    if found is None:
        return {"Alias": target.strip()}
    name, alias = _bare(found["name"]), _bare((found["alias"] or found["name"]).strip())
    schema = {"Schema": _bare(found["schema"])} if found["schema"] else {}
    if kind == "Bitmap Index Scan":
        return {"Index Name": name}
    if kind in {"CTE Scan", "WorkTable Scan"}:
        return {"CTE Name": name, "Alias": alias}
    if kind in {"Function Scan", "Table Function Scan"}:
        return {"Function Name": name, "Alias": alias} | schema
    if kind in {"Subquery Scan", "Values Scan", "Result"}:
        return {"Alias": alias}
    return {"Relation Name": name, "Alias": alias} | schema


def _bare(name: str) -> str:
    """A name without its quotes."""
    quoted = len(name) > 1 and name[0] == name[-1] == '"'
    return name[1:-1].replace('""', '"') if quoted else name


def split(text: str) -> list[str]:
    """A list of expressions, divided at the commas that stand in no bracket and no quote.

    >>> split("a, coalesce(b, 0), 'x,y'::text")
    ['a', 'coalesce(b, 0)', "'x,y'::text"]
    """
    parts, start, depth, quoted = [], 0, 0, ""
    for at, sign in enumerate(text):
        if quoted:
            quoted = "" if sign == quoted else quoted
        elif sign in "'\"":
            quoted = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == "," and depth <= 0:
            parts.append(text[start:at].strip())
            start = at + 1
    return [part for part in (*parts, text[start:].strip()) if part]


def property_of(text: str) -> Raw:
    """The properties that a line "Name: value" stands for; several may stand on one."""
    name, _, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if name in _LISTS:
        return {name: split(value)}
    special = _SPECIAL.get(name)
    return special(value, text) if special else {name: value}


def _sort(value: str, _: str) -> Raw:
    found = re.match(rf"(.+?)\s+(Memory|Disk): {_KB}", value)
    if found is None:
        return {"Sort Method": value}
    return {"Sort Method": found[1], "Sort Space Type": found[2], "Sort Space Used": int(found[3])}


def _numbers(text: str, names: dict[str, str]) -> Raw:
    """The numbers that stand behind these words in a line, under their other names."""
    found: Raw = {}
    for word, name in names.items():
        at = re.search(rf"(?<![\w-]){word}: (\d+)", text)
        if at:
            found[name] = int(at[1])
    return found


def _hash(_: str, text: str) -> Raw:
    first = re.search(r"Batches: \d+ \(originally (\d+)\)", text)
    before = {"Original Hash Batches": int(first[1])} if first else {}
    names = {"Buckets": "Hash Buckets", "Batches": "Hash Batches",
             "Memory Usage": "Peak Memory Usage"}  # fmt: skip
    return _numbers(text, names) | before


def _hashed(_: str, text: str) -> Raw:
    names = {"Planned Partitions": "Planned Partitions", "Batches": "HashAgg Batches",
             "Memory Usage": "Peak Memory Usage", "Disk Usage": "Disk Usage"}  # fmt: skip
    return _numbers(text, names)


def _memoize(_: str, text: str) -> Raw:
    names = {word: f"Cache {word}" for word in ("Hits", "Misses", "Evictions", "Overflows")}
    return _numbers(text, names | {"Memory Usage": "Peak Memory Usage"})


def _groups(_: str, text: str) -> Raw:
    """The groups of an incremental sort, in the shape that JSON gives them."""
    name, _, value = text.partition(":")
    method = re.search(r"Sort Methods?: ([\w, -]+?)(?=\s{2}|$)", value)
    record: Raw = {"Group Count": value.split()[0] if value.split() else "0"}
    record["Sort Methods Used"] = split(method[1]) if method else []
    for kind in ("Memory", "Disk"):
        found = re.search(rf"Average {kind}: {_KB}\s+Peak {kind}: {_KB}", value)
        if found:
            record[f"Sort Space {kind}"] = {
                "Average Sort Space Used": int(found[1]), "Peak Sort Space Used": int(found[2])
            }  # fmt: skip
    return {f"{name.strip().rstrip('s')}s": record}


def _heap(value: str, _: str) -> Raw:
    found = dict(_ITEM.findall(value))
    names = {"exact": "Exact Heap Blocks", "lossy": "Lossy Heap Blocks"}
    return {name: int(found[word]) for word, name in names.items() if word in found}


def _buffers(value: str, _: str) -> Raw:
    return {
        f"{kind.capitalize()} {what.capitalize()} Blocks": int(count)
        for kind, items in _BLOCKS.findall(value)
        for what, count in _ITEM.findall(items)
        if count.isdigit()
    }


def _io(value: str, _: str) -> Raw:
    """Times of reading and writing; since 15 those of temporary files, since 17 all by kind."""
    found: Raw = {}
    for part in value.split(","):
        kind = re.match(r"\s*(shared(?:/local)?|local|temp)\b", part)
        lead = kind[1].partition("/")[0].capitalize() + " " if kind else ""
        for what, ms in _ITEM.findall(part):
            found[f"{lead}I/O {what.capitalize()} Time"] = _float(ms)
    return found


def _wal(value: str, _: str) -> Raw:
    names = {"records": "WAL Records", "fpi": "WAL FPI", "bytes": "WAL Bytes"}
    return {names[k]: int(float(v)) for k, v in _ITEM.findall(value) if k in names and _is(v)}


def _is(number: str) -> bool:
    return bool(re.fullmatch(r"\d{1,18}(?:\.\d+)?", number))


def _memory(value: str, _: str) -> Raw:
    found = re.search(rf"used={_KB}", value)
    return {"Memory Used": int(found[1])} if found else {}


def _storage(value: str, text: str) -> Raw:
    found = re.search(rf"Maximum Storage: {_KB}", text)
    kind = value.split(maxsplit=1)[0] if value.split() else ""
    return {"Storage": kind} | ({"Maximum Storage": int(found[1])} if found else {})


_SPECIAL: dict[str, Callable[[str, str], Raw]] = {
    "Sort Method": _sort, "Buckets": _hash, "Batches": _hashed, "Planned Partitions": _hashed,
    "Hits": _memoize, "Full-sort Groups": _groups, "Full-sort Group": _groups,
    "Pre-sorted Groups": _groups, "Pre-sorted Group": _groups, "Heap Blocks": _heap,
    "Buffers": _buffers, "I/O Timings": _io, "WAL": _wal, "Memory": _memory,
    "Storage": _storage, "Tid Cond": lambda value, _: {"TID Cond": value},
}  # fmt: skip


def worker(text: str) -> tuple[int, Raw]:
    """A worker's line: its number, and what of it stands on the line."""
    found = re.match(r"Worker (\d+):? *(.*)$", text)
    if found is None:
        return 0, {}
    rest = found[2]
    bare = rest.replace(" ", "").strip("()")
    raw = figures(f"({bare})") if bare.startswith("actual") else {}
    more = property_of(rest) if rest and not raw else {}
    return int(found[1]), {"Worker Number": int(found[1])} | raw | more


def trigger(text: str) -> Raw:
    """A trigger's line."""
    found = _TRIGGER.match(text)
    if found is None:
        untimed = _TRIGGER_UNTIMED.match(text)
        return {"Trigger Name": untimed[1], "Calls": int(untimed[2])} if untimed else {}
    return {
        "Trigger Name": found["name"] or "",
        "Constraint Name": found["only"] or found["constraint"] or "",
        "Relation": found["relation"] or "",
        "Time": _float(found["time"]),
        "Calls": int(found["calls"]),
    }


def jit(text: str) -> Raw:
    """A line of the compiler's: functions, options or times."""
    name, _, value = text.partition(":")
    if name == "Functions":
        return {"Functions": value.strip()}
    if name == "Options":
        items = (item.split() for item in value.split(",") if len(item.split()) > 1)
        return {"Options": {item[0]: item[-1] == "true" for item in items}}
    times = re.findall(r"(\w+) ([\d.]+) ms", value)
    return {"Timing": {word: _float(ms) for word, ms in times}} if name == "Timing" else {}


def settings(text: str) -> dict[str, Any]:
    """The settings that differ from their defaults: "work_mem = '100kB', ..."."""
    return dict(_settings(text.partition(":")[2]))


def _settings(value: str) -> Iterator[tuple[str, str]]:
    for item in split(value):
        name, sign, said = item.partition("=")
        if sign:
            yield name.strip(), said.strip().strip("'")
