CREATE EXTENSION pg_trgm;
CREATE TABLE post(id bigint primary key, name text not null);
CREATE INDEX post_name_trgm ON post USING gin (name gin_trgm_ops);
