-- What was counted up to the last roll-up, and each change since.
CREATE TABLE counter_totals (
  counter text PRIMARY KEY,
  amount bigint NOT NULL
);

CREATE TABLE counter_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  counter text NOT NULL,
  amount bigint NOT NULL
);

CREATE INDEX counter_changes_counter ON counter_changes (counter) INCLUDE (amount);
