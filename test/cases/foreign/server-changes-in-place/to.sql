CREATE FOREIGN DATA WRAPPER mirror;
CREATE SERVER far VERSION '2' FOREIGN DATA WRAPPER mirror OPTIONS (host 'b', timeout '5');
CREATE FOREIGN TABLE copies (id integer OPTIONS (column_name 'id')) SERVER far;
