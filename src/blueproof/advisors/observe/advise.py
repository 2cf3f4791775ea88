"""What to watch, whom it wakes, what it costs: told for the parts and figures of one system."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from blueproof.advisors.known.entries import everything
from blueproof.advisors.observe.goals import MONTH, told_goal, told_rate, what_it_allows, within
from blueproof.advisors.observe.noise import noise, unwanted
from blueproof.advisors.observe.owning import SLOT, technologies
from blueproof.advisors.observe.prometheus import FILE, WATCHERS, rules, watched
from blueproof.advisors.observe.signals import BURN, GOAL, WINDOW, Aim, Signal, failures, signals
from blueproof.advisors.observe.terraform import FOLDER, files
from blueproof.core.advice import Artifact, Finding, Recommendation, Step
from blueproof.core.blueprint import Conclusion, Draft, QuestionKind, Unproved
from blueproof.core.brief import Assumption, Brief
from blueproof.core.claim import SumsTo, Validates
from blueproof.core.money import Bill, Line, rounded
from blueproof.core.question import Question
from blueproof.core.scene import Excerpt, File
from blueproof.costs.bill_file import write_bills
from blueproof.facts.load import fact

BILL = "bill.yaml"
_SOURCES = ("slo-burn-rate-windows", "on-call-needed")
_RATE = 10.0  # requests a second where none is told
_SILENCE = 30  # minutes without a payment
_ROTATION = 4  # people who can share the nights
_REGION = "us-east-1"
# How work and beats are told: by lines of the log, or to Prometheus.
_OLDEST = {False: '{"event":"work.oldest","seconds":0}', True: "work_oldest_seconds"}
_BEATS = {False: 'logs {"event":"worker.beat"}', True: "counts worker_beats_total"}


@dataclass(frozen=True, kw_only=True)
class Watch:
    """One request for monitoring, with what its words tell."""

    brief: Brief

    @cached_property
    def aim(self) -> Aim:
        """The rate, the goal and the silence that the signals are set by."""
        rate, goal = told_rate(self.brief), told_goal(self.brief)
        return Aim(rate=rate or _RATE, goal=goal or GOAL, silence=_SILENCE)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.aim.rate

    @cached_property
    def is_told(self) -> bool:
        """Whether a rate is told."""
        return told_rate(self.brief) > 0

    @cached_property
    def people(self) -> int:
        """Who shares the nights, 0 where that is not told."""
        return int(self._told("scale.developers", ""))

    @cached_property
    def alarms_now(self) -> int:
        """The alarms that are there, 0 where that is not told."""
        wished_away = unwanted(self.brief)
        counted = (
            f
            for f in self.brief.facts
            if f.unit.removesuffix("s") in {"alarm", "alert", "monitor"}
            and f.quote not in wished_away
        )
        return next((int(f.value) for f in counted if not isinstance(f.value, str)), 0)

    @cached_property
    def budget(self) -> float:
        """US dollars a month, 0 where none is told."""
        return self._told("budget", "")

    @property
    def by_rules(self) -> bool:
        """Whether Prometheus watches there already."""
        return bool(technologies(self.brief) & WATCHERS)

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """All that is watched; by Prometheus, what its rules can hold."""
        found = signals(technologies(self.brief), self.aim)
        held = watched(found, self.aim)
        return tuple(s for s in found if not self.by_rules or s.name in held)

    @property
    def pages(self) -> tuple[Signal, ...]:
        """What wakes somebody."""
        return tuple(s for s in self.signals if s.pages)

    @cached_property
    def files(self) -> dict[str, str]:
        """The alarms, as rules of Prometheus or as Terraform."""
        if self.by_rules:
            return rules(self.signals, self.aim)
        regions = (str(f.value) for f in self.brief.facts if f.key == "constraint.region")
        return files(self.signals, next(regions, _REGION))

    def _told(self, key: str, per: str) -> float:
        found = (
            f.value
            for f in self.brief.facts
            if f.key == key and not isinstance(f.value, str) and (not per or f.unit.endswith(per))
        )
        return float(next(found, 0.0))


def advise(watch: Watch, kind: QuestionKind) -> Draft:
    """The draft: one decision, with the alarms as files."""
    assumed = () if watch.is_told else (
        Assumption(key="requests a second", value=_RATE,
                   why="not said; it sets from how many failures on somebody is woken"),
    )  # fmt: skip
    brief = replace(watch.brief, assumptions=(*watch.brief.assumptions, *assumed))
    return Draft(
        brief=brief, question_kind=kind, recommendations=(_recommendation(watch),),
        artifacts=tuple(_artifacts(watch)),
    )  # fmt: skip


def conclude(watch: Watch) -> Conclusion:
    """The answer, the steps, the bill; rules of Prometheus cost nothing more."""
    told = Conclusion(
        answer=" ".join(_sentences(watch)),
        steps=tuple(_steps(watch)),
        findings=tuple(_sources()),
        open_questions=tuple(_questions(watch)),
        not_proved=tuple(_unproved(watch)),
    )
    if watch.by_rules:
        return told
    bill = _bill(watch)
    text = write_bills((bill,))
    return replace(
        told,
        bill=(bill,),
        claims=(SumsTo(bill=Excerpt(text=text, path=BILL)),),
        artifacts=(Artifact(path=BILL, purpose="the bill, to be added up again", text=text),),
    )


def _unproved(watch: Watch) -> Iterator[Unproved]:
    yield Unproved(
        statement="that the thresholds fit your system",
        why="only its own metrics of some weeks tell; each alarm is to be fired once",
    )
    if watch.by_rules:
        yield Unproved(
            statement="that your services export metrics of these names",
            why=f"they were not seen; promtool check rules {FILE}, then ask each expression once",
        )


def _recommendation(watch: Watch) -> Recommendation:
    made = tuple(File(path=path, text=text) for path, text in watch.files.items())
    return Recommendation(
        slot=SLOT,
        choice=f"Wake somebody for {len(watch.pages)} signals; all else waits for the morning",
        because=tuple(f"{'wakes' if s.pages else 'waits'}: {s.says}" for s in watch.signals),
        trade_offs=(
            "a fault that shows in none of these is found by people: add the signal that it would "
            "have shown in, and no other",
        ),
        evidence=tuple(everything()[name].citation for name in _SOURCES),
        claims=()
        if watch.by_rules
        else (
            Validates(tool="terraform fmt", files=made),
            Validates(tool="terraform validate", files=made),
        ),
    )


def _artifacts(watch: Watch) -> Iterator[Artifact]:
    for path, text in watch.files.items():
        yield Artifact(path=path, purpose="the alarms", text=text, needs=(SLOT,))


def _sentences(watch: Watch) -> Iterator[str]:
    waits = [s for s in watch.signals if not s.pages]
    if watch.aim.goal > GOAL:  # what is promised beyond the usual is judged first
        yield what_it_allows(watch.aim, technologies(watch.brief))
    yield (
        f"Wake somebody for {len(watch.pages)} signals only: "
        f"{'; '.join(s.says for s in watch.pages)}. {len(waits)} more wait for the morning"
        f"{': ' if waits else ''}{'; '.join(s.says for s in waits)}."
    )
    if told := noise(watch.brief):
        yield told
    if watch.aim.goal <= GOAL and told_goal(watch.brief):
        yield what_it_allows(watch.aim, technologies(watch.brief))
    if told := within(watch.brief):
        yield told
    if watch.alarms_now:
        yield (
            f"Of your {watch.alarms_now} alarms none may wake anybody that is not one of these: "
            "what nobody acted on in a month is deleted, the rest goes to the ticket topic."
        )
    if any(s.name == "payments_silent" for s in watch.pages):
        yield (
            "A payment that fails silently raises no error: only the silence itself shows it, "
            f"within {_SILENCE} minutes."
        )
    month = watch.rate * MONTH
    if not told_goal(watch.brief):
        yield (
            f"As SLO take {GOAL:.1%}: at {watch.rate:,.3g} requests a second "
            f"{month * (1 - GOAL):,.0f} of {month:,.0f} a month may fail; "
            f"{failures(watch.aim):,} in {WINDOW // 60} minutes spend that {BURN:g} times too fast."
        )
    yield from _nights(watch)


def _nights(watch: Watch) -> Iterator[str]:
    if watch.people >= _ROTATION:
        yield (
            f"{watch.people} people share the nights a week each; with every page the cause is "
            "mended or the alarm is."
        )
    elif watch.people:
        yield (
            f"{watch.people} people cannot share the nights for long: page by day, and at night "
            "only when nobody can use the product."
        )
    if watch.by_rules:
        return
    bill = _bill(watch).total
    left = f" of your ${watch.budget:,.0f}, which leaves the rest for the phone service" * bool(
        watch.budget
    )
    yield f"The alarms cost ${bill} a month{left}."


def _steps(watch: Watch) -> Iterator[Step]:
    yield _put_up(watch)
    yield from _fed_and_fired(watch)


def _put_up(watch: Watch) -> Step:
    if watch.by_rules:
        return Step(
            do=f"Put the names of your metrics into {FILE}, load it as rule_files or as a "
            "PrometheusRule; in Alertmanager severity=page goes to the phone, ticket to a board, "
            "beat to a service outside that wakes somebody when it stops",
            horizon="now", check="promtool check rules; /rules shows each without an error",
            undo=f"take {FILE} out again: it holds alarms alone",
        )  # fmt: skip
    return Step(
        do=f"Fill in {FOLDER}/variables.tf (terraform.tfvars) and apply {FOLDER}/; the page topic "
        "goes to a phone service over https, the ticket topic to a mailbox or board",
        horizon="now", check="terraform plan names only new resources",
        undo=f"terraform destroy in {FOLDER}/: it holds alarms alone",
    )  # fmt: skip


def _fed_and_fired(watch: Watch) -> Iterator[Step]:
    if any(s.name == "work_waits" for s in watch.signals):
        yield Step(
            do="Each minute, from a process that is no worker, "
            f"{'export' if watch.by_rules else 'log'} the age of the oldest work that is due and "
            f"not done ({_OLDEST[watch.by_rules]}) and put a beat into the queue; the worker that "
            f"takes it {_BEATS[watch.by_rules]}. Give every call of a job a timeout and the job a "
            "limit",
            horizon="now", check="stop one worker by SIGSTOP: the page comes within "
            "five minutes", undo="",
        )  # fmt: skip
    if any(s.name == "payments_silent" for s in watch.signals) and not watch.by_rules:
        yield Step(
            do="Write one line of JSON where a payment has succeeded "
            '({"event":"payment.succeeded"}) and where a webhook was not handled '
            '({"event":"payment.webhook_failed"})',
            horizon="now", check="the metric PaymentsSucceeded has values at the next sale",
            undo="",
        )  # fmt: skip
    yield Step(
        do="Fire each page once by day: stop a task, hold the worker, let the probe fail; see that "
        "the phone rings and who takes it",
        horizon="now", check="each alarm was seen in ALARM and OK again", undo="",
    )  # fmt: skip
    yield Step(
        do="Take every alarm off the chat that is not one of these; keep the old ones muted for "
        "two weeks, then delete those that nobody missed",
        horizon="next", check="fewer than two pages a week", undo="unmute them",
    )  # fmt: skip
    yield Step(
        do="Each Monday: pages of the week, what was done, what is left of the month's failures; a "
        "page that needed no act is changed or deleted",
        horizon="later", check="", undo="",
    )  # fmt: skip


def _bill(watch: Watch) -> Bill:
    price = fact("aws.alarm-month")
    line = Line(
        item="alarms of standard resolution", quantity=_count(watch), unit="alarms",
        price=price.value, fact=price.id, source=price.source,
    )  # fmt: skip
    return Bill(
        size="the alarms", lines=(line,), total=rounded(line.amount), as_of=price.checked,
        note="without what a phone service, probes and crash reports cost",
    )  # fmt: skip


def _count(watch: Watch) -> Decimal:
    return Decimal(sum(bool(s.metric) for s in watch.signals))


def _sources() -> Iterator[Finding]:
    for name in _SOURCES:
        entry = everything()[name]
        yield Finding(
            rule="known-answer", where="published", says=entry.says, evidence=(entry.citation,)
        )


def _questions(watch: Watch) -> Iterator[Question]:
    if any(s.name == "payments_silent" for s in watch.pages):
        why = f"it sets after how much silence somebody is woken; {_SILENCE} minutes are assumed"
        yield Question(
            id="1", ask="How many payments come in the quietest hour?", why=why,
            key="scale.payments", changes=(why,),
        )  # fmt: skip
