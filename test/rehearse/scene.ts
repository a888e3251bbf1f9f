import type { TestContext } from 'node:test'
import { project, type Project } from '../cli/project.ts'
import type { Rehearsal } from '../../src/rehearse/rehearse.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Parts {
  readonly url: string
  readonly models: string
  readonly entries?: string
  readonly options?: string
  readonly driver?: 'postgres' | 'sqlite'
}

/** A configuration as a user has it. */
export const config = ({ url, models, entries = '', options = '', driver = 'postgres' }: Parts): string => `import { sql, trueup } from 'trueup'
import { ${driver} } from 'trueup/${driver}'
import { fromSql } from 'trueup/models/sql'
export default trueup({ database: ${driver}(${JSON.stringify(url)}), models: fromSql(${JSON.stringify(models)}), migrations: [${entries}], ${options} })
`

export const application = (t: TestContext, parts: Parts): Project => project(t, { 'trueup.config.js': config(parts) })

export const report = (app: Project, name = 'trueup-rehearsal.json'): Rehearsal => JSON.parse(readFileSync(join(app.folder, name), 'utf8')) as Rehearsal

/** Hostile names, a table that references itself, and a circle of two. */
export const PEOPLE = `
CREATE TABLE "Org ""x'y" (id int PRIMARY KEY, "Boss" int, parent int REFERENCES "Org ""x'y" (id), "größe" numeric DEFAULT 1.50);
CREATE TABLE people (id serial PRIMARY KEY, email text, org int NOT NULL REFERENCES "Org ""x'y" (id), "select" int REFERENCES people (id), tags text[], data jsonb, twice int GENERATED ALWAYS AS (org * 2) STORED);
ALTER TABLE "Org ""x'y" ADD CONSTRAINT boss FOREIGN KEY ("Boss") REFERENCES people (id);`

/** Every row but the first rests on another one; the last one on all before it. */
export const fill = (rows: number): string => `
INSERT INTO "Org ""x'y" (id, parent) SELECT g, nullif(g - 1, 0) FROM generate_series(1, ${rows}) g;
INSERT INTO people (email, org, "select", tags, data) SELECT 'user' || g, g, nullif(g + 1, ${rows} + 1), ARRAY['a "b"', 'c,\\d', NULL], '{"k": "v''\\\\"}' FROM generate_series(1, ${rows}) g;
UPDATE "Org ""x'y" SET "Boss" = id;
ANALYZE;`
