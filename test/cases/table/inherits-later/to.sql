CREATE TABLE cities (name text NOT NULL, people integer CHECK (people >= 0), height integer DEFAULT 0);
CREATE TABLE capitals (state text) INHERITS (cities);
CREATE TABLE villages (name text NOT NULL, people integer, height integer DEFAULT 0, CONSTRAINT cities_people_check CHECK (people >= 0));
ALTER TABLE villages INHERIT cities;
