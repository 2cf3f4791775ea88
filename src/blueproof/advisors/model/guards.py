"""What a constraint cannot say, as triggers: places that run out, sums, and what stays as it is."""

from collections.abc import Iterator

from blueproof.advisors.model.design import Guard, Model, Table
from blueproof.advisors.model.stages import flow_sql, frozen_sql, gapless_sql
from blueproof.sql.names import IDENTIFIER_BYTES, quote

_REFUSES = """\
-- What happened is not changed afterwards: a correction is a row of its own.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION '% rows are not changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def guards_sql(model: Model) -> Iterator[str]:
    """The functions and triggers of all tables."""
    made = [(t, g) for t in model.tables for g in t.guards]
    if any(g.kind in {"append", "keep"} for _, g in made):
        yield _REFUSES
    for table, guard in made:
        yield _sql(table, guard, model)


def trigger(table: Table, guard: Guard) -> str:
    """The name of a guard's trigger."""
    last = {"append": "unchanged", "keep": "kept", "states": "states", "audit": "audited"}
    whole = f"{table.name}_{last.get(guard.kind, guard.column or guard.kind)}_{guard.kind}"
    return quote(whole[:IDENTIFIER_BYTES])


def _sql(table: Table, guard: Guard, model: Model) -> str:
    name = quote(table.name)
    if guard.kind in {"append", "keep"}:
        when = "UPDATE OR DELETE" if guard.kind == "append" else "DELETE"
        return (
            f"CREATE TRIGGER {trigger(table, guard)} BEFORE {when} ON {name}\n"
            "  FOR EACH ROW EXECUTE FUNCTION refuse_change();\n"
        )
    write = {"capacity": _capacity, "moves": _moves, "states": _states, "audit": _audit}
    write["stocked"] = _stocked
    if guard.kind == "flow":
        return flow_sql(table, guard, trigger(table, guard))
    if guard.kind == "frozen":
        return frozen_sql(table, guard, trigger(table, guard))
    if guard.kind == "gapless":
        return gapless_sql(table, guard, trigger(table, guard), model)
    return write[guard.kind](table, guard, model)


def _capacity(table: Table, guard: Guard, _model: Model) -> str:
    """The row above is locked, so that two who take the last place at once wait for one another."""
    name, own = quote(table.name), trigger(table, guard)
    cancelled = " AND status <> 'cancelled'" if table.cancels else ""
    also = ", status" if table.cancels else ""
    passed = "  IF NEW.status = 'cancelled' THEN RETURN NEW; END IF;\n" if table.cancels else ""
    return f"""\
-- The row of {guard.table} is locked, so two who take the last place at once wait for one another.
CREATE FUNCTION {own}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE most integer; taken bigint;
BEGIN
{passed}  SELECT {guard.figure} INTO most FROM {quote(guard.table)}
    WHERE id = NEW.{guard.column} FOR UPDATE;
  SELECT count(*) INTO taken FROM {name}
    WHERE {guard.column} = NEW.{guard.column} AND id <> NEW.id{cancelled};
  IF taken >= most THEN
    RAISE EXCEPTION 'no place left: % of %', taken, most USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {own} BEFORE INSERT OR UPDATE OF {guard.column}{also} ON {name}
  FOR EACH ROW EXECUTE FUNCTION {own}();
"""


def _stocked(table: Table, guard: Guard, model: Model) -> str:
    """The most that is out at one time while the new row lasts, held against the units."""
    name, own, units = quote(table.name), trigger(table, guard), quote(guard.table)
    act_link = next(k for k in table.links if k.column == guard.figure)
    kind_link = next(k for k in table.links if k.column == guard.column)
    act = model.by_name[act_link.table]
    acts = quote(act.name)
    live = " AND r.status <> 'cancelled'" if act.cancels else ""
    usable = " AND NOT in_repair" if guard.floor else ""
    return f"""\
-- The row of {kind_link.table} is locked, so two who take the last ones at once wait for one
-- another. A sum over all that overlap would count some that are never out together: the most at
-- one time is what counts, and it is reached when one of them begins.
CREATE FUNCTION {own}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE there bigint; most bigint; own_time tstzrange;
BEGIN
  PERFORM FROM {quote(kind_link.table)} WHERE id = NEW.{guard.column} FOR UPDATE;
  SELECT tstzrange(starts_at, ends_at) INTO own_time FROM {acts} WHERE id = NEW.{guard.figure};
  SELECT count(*) INTO there FROM {units} WHERE {guard.column} = NEW.{guard.column}{usable};
  WITH others AS (
    SELECT tstzrange(r.starts_at, r.ends_at) AS time, l.quantity
      FROM {name} AS l JOIN {acts} AS r ON r.id = l.{guard.figure}
      WHERE l.{guard.column} = NEW.{guard.column} AND l.id <> NEW.id
        AND tstzrange(r.starts_at, r.ends_at) && own_time{live}
  ), moments AS (
    SELECT lower(own_time) AS at UNION SELECT greatest(lower(time), lower(own_time)) FROM others
  )
  SELECT max(out) INTO most FROM (
    SELECT coalesce(sum(o.quantity), 0) AS out
      FROM moments AS m LEFT JOIN others AS o ON o.time @> m.at GROUP BY m.at
  ) AS counted;
  IF most + NEW.quantity > there THEN
    RAISE EXCEPTION '% of % are out at one time', most, there USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {own} AFTER INSERT OR UPDATE ON {name}
  FOR EACH ROW EXECUTE FUNCTION {own}();
"""


def _moves(table: Table, guard: Guard, _model: Model) -> str:
    name, own = quote(table.name), trigger(table, guard)
    return f"""\
-- {guard.table}.{guard.figure} is the sum of {table.name}; only this trigger writes it.
CREATE FUNCTION {own}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE {quote(guard.table)} SET {guard.figure} = {guard.figure} + NEW.amount
    WHERE id = NEW.{guard.column};
  RETURN NEW;
END $$;
CREATE TRIGGER {own} AFTER INSERT ON {name} FOR EACH ROW EXECUTE FUNCTION {own}();
"""


def _tenant(model: Model, table: Table) -> tuple[str, str]:
    """The tenant's column and value, where the table's rows belong to one."""
    apart = table in model.apart
    return (f"{model.tenant_column}, ", f"NEW.{model.tenant_column}, ") if apart else ("", "")


def _states(table: Table, guard: Guard, model: Model) -> str:
    name, own = quote(table.name), trigger(table, guard)
    column, value = _tenant(model, table)
    return f"""\
CREATE FUNCTION {own}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'INSERT' OR NEW.status IS DISTINCT FROM OLD.status THEN
    INSERT INTO {quote(guard.table)} ({column}{guard.column}, status, changed_by)
      VALUES ({value}NEW.id, NEW.status, coalesce(current_setting('app.user', true), current_user));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {own} AFTER INSERT OR UPDATE OF status ON {name}
  FOR EACH ROW EXECUTE FUNCTION {own}();
"""


def _audit(table: Table, guard: Guard, model: Model) -> str:
    name, own = quote(table.name), trigger(table, guard)
    column, _ = _tenant(model, table)
    row = "coalesce(NEW, OLD)"
    value = f"({row}).{model.tenant_column}, " if column else ""
    return f"""\
-- Who changed what: before and after, by the name that the app sets with
-- SELECT set_config('app.user', '...', true).
CREATE FUNCTION {own}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO {quote(guard.table)} ({column}table_name, row_id, changed_by, before, after)
    VALUES ({value}TG_TABLE_NAME, ({row}).id,
      coalesce(current_setting('app.user', true), current_user),
      to_jsonb(OLD), to_jsonb(NEW));
  RETURN {row};
END $$;
CREATE TRIGGER {own} AFTER INSERT OR UPDATE OR DELETE ON {name}
  FOR EACH ROW EXECUTE FUNCTION {own}();
"""
