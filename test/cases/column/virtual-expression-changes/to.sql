-- needs PostgreSQL 18
CREATE TABLE parcels (id integer PRIMARY KEY, width integer, height integer, area integer GENERATED ALWAYS AS (width * height * 2) VIRTUAL,
  edge integer GENERATED ALWAYS AS (width + height) VIRTUAL);
