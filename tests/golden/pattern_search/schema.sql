CREATE TABLE author (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE post (
  id bigint PRIMARY KEY,
  author_id bigint NOT NULL REFERENCES author,
  title text NOT NULL,
  body text NOT NULL,
  posted_at timestamptz NOT NULL
);
CREATE INDEX post_author_id_idx ON post (author_id);
