CREATE TABLE jobs (id integer PRIMARY KEY, due timestamptz);
CREATE INDEX new_name ON jobs (due);
