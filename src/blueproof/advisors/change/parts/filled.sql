    WITH batch AS MATERIALIZED (
      SELECT t.{key} FROM {table} t WHERE t.{key} BETWEEN first AND last AND {todo}
      FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE {table} t SET {set} FROM batch
WHERE t.{key} = batch.{key} AND t.{key} BETWEEN first AND last;
