"""What is said of Firestore reads that are changes to open listeners, and what lowers them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from blueproof.advisors.bill.aims import aim_of, course
from blueproof.advisors.metered.fanout import FanOut
from blueproof.advisors.metered.saying import amount, money
from blueproof.core.advice import Alternative, Artifact, Recommendation, Step
from blueproof.core.blueprint import Conclusion, Draft, Premise, QuestionKind, Unproved
from blueproof.core.brief import Brief
from blueproof.core.question import Question
from blueproof.facts.load import fact

_SUMMARY = 30  # seconds between two summaries that the server writes
_DAY = 86_400
_FEWEST = 3  # senders, from where a listener on one of them is much less than on all
_SLOWER = 3  # times as long between two writes
_CODE = """\
// before: collection("live") - every change of every document goes to every listener
// after, for who follows one: its document alone
const stop = onSnapshot(doc(db, "live", id), (snap) => show(snap.data()));

// after, for who sees all: a summary that only the server writes, once in 30 s, from what
// the senders keep in Realtime Database or memory; nobody listens to the single documents
export const summarize = async () => {
  const all = (await rtdb.ref("live").get()).val() ?? {};
  await firestore.doc("summaries/live").set({ all, at: FieldValue.serverTimestamp() });
};
"""


@dataclass(frozen=True, kw_only=True)
class _Cure:
    """What is done, in a few words and in full, and the share of the reads that is left."""

    short: str
    do: str
    left: Decimal
    why: str


def advise_fan_out(
    found: FanOut, brief: Brief, kind: QuestionKind, premises: tuple[Premise, ...], paid: Decimal
) -> tuple[Draft, Conclusion]:
    """The draft with the first cure as its advice, and the conclusion with the sums."""
    cures = tuple(_cures(found))
    draft = Draft(
        brief=brief,
        question_kind=kind,
        premises=premises,
        recommendations=(_recommendation(found, cures),),
        not_proved=(
            Unproved(statement="what each step saves", why="worked out from your figures"),
            Unproved(
                statement="the lines in listeners.ts",
                why="your code was not handed over, so they were not run in it",
            ),
        ),
    )
    return draft, Conclusion(
        answer=" ".join(_sentences(found, cures, brief, paid)),
        steps=tuple(_steps(found, cures)),
        open_questions=tuple(_questions(found)),
        artifacts=(
            Artifact(
                path="listeners.ts",
                purpose="the lines of the first step, to be fitted in",
                text=_CODE,
            ),
        ),
    )


def _sentences(
    found: FanOut, cures: tuple[_Cure, ...], brief: Brief, paid: Decimal
) -> Iterator[str]:
    assert found.listeners is not None
    writes, made = amount(found.writes), amount(found.writes * found.listeners)
    now, first = found.cost(found.reads_month), cures[0]
    yield (
        f"Your reads are changes, not openings: each of the {writes} writes a day goes to every "
        "open "
        f"listener, {writes} x {amount(found.listeners)} = {made} reads a day, and you see "
        f"{amount(found.reads)} ({amount(found.each)} a write). "
        f"{first.short[:1].upper()}{first.short[1:]}"
        f" takes the {money(now)} to about {money(found.cost(found.reads_month * first.left))} a "
        "month."
    )
    price = fact(found.price)
    against = f" against your {money(paid)}" if paid else ""
    yield (
        f"({amount(found.reads_month)} reads a month - 1.5 million free) x "
        f"${price.value.normalize():f} "
        f"per 100,000 = {money(now)}{against} (price read {price.checked:%Y-%m-%d})."
    )
    yield from _grown(found, first)
    aim = aim_of(brief.request, paid or now)
    if aim is not None:
        yield course(
            aim, now, [(c.short, now - found.cost(found.reads_month * c.left)) for c in cures]
        )
    yield (
        f"Where {_SUMMARY} s are too late (a bid, a score), keep that value in Realtime Database, "
        "which bills the GB sent and not reads."
    )
    yield (
        "No cure: one document that all write and all listen to, since each write still goes to "
        "each "
        "listener (and about one write a second is what a document bears); nor caching, since "
        "nothing "
        "is read twice."
    )


def _grown(found: FanOut, first: _Cure) -> Iterator[str]:
    """What growth does to the product of writes and listeners."""
    if not found.growth:
        return
    old, new, what = found.growth
    times = new / old
    more, most = found.reads_month * times, found.reads_month * times * times
    senders = found.senders
    left = first.left * old / new if senders and first.left == 1 / senders[0] else first.left
    yield (
        f"From {amount(old)} to {amount(new)} {what} writes grow {amount(times)} times: "
        f"{money(found.cost(more))} a month with today's listeners, and "
        f"{money(found.cost(most))} with "
        f"{amount(times)} times as many ({amount(times * times)} times: the two multiply); after "
        "the first "
        f"step {money(found.cost(most * left))}."
    )


def _cures(found: FanOut) -> Iterator[_Cure]:
    if found.senders and found.senders[0] >= _FEWEST:
        count, what = found.senders
        yield _Cure(
            short="a listener on the one that somebody follows, not on all",
            do=f"listen to the document of the one that is followed (doc, not the "
            f"collection of all "
            f"{amount(count)} {what})",
            left=1 / count,
            why=f"one of {amount(count)} {what}, if each person follows one",
        )
    summary = Decimal(_DAY) / _SUMMARY / found.writes
    if summary < 1:
        yield _Cure(
            short=f"one summary that only the server writes, each {_SUMMARY} s",
            do=f"let the senders write to Realtime Database, and a function write one "
            f"summary document "
            f"each {_SUMMARY} s that all listen to",
            left=summary,
            why=f"{_DAY // _SUMMARY:,} changes a day instead of {amount(found.writes)}",
        )
    slower = f"{amount(found.interval * _SLOWER)} s" if found.interval else "a third as often"
    yield _Cure(
        short=f"writes each {slower}" if found.interval else "a third of the writes",
        do=f"write {'each ' if found.interval else ''}{slower} and only what changed",
        left=Decimal(1) / _SLOWER,
        why="reads fall with writes, one for one",
    )


def _steps(found: FanOut, cures: tuple[_Cure, ...]) -> Iterator[Step]:
    now = found.cost(found.reads_month)
    for cure in cures:
        then = found.cost(found.reads_month * cure.left)
        where = " (lines in listeners.ts)" if cure is cures[0] else ""
        yield Step(
            do=f"{cure.do[:1].upper()}{cure.do[1:]}{where}: {money(now)} -> {money(then)} a month, "
            f"{cure.why}",
            horizon="now" if cure is cures[0] else "next",
            check="reads against writes a day under Firestore, Usage",
            undo="",
        )


def _recommendation(found: FanOut, cures: tuple[_Cure, ...]) -> Recommendation:
    now = found.cost(found.reads_month)
    return Recommendation(
        slot="the reads of Firestore",
        choice=cures[0].do,
        because=(f"{amount(found.each)} reads a write are that many listeners", cures[0].why),
        instead_of=(
            Alternative(
                choice="Realtime Database for what changes each second",
                why_not="it bills GB sent and not reads: better where all must see every change",
            ),
        ),
        cost=found.cost(found.reads_month * cures[0].left) - now,
        evidence=(fact(found.price).citation,),
    )


def _questions(found: FanOut) -> Iterator[Question]:
    if found.senders:
        why = "a listener on one is enough if one does; else the summary is the first step"
        yield Question(
            id="1",
            ask=f"Does each person need one of the {found.senders[1]}, or all of them at once?",
            why=why,
            key="evidence",
            changes=(why,),
        )
