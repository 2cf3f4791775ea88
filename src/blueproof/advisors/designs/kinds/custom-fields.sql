-- What fields there are, by tenant; their values stand on the row, keyed by the field's id.
CREATE TABLE tenants (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);

CREATE TABLE fields (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id bigint NOT NULL REFERENCES tenants (id),
  name text NOT NULL CHECK (name <> ''),
  type text NOT NULL CHECK (type IN ('text', 'number', 'date', 'choice')),
  choices jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(choices) = 'array'),
  deleted_at timestamptz
);
CREATE UNIQUE INDEX fields_name_once ON fields (tenant_id, lower(name)) WHERE deleted_at IS NULL;

CREATE TABLE contacts (
  tenant_id bigint NOT NULL REFERENCES tenants (id),
  id bigint GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  "values" jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof("values") = 'object'),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX contacts_values_idx ON contacts USING gin ("values" jsonb_path_ops);

-- Every value is of a field of that tenant, and of its type.
CREATE FUNCTION values_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad text; BEGIN
  SELECT v.key INTO bad FROM jsonb_each(NEW."values") AS v
    LEFT JOIN fields f ON f.tenant_id = NEW.tenant_id AND f.id::text = v.key
    WHERE f.id IS NULL OR NOT CASE f.type
      WHEN 'number' THEN jsonb_typeof(v.value) = 'number'
      WHEN 'date' THEN jsonb_typeof(v.value) = 'string' AND v.value #>> '{}' ~ '^\d{4}-\d\d-\d\d$'
      WHEN 'choice' THEN f.choices @> v.value
      ELSE jsonb_typeof(v.value) = 'string' END
    LIMIT 1;
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION 'field % does not take this', bad USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER values_fit BEFORE INSERT OR UPDATE OF "values", tenant_id ON contacts
  FOR EACH ROW EXECUTE FUNCTION values_fit();
