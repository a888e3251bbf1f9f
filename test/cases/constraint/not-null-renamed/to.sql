-- needs PostgreSQL 18
CREATE TABLE people (id integer PRIMARY KEY, name text CONSTRAINT name_given NOT NULL, email text CONSTRAINT email_is_given NOT NULL, phone text);
ALTER TABLE people ADD CONSTRAINT phone_given NOT NULL phone NOT VALID;
