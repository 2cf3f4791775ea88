"""The recommendation to tell the planner how columns hang together."""

from datetime import date

from blueproof.advisors.postgres.choice import Cure
from blueproof.advisors.postgres.parts.migration import create_statistics
from blueproof.advisors.postgres.parts.wording import listed, shown_time
from blueproof.core.advice import Alternative, Recommendation
from blueproof.core.claim import Lints
from blueproof.core.evidence import Citation
from blueproof.sql.names import index_name

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/planner-stats.html",
    checked=date(2026, 11, 29),
    says="slow queries often come of plans chosen as if several columns were independent; extended "
    "statistics tell the planner how they hang together",
)


def advise_statistics(cure: Cure, rule: str) -> Recommendation:
    """The recommendation to make extended statistics, with the time that was measured of them."""
    wrong = cure.of
    columns = listed(wrong.columns)
    name = index_name(wrong.table, wrong.columns, frozenset()).removesuffix("_idx") + "_stats"
    purpose = f"{wrong.query} needs to know how {columns} of {wrong.table} hang together."
    migration = create_statistics(name, wrong.definition, wrong.table.rpartition(".")[0], purpose)
    return Recommendation(
        slot=f"statistics on {wrong.table} ({', '.join(wrong.columns)})",
        rule=rule,
        helps=(wrong.query,),
        choice=f"Create statistics {name} on {columns} of {wrong.table}",
        because=(
            f"{wrong.query}: the planner foretold {wrong.foretold:,.0f} rows of {wrong.table}, "
            f"{wrong.found:,.0f} came; on the copy it takes {shown_time(cure.with_it)} with the "
            f"statistics and {shown_time(cure.without)} without them, all else made",
        ),
        instead_of=(
            Alternative(
                choice="a larger default_statistics_target, or a hint",
                why_not="more detail on each column alone does not say how they hang together, and "
                "a hint stays when the rows have changed",
            ),
        ),
        trade_offs=(
            f"ANALYZE of {wrong.table} takes longer; no disk to speak of, and writes pay nothing",
        ),
        evidence=(DOCS,),
        claims=(Lints(file=migration.change),),
        files=migration.artifacts,
        schema_change=migration.change,
        table=wrong.table,
    )


def is_statistics(advice: Recommendation) -> bool:
    """Whether the advice is to make extended statistics."""
    return advice.slot.startswith("statistics on ")
