"""Designs as advice: which of those that were made on the rows is worth it, its files and steps."""

from collections.abc import Iterator, Mapping

from blueproof.advisors.known.reproduction.asked_less import ASKED_LESS
from blueproof.advisors.known.reproduction.design import Design
from blueproof.advisors.known.reproduction.reworded import REWORDED
from blueproof.advisors.known.reproduction.tried import MANY, SLOW_MS, Built
from blueproof.core.advice import Alternative, Artifact, Recommendation, Step
from blueproof.sql.names import quote_table
from blueproof.sql.ran import Run

SLOT = "design for"
_FASTER = 5.0  # times, from which another thing to keep is worth its price
_TWICE = 2.0
_FELT_MS = 1.0
_FOLDER = "designs"
_TEN, _SECOND = 10, 1000.0
_SAFE = "SET lock_timeout = '5s';\nSET statement_timeout = 0;\n"


def worth_it(
    built: tuple[Built, ...], advised: Mapping[int, Run], *, large: bool = False
) -> tuple[Recommendation, ...]:
    """The first sound design of each query that stays slow with everything else advised.

    `advised` are the runs of the queries, by their places, as the other advice leaves them. Of a
    `large` table a write goes in batches whatever one takes: it is for those who wait meanwhile.
    """
    found = (_sound(built, ordinal, run, large=large) for ordinal, run in advised.items())
    made = (_recommended(each[0], each[1:]) for each in found if each)
    return tuple({each.slot: each for each in made}.values())


def _sound(built: tuple[Built, ...], ordinal: int, run: Run, *, large: bool) -> tuple[Built, ...]:
    """The designs of a query whose time still grows with the rows, that make it much faster."""
    if not stays_slow(run):
        return ()
    mine = (b for b in built if b.design.ordinal == ordinal and b.is_sound)
    return tuple(
        b
        for b in mine
        if _is_cheaper(b)
        or run.milliseconds > b.milliseconds * _least(b)
        or (large and b.design.kind == "batches")
    )


def _least(built: Built) -> float:
    """How much faster a design must be: other words for the same rows keep nothing but indexes."""
    words = (built.design.kind in REWORDED and built.same) or built.design.kind in ASKED_LESS
    return _TWICE if words else _FASTER


def stays_slow(run: Run) -> bool:
    """Whether a query goes through so many rows, or for so long, that more of them are felt."""
    touched = max((n.found * max(n.loops, 1.0) for n in run.plan.walk()), default=0.0)
    return run.cut or run.milliseconds >= SLOW_MS or (
        touched >= MANY and run.milliseconds >= _FELT_MS
    )  # fmt: skip


def _is_cheaper(built: Built) -> bool:
    """Whether the planner says so of other words for the same rows, at as many as are told."""
    before, after = built.costs
    return bool(built.same) and before > after * _FASTER


def _recommended(first: Built, others: tuple[Built, ...]) -> Recommendation:
    design = first.design
    files = tuple(file for each in (first, *others) for file in design_files(each.design))
    return Recommendation(
        slot=f"{SLOT} {design.table}",
        choice=f"{design.choice}: {_path(design)}",
        because=(*design.because, *statements(design), _measured(first)),
        instead_of=tuple(_alternative(each) for each in others),
        trade_offs=design.trade_offs,
        evidence=(design.source,),
        files=files,
    )


def statements(design: Design) -> tuple[str, ...]:
    """What makes a design first of all, what renews it, and what reads it, a line each."""
    made, _, _ = design.made.partition(";")
    renewed = (
        f"then {_flat(design.renew).rstrip(';')}, as often as is wanted" if design.renew else ""
    )
    changed = design.read != design.query
    read = f"in place of the query: {_flat(design.read)}" if changed else ""
    return tuple(each for each in (_flat(made), renewed, read) if each)


def _flat(sql: str) -> str:
    return " ".join(sql.split())


def _measured(built: Built) -> str:
    held = {None: "", True: "; it gave the same rows", False: ""}[built.same]
    after = ", also after deletes, inserts and updates" if held and built.design.writes else ""
    costs = ""
    if _is_cheaper(built):
        costs = f" (planner cost {built.costs[0]:,.0f} and {built.costs[1]:,.0f} at your rows)"
    return (
        f"on the made rows {shown_ms(built.before)} before, {shown_ms(built.milliseconds)} "
        f"after{costs}{held}{after}"
    )


def _alternative(built: Built) -> Alternative:
    why = (*built.design.trade_offs, _measured(built))
    return Alternative(
        choice=f"{built.design.choice}: {_path(built.design)}", why_not="; ".join(why)
    )


def _path(design: Design) -> str:
    kind = design.kind.split(" ")[0]
    return f"{_FOLDER}/{design.name or design.table}_{kind}.sql"


def design_files(design: Design) -> Iterator[Artifact]:
    """What makes a design and reads it, and what takes it back."""
    head = f"-- {design.choice}.\n"
    made = design.made
    if design.locks:
        lock = f"LOCK TABLE {quote_table(design.locks)} IN SHARE ROW EXCLUSIVE MODE;\n"
        made = f"-- Writes wait while it counts what is there.\nBEGIN;\n{lock}{made}COMMIT;\n"
    if "gin_trgm_ops" in made:
        made = f"CREATE EXTENSION IF NOT EXISTS pg_trgm;\n{made}"
    made = made.replace("CREATE INDEX ON", "CREATE INDEX CONCURRENTLY ON")
    made = f"{_SAFE}\n{made}\n" if made else ""
    renew = f"-- As often as it must be fresh:\n-- {design.renew}\n" if design.renew else ""
    yield Artifact(
        path=_path(design),
        purpose="what is kept ready, and the query that reads it",
        text=f"{head}{made}{renew}-- In place of the query:\n{design.read};\n",
    )
    if design.undo:
        yield Artifact(
            path=_path(design).replace(_FOLDER, f"{_FOLDER}/undo"),
            purpose="takes it back",
            text=f"{_SAFE}\n{design.undo}",
        )


def design_steps(advice: tuple[Recommendation, ...]) -> Iterator[Step]:
    """How each design is made and taken back."""
    for each in advice:
        paths = [path for path in each.artifacts if path.startswith(f"{_FOLDER}/")]
        if not each.slot.startswith(SLOT) or not paths:
            continue
        back = next((p for p in paths if "/undo/" in p), "")
        made = f'psql "$DATABASE_URL" -f {paths[0]}, then put its last query in place of yours'
        yield Step(
            do=made if back else f"Put the statement of {paths[0]} in place of yours",
            horizon="now",
            check="both give the same figures",
            undo=f'psql "$DATABASE_URL" -f {back}' if back else "put the old query back",
            needs=(each.slot,),
        )


def shown_ms(milliseconds: float) -> str:
    """A time as a person reads it.

    >>> shown_ms(0.052), shown_ms(41.7), shown_ms(2100.0)
    ('0.05 ms', '42 ms', '2.1 s')
    """
    if milliseconds >= _SECOND:
        return f"{milliseconds / _SECOND:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= _TEN else f"{milliseconds:.2f} ms"
