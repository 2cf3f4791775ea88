-- Who may do what where: the role stands in the membership.
CREATE TABLE people (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email text NOT NULL CHECK (email <> '')
);

CREATE TABLE orgs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (name <> '')
);

CREATE TABLE org_members (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  role text NOT NULL CONSTRAINT org_members_role
    CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  CONSTRAINT org_members_once PRIMARY KEY (org_id, user_id)
);
CREATE INDEX org_members_user_idx ON org_members (user_id);

CREATE TABLE clients (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org_id bigint NOT NULL REFERENCES orgs (id),
  name text NOT NULL CHECK (name <> '')
);
CREATE INDEX clients_org_idx ON clients (org_id);

-- People of a client see that client's projects, and nothing else of the organisation.
CREATE TABLE client_members (
  client_id bigint NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  PRIMARY KEY (client_id, user_id)
);
CREATE INDEX client_members_user_idx ON client_members (user_id);

CREATE TABLE projects (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id bigint NOT NULL REFERENCES clients (id),
  name text NOT NULL CHECK (name <> '')
);
CREATE INDEX projects_client_idx ON projects (client_id);

-- The one place that says who sees a project. On Supabase: SECURITY DEFINER, and in the policies
-- USING (may_see(id, (SELECT auth.uid()))).
CREATE FUNCTION may_see(project bigint, person uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM projects p JOIN clients c ON c.id = p.client_id
    WHERE p.id = project AND (
      EXISTS (SELECT FROM org_members m WHERE m.org_id = c.org_id AND m.user_id = person)
      OR EXISTS (SELECT FROM client_members k WHERE k.client_id = c.id AND k.user_id = person)))
$$;

CREATE FUNCTION may_edit(project bigint, person uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM projects p JOIN clients c ON c.id = p.client_id
    JOIN org_members m ON m.org_id = c.org_id AND m.user_id = person
    WHERE p.id = project AND m.role IN ('owner', 'admin', 'member'))
$$;

CREATE FUNCTION keep_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM FROM orgs WHERE id = OLD.org_id FOR UPDATE;
  IF OLD.role = 'owner' AND NOT EXISTS (
      SELECT FROM org_members WHERE org_id = OLD.org_id AND role = 'owner')
      AND EXISTS (SELECT FROM orgs WHERE id = OLD.org_id) THEN
    RAISE EXCEPTION 'the last owner stays' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_an_owner AFTER UPDATE OR DELETE ON org_members
  FOR EACH ROW EXECUTE FUNCTION keep_an_owner();
