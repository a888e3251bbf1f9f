-- needs PostgreSQL 18
CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer, older integer GENERATED ALWAYS AS (age + 1) VIRTUAL);
