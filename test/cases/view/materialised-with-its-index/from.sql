CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
CREATE MATERIALIZED VIEW names AS SELECT name, count(*) AS many FROM users GROUP BY name;
CREATE UNIQUE INDEX names_name_idx ON names (name);
