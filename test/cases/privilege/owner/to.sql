-- reads privileges
CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
GRANT CREATE ON SCHEMA public TO reader;
ALTER TABLE users OWNER TO reader;
