CREATE COLLATION german (provider = libc, locale = 'C');
CREATE TABLE users (id integer PRIMARY KEY, name text COLLATE german NOT NULL, email text, age integer);
