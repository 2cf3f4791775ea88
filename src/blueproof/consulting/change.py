"""The consultation on a change of a live schema: steps from words, rehearsed on a PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.change.advise import advise_change, ask, conclude
from blueproof.advisors.change.hearing import may_change
from blueproof.advisors.change.owning import reads_change
from blueproof.advisors.change.reading import Open
from blueproof.advisors.change.told import Told
from blueproof.advisors.premises.judge import judge
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, QuestionKind
from blueproof.core.brief import Brief
from blueproof.core.errors import BlueproofError
from blueproof.intake.pasted import pasted_tables
from blueproof.intake.words.read import read_request
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove
from blueproof.sql.schema import Schema


def changed(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of a change that the words ask for; None where they ask for none."""
    told = _read(brief)
    if told is None:
        return None
    if isinstance(told, Open):
        asked = ask(told)
        draft = Draft(brief=brief, question_kind=kind, premises=judge(brief))
        with Bench() as bench:
            return prove(draft, lambda _kept, _proofs: asked, bench)
    progress("writing the steps")
    draft = replace(advise_change(brief, told, kind), premises=judge(brief))

    def said(kept: Draft, proofs: tuple[Proof, ...]) -> Conclusion:
        return conclude(told, kept, proofs)

    with Bench() as bench:
        return prove(draft, said, bench, progress)


def _read(brief: Brief) -> Told | Open | None:
    """The change as the words tell it, with what the tables say that stand beside or in them."""
    pasted = pasted_tables(brief.request)
    document = brief.document("schema")
    words = read_request(pasted.prose) if pasted else brief
    if not may_change(words):
        return None
    text = document.text if document else pasted.ddl if pasted else ""
    return reads_change(words, _schema(text) if text else None)


def _schema(text: str) -> Schema | None:
    """The tables of DDL; None where it cannot be read: the words are answered alone then."""
    from blueproof.engines.postgres.server import Server
    from blueproof.engines.postgres.twin import Twin

    try:
        with Server(schema=text) as server, Twin(server, text) as twin:
            return twin.schema
    except BlueproofError:
        return None
