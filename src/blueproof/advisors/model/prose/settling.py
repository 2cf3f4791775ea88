"""From what was heard to entities and relations: what is a thing, and how the things hang."""

from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.model import kinds
from blueproof.advisors.model.prose import things
from blueproof.advisors.model.prose.naming import is_column, is_someone, is_thing
from blueproof.advisors.model.prose.said import Hangs, Heard
from blueproof.advisors.model.told import Entity, Relation

_SURE = 2
_RANK = {"said": 0, "done": 1, "near": 2}
_SAME = (
    frozenset({"rental", "hire", "booking", "reservation"}),
    frozenset({"order", "purchase", "sale"}),
    frozenset({"enrolment", "enrollment", "registration", "signup"}),
    frozenset({"membership", "subscription"}),
    frozenset({"loan", "rental"}),
)


_LISTS = frozenset("order purchase donation delivery shipment transfer sale cart quote".split())
_PUPILS = frozenset({"pupil", "student", "kid"})
_PAPERS = ("document", "record", "file")
_NOT_TOLD = frozenset(
    {"table", "primary key", "foreign key", "key", "field", "model", "relation", "entity", "thread"}
)
_TAKES = frozenset({"booking", "reservation", "rental", "hire", "loan"})
_PIECES = frozenset({"item", "article", "piece", "copy", "unit", "set", "ski", "board"})
_IDENTITY = frozenset({"serial number", "barcode", "size", "condition", "code", "length", "colour"})


def entities_of(heard: Heard) -> tuple[str, ...]:
    """The nouns that have rows of their own, in the order in which they were heard."""
    sure = [n for n in heard.weights if _is_sure(n, heard)]
    _renamed(sure, heard)
    sure = [n for n in sure if heard.alias.get(n, "") not in sure and not _asked_for(n, sure)]
    for noun in sure:
        whole = _line_of(noun, sure, heard)
        if whole:
            heard.alias[noun] = whole
            sure[sure.index(noun)] = whole
    return tuple(dict.fromkeys(_same_as(noun, sure, heard) for noun in sure))


def _renamed(sure: list[str], heard: Heard) -> None:
    """Take note of nouns that are other words for one that is there."""
    for noun in sure:
        if noun.startswith("sub") and noun[3:].strip(" ") in sure:
            heard.alias[noun] = noun[3:].strip(" ")  # "categories can have subcategories"
    if "child" in sure and len(pupils := [n for n in sure if n in _PUPILS]) == 1:
        heard.alias["child"] = pupils[0]
    if {"stock", "inventory"} <= set(sure):
        heard.alias["inventory"] = "stock"
    for noun in sure:
        paper = next((n for n in sure if n in {f"{noun} {p}" for p in _PAPERS}), "")
        if paper and noun not in heard.columns:
            heard.alias[noun] = paper  # "we keep policies. A policy document has a title"
    for noun in sure:
        same = _member(noun, sure, heard)
        if same:
            heard.alias[noun] = same


def _is_sure(noun: str, heard: Heard) -> bool:
    if not is_thing(noun) or heard.weights[noun] < _SURE:
        return False
    if is_column(noun):  # a price, a status: only where it is a thing with parts
        hows = {"said", "done"} if noun in heard.made else {"said"}
        said = [h for h in heard.hangs if h.how in hows]
        return any(noun in {h.child, h.parent if not h.many else ""} for h in said)
    return True


def _asked_for(noun: str, nouns: list[str]) -> bool:
    """Whether it is but what is asked for: the leave of a leave request."""
    return any(n == f"{noun} request" for n in nouns)


def _line_of(noun: str, nouns: list[str], heard: Heard) -> str:
    """A line in the words of what it is a line of: "invoice line"."""
    if noun not in {"line", "entry", "position"} or any(kinds.head(n) == noun != n for n in nouns):
        return ""
    of = {h.parent for h in heard.hangs if h.child == noun and h.how == "said"} & set(nouns)
    return f"{min(of)} {noun}" if len(of) == 1 else ""


def _member(noun: str, nouns: list[str], heard: Heard) -> str:
    """Who the members of something are: those who join it."""
    if noun not in things.MEMBERS:
        return ""
    own = [h for h in heard.hangs if noun in {h.child, h.parent}]
    of = {p for h in own for p in (h.child, h.parent)} - {noun}
    for each in nouns:
        if each != noun and is_someone(each):
            pairs = [{h.child, h.parent} for h in heard.hangs]
            if of and all({each, group} in pairs for group in of):
                return each
    return ""


def _same_as(noun: str, nouns: list[str], heard: Heard) -> str:
    """The noun that it is another word for: "session" for "class session"."""
    longer = [n for n in nouns if n != noun and kinds.head(n) == noun]
    done = noun in heard.made and noun in kinds.DOCUMENTS  # "wards order": no purchase order
    if " " not in noun and len(longer) == 1 and not done:
        return longer[0]
    if noun in heard.made:
        family = [f for f in _SAME if kinds.head(noun) in f]
        for each in nouns:
            other = each not in heard.made and not (done and kinds.head(each) == noun)
            if other and any(kinds.head(each) in f for f in family):
                return each
    return noun


def left_out(nouns: tuple[str, ...], heard: Heard) -> tuple[str, ...]:
    """The things that were heard and are no table, no column and no other word for one."""
    named = {word for noun in nouns for word in noun.split()}
    columns = {name for names in heard.columns.values() for name in names}
    columns |= {c for key in heard.columns if key.startswith("=") for c in (key[1:],)}
    return tuple(
        noun
        for noun in heard.weights
        if is_thing(noun)
        and not is_column(noun)
        and not placed(noun, nouns, heard)
        and not named.issuperset(noun.split())
        and noun not in columns
        and noun not in heard.ours | _NOT_TOLD | {kinds.head(n) for n in heard.ours}
    )


def placed(noun: str, nouns: tuple[str, ...], heard: Heard) -> str:
    """The entity that a noun means; "" for none."""
    noun = heard.alias.get(noun, noun)
    if noun in nouns:
        return noun
    longer = [n for n in nouns if kinds.head(n) == noun]
    if len(longer) == 1:
        return longer[0]
    same = _same_as(noun, [*nouns, noun], heard)
    if same in nouns:
        return same
    head = kinds.head(noun)
    if " " in noun and head in nouns:
        return head
    if noun in things.ROLES:
        people = [n for n in nouns if is_someone(n)]
        return people[0] if len(people) == 1 else ""
    return ""


def entities_with_columns(nouns: tuple[str, ...], heard: Heard) -> Iterator[Entity]:
    """Each entity with the columns that were said of it."""
    values = {
        key.removeprefix("="): tuple(names["values"].split(","))
        for key, names in heard.columns.items()
        if key.startswith("=")
    }
    for noun in nouns:
        names: dict[str, None] = {}
        for said, columns in heard.columns.items():
            if not said.startswith("=") and placed(said, nouns, heard) == noun:
                names |= dict.fromkeys(columns)
        kept = tuple(n for n in names if not placed(n, nouns, heard))
        yield Entity(
            noun=noun,
            attributes=tuple(dict.fromkeys(n.replace(" ", "_").replace("-", "_") for n in kept)),
            values=tuple((n.replace(" ", "_"), values[n]) for n in kept if n in values),
        )


def relations_of(nouns: tuple[str, ...], heard: Heard) -> tuple[Relation, ...]:
    """The relations that were said; what stands beside gives way to what was said."""
    found: dict[tuple[str, str, str], Relation] = {}
    said = sorted(heard.hangs, key=lambda h: (_RANK[h.how], not h.many))
    owned = {(h.child, h.parent) for h in said if h.how == "said" and not h.many}
    for each in said:
        child, parent = placed(each.child, nouns, heard), placed(each.parent, nouns, heard)
        if not child or not parent or (child == parent and not each.role):
            continue
        known = _known(child, parent, each, found)
        both = each.how == "said" and (each.parent, each.child) in owned
        if known and not (both and not known.many):
            continue
        if known:
            del found[(known.child, known.parent, known.role)]
        payload = tuple(dict.fromkeys((*each.payload, *_of_pair(each, heard))))
        payload = tuple(p.replace(" ", "_").replace("-", "_") for p in payload)
        if _listed(child, parent, each):
            payload = payload or ("quantity",)
        found[(child, parent, each.role)] = Relation(
            child=child,
            parent=parent,
            many=each.many or both or _listed(child, parent, each),
            payload=payload,
            role=each.role,
            optional=each.optional,
        )
    taken = [_taken(r, [*found.values()], heard) for r in found.values()]
    return tuple(_on_lines(taken, heard.actors))


def _taken(each: Relation, relations: list[Relation], heard: Heard) -> Relation:
    """What is taken for a time lasts, and is taken again: items are of many bookings."""
    act, thing = each.parent, each.child
    if each.many or kinds.head(act) not in _TAKES or kinds.is_booking(thing):
        return each
    own = {c for noun, names in heard.columns.items() if noun == thing for c in names}
    lasting = [
        r.parent
        for r in relations
        if r.child == thing and not (r.many or r.parent == act or is_someone(r.parent))
    ]
    piece = kinds.head(thing) in _PIECES and (lasting or own & _IDENTITY)
    if not piece and not kinds.is_a(thing, kinds.RESOURCES):
        return each
    return Relation(child=act, parent=thing, many=True, payload=each.payload)


def _on_lines(relations: list[Relation], actors: set[str]) -> Iterator[Relation]:
    """What is ordered stands on the lines, where there are any."""
    lines = {
        r.parent: r.child
        for r in relations
        if not r.many and kinds.head(r.child) in {"line", "item", "position"}
    }
    for each in relations:
        line = lines.get(each.child, "")
        lasting = not (is_someone(each.parent) or each.parent in actors) and kinds.is_a(
            each.child, kinds.DOCUMENTS
        )
        there = any({line, each.parent} == {r.child, r.parent} for r in relations)
        act = kinds.is_a(each.parent, kinds.DOCUMENTS | kinds.BOOKINGS)
        if line and lasting and not act and each.parent != line and not there:
            yield replace(each, child=line, many=False, payload=())
        else:
            yield each


def _listed(child: str, parent: str, each: Hangs) -> bool:
    """Whether a document is of several products, each with its quantity: "orders for products"."""
    document = kinds.head(child) in _LISTS
    return document and each.several and kinds.head(parent) in kinds.GOODS and not each.role


def _known(
    child: str, parent: str, each: Hangs, found: dict[tuple[str, str, str], Relation]
) -> Relation | None:
    """What is known of the pair already; another role is another relation."""
    back = found.get((parent, child, "")) if child != parent else None
    return found.get((child, parent, each.role)) or (back if not each.role else None)


def _of_pair(each: Hangs, heard: Heard) -> tuple[str, ...]:
    """The columns that were said of a pair: "several owners with shares"."""
    return tuple(name for noun, name in heard.pairs if noun in {each.child, each.parent})
