CREATE TABLE users (id integer PRIMARY KEY, email text UNIQUE, name text);
CREATE INDEX users_name_idx ON users (name);
