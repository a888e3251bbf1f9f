-- An application that grew for twenty years: names in every spelling, casts in defaults, types by their short names.
CREATE TABLE "Users" (
  "ID" serial NOT NULL,
  "User Name" VARCHAR(64) DEFAULT 'it''s; "x"'::character varying NOT NULL,
  userName character varying,
  "select" int2 DEFAULT '7'::smallint,
  "from" INT8 DEFAULT (5)::bigint,
  "naïve ☃" float8 DEFAULT 0.5::double precision,
  "a.b" decimal(10,2) DEFAULT 0::numeric,
  "semi;colon" bool DEFAULT 't',
  "quote""inside" "char" DEFAULT 'x'::"char",
  "back\slash" char DEFAULT '\',
  created TIMESTAMP DEFAULT now(),
  touched TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
  expires timestamp DEFAULT (now() + '7 days'::interval),
  day date DEFAULT ('now'::text)::date,
  at time DEFAULT '12:00'::time,
  tok varchar DEFAULT md5((random())::text),
  empty varchar(1) DEFAULT '',
  nothing text DEFAULT NULL,
  neg integer DEFAULT -1,
  negc bigint DEFAULT '-9223372036854775808',
  arr VARCHAR(10)[] DEFAULT '{}',
  js json DEFAULT '[]'::json,
  esc text DEFAULT E'tab\there\nand ''quote'' \\',
  dollar text DEFAULT $$it's $1$$,
  CONSTRAINT "Users_pkey" PRIMARY KEY ("ID"),
  CONSTRAINT "user name; unique" UNIQUE ("User Name"),
  CONSTRAINT "ck ""q""" CHECK ("select" IN (1, 2, 7) AND ("User Name" <> '' OR userName IS NULL) AND "a.b" BETWEEN 0 AND 1000)
);
CREATE TABLE users (id integer PRIMARY KEY, "ID" integer UNIQUE, note text);
CREATE TABLE "order" ("group" integer REFERENCES "Users" ("ID"), "user" integer REFERENCES users, "table" text, CHECK (length("table") < 10 OR "table" LIKE '%\%%'));
CREATE TABLE "a name of exactly sixty-three bytes, the most that it may have!" (
  "a column of exactly sixty-three bytes, the most that it may hv!" text PRIMARY KEY,
  "another column of exactly sixty-three bytes, the most it may hv" text UNIQUE,
  CHECK ("another column of exactly sixty-three bytes, the most it may hv" <> '')
);
CREATE TABLE "TABLE" ("COLUMN" text, "Column" text, "column" text);
CREATE INDEX "Mixed Case Index" ON "TABLE" ("COLUMN", "Column" DESC, "column" NULLS FIRST);
CREATE INDEX ON "TABLE" (lower("COLUMN"), ("Column" || "column"));
CREATE UNIQUE INDEX "i;x" ON "Users" (userName, lower("User Name"::text)) WHERE "select" = 7 AND NOT "semi;colon";
CREATE SCHEMA "Old Stuff";
CREATE TYPE "Old Stuff"."Mood, or so" AS ENUM ('', ' ', 'a,b', '"', '''', '\', 'ü');
CREATE TYPE status AS ENUM ('new', 'old');
CREATE TABLE "Old Stuff".users (id integer NOT NULL, mood "Old Stuff"."Mood, or so" DEFAULT '"' NOT NULL, moods "Old Stuff"."Mood, or so"[] DEFAULT '{}', st status DEFAULT 'new', old_id integer DEFAULT nextval('"Users_ID_seq"'::regclass));
ALTER TABLE ONLY "Old Stuff".users ADD CONSTRAINT users_pkey PRIMARY KEY (id), ADD FOREIGN KEY (id) REFERENCES public.users ON DELETE SET DEFAULT;
CREATE SEQUENCE "Seq With "" quote" OWNED BY "Users"."from";
ALTER TABLE "Users" ALTER COLUMN "from" SET DEFAULT nextval('"Seq With "" quote"');
CREATE FUNCTION "Do It"("Arg One" integer, arg_two varchar = 'x', OUT "Res ult" text) LANGUAGE plpgsql AS 'begin
  -- a body in single quotes: it''s so
  "Res ult" := "Arg One"::text || arg_two;
end';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $_$ BEGIN NEW.touched = now(); RETURN NEW; END $_$;
CREATE TRIGGER "Touch; it" BEFORE INSERT OR UPDATE ON "Users" FOR EACH ROW EXECUTE PROCEDURE touch();
CREATE TRIGGER b_args BEFORE UPDATE ON users FOR EACH STATEMENT EXECUTE FUNCTION touch('it''s', 'b');
CREATE VIEW "View of Users" AS SELECT "ID" AS id, "User Name" AS "Name", created::date AS "Day", coalesce(userName, 'none')::varchar(10) AS n, "select" = ANY ('{1,2}') AS isin FROM "Users" WHERE "User Name" LIKE 'a%' AND created > now() - interval '1 year' ORDER BY 1 DESC;
CREATE VIEW "Old Stuff"."v.w" AS SELECT u.id, m.mood FROM public.users u JOIN "Old Stuff".users m ON m.id = u.id UNION ALL SELECT 0, NULL;
CREATE OR REPLACE RULE "r;1" AS ON INSERT TO "View of Users" DO INSTEAD INSERT INTO "Users" ("User Name") VALUES (NEW."Name");
COMMENT ON TABLE "Users" IS 'People -- and /* others */; it''s "old"';
COMMENT ON COLUMN "Users"."naïve ☃" IS E'back\\slash';
COMMENT ON VIEW "View of Users" IS '';
COMMENT ON FUNCTION "Do It"(integer, varchar) IS 'Does it';
ALTER TABLE "order" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "p;1" ON "order" FOR INSERT WITH CHECK ("group" > 0);
