CREATE DOMAIN code AS text;
CREATE DOMAIN codes AS code[];
CREATE TABLE parts (codes codes);
