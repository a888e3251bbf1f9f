CREATE TABLE users (id integer PRIMARY KEY, name varchar(50));
CREATE VIEW names AS SELECT name FROM users;
CREATE VIEW short_names AS SELECT left(name, 3) AS short FROM names;
COMMENT ON VIEW names IS 'all names';
