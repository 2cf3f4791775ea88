"""Which requests wish for a query, and the tables that it is wished for on."""

from blueproof.advisors.query.tables import Given, loose_tables
from blueproof.core.brief import Brief
from blueproof.sql.wished import names_query, names_query_surely, wishes_rows

_LONGEST = 400  # words, beyond which a whole case is told and a query is one thing of many


def may_wish(brief: Brief) -> bool:
    """Whether it is worth looking for tables: quick, and true of too many."""
    return len(brief.request.split()) <= _LONGEST and (
        names_query(brief.request) or wishes_rows(brief.request)
    )


def given_tables(brief: Brief, pasted: tuple[str, str] | None) -> Given | None:
    """The tables of a wish: handed over, pasted (their DDL and the words beside), or told loosely.

    None where the words beside them wish for no query.
    """
    document = brief.document("schema")
    if document and not pasted:
        prose = " ".join(brief.request.split())
        return Given(ddl=document.text, prose=prose) if wishes_rows(prose) else None
    if pasted:
        told = Given(ddl=pasted[0], prose=pasted[1])
        return told if wishes_rows(told.prose) else None
    loose = loose_tables(brief.request)
    if loose is None:
        return None
    return loose if wishes_rows(loose.prose) else None


def wishes_without_tables(brief: Brief) -> bool:
    """Whether a query is wished for by its name, and no table is told."""
    return names_query_surely(brief.request) and loose_tables(brief.request) is None
