CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON users FOR ALL TO reader USING (name = current_user) WITH CHECK (age IS NOT NULL);
CREATE POLICY adults ON users FOR SELECT USING (age >= 21);
