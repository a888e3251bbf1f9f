-- needs PostgreSQL 18
CREATE EXTENSION btree_gist;
CREATE TABLE rooms (id integer, during daterange, CONSTRAINT rooms_key PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE stays (room integer, during daterange, CONSTRAINT stays_room FOREIGN KEY (room, PERIOD during) REFERENCES rooms (id, PERIOD during));
