CREATE TABLE documents (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL,
  title text NOT NULL,
  body text NOT NULL
);

CREATE INDEX documents_tenant ON documents (tenant_id, id);

ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
-- Without FORCE the owner sees everything, and the service often is the owner.
ALTER TABLE documents FORCE ROW LEVEL SECURITY;

-- No tenant set: '' once a transaction set it, NULL before. Both come to no rows, never to all.
CREATE POLICY of_the_tenant ON documents
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
