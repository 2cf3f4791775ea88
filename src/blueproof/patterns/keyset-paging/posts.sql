CREATE TABLE posts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The order of the pages; the id makes it unambiguous where posts have the same time.
CREATE INDEX posts_newest ON posts (created_at DESC, id DESC);
