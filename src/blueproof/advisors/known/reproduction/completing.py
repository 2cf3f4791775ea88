"""A story with what its words tell beside lists of columns: whose rows, state, order, page, sums.

"The open tickets assigned to him, most recently updated at the top" has no ORDER BY in it, and yet
tells one. Each part that is added rests on words, which are quoted where it is assumed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from blueproof.advisors.known.reproduction.building import singular
from blueproof.advisors.known.reproduction.mentioned import Mentioned, read_mentioned
from blueproof.advisors.known.reproduction.naming import is_thing
from blueproof.advisors.known.reproduction.reproduction import Assumed
from blueproof.advisors.known.reproduction.typed import read_types
from blueproof.advisors.known.reproduction.wording import (
    AGED,
    BOUNDED,
    FLAG,
    STATE_OF,
    is_time,
    read_aged,
    read_bounded,
    read_emptied,
    read_not_yet,
    read_order,
    read_page,
    read_passed,
    read_states,
    refers,
)
from blueproof.advisors.known.slow.story import Condition, Sort, Story
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import snake, stem_of

_PERSON = LatePattern(
    r"\b(?:logged[- ]in|signed[- ]in|current|authenticated)\s+\w+|\bassigned to\b|\b(?:the|a|an"
    r"|one|each"
    r"|every)\s+(?:\w+\s+)?(?:user|agent|member|recipient|owner)\b|\b(?:user|agent|member"
    r"|customer)'s\b"
    r"|\b(?:his|her|their|my)\b",
    re.IGNORECASE,
)
_SUMMED = LatePattern(
    r"\b(?:sum(?:s|med|ming)?(?:\s+up)?|add(?:s|ed|ing)?\s+up|total(?:s|led|ling)?\s+up"
    r"|total(?=\s+of)"
    r"|(?P<avg>average))\s*(?:\(|of\s+)?\s*(?:up\s+)?(?:all\s+)?(?:the\s+)?(?P<c>[a-z_]\w*)",
    re.IGNORECASE,
)
_BEFORE_FIGURE = LatePattern(
    r"\b(?:open|paid|unpaid|outstanding|overdue|pending|net|gross|whole|daily"
    r"|monthly)\s+(?=[a-z]+\b)",
    re.IGNORECASE,
)
_NO_FIGURE = frozenset(
    "of all its their rows them it everything things up everyone each by for to over in on "
    "what".split()
)
_UNIT = LatePattern(r"\b(?:per|by|each|every|for each|daily|hourly)\s*(?P<u>day|week|month|hour)\b"
                   r"|\b(?P<ly>dai|hour|week|month)ly\s+(?:sums?|counts?|totals?|revenue|numbers)",
                   re.IGNORECASE)  # fmt: skip
_FOR_EACH = LatePattern(
    r"\b(?:for|of|per)\s+(?:each|every|all(?: the)?)\s+(?!day|week|month|hour|row|request|page"
    r"|load|time)"
    r"(?P<x>[a-z][a-z_]{2,})\b",
    re.IGNORECASE,
)
_COUNTED = LatePattern(
    r"\bhow many\b(?! rows)|\b(?:we|and|also|to|it|which|that)\s+counts?\b|\bcounting\b"
    r"|\b(?:the|a) (?:number|count) of (?!rows|connections|cores|seconds)(?:\w+\s+)?\w+s\b"
    r"(?=[^.?!]{0,60}\b(?:badge|shown|shows|displayed|appears?|query|per|for (?:a|the|each)))"
    r"|\bbadge\b",
    re.IGNORECASE,
)
_DISTINCT = LatePattern(
    r"\b(?:distinct|different|unique)\s+(?:values?\s+(?:of|in"
    r"|for)\s+)?(?:the\s+)?(?P<c>[a-z_]\w*)\s+"
    r"(?:column\s+)?(?:in|of|from|out of)\s+(?:the\s+)?(?:table\s+)?(?P<t>[a-z_]\w*)",
    re.IGNORECASE,
)
_OF_ONE = LatePattern(
    r"\b(?!(?:lists?|pages?|rows|millions|thousands|hundreds|lots|minutes|seconds"
    r"|years)\b)[a-z]{3,}s\s+"
    r"(?:of|for|belonging to)\s+(?:an?|one|a single|a given)\s+(?P<x>[a-z]{3,})(?=\s*[,.;:)]"
    r"|\s+(?:which|that|with|where"
    r"|is|are|takes?|by|in|on|and|who|sorted|ordered)\b)",
    re.IGNORECASE,
)
_REMOVED = LatePattern(r"\b(?:delet|purg|remov|clean)\w*\b|\bgo each\b", re.IGNORECASE)
_IN_THESE = LatePattern(
    r"\b(?:look(?:s|ed|ing)?(?: for)?|search(?:es|ed|ing)?|match(?:es|ed|ing)?|occurs?|appears?"
    r"|i?like|check(?:s|ed)?)"
    r"\b[^.?!;:]{0,40}?\b(?:in|over|across|against|on)\s+(?:the\s+|both\s+|either\s+|columns?\s+)*"
    r"(?P<list>[a-z]\w*(?:\s*,\s*[a-z]\w*)*\s*,?\s+(?:and|or)\s+(?:the\s+)?[a-z]\w*)\b"
    r"(?=[^.?!]{0,60}\b(?:i?like|contains?|percent|substring|part|anywhere|wildcard|typed)"
    r"|[^.?!]{0,3}\s*(?:with|,|\.|$))",
    re.IGNORECASE,
)
_IN_ONE = LatePattern(
    r"\b(?:look(?:s|ed|ing)?|search(?:es|ed|ing)?|match(?:es|ed|ing)?|find(?:s"
    r"|ing)?)\b[^.?!;:]{0,40}?"
    r"\b(?:in|inside|within|over)\s+(?:the\s+|column\s+)*(?P<list>[a-z]+_\w+|name|title|body"
    r"|content|text"
    r"|subject|description|message|email)\b(?=[^.?!]{0,60}\b(?:i?like|contains?|substring"
    r"|wildcard)\b)",
    re.IGNORECASE,
)
_WORDS_OF = LatePattern(
    r"(?:to_tsvector\((?:[^()]|\([^()]*\))*\)|\b[a-z]\w*)\s*@@\s*\w*tsquery\((?:[^()]"
    r"|\([^()]*\))*\)",
    re.IGNORECASE,
)
_HOLDS = LatePattern(r"\b(?:contain|includ|overlap)\w*\b|@>|&&", re.IGNORECASE)
_DIFFERENT = LatePattern(
    r"\bcount(?:s|ed|ing)?\s+(?:of\s+)?(?:the\s+)?(?:distinct|unique|different)\s+(?P<c>[a-z_]\w*)"
    r"|\b(?:number of|how many) (?:distinct|unique|different)\s+(?P<d>[a-z_]\w*)",
    re.IGNORECASE,
)
_RANGED = LatePattern(
    r"\b(?:last|past|previous|this|that|current)\s+(?:\d+\s+)?(?:hour|day|week|month|quarter"
    r"|year)s?\b"
    r"|\bbetween\s+(?:two\s+)?(?:dates|timestamps|times)\b|\b(?:date|time)[- ](?:range|window"
    r"|span)\b"
    r"|\b(?:since|from) the (?:first|beginning|start) of\b|\b(?:from|between)[ -](?:and[ -])?to\b"
    r"|\b(?:for|of) (?:one|a single|a given|that) (?:day|hour|week|month)\b|\bperiod\b"
    r"|\brange of (?:dates|time)\b",
    re.IGNORECASE,
)


_ALIKE = 3  # letters by which a word begins like the column that it means


@dataclass(kw_only=True)
class Completed:
    """A story with its parts added, and the sentences on what of them was guessed."""

    story: Story
    assumed: list[Assumed] = field(default_factory=list)


def completed(story: Story | None, text: str, tables: tuple[str, ...]) -> Completed | None:
    """The story with what the words tell besides; None where they name no column at all.

    `tables` are the names that are known to be those of tables.
    """
    types = read_types(text)
    typed = (Mentioned(name=n, indexed=True) for n in types if n not in tables)
    mentioned = tuple({m.name: m for m in (*typed, *read_mentioned(text, tables))}.values())
    made = Completed(story=story or Story())
    names = _names(made.story, mentioned)
    if not (
        names
        or any(
            p.search(text)
            for p in (_SUMMED, _DISTINCT, _IN_THESE, _IN_ONE, _WORDS_OF, BOUNDED, STATE_OF, FLAG)
        )
        or any(t.endswith("[]") for t in read_types(text).values())
    ):
        return None
    _filter(made, text, mentioned, names)
    _gather(made, text, names)
    if not made.story.deletes:
        _sort(made, text, names)
    return made


def _names(story: Story, mentioned: tuple[Mentioned, ...]) -> tuple[str, ...]:
    """All columns that are known, those of the story first."""
    filters = [f.column for f in story.filters if re.fullmatch(r"\w+", f.column)]
    sorts = [s.column for s in story.sorts if re.fullmatch(r"\w+", s.column)]
    return tuple(dict.fromkeys((*filters, *sorts, *(m.name for m in mentioned))))


def _add(made: Completed, condition: Condition, words: str = "", says: str = "") -> None:
    """Put a condition to those of the story, in place of one on the same column without a value."""
    kept = tuple(
        f for f in made.story.filters if f.column.lower() != condition.column.lower() or f.where
    )
    if any(f.column.lower() == condition.column.lower() for f in kept):
        return
    made.story = replace(made.story, filters=(*kept, condition))
    if says:
        made.assumed.append(Assumed(says=says, why=f'"{" ".join(words.split())}"'))


def _filter(
    made: Completed, text: str, mentioned: tuple[Mentioned, ...], names: tuple[str, ...]
) -> None:
    owner = next(_owners(made.story, text, mentioned), None)
    if owner:
        _add(made, Condition(column=owner, use="equals"), owner, f"by one {owner}")
    for column, value, words in read_states(text, names):
        where = f"{column} = '{value}'"
        told = column in names
        _add(made, Condition(column=column, use="equals", where=where),
             words, "" if told else f"by {where}")  # fmt: skip
    if not owner and (found := _of_one(made.story, text)):
        by = f"{snake(found['x'])}_id"
        _add(made, Condition(column=by, use="equals"), found[0], f"by {by}")
    empty = (*read_not_yet(text, names), *read_passed(text), *read_emptied(text))
    for where, words in empty:
        column = where.split()[0]
        _add(made, Condition(column=column, use="fixed", where=where), words, where)
    removed = _REMOVED.search(text)
    aged = tuple(read_aged(text, names)) if removed and not any(read_passed(text)) else ()
    for where, _ in aged:
        _add(made, Condition(column=where.split()[0], use="range", where=where))
    if removed and (aged or any(read_passed(text))):
        made.story = replace(made.story, deletes=True)
    for column, words in read_bounded(text):
        _add(made, Condition(column=column, use="range"), words)
    _searched(made, text)
    _ranges(made, text, names)


def deletes_old(text: str) -> bool:
    """Whether rows of an age are deleted: what was sent more than 60 days ago."""
    return bool(_REMOVED.search(text) and AGED.search(text))


def _searched(made: Completed, text: str) -> None:
    """What is looked for in several columns, in the words of a text, or in a list."""
    found = _IN_THESE.search(text) or _IN_ONE.search(text)
    if found:
        columns = re.findall(r"[a-z]\w*", re.sub(r"\b(?:and|or)\b", " ", found["list"]))
        kept = tuple(f for f in made.story.filters if f.column not in columns)
        made.story = replace(made.story, filters=kept)
        _add(made, Condition(column=columns[0], use="contains-text", others=tuple(columns[1:])),
             found[0], f"what is typed is looked for anywhere in {', '.join(columns)}")  # fmt: skip
    if found := _WORDS_OF.search(text):
        _add(made, Condition(column=found[0].split("@@")[0].strip(), use="fixed", where=found[0]))
    for column, type_ in read_types(text).items():
        if type_ == "boolean" and (word := re.search(rf"\b(un|not )?{column}\b(?! is a)", text)):
            unset = re.search(rf"\b(?:un|not ){column}\b", text, re.IGNORECASE)
            where = f"{column} = {'false' if unset else 'true'}"
            _add(made, Condition(column=column, use="fixed", where=where), (unset or word)[0])
        if type_.endswith("[]") and _HOLDS.search(text):
            _add(made, Condition(column=column, use="contains"))


def _owners(story: Story, text: str, mentioned: tuple[Mentioned, ...]) -> Iterator[str]:
    """Columns by which the rows of one are asked for, and of which the story has none yet."""
    taken = {f.column for f in story.filters} | {j.column for j in story.joins}
    if any(refers(f.column) for f in story.filters):
        return
    free = [m for m in mentioned if refers(m.name) and m.name not in taken and not m.grouped]
    yield from (m.name for m in free if not m.indexed)
    for each in (m for m in mentioned if m.indexed and m.name not in taken and "_" not in m.name):
        one = (
            rf"\b(?:of|for|by|per) (?:one|a|an|a single|each|a given|the) {re.escape(each.name)}\b"
        )
        if re.search(one, text, re.IGNORECASE):
            yield each.name
    for each in free:
        stem = stem_of(each.name)
        which = r"\b(?:of|for|by|per|one|an?|the|each|every|single|given)\s+(?:\w+\s+)?"
        one = rf"{which}{re.escape(stem)}\b"
        if re.search(rf"{one}|\b{re.escape(stem)}'s\b", text, re.IGNORECASE):
            yield each.name
    if _PERSON.search(text):
        yield from (m.name for m in free)


def _of_one(story: Story, text: str) -> re.Match[str] | None:
    """The words for the rows of one thing, where no column says which: offers of an instrument."""
    if any(refers(f.column) for f in story.filters) or story.joins or not story.filters:
        return None
    found = _OF_ONE.search(text)
    return found if found and is_thing(f"{found['x'].lower()}s") else None


def _ranges(made: Completed, text: str, names: tuple[str, ...]) -> None:
    """A span of time that is asked for, of a column that the words name."""
    sorted_ = {s.column for s in made.story.sorts}
    taken = {f.column for f in made.story.filters}
    times = [c for c in names if is_time(c) and c not in taken | sorted_]
    if times and (found := _RANGED.search(text)):
        _add(made, Condition(column=times[0], use="range"), found[0], f"a range of {times[0]}")


def _gather(made: Completed, text: str, names: tuple[str, ...]) -> None:
    """Sums, counts and different values, and by what they are grouped."""
    story = made.story
    summed = tuple(
        f"{'avg' if m['avg'] else 'sum'}({_figure(m['c'], text)})"
        for m in _SUMMED.finditer(_BEFORE_FIGURE.sub("", text))
        if m["c"].lower() not in _NO_FIGURE
    )
    if different := _DIFFERENT.search(text):
        summed = (f"count(DISTINCT {_figure(different['c'] or different['d'], text)})",)
    if summed:
        unit = _UNIT.search(text)
        word = unit and (unit["u"] or {"dai": "day"}.get(unit["ly"].lower(), unit["ly"])).lower()
        each = _FOR_EACH.search(text)
        by_each = f"{singular(each['x'].lower())}_id" if each and not unit else ""
        if not (unit or each or made.story.filters):
            return  # a total of everything, which no list or page asks for
        made.story = replace(
            story,
            sums=summed[:2],
            by_time=word or "",
            by_each=by_each,
            time=next((c for c in names if is_time(c)), ""),
        )
        if by_each:
            says = f"one sum for each {by_each}"
            made.assumed.append(Assumed(says=says, why=f'"{each[0] if each else ""}"'))
        time = next((c for c in names if is_time(c)), "")
        ranged = any(f.use == "range" for f in story.filters)
        if not ranged and (found := _RANGED.search(text)) and not time:
            says = "the time of a row is created_at"
            _add(made, Condition(column="created_at", use="range"), found[0], says)
        return
    if found := _DISTINCT.search(text):
        if found["c"].lower() not in _NO_FIGURE:
            made.story = replace(story, distinct=found["c"], table=story.table or found["t"])
    elif not story.sorts and _COUNTED.search(text):
        made.story = replace(story, counts=True)


def _figure(word: str, text: str) -> str:
    """The column that a word means: as it stands in a list of columns, else in the singular."""
    one = singular(word.lower())
    near = (c for c in read_types(text) if len(c) >= _ALIKE and word.lower().startswith(c))
    if column := next(near, ""):
        return column
    return word if re.search(rf"[(,]\s*{re.escape(word)}\s*[,)]", text) else one


def _sort(made: Completed, text: str, names: tuple[str, ...]) -> None:
    """The order and the page, where the story has none."""
    story = made.story
    if story.counts or story.sums or story.distinct:
        return
    null = {f.column for f in story.filters if "IS NULL" in f.where}
    free = tuple(n for n in names if n not in null)
    told = read_order(text, free)
    sorts = story.sorts
    if not sorts:
        sorts = tuple(Sort(column=o.column, descending=o.descending) for o in told)
        made.assumed += [
            Assumed(says=f"sorted by {o.column}{', newest first' * o.descending}",
                    why=f'"{o.words}"')
            for o in told
            if o.guessed
        ]  # fmt: skip
    elif told and told[0].descending and not any(s.descending for s in sorts):
        sorts = tuple(replace(s, descending=is_time(s.column)) for s in sorts)
    limit = story.limit or read_page(text)
    made.story = replace(story, sorts=sorts, limit=limit)


def names_of_tables(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of tables that stand in a text, so that none of them is taken for a column."""
    return tuple(n for n in names if re.search(rf"\b{re.escape(snake(n))}\b", text, re.IGNORECASE))
