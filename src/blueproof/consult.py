"""The whole consultation: brief, advice, proof, blueprint."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # to import the package costs nothing
    from collections.abc import Callable

    from blueproof.core.blueprint import Blueprint
    from blueproof.core.brief import Brief
    from blueproof.core.scene import Excerpt


def consult(
    brief: Brief,
    progress: Callable[[str], None] = lambda _: None,
    *,
    slow: bool = False,
    statistics: Excerpt | None = None,
    measure: str | None = None,
) -> Blueprint:
    """The blueprint for a brief: as its words ask, else of the database or plan handed over.

    `slow` is whether proofs are carried out, too, that take minutes; `statistics` are those that
    were collected from the database, with the path that the person knows them by; `measure` is the
    connection string of a copy with rows, if queries may be timed on one.
    """
    from blueproof.consulting.dividing import divided
    from blueproof.consulting.parts import with_others
    from blueproof.proof.beside import of_whole, with_cited

    def advised(asked: Brief) -> Blueprint:
        return with_others(asked, _advised(asked, progress, statistics, measure, slow=slow))

    first, apart = divided(brief, progress)
    found = of_whole(advised(first), brief)
    if apart:
        from blueproof.advisors.known.advise import is_unsure

        unsure = is_unsure(found.answer)  # then it needs the words of the others
        found = advised(brief) if unsure else with_cited(found, apart)
    if brief.document("code") and (brief.document("schema") or brief.document("plan")):
        from blueproof.consulting.code import with_code_beside

        found = with_code_beside(brief, found)
    if brief.document("rules"):
        from blueproof.consulting.handed import with_handed_rules

        return with_handed_rules(brief, found)
    return found


def _advised(
    brief: Brief,
    progress: Callable[[str], None],
    statistics: Excerpt | None,
    measure: str | None,
    *,
    slow: bool,
) -> Blueprint:
    if brief.document("schema") and not (statistics or measure):
        from blueproof.sql.wished import wishes_rows

        if wishes_rows(brief.request):
            from blueproof.consulting.kinds import kind_of
            from blueproof.consulting.querying import queried

            asked = queried(brief, kind_of(brief), progress)
            if asked is not None:
                return asked
    if brief.document("schema"):
        from blueproof.consulting.handed import advise_words, with_queries_told

        if not (statistics or measure) and (in_words := advise_words(brief, progress, slow=slow)):
            return in_words
        from blueproof.consulting.database import advise_database

        return advise_database(with_queries_told(brief), progress, statistics, measure)
    if brief.document("plan"):
        from blueproof.consulting.request import advise_beside_plan

        return advise_beside_plan(brief, progress)
    from blueproof.consulting.request import advise_request

    return advise_request(brief, progress, slow=slow)
