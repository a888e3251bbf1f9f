CREATE TABLE events (id integer PRIMARY KEY, code text NOT NULL);
CREATE UNIQUE INDEX events_code ON events (code);
CREATE TABLE logs (body text);
