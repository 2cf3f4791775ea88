CREATE TABLE documents (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title text NOT NULL,
  body jsonb NOT NULL,
  version int NOT NULL DEFAULT 1
);

-- Every change raises the version, also one by psql or by code that does not know of it.
CREATE FUNCTION raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;

CREATE TRIGGER version BEFORE UPDATE ON documents
  FOR EACH ROW EXECUTE FUNCTION raise_version();
