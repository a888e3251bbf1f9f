CREATE TABLE notes (id integer PRIMARY KEY, owner text NOT NULL, shared boolean NOT NULL);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON notes FOR SELECT TO pg_read_all_data USING (shared OR owner = CURRENT_USER);
CREATE POLICY written ON notes FOR ALL USING (owner = CURRENT_USER);
