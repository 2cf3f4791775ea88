"""The reproduction as scripts that anybody can run with psql."""

from blueproof.advisors.known.reproduction.tried import Tried
from blueproof.core.advice import Artifact

_FOLDER = "reproduction"


def reproduction_files(tried: Tried) -> tuple[Artifact, ...]:
    """Schema, rows and queries, in the order in which they are run."""
    sketch = tried.sketch
    guessed = "".join(f"-- {a.says} ({a.why})\n" for a in sketch.assumed)
    rows = "\n".join(f.sql for f in tried.fillings)
    counted = "\n".join(f"VACUUM ANALYZE {f.table};" for f in tried.fillings)
    explained = "".join(f"EXPLAIN (ANALYZE, BUFFERS)\n{q};\n\n" for q in sketch.queries)
    return (
        Artifact(
            path=f"{_FOLDER}/schema.sql",
            purpose="the tables made from your words",
            text=f"-- Made from words; what was guessed:\n{guessed}\n{sketch.tables}",
        ),
        Artifact(
            path=f"{_FOLDER}/rows.sql",
            purpose="the rows, then keys and the indexes that you have",
            text=f"SELECT setseed(0.42);\n{rows}\n{sketch.keys}{counted}\n",
        ),
        Artifact(
            path=f"{_FOLDER}/queries.sql",
            purpose="the queries; put a value of yours in place of $1, $2",
            text=explained,
        ),
    )
