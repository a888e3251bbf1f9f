CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON users FOR SELECT USING (name = current_user);
CREATE POLICY adults ON users FOR SELECT USING (age >= 18);
