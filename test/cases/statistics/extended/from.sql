CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
CREATE STATISTICS users_age (dependencies) ON name, age FROM users;
