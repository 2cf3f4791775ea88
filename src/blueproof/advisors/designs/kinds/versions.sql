-- The lasting thing and its versions; a version is never changed.
CREATE TABLE people (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (name <> '')
);

CREATE TABLE items (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title text NOT NULL CHECK (title <> ''),
  marked_version_id bigint,
  created_by bigint NOT NULL REFERENCES people (id)
);

-- `part` names a clause or section; a thing of one text has the part ''.
CREATE TABLE versions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item_id bigint NOT NULL REFERENCES items (id),
  part text NOT NULL DEFAULT '',
  number int NOT NULL CHECK (number > 0),
  body text NOT NULL,
  author_id bigint NOT NULL REFERENCES people (id),
  note text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT versions_once UNIQUE (item_id, part, number),
  UNIQUE (item_id, id)
);
CREATE INDEX versions_author_idx ON versions (author_id);

-- The marked version (the original, the published one) is one of its own.
ALTER TABLE items ADD CONSTRAINT items_marked_own
  FOREIGN KEY (id, marked_version_id) REFERENCES versions (item_id, id);

CREATE TABLE photos (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  version_id bigint NOT NULL REFERENCES versions (id),
  path text NOT NULL UNIQUE
);
CREATE INDEX photos_version_idx ON photos (version_id);

CREATE FUNCTION versions_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'a version is not changed: add the next one' USING ERRCODE = '23001';
END $$;
CREATE TRIGGER versions_stay BEFORE UPDATE OR DELETE ON versions
  FOR EACH ROW EXECUTE FUNCTION versions_stay();

-- As it was at a moment ($1 item, $2 when):
-- SELECT DISTINCT ON (part) part, number, body FROM versions
--   WHERE item_id = $1 AND created_at <= $2 ORDER BY part, number DESC;
