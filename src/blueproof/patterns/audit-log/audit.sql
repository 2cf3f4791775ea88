CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor text NOT NULL,
  table_name text NOT NULL,
  operation text NOT NULL,
  row_key text,
  before jsonb,
  after jsonb
);

CREATE INDEX audit_of_row ON audit_log (table_name, row_key, id);

-- Notes who changed what; of an update only the columns that differ. Arguments: columns to hide.
CREATE FUNCTION note_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  hidden text[] := coalesce(TG_ARGV, '{}');
  old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  changes jsonb := new_row;
  changed text[];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    changed := ARRAY(SELECT key FROM jsonb_each(new_row) WHERE value <> old_row -> key);
    IF changed = '{}' THEN RETURN NULL; END IF;
    -- A hidden column that changed stays visible by its name: its value does not.
    changes := (SELECT jsonb_object_agg(key, new_row -> key) FROM unnest(changed) AS key);
    changes := changes || (SELECT coalesce(jsonb_object_agg(key, '(hidden)'::text), '{}')
      FROM unnest(hidden) AS key WHERE key = ANY (changed));
    old_row := (SELECT jsonb_object_agg(key, old_row -> key) FROM unnest(changed) AS key) - hidden;
  ELSE
    old_row := old_row - hidden;
    changes := changes - hidden;
  END IF;
  INSERT INTO audit_log (actor, table_name, operation, row_key, before, after) VALUES (
    -- Whoever comes past the service has no actor, and the role tells who it was.
    coalesce(nullif(current_setting('app.actor', true), ''), 'role ' || session_user),
    TG_TABLE_NAME, TG_OP,
    CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> 'id',
    old_row, changes);
  RETURN NULL;
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
