-- A queue of jobs in a table; most are done, a few wait.
CREATE TABLE jobs (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  queue    text NOT NULL DEFAULT 'default',
  state    text NOT NULL,
  priority integer NOT NULL DEFAULT 0,
  run_at   timestamptz NOT NULL
);
CREATE TABLE readings (
  device_id bigint NOT NULL,
  metric    text NOT NULL,
  at        timestamptz NOT NULL,
  value     double precision
);
