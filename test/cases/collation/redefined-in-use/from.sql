CREATE COLLATION german (provider = libc, locale = 'C');
CREATE DOMAIN word AS text COLLATE german CHECK (VALUE <> '');
CREATE TYPE pair AS (key text COLLATE german, n integer);
CREATE TABLE users (id integer PRIMARY KEY, name text COLLATE german DEFAULT 'x' NOT NULL, nick word, pair pair, age integer, CHECK (name < 'z' COLLATE german));
CREATE INDEX users_nick ON users (nick);
CREATE INDEX users_upper ON users (upper(name) COLLATE german);
CREATE VIEW adults AS SELECT name FROM users WHERE age >= 18 ORDER BY name COLLATE german;
