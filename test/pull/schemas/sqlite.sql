-- All that Drizzle has words for on SQLite, with names that do not make it easy.
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  name TEXT NOT NULL DEFAULT 'it''s `${x}`',
  age INTEGER DEFAULT 7,
  neg INTEGER DEFAULT -1,
  ratio REAL DEFAULT 0.5,
  raw BLOB,
  price NUMERIC DEFAULT 0,
  at TEXT DEFAULT CURRENT_TIMESTAMP,
  day TEXT DEFAULT (date('now')),
  folded TEXT GENERATED ALWAYS AS (lower(name)) STORED,
  longer TEXT AS (name || '`') VIRTUAL,
  boss INTEGER REFERENCES users (id) ON DELETE SET NULL,
  team INTEGER REFERENCES teams (id) ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "check ""it""" CHECK (age > 0 AND name <> '`')
);
CREATE TABLE teams (id INTEGER PRIMARY KEY NOT NULL, "lead; of" INTEGER REFERENCES users (id), "select" TEXT);
CREATE TABLE "My ""odd"" table" ("a b" TEXT NOT NULL, "class" INTEGER NOT NULL, "ü" TEXT, PRIMARY KEY ("a b", "class"));
CREATE TABLE parts (a TEXT, b INTEGER, FOREIGN KEY (a, b) REFERENCES "My ""odd"" table" ("a b", "class"));
CREATE INDEX by_name ON users (name DESC, age);
CREATE UNIQUE INDEX "lower; name" ON users (lower(name)) WHERE age > 3;
CREATE INDEX "nocase" ON "My ""odd"" table" ("a b" COLLATE NOCASE DESC);
CREATE VIEW old AS SELECT id, name FROM users WHERE age > 60;
