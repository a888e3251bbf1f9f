CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
CREATE VIEW names AS SELECT id, name FROM users;
CREATE RULE names_out AS ON DELETE TO names DO INSTEAD DELETE FROM users WHERE id = OLD.id;
