CREATE FOREIGN DATA WRAPPER mirror;
CREATE SERVER far VERSION '1' FOREIGN DATA WRAPPER mirror OPTIONS (host 'a', port '1');
CREATE FOREIGN TABLE copies (id integer OPTIONS (column_name 'key')) SERVER far;
