CREATE TABLE users (id integer PRIMARY KEY, email text CONSTRAINT users_email_key UNIQUE, age integer CONSTRAINT users_age_check CHECK (age > 0));
