CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE people (id integer PRIMARY KEY, mood mood DEFAULT 'sad' NOT NULL);
CREATE INDEX people_happy_idx ON people (id) WHERE mood = 'happy';
CREATE VIEW moods AS SELECT mood FROM people;
