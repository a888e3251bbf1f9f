CREATE TABLE cities (name text NOT NULL, people integer CHECK (people >= 0));
CREATE TABLE capitals (state text) INHERITS (cities);
CREATE TABLE villages (name text NOT NULL, people integer, CONSTRAINT cities_people_check CHECK (people >= 0));
