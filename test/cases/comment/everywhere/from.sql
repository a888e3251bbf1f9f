CREATE TABLE books (id integer PRIMARY KEY, title text, CONSTRAINT titled CHECK (title <> ''));
COMMENT ON TABLE books IS 'Old words';
COMMENT ON COLUMN books.title IS 'Goes';
CREATE INDEX books_title ON books (title);
CREATE VIEW titles AS SELECT title FROM books;
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
