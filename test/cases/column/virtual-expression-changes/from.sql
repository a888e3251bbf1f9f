CREATE TABLE parcels (id integer PRIMARY KEY, width integer, height integer, area integer GENERATED ALWAYS AS (width * height) VIRTUAL);
