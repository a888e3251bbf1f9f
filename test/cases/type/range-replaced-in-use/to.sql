CREATE TYPE span AS RANGE (subtype = bigint);
CREATE TABLE bookings (id integer, span span);
