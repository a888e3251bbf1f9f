CREATE TABLE rooms (id int4range NOT NULL, free daterange NOT NULL);
CREATE TABLE stays (room int4range NOT NULL, days daterange NOT NULL);
