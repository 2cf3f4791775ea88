-- A blog that already has what its queries need.
CREATE TABLE authors (id bigint PRIMARY KEY, handle text NOT NULL UNIQUE);
CREATE TABLE posts (
  id bigint PRIMARY KEY,
  author_id bigint NOT NULL REFERENCES authors,
  slug text NOT NULL UNIQUE,
  published_at timestamptz
);
CREATE INDEX posts_author_id_published_at_idx ON posts (author_id, published_at DESC);
