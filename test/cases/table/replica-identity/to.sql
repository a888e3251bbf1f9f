CREATE TABLE events (id integer PRIMARY KEY, code text NOT NULL);
CREATE UNIQUE INDEX events_code ON events (code);
ALTER TABLE events REPLICA IDENTITY USING INDEX events_code;
CREATE TABLE logs (body text);
ALTER TABLE logs REPLICA IDENTITY FULL;
