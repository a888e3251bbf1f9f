CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
CREATE STATISTICS users_age (dependencies, mcv) ON name, age FROM users;
ALTER STATISTICS users_age SET STATISTICS 500;
CREATE STATISTICS users_mail (ndistinct) ON name, email FROM users;
ALTER TABLE users ALTER COLUMN age SET STATISTICS 200;
