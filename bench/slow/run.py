"""Public slow queries, rebuilt small: what the expert's fix is worth here, and what ours is.

python bench/slow/run.py
    times the experts' fixes: results/expert.json
python bench/slow/run.py --ours --half tuned
    asks Blueproof as well, and times what it advises: results/ours.json
python bench/slow/run.py --case 003 012
    some cases only
"""

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import Any

from case import Case, read
from ours import Judged, advised
from pg8000.exceptions import DatabaseError
from private import Private, running
from timing import Answer, ask, error_of, fill, run_script, simple

_RESULTS = Path(__file__).parent / "results"
_TIMES_FASTER = 3.0  # a fix that is worth less shows nothing
_MOST_FILL_SECONDS = 6.0
_ROWS = range(50_000, 1_000_001)


def main() -> int:
    """Run what the command line names; 1 where a case does not hold what it says."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the server ends with us, then, too
    cases = read(tuple(asked.case), asked.half)
    with running() as server:
        if asked.ours:
            return _ours(server, cases, asked)
        return _expert(server, cases)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ours", action="store_true", help="ask Blueproof, too")
    parser.add_argument("--half", choices=("tuned", "held-out"), default="")
    parser.add_argument("--case", nargs="*", default=[], help="numbers or names")
    parser.add_argument("--plans", action="store_true", help="print plans and advice as well")
    return parser.parse_args()


def _expert(server: Private, cases: list[Case]) -> int:
    found = {}
    for case in cases:
        found[case.id] = result = expert(server, case)
        say(_line(case, result))
        _keep("expert.json", {case.id: result})
    wrong = [name for name, result in found.items() if result["wrong"]]
    say(f"{len(found)} cases, {len(wrong)} do not hold: {' '.join(wrong)}")
    return 1 if wrong else 0


def expert(server: Private, case: Case) -> dict[str, Any]:
    """One case before and after the expert's fix, and what is wrong with the case itself."""
    name = f"c{case.number}"
    try:
        with server.database(name):
            seconds = fill(server, case, name)
            with server.session(name) as session:
                rows = _rows_in_all(session)
                before = ask(session, case, case.query)
            after = _fixed(server, case, name)
    except DatabaseError as error:
        return {"wrong": error_of(error)}
    told = {
        "kind": case.kind,
        "trap": case.trap,
        "fill_seconds": round(seconds, 1),
        "rows": rows,
        "ms_before": round(before.ms, 2),
        "plan_before": before.plan,
    }
    if after is not None:
        told |= {"ms_expert": round(after.ms, 2), "plan_expert": after.plan}
    return {**told, "wrong": _wrong(case, before, after, seconds, rows)}


def _fixed(server: Private, case: Case, name: str) -> Answer | None:
    """The case with the fix applied to a copy of its database; None where there is no fix."""
    if not case.fix and not case.fix_query:
        return None
    copy = f"{name}_expert"
    with server.database(copy, name), server.session(copy) as session:
        run_script(session, case.fix)
        if case.fix:
            simple(session, "ANALYZE")
        return ask(session, case, case.fixed_query)


def _rows_in_all(session: Any) -> int:
    """Rows of all tables, as VACUUM and ANALYZE counted them."""
    counted = "SELECT sum(reltuples) FROM pg_class WHERE relkind = 'r' AND oid >= 16384"
    return int(simple(session, counted)[0][0])


def _wrong(case: Case, before: Answer, after: Answer | None, seconds: float, rows: int) -> str:
    checks = [
        (seconds > _MOST_FILL_SECONDS, f"filling took {seconds:.1f} s"),
        (rows not in _ROWS, f"it has {rows} rows"),
    ]
    if after is not None and not case.trap:
        gain = before.ms / max(after.ms, 0.001)
        checks += [
            (gain < _TIMES_FASTER, f"the fix is only {gain:.1f} times faster"),
            (not before.same(after, case.compare), f"other rows: {before.rows}, {after.rows}"),
        ]
    return "; ".join(says for bad, says in checks if bad)


def _line(case: Case, result: dict[str, Any]) -> str:
    if "ms_before" not in result:
        return f"{case.id:44} WRONG {result['wrong']}"
    after = f"{result['ms_expert']:9.2f}" if "ms_expert" in result else " " * 9
    wrong = f"  WRONG {result['wrong']}" if result["wrong"] else ""
    trap = " trap" if case.trap else ""
    return (
        f"{case.id:44} {case.kind:10} {result['ms_before']:9.2f} {after} ms  "
        f"{result['rows']:>7} rows, filled in {result['fill_seconds']:.1f} s{trap}{wrong}"
    )


def _ours(server: Private, cases: list[Case], asked: argparse.Namespace) -> int:
    """Of the held-out half only totals are shown and kept, so that nobody works towards it."""
    found: list[Judged] = []
    for case in cases:
        judged = advised(server, case)
        found.append(judged)
        if case.half == "tuned" or asked.case:
            say(judged.line())
            if asked.plans:
                say(judged.told())
        if case.half == "tuned":
            _keep("ours.json", {case.id: judged.as_json()})
    for half in ("tuned", "held-out"):
        of_half = [judged for judged in found if judged.case.half == half]
        if of_half:
            say(f"{half} half\n{_summary(of_half)}")
            if half == "held-out" and not asked.case:
                _keep("ours.json", {"held-out": _summary(of_half).split("\n")})
    return 0


def _summary(found: list[Judged]) -> str:
    """How many were won, of the traps and of the others, by kind."""
    lines = []
    for name, trap in (("slow queries", False), ("traps", True)):
        kept = [judged for judged in found if judged.case.trap == trap]
        won, fast = sum(judged.won for judged in kept), sum(judged.fast for judged in kept)
        failed = sum(bool(judged.error) or not judged.same for judged in kept)
        lines.append(
            f"{name}: {won} of {len(kept)} won, {fast} as fast as the expert, "
            f"{failed} with an error or other rows"
        )
    for kind in sorted({j.case.kind for j in found if not j.case.trap}):
        of_kind = [j for j in found if j.case.kind == kind and not j.case.trap]
        lines.append(f"  {kind}: {sum(j.won for j in of_kind)} of {len(of_kind)}")
    return "\n".join(lines)


def _keep(name: str, found: dict[str, Any]) -> None:
    """Write results, beside those that are there already."""
    _RESULTS.mkdir(exist_ok=True)
    file = _RESULTS / name
    kept = json.loads(file.read_text("utf-8")) if file.exists() else {}
    text = json.dumps(dict(sorted({**kept, **found}.items())), indent=1, ensure_ascii=False)
    file.write_text(text + "\n", "utf-8")


def say(text: str) -> None:
    """Show a line at once, however the output is piped."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
