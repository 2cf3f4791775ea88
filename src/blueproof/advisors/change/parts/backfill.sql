SET plan_cache_mode = force_custom_plan; -- each batch is planned for its own keys
DO $$
DECLARE
  first {table}.{key}%TYPE := (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1);
  last {table}.{key}%TYPE;
  beyond {table}.{key}%TYPE;
  changed bigint;
  done bigint := 0;
  batches bigint := 0;
  began timestamptz := clock_timestamp();
BEGIN
  WHILE first IS NOT NULL LOOP
    beyond := (SELECT {key} FROM {table} WHERE {key} >= first ORDER BY {key} OFFSET {batch} LIMIT 1);
    last := coalesce(beyond, (SELECT {key} FROM {table} ORDER BY {key} DESC LIMIT 1));
{work}    GET DIAGNOSTICS changed = ROW_COUNT;
    done := done + changed;
    batches := batches + 1;
    COMMIT;
    IF batches % 20 = 0 THEN
      RAISE NOTICE '% rows of {table_plain} filled, up to key %, % a second', done, last,
        round(done / greatest(extract(epoch FROM clock_timestamp() - began), 1));
    END IF;
    PERFORM pg_sleep({pause_seconds});
    -- Replicas that lag more than 10 s get time to catch up.
    WHILE EXISTS (SELECT FROM pg_stat_replication WHERE replay_lag > interval '10 s') LOOP
      COMMIT;
      PERFORM pg_sleep(2);
    END LOOP;
    first := beyond;
  END LOOP;
  RAISE NOTICE '% rows of {table_plain} filled in % batches', done, batches;
END $$;
