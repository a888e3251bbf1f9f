import type { ColumnName, TableModel } from '../../../src/models/tables/tables.ts'
import { check, column, enumType, foreignKey, index, primaryKey, table, unique } from '../../../src/models/tables/tables.ts'
import { sql } from '../../../src/sql.ts'

/** Tables with a column of each usual type, a reference to the table before and one to itself, and an index of each kind. */
export function chain(count: number): readonly TableModel[] {
  const made: TableModel[] = []
  let before: ColumnName | undefined
  for (let n = 0; n < count; n += 1) {
    const above = before
    const own = table(`link ${n}`, {
      id: column('bigint').identity({ always: n % 2 === 0 }).primaryKey(),
      name: column(`varchar(${n + 1})`).notNull().default("it's"), amount: column('numeric(12, 2)').default(`${n}.50`), flag: column('boolean').notNull().default(n % 2 === 0),
      at: column('timestamptz').notNull().default(sql`now()`), day: column('date'), data: column('jsonb').default({ n }), list: column('integer[]').notNull().default(sql`'{}'`), raw: column('bytea'),
      double: column('bigint').generated(sql`id * 2`), previous: column('bigint'), above: column('bigint'),
    }, (t) => [
      ...(above === undefined ? [] : [foreignKey([t.previous], () => [above], { onDelete: 'cascade', name: `link ${n} previous` })]),
      index([{ on: t.at, order: 'desc' }, t.flag], { name: `link ${n} at` }), index([{ on: t.data, opclass: 'jsonb_path_ops' }], { name: `link ${n} data`, method: 'gin' }),
      index([sql`lower(${t.name})`], { name: `link ${n} lower`, where: sql`${t.flag}` }), check(`link ${n} amount`, sql`${t.amount} >= 0`), unique([t.name, t.day], { name: `link ${n} once` }),
    ], { comment: `Number ${n}` })
    made.push(own)
    before = own.id
  }
  return made
}

/** What `chain` says, as one would write it by hand. */
export const chainSql = (count: number): string => Array.from({ length: count }, (_, n) => `
CREATE TABLE "link ${n}" (
  id bigint GENERATED ${n % 2 === 0 ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY PRIMARY KEY, name varchar(${n + 1}) NOT NULL DEFAULT 'it''s', amount numeric(12, 2) DEFAULT ${n}.50, flag boolean NOT NULL DEFAULT ${n % 2 === 0},
  at timestamptz NOT NULL DEFAULT now(), day date, data jsonb DEFAULT '{"n":${n}}', list integer[] NOT NULL DEFAULT '{}', raw bytea, double bigint GENERATED ALWAYS AS (id * 2) STORED, previous bigint, above bigint,
  CONSTRAINT "link ${n} amount" CHECK (amount >= 0), CONSTRAINT "link ${n} once" UNIQUE (name, day)${n === 0 ? '' : `, CONSTRAINT "link ${n} previous" FOREIGN KEY (previous) REFERENCES "link ${n - 1}" ON DELETE CASCADE`}
);
CREATE INDEX "link ${n} at" ON "link ${n}" (at DESC, flag);
CREATE INDEX "link ${n} data" ON "link ${n}" USING gin (data jsonb_path_ops);
CREATE INDEX "link ${n} lower" ON "link ${n}" (lower(name)) WHERE flag;
COMMENT ON TABLE "link ${n}" IS 'Number ${n}';`).join('\n')

/** Families of four tables: a key of two columns, two that refer to it, one of them many to many with the other, each with an enum. */
export function families(count: number): readonly TableModel[] {
  return Array.from({ length: count }, (_, n) => {
    const state = enumType(`state ${n}`, ['open', 'in work', "it's done"])
    const years = table(`year_${n}`, { shop: column('integer').notNull(), year: column('smallint').notNull(), state: column(state).notNull().default('open') }, (t) => [primaryKey([t.shop, t.year], { name: `year_${n}_key` })])
    const orders = table(`order_${n}`, { id: column('uuid').primaryKey().default(sql`gen_random_uuid()`), shop: column('integer').notNull(), year: column('smallint').notNull(), state: column(state) }, (t) => [
      foreignKey([t.shop, t.year], () => [years.shop, years.year], { onDelete: 'restrict', onUpdate: 'cascade' }), index([t.shop, t.year]),
    ])
    const people = table(`person_${n}`, { id: column('bigserial').primaryKey(), mail: column('text').notNull().unique().collate('C'), born: column('date') })
    const both = table(`order_person_${n}`, { order: column('uuid').notNull().references(() => orders.id, { onDelete: 'cascade' }), person: column('bigint').notNull().references(() => people.id) }, (t) => [primaryKey([t.order, t.person])])
    return [years, orders, people, both]
  }).flat()
}
