"""What was seen in source files, told: the cause first with its place, then the rest by harm."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from blueproof.advisors.code.inbox import GUARD, TABLE, TABLE_PATH, with_inbox
from blueproof.advisors.code.mending import mended, unmended
from blueproof.advisors.code.rules import rank, relevance, seen_in, tells_of
from blueproof.advisors.code.sources import evidence_of
from blueproof.advisors.code.subject import Seen, Source, source_of
from blueproof.advisors.code.told import amount
from blueproof.core.advice import Artifact, Finding, Step
from blueproof.core.blueprint import Unproved

_MOST_TOLD = 4
_ASKS_ALL = re.compile(
    r"\breview\b|\banything\b|\bunsafe\b|\bfine\b|\bok(?:ay)?\b|what(?:'s| is) wrong|audit|holes?|"
    r"\bcheck\b|improve|reliable|problems?\b",
    re.IGNORECASE,
)
_LINES = re.compile(r" with (.*) mended")
_BY_HAND = re.compile(r"; by hand: (.*)$")
_LOOKED = (
    (r"_generated/server|ctx\.db", "tables read whole, rows that every call changes, calls that "
     "nobody waits for, what this kind of function cannot do"),
    (r"onDocument\w+\(|functions\.firestore", "functions that call themselves, work that a second "
     "delivery does twice"),
    ("firestore", "reads without a limit, in loops or again and again, and listeners left open"),
    ("webhook|constructEvent", "the signature, slow work before the answer, repeated deliveries, "
     "failures that are swallowed"),
    ("supabase", "errors that nobody looks at, channels left open, and who may call it"),
    (r"\.query\(|prisma|execute\(|knex|drizzle", "statements in loops, reads without an end, SQL "
     "put together from input, transactions held over calls, updates that are lost"),
    (r"fetch\(|axios|httpx|requests\.", "calls without a time limit, or all at once"),
    (r"push|messaging", "one request for each token"),
    (r"jwt|token|auth", "tokens that nobody verifies"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is said of files: sentences, findings, steps, files, and what the files do not show.

    `leads` is whether they show the cause of what the words tell of, or do harm.
    """

    sentences: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    steps: tuple[Step, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    not_proved: tuple[Unproved, ...] = ()
    leads: bool = False


def told(sources: tuple[Source, ...], *, whole: bool) -> Told:
    """What is to be said of these files; `whole` is whether they were met in a folder.

    Of a folder only what the words tell of is said, or what does harm where they ask for all.
    """
    names = [s.name for s in sources]
    sources = tuple(replace(s, several=names.count(s.name) > 1) for s in sources)
    found = [(s, each) for s in sources for each in seen_in(s)]
    if whole:
        asks = bool(sources) and bool(_ASKS_ALL.search(sources[0].words))
        near = {s.path: relevance(s) for s in sources}
        least = max(1, max(near.values(), default=0) - 1)
        found = [(s, e) for s, e in found if e.severity == "harm" and (asks or tells_of(s, e))]
        found = [(s, e) for s, e in found if asks or near[s.path] >= least]
    found = _together(sorted(found, key=lambda pair: rank(*pair)))
    if not found:
        return Told(sentences=() if whole else (_nothing(sources),), not_proved=_unseen(sources))
    source, first = found[0]
    asks_all = bool(_ASKS_ALL.search(source.words))
    explains = tells_of(source, first)
    leads = explains or (asks_all and first.severity != "note") or first.severity == "harm"
    files = tuple(_files(found))
    return Told(
        sentences=(
            *_sentences(found, explains=explains or asks_all),
            *(_handed(a) for a, _ in files[:1]),
        ),
        findings=tuple(_finding(s, e) for s, e in found),
        steps=(*_first_step(files), *_steps(found)),
        artifacts=(*(a for a, _ in files), *_tables(a for a, _ in files)),
        not_proved=(*(u for _, u in files), *_unseen(sources)),
        leads=leads,
    )


def _together(found: list[tuple[Source, Seen]]) -> list[tuple[Source, Seen]]:
    """The same thing at several places of a file as one, said of the first and naming the rest."""
    by_rule: dict[tuple[str, str], list[tuple[Source, Seen]]] = {}
    for source, seen in found:
        by_rule.setdefault((source.path, seen.rule), []).append((source, seen))
    joined = []
    for pairs in by_rule.values():
        source, first = pairs[0]
        lines = sorted({e.line for _, e in pairs} - {first.line})
        if lines:
            rest = f"{'lines' if lines[1:] else 'line'} {', '.join(map(str, lines[:5]))}"
            edits = tuple(e for _, each in pairs for e in each.edits)
            first = replace(first, what=f"{first.what} ({rest} too)", edits=edits)
        joined.append((source, first))
    return joined


def _sentences(found: list[tuple[Source, Seen]], *, explains: bool) -> Iterator[str]:
    source, first = found[0]
    if not first.sums and first.rule.startswith("fs-"):
        first = replace(first, sums=_each(source))
    head = f"{_place(source, first)}: {first.what}."
    if not explains:
        head = f"Nothing seen in the code explains that for sure; what it does show: {head}"
    elif first.severity != "harm" and not tells_of(source, first):
        head = f"Nothing in it does harm by itself; what it leaves open: {head}"
    yield head
    if first.sums:
        yield f"{_capital(first.sums)}."
    yield f"Do: {first.do}."
    for number, (where, each) in enumerate(found[1:_MOST_TOLD], 2):
        sums = f" ({each.sums})" if each.sums else ""
        yield f"{number}. {_place(where, each)}: {each.what}{sums}."
    more = len(found) - _MOST_TOLD
    if more > 0:
        yield f"{more} more stand in the report."


def _each(source: Source) -> str:
    """The reads of one person, where the reads and the people of a day are told."""
    reads, users = source.told.of("reads"), source.told.of("user", "dau", "daily", "people")
    if not reads or not users or users > reads or not source.told.says(r"(?:a|per|/) ?day|daily"):
        return ""
    return (
        f"{amount(reads)} reads / {amount(users)} people = {amount(reads / users)} a day for each"
    )


def _handed(file: Artifact) -> str:
    """What the file beside the answer is good for."""
    if "claim_events" in file.text:
        return (
            f"{file.path} keeps each event before it answers and works it off after: with its "
            "table, "
            "a slow mail or a failed write is tried again and nothing is done twice."
        )
    left = _BY_HAND.findall(file.purpose)
    rest = f"; {left[0]} remain{'s' * (',' not in left[0])} to be done by hand" if left else ""
    return f"Mended in {file.path}: {_LINES.findall(file.purpose)[0]}{rest}."


def _first_step(files: tuple[tuple[Artifact, Unproved], ...]) -> Iterator[Step]:
    """How a mended route goes into use, which is more than a change of text."""
    for file, _ in files:
        if "claim_events" in file.text:
            yield Step(
                do=f"run {TABLE_PATH}, deploy {file.path}, set CRON_SECRET, and let a schedule "
                "call "
                "its GET every minute with it (crons of vercel.json, or pg_cron); after() is of "
                "Next.js 15.1, before it waitUntil() of @vercel/functions",
                horizon="now",
                check="send an event again from the dashboard: 200, and nothing happens a second "
                "time",
                undo="deploy the old route; the table may stay",
            )


def _place(source: Source, seen: Seen) -> str:
    return f"{source.name}:{seen.line}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _finding(source: Source, seen: Seen) -> Finding:
    sums = f" {_capital(seen.sums)}." if seen.sums else ""
    return Finding(
        rule=seen.rule,
        where=f"{source.path}:{seen.line}",
        says=f"{_capital(seen.what)}.{sums} Do: {seen.do}.",
        severity=seen.severity,
        evidence=evidence_of(seen.rule, source.text),
    )


def _steps(found: list[tuple[Source, Seen]]) -> Iterator[Step]:
    for source, seen in found:
        yield Step(
            do=f"{_place(source, seen)}: {seen.do}",
            horizon="now" if seen.severity == "harm" else "next",
            check="hand the changed file over again: the finding is gone",
            undo="git revert",
        )


def _files(found: list[tuple[Source, Seen]]) -> Iterator[tuple[Artifact, Unproved]]:
    """Each file mended, with what nobody checked of it."""
    for source in dict.fromkeys(s for s, _ in found):
        seen = tuple(e for s, e in found if s is source)
        text, done = mended(source, seen)
        text, kept = _with_inbox(source, text, seen)
        done = (*done, *kept)
        if not text:
            continue
        name = source.name
        lines = ", ".join(dict.fromkeys(f"line {e.line} ({e.rule})" for e in done))
        left = tuple(unmended(seen, done))
        rest = f"; by hand: {', '.join(f'line {e.line} ({e.rule})' for e in left)}" if left else ""
        yield (
            Artifact(path=f"mended/{name}", text=text, purpose=f"{name} with {lines} mended{rest}"),
            Unproved(
                statement=f"the types and the behaviour of mended/{name}",
                why="it was parsed, and neither compiled nor run: its packages and the files that "
                "it imports are not here",
            ),
        )


def _tables(files: Iterable[Artifact]) -> Iterator[Artifact]:
    """The table that a mended route keeps its events in."""
    made = next((file.text for file in files if "claim_events" in file.text), "")
    if made:
        text = TABLE + (GUARD if ".rpc(" in made else "")
        why = "the table of events that came, and what takes them"
        yield Artifact(path=TABLE_PATH, text=text, purpose=why)


def _with_inbox(source: Source, text: str, seen: tuple[Seen, ...]) -> tuple[str, tuple[Seen, ...]]:
    """The file with events kept before the answer, and which findings that mends."""
    wanted = tuple(e for e in seen if e.rule in {"wh-slow-before-ack", "wh-no-dedupe"})
    base = source_of(source.path, text or source.text, source.words) if wanted else None
    made = with_inbox(base) if base else ""
    return (made, wanted) if made else (text, ())


def _nothing(sources: tuple[Source, ...]) -> str:
    names = " and ".join(s.name for s in sources)
    text = " ".join(s.text for s in sources)
    looked = [says for pattern, says in _LOOKED if re.search(pattern, text, re.IGNORECASE)]
    of = "; ".join(looked[:3]) or "what commonly goes wrong in such a file"
    return f"Nothing that is known to go wrong was seen in {names}. Looked for: {of}."


def _unseen(sources: tuple[Source, ...]) -> tuple[Unproved, ...]:
    if not sources:
        return ()
    names = " and ".join(s.name for s in sources[:3])
    return (
        Unproved(
            statement=f"what {names} calls and is called by: middleware, policies, indexes, "
            "settings",
            why="the code was read, and not run; hand over the folder for the rest",
        ),
    )
