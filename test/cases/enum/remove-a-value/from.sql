CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE people (id integer PRIMARY KEY, mood mood DEFAULT 'ok' NOT NULL);
CREATE INDEX people_happy_idx ON people (id) WHERE mood = 'happy';
CREATE VIEW moods AS SELECT mood FROM people;
