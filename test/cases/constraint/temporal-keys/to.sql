-- needs PostgreSQL 18
CREATE TABLE rooms (id int4range NOT NULL, free daterange NOT NULL, PRIMARY KEY (id, free WITHOUT OVERLAPS));
CREATE TABLE stays (room int4range NOT NULL, days daterange NOT NULL, UNIQUE (room, days WITHOUT OVERLAPS),
  FOREIGN KEY (room, PERIOD days) REFERENCES rooms (id, PERIOD free));
