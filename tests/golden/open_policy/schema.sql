-- Notes of a team: the second policy was meant for reading one's own drafts.
CREATE TABLE notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id bigint NOT NULL,
  draft boolean NOT NULL DEFAULT true,
  body text NOT NULL
);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_notes ON notes USING (owner_id = current_setting('app.user_id', true)::bigint);
CREATE POLICY drafts ON notes FOR SELECT USING (draft);
