-- Add the new column beside the old one and keep both equal, whichever version writes.
ALTER TABLE customers ADD COLUMN full_name text;

CREATE FUNCTION customers_same_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.full_name := coalesce(NEW.full_name, NEW.name);
    NEW.name := NEW.full_name;
  ELSIF NEW.full_name IS DISTINCT FROM OLD.full_name THEN -- the new version wrote
    NEW.name := NEW.full_name;
  ELSE -- the old version wrote, or something else of the row changed
    NEW.full_name := NEW.name;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER customers_same_name BEFORE INSERT OR UPDATE ON customers
FOR EACH ROW EXECUTE FUNCTION customers_same_name();

-- NOT VALID: holds for new rows from now on, and reads none of those that are there.
ALTER TABLE customers ADD CONSTRAINT customers_full_name CHECK (full_name IS NOT NULL) NOT VALID;
