CREATE TYPE span AS RANGE (subtype = integer);
CREATE TABLE bookings (id integer, span span);
