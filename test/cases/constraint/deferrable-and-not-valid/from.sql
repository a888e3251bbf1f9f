CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
CREATE TABLE notes (id integer PRIMARY KEY, user_id integer, CONSTRAINT notes_user FOREIGN KEY (user_id) REFERENCES users NOT VALID);
