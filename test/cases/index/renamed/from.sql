CREATE TABLE jobs (id integer PRIMARY KEY, due timestamptz);
CREATE INDEX old_name ON jobs (due);
