CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
GRANT SELECT, INSERT ON users TO reader;
