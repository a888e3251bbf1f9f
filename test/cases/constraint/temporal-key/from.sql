CREATE EXTENSION btree_gist;
CREATE TABLE rooms (id integer, during daterange);
CREATE TABLE stays (room integer, during daterange);
