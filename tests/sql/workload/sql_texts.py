"""Queries made of parts, so that a test can say one of them in many ways."""

from dataclasses import dataclass

from hypothesis import strategies as st

TABLES = ("orders", "customers", 'public."Order Items"', "t1")
COLUMNS = ("id", "status", '"createdAt"', "o.total", "c2")
OPERATORS = ("=", "<>", "<", ">=", "LIKE", "->>", "@>")


@dataclass(frozen=True)
class Made:
    """A query: what it selects, from where, the conditions, and whether it has a LIMIT."""

    columns: tuple[str, ...]
    table: str
    conditions: tuple[tuple[str, str], ...]
    listed: str
    limited: bool


MADE = st.builds(
    Made,
    st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3).map(tuple),
    st.sampled_from(TABLES),
    st.lists(
        st.tuples(st.sampled_from(COLUMNS), st.sampled_from(OPERATORS)), min_size=1, max_size=3
    ).map(tuple),
    st.sampled_from(("", *COLUMNS)),
    st.booleans(),
)
TEXTS = st.text(st.sampled_from("ab'1;?$-*/\\ \nü%\"("), max_size=6)
VALUES = st.one_of(
    st.integers(-9, 10**6).map(str),
    st.decimals(0, 10**4, places=2).map(str),
    TEXTS.map(lambda text: "'" + text.replace("'", "''") + "'"),
    st.integers(1, 40).map(lambda number: f"${number}"),
    TEXTS.map(lambda text: "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"),
    st.sampled_from(("$$it's$$", "true", "NULL", "X'1F'")),
)
SPACES = st.sampled_from(
    (" ", "\n  ", "\t", " /* a 'word' */ ", " -- to the end; it's\n", " /* a /* b */ */ ")
)


@st.composite
def said(draw: st.DrawFn, made: Made) -> str:
    """The query with values, spaces, comments, case and lengths of lists as they come."""
    lists = st.lists(VALUES, min_size=1, max_size=4)
    words = ["SELECT", ", ".join(made.columns), "FROM", made.table, "WHERE"]
    for number, (column, operator) in enumerate(made.conditions):
        words += [*(["AND"] if number else []), column, operator, draw(VALUES)]
    if made.listed:
        words += ["AND", made.listed, "IN", f"({', '.join(draw(lists))})"]
    words += ["LIMIT", draw(VALUES)] if made.limited else []
    shown = [draw(st.sampled_from((w, w.lower()))) if w.isalpha() else w for w in words]
    gaps = [draw(SPACES) for _ in shown]
    text = "".join(word + gap for word, gap in zip(shown, gaps, strict=True))
    return (
        draw(st.sampled_from(("", " ", "/* before */ "))) + text + draw(st.sampled_from(("", ";")))
    )
