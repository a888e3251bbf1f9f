CREATE EXTENSION btree_gist;
CREATE TABLE stays (room integer, during daterange, CONSTRAINT stays_apart EXCLUDE USING gist (room WITH =, during WITH &&));
