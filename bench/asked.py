"""Print what is answered to the real questions of tests/asked, beside what the experts said.

    python bench/asked.py held-out > answers.txt
    python bench/asked.py most-asked held-out > answers.txt

Each case is then graded by a reader: whether the deciding fact is among the answer and the first
three things known, whether the main advice is given, and whether anything misleads or is false.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

from blueproof.consult import consult
from blueproof.intake.words.read import read_request

ASKED = Path(__file__).parent.parent / "tests" / "asked"
_SHOWN = 3


def told(case: dict[str, Any]) -> str:
    """One case: the question, what the expert said, what is answered."""
    blueprint = consult(read_request(case["text"]))
    lines = [
        f"## {case['id']} [{case.get('kind', '')}]{' NOTHING' if case.get('nothing') else ''}",
        f"Q: {' '.join(case['text'].split())}",
        f"DECIDES: {' // '.join(case['decides'])}",
        f"ADVICE: {case['advice']}",
        f"ANSWER: {blueprint.answer}",
        *(f"  cause: {h.cause}" for h in blueprint.hypotheses[:_SHOWN]),
        *(f"  do: {s.horizon} {s.do}" for s in blueprint.steps[:_SHOWN]),
        *(f"  known: {f.says}" for f in blueprint.findings[:_SHOWN]),
    ]
    return "\n".join(lines)


def main() -> None:
    """Print every case of the file that is named, of one half where a second word says which."""
    name, half, *_ = (*sys.argv[1:], "", "")
    name = name or "held-out"
    cases = yaml.safe_load((ASKED / f"{name}.yaml").read_text(encoding="utf-8"))
    wanted = [case for case in cases if not half or case["half"] == half]
    sys.stdout.write("\n\n".join(map(told, wanted)) + "\n")


if __name__ == "__main__":
    main()
