CREATE EXTENSION pg_trgm;
CREATE TABLE texts (id integer PRIMARY KEY, body text);
CREATE INDEX texts_body ON texts USING gin (body gin_trgm_ops);
