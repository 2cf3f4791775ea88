-- Comments hang on their post and their parent; one vote for each person.
CREATE TABLE people (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);

CREATE TABLE posts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);

CREATE TABLE comments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  post_id bigint NOT NULL REFERENCES posts (id),
  parent_id bigint,
  author_id bigint NOT NULL REFERENCES people (id),
  body text,
  score int NOT NULL DEFAULT 0,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (post_id, id),
  CONSTRAINT comments_same_post FOREIGN KEY (post_id, parent_id) REFERENCES comments (post_id, id),
  CONSTRAINT comments_said CHECK (deleted_at IS NOT NULL OR body <> '' AND body IS NOT NULL)
);
CREATE INDEX comments_best_idx ON comments (post_id, score DESC, id);
CREATE INDEX comments_parent_idx ON comments (parent_id);
CREATE INDEX comments_author_idx ON comments (author_id);

CREATE TABLE votes (
  comment_id bigint NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
  person_id bigint NOT NULL REFERENCES people (id),
  value int NOT NULL CONSTRAINT votes_value CHECK (value IN (-1, 1)),
  CONSTRAINT votes_once PRIMARY KEY (comment_id, person_id)
);
CREATE INDEX votes_person_idx ON votes (person_id);

CREATE FUNCTION voted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE comments SET score = score + coalesce(NEW.value, 0) - coalesce(OLD.value, 0)
    WHERE id = coalesce(NEW.comment_id, OLD.comment_id);
  RETURN NULL;
END $$;
CREATE TRIGGER voted AFTER INSERT OR UPDATE OF value OR DELETE ON votes
  FOR EACH ROW EXECUTE FUNCTION voted();
