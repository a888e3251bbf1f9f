CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
COMMENT ON COLUMN users.name IS 'As in the passport';
COMMENT ON CONSTRAINT users_pkey ON users IS 'Never reused';
