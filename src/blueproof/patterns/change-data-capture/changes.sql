-- Every change of the tables that have the trigger, in the order in which consumers read them: by
-- transaction, and by position inside of it. Rows that all consumers have read can go.
CREATE TABLE changes (
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  position bigint GENERATED ALWAYS AS IDENTITY,
  table_name text NOT NULL,
  operation text NOT NULL,
  row_data jsonb NOT NULL,
  PRIMARY KEY (xid, position)
);

-- How far each consumer has come.
CREATE TABLE consumers (
  name text PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT '0',
  position bigint NOT NULL DEFAULT 0
);

CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO changes (table_name, operation, row_data)
  VALUES (TG_TABLE_NAME, TG_OP, to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END));
  RETURN NULL;
END $$;
