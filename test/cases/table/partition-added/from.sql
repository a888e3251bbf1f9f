CREATE TABLE events (id integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE INDEX events_at_idx ON events (at);
