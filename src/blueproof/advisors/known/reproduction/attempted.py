"""What was tried on the made rows and won there, as steps and files."""

from dataclasses import replace

from blueproof.advisors.known.reproduction.files import attempt_files
from blueproof.advisors.known.reproduction.tried import Attempt
from blueproof.core.advice import Step
from blueproof.core.blueprint import Conclusion, Unproved


def with_attempt(conclusion: Conclusion, best: Attempt) -> Conclusion:
    """The conclusion with the file and the step of an index that the clock chose."""
    if best.proposal.kind == "setting":
        return _with_setting(conclusion, best.proposal.definition)
    files = attempt_files(best.proposal)
    return replace(
        conclusion,
        artifacts=(*conclusion.artifacts, *files),
        steps=(
            Step(
                do=f'psql "$DATABASE_URL" -f {files[0].path}, which makes {best.proposal.said}',
                horizon="now",
                check="EXPLAIN (ANALYZE, BUFFERS) of the query reads the new index",
                undo=f'psql "$DATABASE_URL" -f {files[1].path}',
            ),
            *(step for step in conclusion.steps if " -f migrations/" not in step.do),
        ),
        not_proved=(
            Unproved(
                statement=best.proposal.said,
                why="it was timed on made rows alone: the planner has no statistics of it",
            ),
            *conclusion.not_proved,
        ),
    )


def _with_setting(conclusion: Conclusion, definition: str) -> Conclusion:
    """The conclusion with the step that sets what the clock chose, for one role."""
    name = definition.partition(" ")[0]
    step = Step(
        do=f"ALTER ROLE app SET {definition} (your application's role in place of app; sessions "
        "that begin afterwards have it)",
        horizon="now",
        check="EXPLAIN (ANALYZE, BUFFERS) of the query begins with what it filters by",
        undo=f"ALTER ROLE app RESET {name}",
    )
    said = Unproved(statement=definition, why="it was timed on made rows alone")
    return replace(
        conclusion,
        steps=(step, *conclusion.steps),
        not_proved=(said, *conclusion.not_proved),
    )
