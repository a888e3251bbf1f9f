CREATE DOMAIN code AS varchar(5);
CREATE DOMAIN codes AS code[];
CREATE TABLE parts (codes codes);
