"""The consultation on a request in words: a choice of back end, or what is known of the rest."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from blueproof.advisors.bill.advise import advise_bill, owns_bill
from blueproof.advisors.change.hearing import may_change
from blueproof.advisors.choose.owning import owns, tells_of_app
from blueproof.advisors.deploy.owning import deploys
from blueproof.advisors.fits.telling import headline, with_headline
from blueproof.advisors.known.advise import advise_known, asks_one_thing, is_answered, is_likely
from blueproof.advisors.known.incident import asks_to_move, choice_second, is_incident
from blueproof.advisors.known.reproduction.owning import is_slow, is_worth_reading
from blueproof.advisors.known.trouble import with_trouble
from blueproof.advisors.observe.owning import is_about_watching, observes
from blueproof.advisors.premises.judge import judge
from blueproof.advisors.saturated.judge import saturated, with_saturated
from blueproof.advisors.saturated.queueing import waits
from blueproof.advisors.starter.case import StarterCase, starts, wants_one
from blueproof.consulting.parts import main_part, none_is_slow, parts_of, slow_part
from blueproof.core.blueprint import (
    Blueprint,
    Conclusion,
    Draft,
    Premise,
    Proof,
    QuestionKind,
    Unproved,
)
from blueproof.core.brief import Brief
from blueproof.core.errors import InputError, SqlError
from blueproof.decide.reading import needs_of
from blueproof.intake.pasted import pasted_tables, with_pasted
from blueproof.intake.pasted_code import is_convex_code
from blueproof.intake.plans import ASKED
from blueproof.intake.words.asks import asks_in
from blueproof.proof.bench import Bench
from blueproof.proof.beside import of_whole
from blueproof.proof.prove import prove
from blueproof.sql.wished import names_query, wishes_rows

_TOLD = ("problem", "kind")
_SELECT = re.compile(
    r"\b(?:select\b.*?\bfrom|delete\s+from|update\s+\w+\s+set)\b", re.IGNORECASE | re.DOTALL
)
# How often something is called, in words or as the head of a column.
_CALLED = re.compile(r"\bcalls?\b|\b(?:a|per|/) ?(?:day|hour|min\w*|sec\w*)\b", re.IGNORECASE)
_ACTUAL = re.compile(r"\bactual[ _]|\bloops\b", re.IGNORECASE)
# What a person says whose policies are wrong, however slow they are, too.
_POLICIES = re.compile(
    r"\b(?:rls|row.level.security|row security|polic(?:y|ies)|infinite recursion|42P17|42501)\b",
    re.IGNORECASE,
)
# Rules of the Realtime Database in the words.
_DATABASE_RULES = re.compile(r"[\"']?rules[\"']?\s*:\s*\{(?s:.*)[\"']\.(?:read|write)[\"']\s*:")
_JUDGED = frozenset({"review", "is-this-fine"})  # tables alone are judged only then
_NAMES_INDEX = "CREATE INDEX CONCURRENTLY ON "  # in an answer that nothing was timed for
_SHORT = 45  # words, in which hardly any app is described
# Firebase Security Rules in the words.
_RULES = re.compile(
    r"\bmatch\s+/[^\n]*?\{(?s:.*)\ballow\s+(?:read|write|get|list|create|update|delete)"
)


def advise_request(
    brief: Brief, progress: Callable[[str], None] = lambda _: None, *, slow: bool = False
) -> Blueprint:
    """The blueprint of a request without a database at hand."""
    if brief.document("code") or "```" in brief.request:
        from blueproof.consulting.code import advise_code  # what parses is loaded where code is

        found = advise_code(
            brief, progress, lambda words: advise_request(words, progress, slow=slow)
        )
        if found is not None:
            return found
    ways = (
        _of_rules, _mended, _changed, _queried, _of_pasted, _metered, _whole, _modelled, _reviewed,
    )  # fmt: skip
    found = next((made for way in ways if (made := way(brief, progress))), None)
    if found is not None:
        return found
    progress("weighing what was said")
    found = _designed(brief, progress, slow=slow)
    if found is not None:
        return found
    unbuilt = None
    parts = parts_of(brief)
    full = saturated(brief)
    if (weighed := _weighed(brief, progress)) is not None:
        return of_whole(weighed, brief)
    elsewhere = owns_bill(brief) or _moves(brief) or none_is_slow(parts) or waits(brief.request)
    if is_slow(brief.request) and not elsewhere:
        unbuilt = _rebuilt(slow_part(brief, parts), progress)
        if isinstance(unbuilt, Blueprint):
            return of_whole(unbuilt, brief)
    premises = judge(brief)
    first = full[0] if full else headline(brief, premises)
    if owns_bill(brief):
        draft, conclusion = advise_bill(brief, kind_of(brief), tuple(_apart(brief, premises)))
    else:
        decided = first is not None and first.decides
        draft, conclusion = _known(main_part(brief, parts), premises, decided=decided)
        assumed = (*brief.assumptions, *draft.brief.assumptions)
        draft = replace(draft, brief=replace(brief, assumptions=tuple(dict.fromkeys(assumed))))
    conclusion = with_headline(with_saturated(conclusion, full), first)
    conclusion = with_trouble(conclusion, brief)
    if (owns(brief) or asks_to_move(brief)) and is_incident(brief):
        conclusion = choice_second(conclusion, brief)
    if isinstance(unbuilt, Unproved):
        draft = replace(draft, not_proved=(*draft.not_proved, unbuilt))
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)


def _mended(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The files of a delivery that is to be mended, if such were handed over."""
    if brief.document("delivery") is None:
        return None
    from blueproof.advisors.pipeline.owning import mends

    files = mends(brief)
    if files is None:
        return None
    from blueproof.consulting.mending import mended  # what starts the linters

    return mended(brief, files, kind_of(brief, "review"), progress)


def _designed(brief: Brief, progress: Callable[[str], None], *, slow: bool) -> Blueprint | None:
    """What is made as a whole: a back end chosen, an app begun, a delivery, a watch; if one is."""
    delivered = deploys(brief) and not asks_one_thing(brief)
    alone = delivered and len(needs_of(brief).options) <= 1
    if owns(brief) and not owns_bill(brief) and not alone and _is_choice(brief):
        return None if is_incident(brief) else _choose(brief, progress)
    if wants_one(brief, needs_of(brief)):
        return _start(brief, progress)
    if delivered:
        from blueproof.consulting.deployment import advise_deployment

        return advise_deployment(brief, kind_of(brief), progress, slow=slow)
    if observes(brief) and not asks_one_thing(brief):
        from blueproof.consulting.observing import advise_watching

        return advise_watching(brief, kind_of(brief), progress)
    return None


def _apart(brief: Brief, premises: tuple[Premise, ...]) -> Iterator[Premise]:
    """The premises that are no line of a bill, which was charged whatever a price list says."""
    billed = [" ".join(f.quote.split()) for f in brief.facts if f.key == "bill"]
    for premise in premises:
        if not any(" ".join(premise.quote.split()) in line for line in billed):
            yield premise


def _known(
    brief: Brief, premises: tuple[Premise, ...], *, decided: bool
) -> tuple[Draft, Conclusion]:
    """What is known, behind what the services that are named cost at the load that is told."""
    from blueproof.advisors.services.owning import compared  # reads the files of prices

    comparison = compared(brief)
    if comparison is None:
        return advise_known(brief, kind_of(brief), premises, decided=decided)
    from blueproof.advisors.services.telling import priced, with_prices

    found = priced(comparison)
    open_yet = bool(found.conclusion.open_questions)  # no bill: what is known has to answer
    draft, conclusion = advise_known(brief, kind_of(brief), premises, decided=not open_yet)
    return with_prices(draft, conclusion, found, keeps=open_yet or is_answered(brief))


def _of_tables(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on tables that stand in the request: on their policies, or as a whole.

    A slow query that comes with its tables is another matter.
    """
    pasted = pasted_tables(brief.request)
    if pasted is None or _SELECT.search(pasted.prose):
        return None
    if is_slow(pasted.prose) and not (pasted.guarded and _POLICIES.search(pasted.prose)):
        return None
    if not pasted.guarded and kind_of(brief) not in _JUDGED:
        return None
    from blueproof.consulting.database import advise_database  # a server is started

    try:
        return advise_database(with_pasted(brief, pasted), progress)
    except (SqlError, InputError):  # it is no SQL to the end: the words alone are answered
        return None


def _of_rules(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on security rules that were handed over, where the words ask of them."""
    if not brief.document("rules"):
        return None
    from blueproof.consulting.handed import advise_rules_asked

    return advise_rules_asked(brief, progress)


def _of_pasted(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on queries or rules that stand in the request, if they can be read."""
    of_tables = _of_tables(brief, progress)
    if of_tables is not None:
        return of_tables
    if brief.document("queries"):
        found = _rebuilt(brief, progress)
        if isinstance(found, Blueprint):
            return found
    if _RULES.search(brief.request):
        from blueproof.consulting.rules import advise_rules  # the reader of rules is many files

        return advise_rules(brief, progress)
    if _DATABASE_RULES.search(brief.request):
        from blueproof.consulting.rules import advise_database_rules

        return advise_database_rules(brief, progress)
    if is_convex_code(brief.request):
        from blueproof.consulting.convex_code import advise_convex_code

        return advise_convex_code(brief, progress)
    return None


def advise_beside_plan(brief: Brief, progress: Callable[[str], None] = lambda _: None) -> Blueprint:
    """The blueprint of a brief with a plan: its query rebuilt where that cures it, else as read.

    Made rows that show nothing say less than the plan, which has the person's own times. SqlError
    where no plan stands in it.
    """
    from blueproof.consulting.plan import advise_plan, is_cut  # the readers of plans are many files

    read = None
    if not (brief.document("queries") or _SELECT.search(brief.request)):
        read = advise_plan(brief, progress)
        if read.steps:  # it has a cure, and shows the query's order and page, which words seldom do
            return read
    found = _rebuilt(brief, progress) if brief.request not in {"", ASKED} else None
    if isinstance(found, Blueprint) and (
        found.recommendations
        or _is_migrated(found)
        or not _has_times(brief)
        or is_cut(brief)
        or (read is None and _NAMES_INDEX in found.answer)
    ):
        return found
    return read or advise_plan(brief, progress)


def _has_times(brief: Brief) -> bool:
    """Whether a plan was run, so that it says how long each step took."""
    return any(_ACTUAL.search(d.text) for d in brief.documents if d.role == "plan")


def _is_migrated(found: Blueprint) -> bool:
    """Whether an index was tried on the rows and won, which the clock alone recommends."""
    return any(file.path.startswith("migrations/") for file in found.artifacts)


def _changed(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The steps of a change of tables that are in use, if one is asked for."""
    if not may_change(brief):
        return None
    from blueproof.consulting.change import changed  # the kinds of change are many files

    return changed(brief, kind_of(brief), progress)


def _queried(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The query that is wished for on tables that are told, if one is."""
    if not wishes_rows(brief.request) and not names_query(brief.request):
        return None
    from blueproof.consulting.querying import queried  # a server is started

    return queried(brief, kind_of(brief), progress)


def _metered(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """What a bill of a metered product comes to and what lowers it, if one is told in words."""
    from blueproof.advisors.metered.may import may_tell

    if not may_tell(brief) or asks_in(brief.request):
        return None  # of several questions each has its own answer
    from blueproof.consulting.metering import metering  # the meters are large files

    return metering(brief, kind_of(brief), progress)


def _modelled(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The data model that is asked for as a whole, if one is."""
    from blueproof.advisors.model.owning import asks_model

    if not asks_model(brief):
        return None
    from blueproof.consulting.modelling import modelled  # what writes tables is many files

    return modelled(brief, kind_of(brief), progress)


def _whole(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The architecture on AWS that is asked for as a whole, if one is."""
    from blueproof.advisors.architecture.owning import asks_architecture

    if not asks_architecture(brief) or is_about_watching(brief):
        return None
    from blueproof.consulting.architecture import designed  # the prices are many files

    return designed(brief, kind_of(brief), progress)


def _weighed(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on queries of which calls and times are told, if two or more are."""
    if not (_CALLED.search(brief.request) and _SELECT.search(brief.request)):
        return None
    from blueproof.consulting.weighing import weighed_queries

    return weighed_queries(brief, kind_of(brief), progress)


def _rebuilt(brief: Brief, progress: Callable[[str], None]) -> Blueprint | Unproved | None:
    """The answer on a slow query without its schema, if that can be rebuilt."""
    if not is_worth_reading(brief):
        return None  # what reads queries and starts a server is half of all files
    from blueproof.consulting.reproduction import rebuilt

    return rebuilt(brief, progress)


def _reviewed(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The holes of a plan told in words, if they are asked for."""
    from blueproof.advisors.review.owning import may_ask

    if owns_bill(brief) or not may_ask(brief):
        return None  # the known holes are many files
    from blueproof.consulting.reviewing import review_of

    return review_of(brief, kind_of(brief), progress)


def _moves(brief: Brief) -> bool:
    """Whether another store is to be designed or moved to; what is slow is the reason then."""
    told = {key: next((str(f.value) for f in brief.facts if f.key == key), "") for key in _TOLD}
    return told["problem"] == "migration" and told["kind"] in {"build", "how"}


def _is_choice(brief: Brief) -> bool:
    """Whether a back end is to be chosen, and no single thing is asked of one that is named."""
    options = needs_of(brief).options
    if len(options) > 1:
        return True
    if len(brief.request.split()) <= _SHORT and is_likely(brief) and not tells_of_app(brief):
        return False
    return not (asks_one_thing(brief) if options else is_answered(brief))


def _choose(brief: Brief, progress: Callable[[str], None]) -> Blueprint:
    from blueproof.advisors.choose.advise import SLOT, advise, assumptions, conclude
    from blueproof.advisors.choose.case import Choice  # what decides is needed for this alone

    choice = Choice(brief)
    full = replace(brief, assumptions=(*brief.assumptions, *assumptions(choice)))
    draft = replace(advise(choice, full, kind_of(brief)), premises=judge(brief))
    first = headline(brief, draft.premises)
    if draft.recommendations and starts(brief, choice.needs) and not choice.is_settled:
        from blueproof.advisors.starter.advise import begin  # the composers are many files

        progress("writing the app")
        families = choice.needs.options or (choice.pick.option.family,)
        case = StarterCase(brief=full, needs=choice.needs, families=families)
        draft = begin(draft, case, needs=(SLOT,))

    def said(kept: Draft, _proofs: tuple[Proof, ...]) -> Conclusion:
        return with_headline(conclude(choice, kept), first)

    with Bench() as bench:
        return prove(draft, said, bench, progress)


def _start(brief: Brief, progress: Callable[[str], None]) -> Blueprint:
    """The app on the back end that was named."""
    from blueproof.advisors.starter.advise import begin, conclude  # as above

    progress("writing the app")
    needs = needs_of(brief)
    families = (*needs.current, *needs.options)
    case = StarterCase(brief=brief, needs=needs, families=families)
    draft = Draft(brief=brief, question_kind=kind_of(brief), premises=judge(brief))
    first = headline(brief, draft.premises)

    def said(kept: Draft, proofs: tuple[Proof, ...]) -> Conclusion:
        return with_headline(conclude(kept, proofs), first)

    with Bench() as bench:
        return prove(begin(draft, case, needs=()), said, bench, progress)


def kind_of(brief: Brief, otherwise: QuestionKind = "how") -> QuestionKind:
    """The kind of the question, as it was read."""
    kinds: dict[str, QuestionKind] = {
        "yes-no": "yes-no", "which": "which", "how-much": "how-much", "why": "why", "how": "how",
        "is-this-fine": "is-this-fine", "review": "review", "build": "build",
    }  # fmt: skip
    said = next((str(f.value) for f in brief.facts if f.key == "kind"), otherwise)
    return kinds[said]
