-- needs PostgreSQL 18
CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text CONSTRAINT mail_is_there NOT NULL, age integer);
