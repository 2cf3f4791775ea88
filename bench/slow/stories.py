"""What Blueproof answers to slow queries told without a schema, beside what the experts said.

    python bench/slow/stories.py --half tuned            a row for each story, then the totals
    python bench/slow/stories.py --half tuned --read     both texts side by side, for a reader
    python bench/slow/stories.py --half held-out         the totals alone
    python bench/slow/stories.py --half tuned --only 07  one story (its number, or how it begins)
    python bench/slow/stories.py --half not              what must not be taken for a slow query
    python bench/slow/stories.py --check                 whether the stories themselves are sound

Each story is put to a process of its own, as a person would. What came out is written to
results/stories-HALF.json. A machine sees names and words only; whether advice is good, a reader
says.
"""

import argparse
import asyncio
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import told_stories
from told_stories import Story

HERE = Path(__file__).parent
PIECES = 2  # what a person reads before they act
SECONDS = 120
_CREATED = r'\bCREATE TABLE (?:IF NOT EXISTS )?(?:"?\w+"?\.)?"?{}\b'
_HEAD = f"{'story':34} {'experts':11} table   fix  made shown\n"
_OF_THE_PERSON = ("request", "understood", "premises", "proposal", "tried", "not_understood")
_RENDERED = (
    *("report.md", "report.html", "decision.md", "brief.yaml", "blueprint.json"),
    "plan.txt",  # the person's own
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one process gave: the answer, its first pieces of advice, the files, and the verdicts.

    `error` says why there is no answer. `created` are the story's tables that a reproduction has;
    `symptom` is whether it shows what the experts saw, None where nothing was reproduced.
    `names_table` is None where the person names none.
    """

    story: str
    fix_kind: str
    seconds: float
    error: str = ""
    answer: str = ""
    advice: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    reproduced: bool = False
    created: tuple[str, ...] = ()
    names_table: bool | None = False
    fix: bool = False
    symptom: bool | None = None


def main() -> None:
    """Ask what was named on the command line, print it and write it down."""
    asked = _arguments()
    if asked.check:
        faults = tuple(told_stories.faults(asked.stories))
        sys.stdout.write("".join(f"{line}\n" for line in faults))
        sys.exit(1 if faults else 0)
    all_ = told_stories.read(asked.stories, asked.half)
    stories = tuple(s for s in all_ if s.id.startswith(asked.only or ("",)))
    listed = not asked.read and (asked.half == "tuned" or bool(asked.only))
    outcomes = []
    if listed:
        sys.stdout.write(_HEAD)
    for story in stories:
        outcomes.append(ask(story))
        if listed:
            sys.stdout.write(_row(outcomes[-1]))
            sys.stdout.flush()
    if asked.read:
        sys.stdout.writelines(map(_beside, stories, outcomes))
    sys.stdout.writelines(_totals(outcomes))
    if asked.only:
        return  # the results are of whole halves
    asked.results.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(o) for o in outcomes], indent=1, ensure_ascii=False)
    (asked.results / f"stories-{asked.half}.json").write_text(text + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--half", choices=("tuned", "held-out", "not"), default="tuned")
    parser.add_argument("--read", action="store_true", help="both texts of each story")
    parser.add_argument("--only", type=_beginnings, help="1 or more beginnings, by commas")
    parser.add_argument("--check", action="store_true", help="check the stories, ask nothing")
    parser.add_argument("--stories", type=Path, default=HERE / "stories", help="the folder")
    parser.add_argument("--results", type=Path, default=HERE / "results", help="the folder")
    return parser.parse_args()


def _beginnings(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def ask(story: Story) -> Outcome:
    """Put one story to `python -m blueproof` in an empty folder and judge what comes."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        command = [sys.executable, "-m", "blueproof", story.request, "--no-input", "--json"]
        begun = time.perf_counter()
        said, error = asyncio.run(_told([*command, "--out", str(out)], folder))
        seconds = round(time.perf_counter() - begun, 2)
        if error or not said:
            why = error.strip() or "exit code 0 and no output"
            return Outcome(story=story.id, fix_kind=story.fix_kind, seconds=seconds, error=why)
        return judged(story, json.loads(said), _texts(out), seconds)


async def _told(command: list[str], folder: str) -> tuple[str, str]:
    """What the process says, and why it failed: with another exit code than 0, or in too long."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        said, error = await asyncio.wait_for(process.communicate(), SECONDS)
    except TimeoutError:
        process.terminate()  # and not killed, so that it can end a server of its own
        await process.wait()
        return "", f"no answer within {SECONDS} s"
    return said.decode(), (error.decode() or "failed") if process.returncode else ""


def _texts(out: Path) -> dict[str, str]:
    """The files written, by their path: empty text for what a page or the request is told in."""
    files = sorted(file for file in out.rglob("*") if file.is_file())
    return {
        str(file.relative_to(out)): ""
        if file.name in _RENDERED
        else file.read_text(encoding="utf-8", errors="replace")
        for file in files
    }


def judged(
    story: Story, blueprint: dict[str, Any], texts: dict[str, str], seconds: float
) -> Outcome:
    """The verdicts on one answer, by the story's names and regular expressions.

    A reproduction is a table that is created in a scene or in a file of SQL. The symptom is looked
    for in what was made of the request, never in the request, which may quote a plan itself.
    """
    advice = pieces(blueprint)
    first = _flat(" ".join(advice)).replace("IF NOT EXISTS ", "")  # which is no NOT EXISTS
    named = _found(map(_word, story.tables), f"{blueprint['answer']} {first}")
    rest = {key: value for key, value in blueprint.items() if key not in _OF_THE_PERSON}
    made = "\n".join([json.dumps(rest, ensure_ascii=False).replace('\\"', '"'), *texts.values()])
    scenes = json.dumps(blueprint["scenes"], ensure_ascii=False).replace('\\"', '"')
    schema = "\n".join([scenes, *(t for path, t in texts.items() if path.endswith(".sql"))])
    created = tuple(t for t in story.tables if _found([_CREATED.format(re.escape(t))], schema))
    reproduced = bool(created) if story.tables else _found([_CREATED.format(r"\w+")], schema)
    return Outcome(
        story=story.id,
        fix_kind=story.fix_kind,
        seconds=seconds,
        answer=blueprint["answer"],
        advice=advice,
        changes=tuple(ddl for change in blueprint["changes"] for ddl in change["ddl"]),
        files=tuple(texts),
        reproduced=reproduced,
        created=created,
        names_table=named if story.tables else None,
        fix=_found(story.match, first) and not _found(story.must_not, first),
        symptom=_found(story.symptom_match, made) if reproduced else None,
    )


def pieces(blueprint: dict[str, Any]) -> tuple[str, ...]:
    """The first two recommendations; else the answer where there is none, then the first steps.

    With a recommendation goes the DDL of the changes that carry it out.
    """
    ddl = {change["id"]: change["ddl"] for change in blueprint["changes"]}
    recommended = [
        ". ".join([f"{r['slot']}: {r['choice']}", *r["because"], *ddl.get(r["slot"], ())])
        for r in blueprint["recommendations"]
    ]
    steps = [step["do"] for step in blueprint["steps"]]
    return tuple([*(recommended or [blueprint["answer"]]), *steps][:PIECES])


def _word(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}(?!\w)"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _found(patterns: Iterable[str], text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def _row(outcome: Outcome) -> str:
    """One line of the table; what could not be seen is a dash."""
    signs = {True: "yes", False: "no", None: "-"}
    verdicts = (outcome.names_table, outcome.fix, outcome.reproduced, outcome.symptom)
    told = "".join(f"{signs[verdict]:>6}" for verdict in verdicts)
    return (
        f"{outcome.story:34.34} {outcome.fix_kind:11}{told} {outcome.seconds:6.1f} s"
        f"{'  ' + outcome.error.splitlines()[-1] if outcome.error else ''}\n"
    )


def _totals(outcomes: list[Outcome]) -> Iterator[str]:
    """How often each verdict is yes, the fixes by kind."""
    told = [o for o in outcomes if o.fix_kind]
    yield f"{len(outcomes)} asked, {sum(bool(o.error) for o in outcomes)} without an answer\n"
    yield f"reproduced {sum(o.reproduced for o in outcomes)}"
    if not told:
        yield ", where 0 is right\n"
        return
    yield f", the symptom shown in {sum(o.symptom is True for o in outcomes)}\n"
    named = sum(o.names_table is True for o in told)
    yield f"a relevant table named {named} of {sum(o.names_table is not None for o in told)}\n"
    right = Counter(o.fix_kind for o in told if o.fix)
    kinds = Counter(o.fix_kind for o in told)
    each = ", ".join(f"{kind} {right[kind]} of {count}" for kind, count in kinds.most_common())
    yield f"the experts' fix among the first {PIECES} {right.total()}: {each}\n"
    yield f"both {sum(o.fix and o.names_table is True for o in told)}\n"
    yield f"longest {max(o.seconds for o in outcomes):.1f} s\n"


def _beside(story: Story, outcome: Outcome) -> str:
    """One story for a reader: the request, then the experts left and Blueproof right."""
    experts = [story.symptom, story.fix, story.fix_sql, *(f"also: {a}" for a in story.also)]
    ours = [outcome.error or outcome.answer, *(f"- {piece}" for piece in outcome.advice)]
    made = [f"files: {', '.join(outcome.files)}", f"created: {', '.join(outcome.created) or '-'}"]
    verdict = f"table {outcome.names_table}, fix {outcome.fix}, symptom {outcome.symptom}"
    head = f"\n## {story.id} [{story.fix_kind or 'not'}] {story.source}\n{story.request}\n"
    columns = told_stories.side_by_side([*experts, story.why], [*ours, *made, verdict])
    return f"{head}{columns}\n"


if __name__ == "__main__":
    main()
