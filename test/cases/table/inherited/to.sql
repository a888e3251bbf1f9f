CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
CREATE TABLE admins (level integer NOT NULL) INHERITS (users);
ALTER TABLE admins ADD PRIMARY KEY (id);
