-- What the search index has yet to learn: one row for each product, with its newest version.
CREATE TABLE search_changes (
  product_id bigint PRIMARY KEY,
  version bigint NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE SEQUENCE search_versions;

-- One sequence for all products, so that a product which is deleted and made again goes on upwards.
-- Changes of one product wait for one another at its row, so the version follows their order.
CREATE FUNCTION note_search_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_changes (product_id, version)
  VALUES (CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END, nextval('search_versions'))
  ON CONFLICT (product_id) DO UPDATE SET version = excluded.version;
  RETURN NULL;
END $$;

-- A trigger and not the service: imports and psql change products too.
CREATE TRIGGER search_change AFTER INSERT OR UPDATE OR DELETE ON products
  FOR EACH ROW EXECUTE FUNCTION note_search_change();
