CREATE TYPE role AS ENUM ('admin', 'member');
CREATE TABLE "Team ""A""" ("Id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, role role DEFAULT 'member' NOT NULL, name text NOT NULL CHECK (name <> ''), total numeric(10,2) DEFAULT 0);
CREATE UNIQUE INDEX "Team name" ON "Team ""A""" (lower(name));
COMMENT ON TABLE "Team ""A""" IS 'It''s a team';
ALTER TABLE "Team ""A""" ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON "Team ""A""" FOR SELECT USING (role = 'member');
