-- After the old rows were copied. Reads the table while others read and write it.
ALTER TABLE customers VALIDATE CONSTRAINT customers_full_name;
