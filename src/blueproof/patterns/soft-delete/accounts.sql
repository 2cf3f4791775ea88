-- The rows with those that were deleted; only restoring, purging and foreign keys name this table.
CREATE TABLE account_rows (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL,
  name text NOT NULL,
  deleted_at timestamptz
);

-- One living account for each address; the address of a deleted one is free.
CREATE UNIQUE INDEX accounts_email ON account_rows (lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX accounts_deleted ON account_rows (deleted_at) WHERE deleted_at IS NOT NULL;

-- What the service uses has the plain name: a query that forgets the filter can not be written.
-- It has no deleted_at, so nobody can set it by accident. security_invoker keeps row security.
CREATE VIEW accounts WITH (security_invoker = true) AS
  SELECT id, email, name FROM account_rows WHERE deleted_at IS NULL;

CREATE FUNCTION mark_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE account_rows SET deleted_at = now() WHERE id = OLD.id AND deleted_at IS NULL;
  RETURN CASE WHEN FOUND THEN OLD END; -- NULL: another request was first, and counts the row
END $$;

CREATE TRIGGER soft_delete INSTEAD OF DELETE ON accounts
  FOR EACH ROW EXECUTE FUNCTION mark_deleted();
