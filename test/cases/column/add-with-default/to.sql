CREATE TABLE memories (id integer PRIMARY KEY, task_id varchar(64), state text DEFAULT 'new' NOT NULL);
