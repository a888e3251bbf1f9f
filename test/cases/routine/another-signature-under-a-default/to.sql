CREATE FUNCTION next_code(step integer, base integer DEFAULT 0) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT base + step';
CREATE TABLE parts (code integer DEFAULT next_code(1));
