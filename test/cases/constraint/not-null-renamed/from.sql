CREATE TABLE people (id integer PRIMARY KEY, name text, email text CONSTRAINT email_given NOT NULL, phone text NOT NULL);
