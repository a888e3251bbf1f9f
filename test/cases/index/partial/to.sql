CREATE TABLE jobs (id integer PRIMARY KEY, state text, due timestamptz);
CREATE INDEX jobs_due_idx ON jobs (due DESC, lower(state)) WHERE state <> 'done';
