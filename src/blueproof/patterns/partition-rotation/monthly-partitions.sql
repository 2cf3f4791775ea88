CREATE TABLE events (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  created_at timestamptz NOT NULL DEFAULT now(),
  payload jsonb NOT NULL,
  PRIMARY KEY (created_at, id)
) PARTITION BY RANGE (created_at);

-- Make the partitions of this month and of as many months after it; returns how many were new.
-- Months are those of UTC, whatever the zone of the session that calls.
CREATE FUNCTION make_partitions(parent regclass, today date, ahead int) RETURNS int
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
  first date := date_trunc('month', today)::date;
  month date;
  name text;
  made int := 0;
BEGIN
  -- Two instances at once would both find the partition missing.
  PERFORM pg_advisory_xact_lock(parent::oid::bigint);
  FOR i IN 0..ahead LOOP
    month := first + make_interval(months => i);
    SELECT relname || to_char(month, '_YYYY_MM') INTO name FROM pg_class WHERE oid = parent;
    CONTINUE WHEN to_regclass(quote_ident(name)) IS NOT NULL;
    -- ATTACH lets readers and writers go on, where PARTITION OF would wait for them all.
    EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
      name, parent);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      parent, name, month, (month + interval '1 month')::date);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;

-- Drop the partitions of months before this one; returns how many. It gives up after `patience`,
-- since everybody who uses the table queues behind a DROP that waits.
CREATE FUNCTION drop_partitions(parent regclass, before date, patience text) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  old regclass;
  dropped int := 0;
BEGIN
  PERFORM set_config('lock_timeout', patience, true);
  FOR old IN
    SELECT inhrelid::regclass FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = parent AND relname ~ '_\d{4}_\d{2}$'
      AND right(relname, 7) < to_char(before, 'YYYY_MM')
    ORDER BY relname
  LOOP
    EXECUTE format('DROP TABLE %s', old);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;
