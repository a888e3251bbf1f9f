CREATE DOMAIN email AS text DEFAULT 'nobody@example.org' NOT NULL CONSTRAINT email_check CHECK (VALUE LIKE '%@%.%');
CREATE TABLE users (id integer PRIMARY KEY, email email);
