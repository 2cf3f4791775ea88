"""The type of a column and the kind of its values, from its uses and from its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from blueproof.facts.pattern import LatePattern

if TYPE_CHECKING:  # it brings the parser of SQL, which the names alone do not need
    from blueproof.sql.guessing.seen import Seen

Kind = Literal[
    "key", "reference", "state", "time", "seldom-time", "flag", "count", "money", "words",
    "label", "email", "code", "uuid", "date", "json", "list", "search", "coordinate", "address",
    "transaction",
]  # fmt: skip

_SNAKE = LatePattern(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS: tuple[tuple[str, Kind, str], ...] = (
    # what the name of a column ends with, what it holds, and its type
    (r"(?:deleted|archived|cancell?ed|revoked|banned|disabled|read|seen|processed|locked|expired"
     r"|verified|confirmed|accepted|completed|finished|shipped|paid|closed|resolved|refunded)_at",
     "seldom-time", "timestamptz"),
    (r"(?:.*_)?(?:at|time|timestamp|ts|datetime)|created|updated|modified"
     r"|inserted|started|start|begin|end|.*_(?:since|until|ts)|(?:start|run|process|retry|not)_?after"
     r"|(?:start|creat|updat|modifi|insert|finish|complet|expir|archiv|schedul|send|process)(?:ed|s)?"
     r"(?:on|at|before|date|time)",
     "time", "timestamptz"),
    (r"(?:.*_)?(?:date|day|dob|birthday)|.*_on|month", "date", "date"),
    (r"(?:is|has|can|was|should|allow)_.*|active|enabled|disabled|archived|deleted|visible|hidden"
     r"|public|private|published|verified|paid|unread|seen|processed|completed|done|featured"
     r"|flagged|spam|default|featured", "flag", "boolean"),
    (r"(?:.*_)?(?:price|amount|total|subtotal|cost|balance|fee|tax|salary|revenue|discount)"
     r"|(?:.*_)?(?:total|amount|price)_(?:usd|eur|cents)", "money", "numeric(12,2)"),
    (r"lat|lng|lon|latitude|longitude|(?:.*_)?(?:lat|lng|latitude|longitude)",
     "coordinate", "double precision"),
    (r"(?:.*_)?(?:count|qty|quantity|num|score|rank|priority|age|year|likes|views|votes|points"
     r"|position|size|length|duration|stock|attempts|retries|rating|weight|height|bytes|sequence"
     r"|seq|version|karma)", "count", "integer"),
    (r"(?:.*_)?(?:status|state|type|kind|role|category|currency|country|country_code|gender|level"
     r"|queue|severity|plan|tier|channel|platform|provider|language|locale|lang|action|unit"
     r"|method|event|event_type|event_name|stage|source|region|color|brand|department|metric"
     r"|environment|env)", "state", "text"),
    (r"(?:.*_)?e?mail", "email", "text"),
    (r"(?:.*_)?(?:uuid|guid)", "uuid", "uuid"),
    (r"(?:.*_)?(?:token|hash|slug|sku|phone|handle|username|code|key|serial|serial_no|number|no"
     r"|ref|reference|barcode|ean|isbn|url|path|fingerprint|external_id)", "code", "text"),
    (r"(?:ip|ip_address|(?:.*_)ip)", "address", "inet"),
    (r"(?:.*_)?(?:tsv|tsvector|search_vector|fts|textsearch)", "search", "tsvector"),
    (r"metadata|payload|attributes|properties|props|jsonb?|.*_jsonb?", "json", "jsonb"),
    (r"(?:.*_)?(?:description|body|content|text|message|notes?|comment|bio|summary|details)",
     "words", "text"),
    (r"(?:.*_)?(?:name|title|subject|city|address|company|street|firstname|lastname|label)",
     "label", "text"),
)  # fmt: skip
_NAMED = tuple((LatePattern(pattern), kind, type_) for pattern, kind, type_ in _WORDS)
_BY_SIGN: tuple[tuple[str, Kind, str], ...] = (
    ("transaction", "transaction", "xid8"),
    ("search", "search", "tsvector"),
    ("list", "list", "text[]"),
    ("json", "json", "jsonb"),
    ("json or list", "json", "jsonb"),
    ("uuid", "uuid", "uuid"),
    ("local time", "time", "timestamp without time zone"),
    ("time", "time", "timestamptz"),
    ("date", "date", "date"),
    ("flag", "flag", "boolean"),
    ("text", "label", "text"),
    ("fraction", "money", "numeric(12,2)"),
    ("number", "count", "integer"),
)
_FITTING: dict[str, frozenset[Kind]] = {  # kinds by name that a sign may leave as they are
    "text": frozenset({"state", "email", "code", "words", "label"}),
    "date": frozenset({"time", "seldom-time", "date"}),
    "time": frozenset({"time", "seldom-time"}),
    "number": frozenset({"count", "money", "reference", "key", "coordinate", "state"}),
    "fraction": frozenset({"count", "money", "coordinate"}),
}
_ALWAYS_THERE: frozenset[Kind] = frozenset({"key", "reference", "time", "flag", "state"})
_KEYS = frozenset({"id", "pk", "gid"})  # names of what a row is known by; gid in tables of maps
_OF_THE_ROW = frozenset({"uuid", "guid"})  # names of what each row is known by
_REFERS = LatePattern(
    r"(?P<stem>.+)_(?:id|uuid|fk)"
    r"|(?P<written>user|account|customer|client|order|product|item|post|topic|thread|group|project"
    r"|member|parent|owner|author|category|company|team|device|event|message|session|object|entity"
    r"|person|patient|student|course|site|shop|store|job|task|file|document|tenant|org|vendor)id"
)
# A word that many rows may have; '<email>', 'a@b.c' and 'X-4711' are those of one or a few.
_STATE = LatePattern(r"[A-Za-z][A-Za-z_ -]*|\d{1,2}|")
NOTHING_TELLS = "nothing tells"
_LARGEST_INTEGER = 2**31 - 1
_PLURALS = ("s", "es")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as guessed: its type, the kind of its values, and what the guess rests on."""

    name: str
    type: str
    kind: Kind
    why: str
    nullable: bool = True


def snake(name: str) -> str:
    """The name with underscores between its words.

    >>> snake("createdAt"), snake("tenantId")
    ('created_at', 'tenant_id')
    """
    return _SNAKE.sub("_", name).lower()


def stem_of(name: str) -> str:
    """What a column refers to by its name: "customer" of customer_id; "" of others.

    >>> stem_of("customer_id"), stem_of("total")
    ('customer', '')
    """
    found = _REFERS.fullmatch(snake(name))
    return (found["stem"] or found["written"]) if found else ""


def guess_column(seen: Seen) -> Column:
    """The column's type: what operators and constants say first, then what its name says."""
    plain = snake(seen.name)
    if "uuid in text" in seen.signs:
        return _column(seen, "uuid", "text", "it is cast to uuid")
    if plain in _KEYS or stem_of(seen.name):
        return _of_key(seen, plain)
    told = next((s for s in _BY_SIGN if s[0] in seen.signs), None)
    return _told(seen, _by_name(plain), *told) if told else _untold(seen, _by_name(plain))


def _untold(seen: Seen, named: tuple[Kind, str] | None) -> Column:
    """A column that is compared with nothing that tells."""
    if named and named[0] == "json" and "sorted" in seen.signs:
        return _column(seen, "count", "integer", "its largest value is asked for")
    if named:
        return _column(seen, named[0], named[1], "its name")
    if seen.empty and not seen.compared:
        return _column(seen, "seldom-time", "timestamptz", "it is held against NULL alone")
    return _column(seen, "label", "text", NOTHING_TELLS)


def _told(seen: Seen, named: tuple[Kind, str] | None, sign: str, kind: Kind, type_: str) -> Column:
    """A column whose uses tell its type; the name says more where it fits."""
    if named and named[0] in _FITTING.get(sign, ()):
        if sign == "number" and named[0] == "state":
            return _column(seen, "state", "integer", "its name and the number it is held against")
        return _column(seen, named[0], named[1], "its name and what it is compared with")
    if sign == "json or list" and not named and seen.name.endswith("s"):
        kind, type_ = "list", "text[]"
    if kind == "list" and seen.array:
        type_ = seen.array
    if sign == "text" and seen.literals and "like" not in seen.signs:
        kind = "state" if all(map(_STATE.fullmatch, seen.literals)) else "label"
    return _column(seen, kind, type_, "what it is compared with")


def _is_large(literal: str) -> bool:
    """Whether a constant is a number that no integer holds."""
    return literal.lstrip("-").isdecimal() and abs(int(literal)) > _LARGEST_INTEGER


def _column(seen: Seen, kind: Kind, type_: str, why: str) -> Column:
    if type_ == "integer" and any(map(_is_large, seen.literals)):
        type_ = "bigint"
    return Column(
        name=seen.name,
        type=type_,
        kind=kind,
        why=why,
        nullable=seen.empty or not (kind in _ALWAYS_THERE or snake(seen.name) in _OF_THE_ROW),
    )


def _by_name(plain: str) -> tuple[Kind, str] | None:
    return next(((kind, type_) for p, kind, type_ in _NAMED if p.fullmatch(plain)), None)


def _of_key(seen: Seen, plain: str) -> Column:
    if "uuid" in seen.signs or (plain.endswith("_uuid") and not seen.signs):
        type_ = "uuid"
    elif "text" in seen.signs:
        type_ = "text"
    else:
        type_ = "bigint"
    kind: Kind = "key" if plain in _KEYS else "reference"
    return _column(seen, kind, type_, "its name")


def by_type(name: str, type_: str, values: tuple[str, ...] = ()) -> Kind | None:
    """The kind of values that fits a column whose type is known; None where none does."""
    plain = snake(name)
    named = _by_name(plain)
    base = type_.partition("(")[0].strip().lower()
    if base.endswith("[]"):
        return "list"
    if values:
        return "state"
    if base in {"text", "character varying", "varchar", "character", "citext", "bpchar", "char"}:
        texts = {"state", "email", "code", "words", "label"}
        return named[0] if named and named[0] in texts else "label"
    if base.startswith("timestamp"):
        return named[0] if named and named[0] in {"time", "seldom-time"} else "time"
    if base in {"bigint", "integer", "smallint", "int", "int4", "int8"}:
        return "reference" if stem_of(name) else "key" if plain == "id" else "count"
    return _BASES.get(base)


_BASES: dict[str, Kind] = {
    "numeric": "money", "double precision": "coordinate", "real": "coordinate", "date": "date",
    "boolean": "flag", "uuid": "uuid", "json": "json", "jsonb": "json", "tsvector": "search",
    "inet": "address",
}  # fmt: skip


def is_key(name: str) -> bool:
    """Whether a column is by its name the key of its own table.

    >>> is_key("pk"), is_key("patient_id")
    (True, False)
    """
    return snake(name) in _KEYS


def is_called(table: str, stem: str) -> bool:
    """Whether a table's name is that of the thing, in the singular or plural.

    >>> is_called("companies", "company"), is_called("orders", "order"), is_called("orders", "user")
    (True, True, False)
    """
    own = snake(table.rpartition(".")[2])
    if not stem:
        return False
    ies = f"{stem[:-1]}ies" if stem.endswith("y") else stem
    return own in {stem, ies, *(f"{stem}{end}" for end in _PLURALS)}
