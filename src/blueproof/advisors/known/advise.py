"""What can be said of a request that no advisor owns: its sums, its facts, what to bring."""

from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.known.answers import nearby, told
from blueproof.advisors.known.by_load import by_load
from blueproof.advisors.known.by_options import asks_need, by_name, by_options
from blueproof.advisors.known.evidence import Bring, bring, subject
from blueproof.advisors.known.found import Found
from blueproof.advisors.known.ids_left import OF_IDS, ids_left
from blueproof.advisors.known.products import products
from blueproof.advisors.known.ranking import assured, likelihood, probable, ranked
from blueproof.advisors.known.slow.telling import lacks_columns, told_of_slowness
from blueproof.advisors.known.sums import overruled, sums
from blueproof.advisors.known.told import Told, evidence, lowered, sentence
from blueproof.core.advice import Finding
from blueproof.core.blueprint import Conclusion, Draft, Premise, QuestionKind, Unproved
from blueproof.core.brief import Brief, Fact
from blueproof.core.evidence import Citation
from blueproof.core.question import Question
from blueproof.facts.entries import Choice, Pattern

_MOST_NAMED, _LONGEST, _MOST_SUMS = 4, 90, 3
ANSWER, _BESIDE = "known-answer", "known-fact"  # what rests on a source, and what stands beside
_WHOLE = 0.65  # of a way to ask, from which an entry is near though no product is named
_CLEARLY = 0.95  # of a way to ask, which is as good as the columns
_WHOLLY = 4.2  # the score of an entry that answers a request for which a design could be made
_INSTANCES = frozenset({"pods", "instances", "tasks", "workers", "lambdas", "containers"})
_THIN = 12  # words of a question whose causes are answer enough
_SHORT_ASK = 25  # words of a question that wants an answer as short
NEAR = 0.3  # likelihood from which the first is near, by whatever signs
_LOOKED_AT = 3  # entries that may be shown
# Problems whose id does not read well in a sentence.
_ABOUT = {
    "choose-technology": "this choice",
    "troubleshoot": "this failure",
    "deploy-cicd": "deployment",
    "aws-architecture": "AWS architecture",
    "db-performance": "database performance",
    "slow-requests": "what makes this slow",
    "iac-structure": "the structure of infrastructure code",
    "security-compliance": "security and compliance",
    "cost": "this cost",
    "scale": "this scale",
    "auth": "sign-in",
    "realtime": "real-time delivery",
    "connections": "these connections",
    "migration": "this migration",
    "storage-upload": "files and uploads",
}
_UNTRIED = Unproved(
    statement="the index or rewrite",
    why="it is read from words; with the schema and the query every index is tried on a planner",
)
_COLUMNS = (
    "Which index serves it depends on the columns that the query filters and sorts by: name them, "
    "or paste the query."
)
_WHOLE_FROM = 10_000  # from here on no decimals are said
_DOUBT = "Likely, not surely, your case"
_NOT_SURE = "I am not sure"
_NONE_CHECKED = "I have no checked fact on"
_LOST = "I could not tell what this is about: name the system, what happens, and what you want."


def is_unsure(answer: str) -> bool:
    """Whether an answer says that nothing checked is surely about what was asked."""
    return answer.startswith((_NOT_SURE, _NONE_CHECKED))


def is_answered(brief: Brief) -> bool:
    """Whether an entry clearly answers."""
    return assured(ranked(brief)) is not None


def is_short_and_known(brief: Brief) -> bool:
    """Whether it is a short question to which an entry clearly answers: as shortly."""
    return len(brief.request.split()) <= _SHORT_ASK and is_answered(brief)


def is_likely(brief: Brief) -> bool:
    """Whether an entry answers, surely or likely."""
    return probable(ranked(brief)) is not None


def needs_no_prices(brief: Brief) -> bool:
    """Whether the load told decides that something is not needed, before any price is asked."""
    return asks_need(brief) and by_load(ranked(brief), brief) is not None


def asks_one_thing(brief: Brief) -> bool:
    """Whether one entry answers so clearly that nobody wants a whole design."""
    best = assured(ranked(brief))
    return best is not None and best.score >= _WHOLLY and best.share >= _WHOLE


def answer_of(found: Found, brief: Brief, *, sure: bool) -> tuple[Told, Finding]:
    """What one entry answers, with its source; said to be the likeliest only, where unsure."""
    part = told(found, brief)
    source = _published(found.entry.citation, ANSWER, found.entry.says)
    return (part if sure else _with_doubt(part)), source


def beside(found: Found, brief: Brief) -> Finding:
    """One entry as it stands beside an answer."""
    return _published(found.entry.citation, _BESIDE, nearby(found, brief))


def advise_known(
    brief: Brief, kind: QuestionKind, premises: tuple[Premise, ...], *, decided: bool = False
) -> tuple[Draft, Conclusion]:
    """The draft and its conclusion: the entry that answers, and what stands beside it.

    `decided` is whether the person's own figures answer, so that nothing unsure is to be said.
    """
    ranking = ranked(brief)
    printed = any(f.printed for f in ranking[:1])  # an error's own text tells by itself
    slow = told_of_slowness(brief)
    named = any(f.share >= _WHOLE and f.close for f in ranking[:1])  # by the words of its own
    lost = not (slow or printed or named or _telling(brief) or probable(ranking))
    judged = tuple(p for p in premises if p.verdict != "unknown")
    found = () if lost else ranking
    reckoned = _reckoned_for(found, brief) or by_load(found, brief)
    sure = by_name(found, brief) or assured(found) or reckoned or by_options(found, brief)
    likely = sure or probable(found)
    best = None if slow or _is_vague(likely, brief) else likely
    part = slow or (told(best, brief) if best else Told(sentences=()))
    if best and not sure:
        part = _with_doubt(part)
    shown = _beside_slow(sure) if slow else _shown(found, best, brief)
    few = bool(part.hypotheses) and len(brief.request.split()) <= _THIN
    others = () if few else tuple(_beside(shown, best, {p.because for p in judged}))
    near = tuple(beside(f, brief) for f in others)
    problem = subject(brief)
    asked = bring(brief, problem)
    said = tuple(_answer(brief, judged, part))
    open_yet = () if said else tuple(_unsure(brief, problem, near))
    wished = () if judged or part.sentences else tuple(_wished(brief, near, asked))
    draft = Draft(
        brief=brief,
        question_kind=kind,
        premises=premises,
        recommendations=(part.recommendation,) if part.recommendation else (),
    )
    return draft, Conclusion(
        answer=_LOST if lost else " ".join((*said, *(() if decided else (*open_yet, *wished)))),
        hypotheses=part.hypotheses,
        steps=part.steps,
        findings=(
            *((_published(best.entry.citation, ANSWER, best.entry.says),) if best else ()),
            *near,
        ),
        open_questions=part.questions if best or slow or lost else _brought(asked),
        artifacts=part.artifacts,
        not_proved=() if lost else (_UNTRIED if slow else _unproved(problem, best, sure),),
    )


def _reckoned_for(found: tuple[Found, ...], brief: Brief) -> Found | None:
    """The entry that a sum of the person's own figures is about, where it is among those found."""
    if not next(ids_left(brief), ""):
        return None
    return next((each for each in found[:_LOOKED_AT] if each.entry.id == OF_IDS), None)


def _is_vague(sure: Found | None, brief: Brief) -> bool:
    """Whether what was found is less than the columns that the words do not name."""
    clear = sure is not None and (bool(sure.printed) or sure.share >= _CLEARLY)
    return not clear and lacks_columns(brief)


def _beside_slow(sure: Found | None) -> tuple[Found, ...]:
    """What may stand beside a slow query's index: no second diagnosis, no limit."""
    return (sure,) if sure and isinstance(sure.entry, Choice | Pattern) else ()


def _shown(found: tuple[Found, ...], best: Found | None, brief: Brief) -> tuple[Found, ...]:
    """The entries that may stand beside; where none answers and no product is named, near ones."""
    named = any(f.key == "technology" for f in brief.facts)
    shown = found if best or named else tuple(f for f in found if f.share >= _WHOLE)
    # To know nothing is better than a neighbour that is none.
    far = any(f.far for f in shown[:1]) and likelihood(found) < NEAR
    far = far or lacks_columns(brief)
    return () if not best and far else shown


def _beside(found: tuple[Found, ...], best: Found | None, said: set[str]) -> Iterator[Found]:
    """The entries that speak to the request beside the one that answers."""
    for each in found[:_LOOKED_AT]:
        if each is not best and each.close and each.entry.says not in said:
            yield each


def _published(citation: Citation, rule: str, says: str) -> Finding:
    return Finding(rule=rule, where="published", says=says, evidence=(citation,))


def _telling(brief: Brief) -> bool:
    """Whether anything but the kind of the question was understood."""
    told = any(f.key in {"technology", "feature", "rate"} for f in brief.facts) or any(
        f.key == "problem" and f.quote for f in brief.facts
    )
    return told or bool(products(brief.request)) or bool(next(sums(brief), ""))


def _with_doubt(part: Told) -> Told:
    """What is told, said to be the likeliest only; a cause says so by itself."""
    if part.hypotheses:
        return part
    first, *others = part.sentences
    return replace(part, sentences=(f"{_DOUBT}: {lowered(first)}", *others))


def _unproved(problem: str, best: Found | None, sure: Found | None) -> Unproved:
    if best and not sure:
        why = "its words meet yours only in part"
        return Unproved(statement="that this is your case", why=why)
    if best is None:
        why = "nothing that we checked is surely about it: there are facts, and no recommendation"
        return Unproved(statement=f"advice on {_about(problem)}", why=why)
    if isinstance(best.entry, Pattern):
        why = "its code was attacked on a real PostgreSQL when this version was made, not in yours"
        return Unproved(statement=best.entry.name, why=why)
    return Unproved(statement="the answer", why="it rests on its source; no engine checks it here")


def _about(problem: str) -> str:
    return _ABOUT.get(problem, problem.replace("-", " ") or "this request")


def _short(quote: str) -> str:
    """The quote, cut where it is long."""
    plain = " ".join(quote.split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST].rsplit(' ', 1)[0]} ..."


def _first(brief: Brief, key: str) -> str:
    return next((str(f.value) for f in brief.facts if f.key == key), "")


def _answer(brief: Brief, judged: tuple[Premise, ...], part: Told) -> Iterator[str]:
    """What is right or wrong in the words first, then what answers, sums, what would decide."""
    for premise in judged[:1]:
        verdict = "is not so" if premise.verdict == "wrong" else "is right"
        yield f'"{_short(premise.quote)}" {verdict}: {premise.because}.'
    refused = overruled(brief)
    if refused:
        yield f"No: {refused}."
    left = next(ids_left(brief), "")
    if left:  # how long there is decides how it is done
        yield sentence(left)
    yield from part.sentences
    told = {s for s in sums(brief) if any(s in each for each in part.sentences)}
    yield from _reckoned(brief, {refused, left, *told})
    if not part.sentences and lacks_columns(brief):
        yield _COLUMNS


def _wished(brief: Brief, beside: tuple[Finding, ...], wanted: Bring | None) -> Iterator[str]:
    """The evidence that would decide, where something hurts or nothing else is there."""
    hurts = any(f.key == "pain" for f in brief.facts)
    if wanted and (hurts or not beside):
        yield wanted.sentence


def _reckoned(brief: Brief, told: set[str]) -> Iterator[str]:
    """The sums that the request's figures make, but for those that are told."""
    yield from _sums(brief)
    yield from (sentence(each) for each in sums(brief) if each not in told)
    for product in products(brief.request)[:_MOST_SUMS]:
        yield f"{product}."


def _unsure(brief: Brief, problem: str, beside: tuple[Finding, ...]) -> Iterator[str]:
    """The nearest entries, said as no more than that; or that there is none."""
    which = (
        "which of these is your case; the nearest" if len(beside) > 1 else "that it is your case"
    )
    for finding in beside[:1]:
        yield sentence(f"{_NOT_SURE} {which}: {lowered(finding.says)}")
    if not beside:
        named = ", ".join(dict.fromkeys(_named(brief)))
        on = f" with {named}" if named else ""
        yield f"{_NONE_CHECKED} {_about(problem)}{on}."


def _named(brief: Brief) -> Iterator[str]:
    for fact in [f for f in brief.facts if f.key == "technology"][:_MOST_NAMED]:
        yield fact.quote or str(fact.value)


def _sums(brief: Brief) -> Iterator[str]:
    pooled = any("connections" in each for each in sums(brief))
    for fact in brief.facts:
        if fact.key == "rate" and not fact.unit.startswith(("USD", "connections")):
            if pooled and fact.unit in _INSTANCES:
                continue  # the pool of one kind read as the number of another
            yield f"Your figures make {_rate(fact)}."


def _plain(value: float) -> str:
    """The value without an exponent: whole from ten thousand on, else four figures."""
    return f"{value:,.0f}" if abs(value) >= _WHOLE_FROM else f"{value:,.4g}"


def _rate(fact: Fact) -> str:
    value = fact.value if isinstance(fact.value, str) else _plain(float(fact.value))
    return f"{value} {fact.unit} ({fact.role})"


def _brought(wanted: Bring | None) -> tuple[Question, ...]:
    """What to bring where no entry answers."""
    return (evidence(wanted.ask, wanted.why, wanted.command),) if wanted else ()
