-- reads privileges
CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
GRANT SELECT ON users TO reader WITH GRANT OPTION;
GRANT UPDATE (name) ON users TO reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader;
