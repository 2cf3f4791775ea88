-- After the last instance of the old version has ended; from here there is no way back to it.
DROP TRIGGER customers_same_name ON customers;
DROP FUNCTION customers_same_name();
ALTER TABLE customers ALTER COLUMN full_name SET NOT NULL; -- the valid check spares the scan
ALTER TABLE customers DROP CONSTRAINT customers_full_name, DROP COLUMN name;
