"""Migrations that hurt the version which still runs: what each breaks, and the way around it.

While a deploy rolls, the old and the new version run at once, and going back runs the old one on
the new schema: a migration must suit both.
"""

from collections.abc import Iterator
from datetime import date

from blueproof.advisors.deploy.service import Service
from blueproof.core.advice import Finding
from blueproof.core.evidence import Citation

_LOCKS = Citation(
    url="https://www.postgresql.org/docs/17/explicit-locking.html",
    checked=date(2026, 11, 30),
    says="ALTER TABLE takes ACCESS EXCLUSIVE unless it says otherwise, which waits for every query "
    "and holds all later ones back; CREATE INDEX takes SHARE, which holds writes back",
)
# How a column gets another name in the code alone, by the ORM.
_MAPPED = {
    "prisma": '`{new} ... @map("{old}")` in schema.prisma',
    "drizzle-orm": '`{new}: text("{old}")` in the schema, the column\'s own name in quotes',
    "typeorm": '`@Column({{ name: "{old}" }}) {new}`',
    "sequelize": '`{new}: {{ field: "{old}" }}`',
    "mikroorm": '`@Property({{ fieldName: "{old}" }}) {new}`',
}
# What lets an index be built outside of a transaction, by what runs the migrations.
_ALONE = {
    "prisma": "alone in a migration of its own: several statements in one are one transaction",
    "drizzle-orm": "by psql, before the deploy: drizzle-kit runs migrations in a transaction",
    "typeorm": "with `transaction = false` in that migration",
    "knex": "with `exports.config = {{ transaction: false }}` in that migration",
    "sequelize": "with `concurrently: true`, and without a transaction around it",
}
_BREAKS = {"rename-column", "rename-table", "drop-column", "drop-table", "add-not-null",
           "set-not-null", "type", "change-column"}  # fmt: skip


def schema_findings(service: Service) -> Iterator[Finding]:
    """What the newest migrations do to the version that runs, each with its file and line."""
    if service.database != "postgresql":
        return
    changes = [(said.split(), where) for said, where in service.changes]
    for words, where in changes:
        what, table, names = words[0], (words[1:2] or ["the table"])[0], words[2:]
        breaks = what in _BREAKS
        yield Finding(
            rule="migration-breaks" if breaks else "migration-locks", where=where,
            says=_said(service, what, table, names, _pair(changes, table)),
            severity="harm" if breaks else "risk", evidence=(_LOCKS,),
        )  # fmt: skip


def breaking(service: Service) -> tuple[str, ...]:
    """The places of migrations that the version before cannot run on."""
    if service.database != "postgresql":
        return ()
    return tuple(where for said, where in service.changes if said.split()[0] in _BREAKS)


def _pair(changes: list[tuple[list[str], str]], table: str) -> str:
    """The column that is added where another goes: that is how a tool writes a rename."""
    added = (w[2] for w, _ in changes if w[0] == "add-not-null" and w[1:2] == [table] and w[2:])
    return next(added, "")


def _said(service: Service, what: str, table: str, names: list[str], pair: str) -> str:
    old = names[0] if names else "the column"
    new = names[1] if len(names) > 1 else "the new one"
    if what in {"rename-column", "index"}:
        rename = what == "rename-column"
        return _renamed(service, table, old, new) if rename else _index(service, table, names)
    if what in {"drop-column", "drop-table"}:
        return _dropped(table, old, pair) if what == "drop-column" else _DROPPED.format(table=table)
    if what in _REQUIRED:
        return _REQUIRED[what].format(table=table, old=old) + _FILL.format(old=old)
    if what in _OTHERS:
        return _OTHERS[what].format(table=table, old=old)
    return _constraint(table, what)


_DROPPED = (
    "{table} is dropped: the version that runs still reads it, and nothing brings its rows back. "
    "First deploy code without it, then drop it in the next deploy"
)
_REQUIRED = {
    "add-not-null": "{table}.{old} is added as NOT NULL without a default: the migration fails if "
    "the table has rows, and inserts of the version that runs fail. Give it a DEFAULT, or add it "
    "as NULL now",
    "set-not-null": "{table}.{old} becomes NOT NULL: rows of the version that runs which leave it "
    "out are refused, and the table is locked while all of it is checked. First deploy code that "
    "always sets it",
}
_FILL = (
    "; fill it; then in a later deploy ADD CONSTRAINT ... CHECK ({old} IS NOT NULL) NOT VALID, "
    "VALIDATE CONSTRAINT, and SET NOT NULL, which then checks nothing again"
)
_RETYPED = (
    "the type of {table}.{old} changes: unless it is only a longer varchar or text, the table is "
    "rewritten under a lock that stops every read and write, and the version that runs may not "
    "know the new type. Add a second column of the new type, write both, fill it in batches, read "
    "it, drop the first"
)
_OTHERS = {
    "type": _RETYPED,
    "change-column": _RETYPED,
    "rename-table": "{table} is renamed to {old}: the version that runs fails on every query of "
    "it, and so does going back. Leave behind a view: CREATE VIEW {table} AS SELECT * FROM {old}, "
    "in the same migration, and drop it a deploy later",
}


def _renamed(service: Service, table: str, old: str, new: str) -> str:
    mapped = _MAPPED.get(service.orm, "")
    first = (
        f"Take this line out and keep the column: {mapped.format(old=old, new=new)} gives it the "
        "new name in the code alone. Or in "
        if mapped
        else "In "
    )
    return (
        f"{table}.{old} is renamed to {new}: while the deploy rolls the version that runs fails on "
        f"every query of it, and going back fails too. {first}"
        f"three deploys: add {new}, write both and fill it; read {new}; drop {old}"
    )


def _dropped(table: str, old: str, pair: str) -> str:
    lost = (
        f" {pair} is added in the same migration: if that was meant as a rename, what stands in "
        f"{old} is lost."
        if pair
        else ""
    )
    return (
        f"{table}.{old} is dropped while the version that runs still reads it; going back fails, "
        f"and its values are gone.{lost} Deploy code that no longer names it first (an ORM selects "
        "every column of its model), and drop it in the deploy after"
    )


def _index(service: Service, table: str, names: list[str]) -> str:
    name = names[0] if names else "an index"
    alone = _ALONE.get(service.orm, "outside of a transaction").format()
    return (
        f"{name} on {table} is built without CONCURRENTLY: no row of {table} can be written until "
        f"it is done. Write CREATE INDEX CONCURRENTLY, {alone}"
    )


def _constraint(table: str, what: str) -> str:
    kind = what.replace("-", " ").upper()
    way = (
        "build the unique index CONCURRENTLY first and ADD CONSTRAINT ... UNIQUE USING INDEX"
        if what == "unique"
        else "add it NOT VALID, and VALIDATE CONSTRAINT in a migration after it"
    )
    return (
        f"{kind} is added to {table} at once: writes wait while every row is checked, and rows "
        f"that the version which runs would still write may be refused. Instead {way}"
    )
