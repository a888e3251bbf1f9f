CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
CREATE EXTENSION citext WITH SCHEMA public;
ALTER TABLE users ADD COLUMN nick citext;
