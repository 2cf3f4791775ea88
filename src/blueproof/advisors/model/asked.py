"""The questions of design that a person puts beside their tale, answered for their tables."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from blueproof.advisors.model.design import Column, Model, Table
from blueproof.advisors.model.nouns import singular, table_name
from blueproof.advisors.model.prose.plain import unwrapped
from blueproof.advisors.model.told import Told

_I = re.IGNORECASE
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\s|$)|$)|[^\n]+")
_ASKS = re.compile(
    r"\?|^\s*(?:should|do|does|how|what|which|is it|can i|shall|would|uuid|enum|jsonb)\b"
    r"|\b(?:not sure|wondering|don't know|unsure) (?:if|whether|how)\b",
    _I,
)
_NUMBERS = r"(?:cents?|integers?|bigints?|numeric|decimals?|floats?|doubles?|money type|reals?)"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A kind of question: how it is put, and its answer for the tables of a model.

    An answer of "" says that the question is not about this model; `tells` is whether it says
    what is to be stored, too.
    """

    put: re.Pattern[str]
    answer: Callable[[str, Told, Model], str]
    tells: bool = False


def questions_in(text: str) -> tuple[str, ...]:
    """The sentences that put a question of design."""
    said = (" ".join(m[0].split()) for m in _SENTENCE.finditer(unwrapped(text)))
    return tuple(s for s in said if _ASKS.search(s) and any(q.put.search(s) for q in QUESTIONS))


def without_questions(text: str) -> str:
    """The text without its questions of design: what stands in them is told nowhere else."""
    plain = unwrapped(text)
    for match in _SENTENCE.finditer(plain):
        said = match[0]
        if _ASKS.search(said) and any(q.put.search(said) and not q.tells for q in QUESTIONS):
            plain = plain.replace(said, " ", 1)
    return plain


def answers(request: str, told: Told, model: Model) -> tuple[str, ...]:
    """The answer to each question that is put, in the order in which they are put."""
    found = [
        question.answer(sentence, told, model)
        for sentence in questions_in(request)
        for question in QUESTIONS
        if question.put.search(sentence)
    ]
    return tuple(dict.fromkeys(a for a in found if a))


def _tables_in(sentence: str, model: Model) -> list[Table]:
    """The tables whose things a sentence names, in its order."""
    words = re.findall(r"[a-z]+", sentence.lower())
    found: list[Table] = []
    for place, word in enumerate(words):
        for noun in (f"{words[place - 1]} {singular(word)}" if place else "", singular(word)):
            table = model.by_name.get(table_name(noun)) if noun else None
            heads = [t for t in model.tables if t.noun.rpartition(" ")[2] == noun]
            table = table or (heads[0] if len(heads) == 1 and noun else None)
            if table and table not in found:
                found.append(table)
                break
    return found


def _own(table: Table) -> set[str]:
    """The columns that the words name."""
    return {c.name for c in table.columns if c.said}


def _one_or_two(sentence: str, _told: Told, model: Model) -> str:
    named = _tables_in(sentence, model)
    of_kinds = next((t for t in (*named, *model.tables) if t.either and t in named), None)
    of_kinds = of_kinds or (
        next((t for t in model.tables if t.either), None) if len(named) < _TWO else None
    )
    if of_kinds:
        things = _listed([c.removesuffix("_id").replace("_", " ") for c in of_kinds.either])
        return (
            f"One {of_kinds.name} table, with a foreign key for each of {things}, of which exactly "
            f"one is given (CHECK num_nonnulls = 1); a table for each kind only where their "
            f"{of_kinds.name} come to differ in columns."
        )
    if len(named) < _TWO:
        return ""
    one, two = named[:2]
    differ = [
        f"{a.name} have {', '.join(sorted(_own(a) - _own(b)))}, which {b.name} have not"
        for a, b in ((one, two), (two, one))
        if _own(a) - _own(b)
    ]
    why = "; ".join(differ) or "each has its own references and rules"
    by = next((t for t in model.tables if {one.name, two.name} <= set(t.parents)), None)
    both = (
        f", and {by.name} name exactly one of them (CHECK num_nonnulls = 1)"
        if by and by.either
        else ""
    )
    return (
        f"Two tables, {one.name} and {two.name}: {why}{both}. One table with a kind column is "
        "better once both have the same columns and are always listed together."
    )


def _money(_sentence: str, _told: Told, model: Model) -> str:
    held = [f"{t.name}.{c.name}" for t in model.tables for c in t.columns if _is_money(c)]
    where = f" ({', '.join(held[:3])})" if held else ""
    return (
        f"Store money as numeric(12,2) with its currency{where}: exact as integer cents are, and "
        "read by everybody without dividing; never float. Bigint cents are right where a payment "
        "provider counts in them, or where speed of sums matters; round once, on the line."
    )


def _is_money(column: Column) -> bool:
    return column.type.startswith("numeric") and not column.name.endswith("rate")


def _keys(_sentence: str, _told: Told, _model: Model) -> str:
    return (
        "Bigint identity for the primary keys: half the size of a uuid in every foreign key and "
        "index. Uuid (version 7, uuidv7() in PostgreSQL 18) where clients make rows offline or "
        "ids stand in links that must not be guessed; then as a second, unique column."
    )


def _jsonb(sentence: str, _told: Told, model: Model) -> str:
    named = _tables_in(sentence, model)
    thing = named[0] if named else None
    if thing is None:
        return (
            "A table or plain columns for what you filter, join or must keep right; jsonb only for "
            "what differs from row to row and is read whole."
        )
    join = next((t for t in model.tables if t.kind == "join" and thing.name in t.parents), None)
    also = f" and {join.name}" if join else ""
    once = f", keeps {' and '.join(thing.unique[0])} unique" if thing.unique else ""
    return (
        f"{thing.name.replace('_', ' ').capitalize()} as a table ({thing.name}{also}), not jsonb: "
        f"a foreign key refuses one that is not there{once}, and a renaming is one row. Jsonb "
        "suits what differs from row to row and is read whole, never joined."
    )


def _enum(_sentence: str, _told: Told, model: Model) -> str:
    held = [f"{t.name}.{c.name}" for t in model.tables for c in t.columns if " IN ('" in c.check]
    where = f" ({', '.join(held[:3])})" if held else ""
    return (
        f"Text with a CHECK on its values{where}, not an enum: a value can be taken away again. A "
        "lookup table once the values get labels or an order, or people add them at run time."
    )


def _hours(_sentence: str, _told: Told, model: Model) -> str:
    table = next((t for t in model.tables if t.name == "opening_hours"), None)
    if table is None:
        return ""
    of = table.parents[0]
    return (
        f"Opening hours as one row for each stretch of a weekday: opening_hours "
        f"({singular(of)}_id, "
        "weekday, opens, closes), so lunch and dinner are two rows; closes before opens means past "
        "midnight. special_opening_hours holds single dates (both times empty: closed) and goes "
        f"before. Times are local, by {of}.time_zone."
    )


def _deleted(_sentence: str, _told: Told, model: Model) -> str:
    held = [t.name for t in model.tables if any(c.name == "deleted_at" for c in t.columns)]
    if held:
        return (
            f"Soft delete by deleted_at, in {_listed(held[:4])} only, and DELETE is refused there; "
            "unique rules then need WHERE deleted_at IS NULL where a name may come back."
        )
    return (
        "Real deletes, unless rows must be shown or restored later: each query must then ask for "
        "deleted_at IS NULL, and each unique rule needs that condition."
    )


def _tenants(_sentence: str, _told: Told, model: Model) -> str:
    if not model.tenant:
        return ""
    return (
        f"One set of tables with {model.tenant_column} in each, in the foreign keys too, and "
        "row-level security; a schema or database for each only where somebody must be restored or "
        "hosted alone."
    )


def _times(_sentence: str, _told: Told, _model: Model) -> str:
    return (
        "Timestamptz for moments, so that each is one instant whatever the reader's zone; date or "
        "time with the name of a zone for what is meant locally, such as opening hours."
    )


def _arrays(sentence: str, _told: Told, model: Model) -> str:
    named = _tables_in(sentence, model)
    names = {t.name for t in named}
    joins = (t for t in model.tables if t.kind == "join" and names & {*t.parents})
    join = next(joins, None)
    what = f"A table between the two ({join.name})" if join else "A table between the two"
    return f"{what}, not an array: an array has no foreign keys, and the pair takes no columns."


def _copies(_sentence: str, _told: Told, model: Model) -> str:
    held = [
        f"{t.name}.{c.name}"
        for t in model.tables
        for c in t.columns
        if c.name in {"agreed_price", "unit_price"}
    ]
    where = f" to {_listed(held[:3])}" if held else " to the row of the sale"
    return f"Yes, copy the price{where}: what was agreed must not change with the price list."


def _trees(_sentence: str, _told: Told, model: Model) -> str:
    held = [f"{t.name}.{t.tree}" for t in model.tables if t.tree]
    if not held:
        return ""
    return (
        f"{held[0]} and WITH RECURSIVE: moving a branch is one UPDATE. Ltree paths where whole "
        "branches are read far more often than they are moved."
    )


def _numbers(_sentence: str, _told: Told, model: Model) -> str:
    counter = next((g.table for t in model.tables for g in t.guards if g.kind == "gapless"), "")
    if not counter:
        return ""
    return (
        f"Numbers come from {counter}, raised in the transaction that issues: a sequence leaves a "
        "gap at each rollback, and max() + 1 gives two people the same number."
    )


def _sums(_sentence: str, _told: Told, model: Model) -> str:
    moves = next(((t, g) for t in model.tables for g in t.guards if g.kind == "moves"), None)
    if moves is None:
        return (
            "Compute it while it sums few rows; store it beside them, written by a trigger "
            "alone, once it is read far more often than it changes."
        )
    table, guard = moves
    return (
        f"Both: {guard.table}.{guard.figure} stores the current {guard.figure}; a trigger alone "
        f"writes it from {table.name}, so it can be explained and cannot drift. Computing alone is "
        "enough where each has few movements and nothing is refused below zero."
    )


def _listed(names: list[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if names[1:] else "".join(names)


_TWO = 2
_OR = r"[^.?!]{0,60}\b(?:or|vs\.?|versus)\b[^.?!]{0,60}"
QUESTIONS = (
    Question(
        put=re.compile(
            rf"\b(?:one|single|same|two|separate|single big)\b[^.?!]{{0,25}}\btables?\b{_OR}"
            rf"|\b(?:split|separate|merge|combine)\b[^.?!]{{0,60}}\btables?\b",
            _I,
        ),
        answer=_one_or_two,
    ),
    Question(
        put=re.compile(
            rf"\b{_NUMBERS}\b{_OR}\b{_NUMBERS}\b|\bhow\b[^.?!]{{0,30}}\bstore\b"
            r"[^.?!]{0,20}\b(?:money|prices|amounts)\b",
            _I,
        ),
        answer=_money,
    ),
    Question(
        put=re.compile(
            rf"\buuids?\b{_OR}|\b(?:bigint|serial|integers?|int|identity|auto-?increment\w*)\b{_OR}"
            r"\buuids?\b",
            _I,
        ),
        answer=_keys,
    ),
    Question(
        put=re.compile(
            rf"\bjsonb?\b{_OR}\b(?:tables?|columns?|relational|normali[sz]ed)\b"
            rf"|\b(?:tables?|columns?)\b{_OR}\bjsonb?\b|\b(?:use|as|in) jsonb?\b",
            _I,
        ),
        answer=_jsonb,
    ),
    Question(
        put=re.compile(
            rf"\benums?\b{_OR}|\b(?:lookup|reference) tables?\b{_OR}|\b(?:text"
            rf"|check)\b{_OR}\benums?\b",
            _I,
        ),
        answer=_enum,
    ),
    Question(
        put=re.compile(
            r"\b(?:how|where|which way)\b[^.?!]{0,40}\b(?:opening|business|working|store|shop) "
            r"(?:hours|times)\b",
            _I,
        ),
        answer=_hours,
        tells=True,
    ),
    Question(
        put=re.compile(r"\bsoft[- ]delet\w+|\bdeleted_at\b|\bis_deleted\b|\breally delete\b", _I),
        answer=_deleted,
    ),
    Question(
        put=re.compile(
            r"\b(?:schema|database|db|tables?) (?:per|for each|for every) [a-z]+\b"
            r"|\b(?:separate|own) (?:schemas?|databases?)\b",
            _I,
        ),
        answer=_tenants,
    ),
    Question(
        put=re.compile(r"\btimestamptz\b|\btime ?zones?\b|\btimestamps?\b[^.?!]{0,20}\bor\b", _I),
        answer=_times,
    ),
    Question(put=re.compile(rf"\barrays?\b{_OR}|\bjunction table\b{_OR}", _I), answer=_arrays),
    Question(
        put=re.compile(
            r"\b(?:copy|store|save|duplicate|repeat)\b[^.?!]{0,20}\bprices?\b[^.?!]{0,50}\b(?:line|"
            r"order|item|booking|ticket|invoice|sale)",
            _I,
        ),
        answer=_copies,
    ),
    Question(
        put=re.compile(
            r"\b(?:store|keep|save|have)\b[^.?!]{0,30}\b(?:quantity|balance|stock|totals?|counts?"
            r"|sum|amount)\b[^.?!]{0,30}\bor\b[^.?!]{0,30}\b(?:comput|calculat|sum|deriv|count|"
            r"from (?:the )?(?:movements|transactions|entries))",
            _I,
        ),
        answer=_sums,
    ),
    Question(
        put=re.compile(r"\b(?:parent_id|ltree|closure table|nested set|adjacency)\b", _I),
        answer=_trees,
    ),
    Question(
        put=re.compile(
            r"\b(?:sequence|serial|max\()[^.?!]{0,40}\b(?:numbers?|gaps?)\b|\bnumbers?\b"
            r"[^.?!]{0,40}\bsequence\b",
            _I,
        ),
        answer=_numbers,
    ),
)
