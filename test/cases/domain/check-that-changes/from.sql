CREATE DOMAIN email AS text CONSTRAINT email_check CHECK (VALUE LIKE '%@%');
CREATE TABLE users (id integer PRIMARY KEY, email email);
