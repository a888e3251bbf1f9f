CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
CREATE PROCEDURE tidy() LANGUAGE sql AS 'DELETE FROM users WHERE age IS NULL';
CREATE AGGREGATE longest(text) (SFUNC = pg_catalog.textcat, STYPE = text, INITCOND = '');
CREATE FUNCTION adults() RETURNS SETOF users LANGUAGE sql STABLE AS 'SELECT * FROM users WHERE age >= 18';
