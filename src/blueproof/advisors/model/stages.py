"""Triggers on what a row passes through: allowed steps, numbers without gaps, what is final."""

from blueproof.advisors.model.design import Guard, Model, Table
from blueproof.sql.names import quote

_NO = "USING ERRCODE = 'check_violation'"


def flow_sql(table: Table, guard: Guard, own: str) -> str:
    """A status that takes only certain steps, from the first on."""
    name, first = quote(table.name), guard.pairs[0][0]
    steps = ", ".join(f"('{one}', '{other}')" for one, other in guard.pairs)
    return f"""\
CREATE FUNCTION {own}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> '{first}' THEN
      RAISE EXCEPTION '{table.name} begin as {first}' {_NO};
    END IF;
  ELSIF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN ({steps}) THEN
    RAISE EXCEPTION 'no step from % to %', OLD.status, NEW.status {_NO};
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {own} BEFORE INSERT OR UPDATE OF status ON {name}
  FOR EACH ROW EXECUTE FUNCTION {own}();
"""


def gapless_sql(table: Table, guard: Guard, own: str, model: Model) -> str:
    """The counter's row is locked until the end, so a number that is rolled back is not lost."""
    name, counter = quote(table.name), quote(guard.table)
    apart = table in model.apart
    keys = [model.tenant_column] * apart + [guard.column] * bool(guard.column)
    columns = ", ".join((*keys, "last_number"))
    values = ", ".join((*(f"NEW.{k}" for k in keys), "1"))
    due = "NEW.number IS NULL" + (" AND NEW.status <> 'draft'" if guard.floor else "")
    found = " AND ".join(f"{k} = NEW.{k}" for k in keys) or "true"
    return f"""\
-- Neither a sequence nor max() + 1: a sequence leaves gaps where a transaction is rolled back, and
-- two who ask for the highest number get the same. Whoever issues waits for who issues before.
CREATE FUNCTION {own}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.number IS NOT NULL THEN
      RAISE EXCEPTION 'number % would be missing', OLD.number {_NO};
    END IF;
    RETURN OLD;
  END IF;
  IF (TG_OP = 'INSERT' AND NEW.number IS NOT NULL)
    OR (TG_OP = 'UPDATE' AND NEW.number IS DISTINCT FROM OLD.number) THEN
    RAISE EXCEPTION 'numbers are given by the counter alone' {_NO};
  END IF;
  IF {due} THEN
    UPDATE {counter} SET last_number = last_number + 1 WHERE {found}
      RETURNING last_number INTO NEW.number;
    IF NOT FOUND THEN
      INSERT INTO {counter} ({columns}) VALUES ({values}) RETURNING last_number INTO NEW.number;
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {own} BEFORE INSERT OR UPDATE OR DELETE ON {name}
  FOR EACH ROW EXECUTE FUNCTION {own}();
"""


def frozen_sql(table: Table, guard: Guard, own: str) -> str:
    """Once it is no draft only the status may go on; the lines stay with it."""
    name = quote(table.name)
    if guard.table:
        return f"""\
CREATE FUNCTION {own}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM {quote(guard.table)} WHERE status <> 'draft'
      AND id IN (NEW.{guard.column}, OLD.{guard.column})) THEN
    RAISE EXCEPTION 'what it belongs to is no draft any more' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER {own} BEFORE INSERT OR UPDATE OR DELETE ON {name}
  FOR EACH ROW EXECUTE FUNCTION {own}();
"""
    return f"""\
-- A draft may be changed; later on only its status moves, and never back to a draft.
CREATE FUNCTION {own}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF OLD.status <> 'draft' AND (TG_OP = 'DELETE' OR NEW.status = 'draft'
      OR to_jsonb(NEW) - 'status' <> to_jsonb(OLD) - 'status') THEN
    RAISE EXCEPTION '{table.name} that are no draft are not changed'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER {own} BEFORE UPDATE OR DELETE ON {name}
  FOR EACH ROW EXECUTE FUNCTION {own}();
"""
