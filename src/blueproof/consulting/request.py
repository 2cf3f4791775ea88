"""The consultation on a request in words: a choice of back end, or what is known of the rest."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from blueproof.advisors.bill.advise import advise_bill, owns_bill
from blueproof.advisors.choose.own_stack import with_own_stack
from blueproof.advisors.choose.owning import owns, tells_of_app
from blueproof.advisors.deploy.owning import deploys
from blueproof.advisors.fits.telling import headline, with_headline
from blueproof.advisors.known.advise import (
    advise_known,
    asks_one_thing,
    is_answered,
    is_likely,
    needs_no_prices,
)
from blueproof.advisors.known.composite import with_composite
from blueproof.advisors.known.incident import asks_to_move, choice_second, is_incident
from blueproof.advisors.known.own_ci import with_own_ci
from blueproof.advisors.known.reproduction.owning import is_slow
from blueproof.advisors.known.trouble import with_trouble
from blueproof.advisors.observe.owning import observes
from blueproof.advisors.premises.judge import judge
from blueproof.advisors.saturated.judge import saturated, with_saturated
from blueproof.advisors.saturated.queueing import waits
from blueproof.advisors.starter.case import StarterCase, starts, wants_one
from blueproof.consulting.kinds import kind_of
from blueproof.consulting.parts import main_part, none_is_slow, parts_of, slow_part
from blueproof.consulting.troubling import troubled
from blueproof.consulting.ways import rebuilt_query, sure_way
from blueproof.core.blueprint import (
    Blueprint,
    Conclusion,
    Draft,
    Premise,
    Proof,
    Unproved,
)
from blueproof.core.brief import Brief
from blueproof.decide.reading import needs_of
from blueproof.intake.pasted_code import is_convex_code
from blueproof.intake.plans import ASKED
from blueproof.proof.bench import Bench
from blueproof.proof.beside import of_whole
from blueproof.proof.prove import prove

_TOLD = ("problem", "kind")
_SELECT = re.compile(
    r"\b(?:select\b.*?\bfrom|delete\s+from|update\s+\w+\s+set)\b", re.IGNORECASE | re.DOTALL
)
# How often something is called, in words or as the head of a column.
_CALLED = re.compile(r"\bcalls?\b|\b(?:a|per|/) ?(?:day|hour|min\w*|sec\w*)\b", re.IGNORECASE)
_ACTUAL = re.compile(r"\bactual[ _]|\bloops\b", re.IGNORECASE)
_NAMES_INDEX = "CREATE INDEX CONCURRENTLY ON "  # in an answer that nothing was timed for
_SHORT = 45  # words, in which hardly any app is described


def advise_request(
    brief: Brief, progress: Callable[[str], None] = lambda _: None, *, slow: bool = False
) -> Blueprint:
    """The blueprint of a request without a database at hand; code that comes with it leads."""
    if brief.document("code") or "```" in brief.request or is_convex_code(brief.request):
        from blueproof.consulting.code import advise_code  # what parses is loaded where code is

        found = advise_code(brief, progress, lambda words: _advised(words, progress, slow=slow))
        if found is not None:
            return found
    return _advised(brief, progress, slow=slow)


def _advised(brief: Brief, progress: Callable[[str], None], *, slow: bool) -> Blueprint:
    """The blueprint of the words."""
    found = troubled(brief, progress) or sure_way(brief, progress)
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
        unbuilt = rebuilt_query(slow_part(brief, parts), progress)
        if isinstance(unbuilt, Blueprint):
            return of_whole(unbuilt, brief)
    premises = judge(brief)
    first = full[0] if full else headline(brief, premises)
    if owns_bill(brief):
        draft, conclusion = advise_bill(brief, kind_of(brief), tuple(_apart(brief, premises)))
    else:
        decided = first is not None and first.decides
        # A load that decides may stand in another sentence than the question.
        chief = brief if needs_no_prices(brief) else main_part(brief, parts)
        draft, conclusion = _known(chief, premises, decided=decided)
        assumed = (*brief.assumptions, *draft.brief.assumptions)
        draft = replace(draft, brief=replace(brief, assumptions=tuple(dict.fromkeys(assumed))))
    conclusion = with_headline(with_saturated(conclusion, full), first)
    conclusion = with_composite(with_trouble(conclusion, brief), brief)
    conclusion = with_own_ci(with_own_stack(conclusion, brief), brief)
    if (owns(brief) or asks_to_move(brief)) and is_incident(brief):
        conclusion = choice_second(conclusion, brief)
    if isinstance(unbuilt, Unproved):
        draft = replace(draft, not_proved=(*draft.not_proved, unbuilt))
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)


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

    comparison = None if needs_no_prices(brief) else compared(brief)
    if comparison is None:
        return advise_known(brief, kind_of(brief), premises, decided=decided)
    from blueproof.advisors.services.telling import priced, with_prices

    found = priced(comparison)
    open_yet = bool(found.conclusion.open_questions)  # no bill: what is known has to answer
    draft, conclusion = advise_known(brief, kind_of(brief), premises, decided=not open_yet)
    return with_prices(draft, conclusion, found, keeps=open_yet or is_answered(brief))


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
    found = rebuilt_query(brief, progress) if brief.request not in {"", ASKED} else None
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


def _weighed(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on queries of which calls and times are told, if two or more are."""
    if not (_CALLED.search(brief.request) and _SELECT.search(brief.request)):
        return None
    from blueproof.consulting.weighing import weighed_queries

    return weighed_queries(brief, kind_of(brief), progress)


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
