-- Where data of people lies. `whose` finds a person's rows by $1, their id; those are deleted, or
-- else their columns replaced. Tables are done in the order of `step`.
CREATE TABLE personal_tables (
  table_name text PRIMARY KEY,
  step int NOT NULL,
  whose text NOT NULL,
  delete_rows boolean NOT NULL DEFAULT false
);

-- A decision for each column of each table: no personal data where replacement is NULL, else the
-- SQL expression that takes its place.
CREATE TABLE personal_columns (
  table_name text NOT NULL,
  column_name text NOT NULL,
  replacement text,
  PRIMARY KEY (table_name, column_name)
);

-- Who was erased; erase them again after a restore from a backup.
CREATE TABLE erasures (
  person bigint PRIMARY KEY,
  erased_at timestamptz NOT NULL DEFAULT now()
);

-- Columns that nobody has decided about. A test asserts that there is none, so that a migration
-- that adds a column must say what it holds.
CREATE VIEW undecided_columns AS
  SELECT c.relname::text AS table_name, a.attname::text AS column_name
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relnamespace = current_schema::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
    AND c.relname NOT IN ('personal_tables', 'personal_columns', 'erasures')
    AND NOT EXISTS (SELECT FROM personal_columns p
      WHERE p.table_name = c.relname AND p.column_name = a.attname);

CREATE FUNCTION erase_person(person bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  place personal_tables;
  sets text;
BEGIN
  IF EXISTS (SELECT FROM undecided_columns) THEN
    RAISE EXCEPTION 'undecided columns: %',
      (SELECT string_agg(table_name || '.' || column_name, ', ') FROM undecided_columns);
  END IF;
  FOR place IN SELECT * FROM personal_tables ORDER BY step LOOP
    SELECT string_agg(format('%I = %s', column_name, replacement), ', ') INTO sets
    FROM personal_columns WHERE table_name = place.table_name AND replacement IS NOT NULL;
    EXECUTE CASE WHEN place.delete_rows
      THEN format('DELETE FROM %I WHERE %s', place.table_name, place.whose)
      ELSE format('UPDATE %I SET %s WHERE %s', place.table_name, sets, place.whose) END
    USING person;
  END LOOP;
  INSERT INTO erasures (person) VALUES (erase_person.person) ON CONFLICT DO NOTHING;
END $$;
