CREATE EXTENSION btree_gist;
CREATE TABLE stays (room integer, during daterange);
