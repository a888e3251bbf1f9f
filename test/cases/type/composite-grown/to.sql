CREATE TYPE point_of AS (x integer, y integer, z integer);
COMMENT ON TYPE point_of IS 'where';
CREATE TABLE places (id integer PRIMARY KEY, at point_of);
