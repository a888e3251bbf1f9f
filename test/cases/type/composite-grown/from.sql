CREATE TYPE point_of AS (x integer, y integer);
CREATE TABLE places (id integer PRIMARY KEY, at point_of);
