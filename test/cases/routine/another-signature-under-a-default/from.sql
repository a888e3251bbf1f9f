CREATE FUNCTION next_code(step integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT step';
CREATE TABLE parts (code integer DEFAULT next_code(1));
