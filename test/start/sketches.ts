import type { Logger } from '../../src/api.ts'
import type { ModelSource } from '../../src/models/source.ts'
import type { Column, Table } from '../../src/schema/schema.ts'
import { makeSchema } from '../../src/schema/schema.ts'

/** A model source of plain tables. Types are words that every engine here knows. */
export function models(...tables: readonly TableSketch[]): ModelSource {
  return {
    title: 'test models',
    declare: ({ defaultSchema }) => ({
      form: 'schema',
      schema: makeSchema({
        covers: ['table', 'column', 'constraint', 'index'],
        table: tables.map((sketch): Table => ({
          schema: defaultSchema, name: sketch.name, columns: sketch.columns.map(column),
          constraints: (sketch.constraints ?? []).map((one) => (one.type === 'foreignKey' ? { ...one, references: { ...one.references, schema: defaultSchema } } : one)),
          indexes: sketch.indexes ?? [],
        })),
      }),
    }),
  }
}

export interface TableSketch {
  readonly name: string
  readonly columns: readonly (Pick<Column, 'name'> & Partial<Column>)[]
  readonly constraints?: Table['constraints']
  readonly indexes?: Table['indexes']
}

const column = (sketch: Pick<Column, 'name'> & Partial<Column>): Column => ({ type: 'text', notNull: false, default: null, ...sketch })

/** `id integer NOT NULL PRIMARY KEY` and a text column a name. */
export function table(name: string, ...columns: readonly string[]): TableSketch {
  return {
    name,
    columns: [{ name: 'id', type: 'integer', notNull: true }, ...columns.map((one) => ({ name: one }))],
    constraints: [{ type: 'primaryKey', name: `${name.slice(0, 20)}_pkey`, named: false, columns: ['id'] }],
  }
}

/** A logger that keeps its lines. */
export function recorder(): Logger & { readonly lines: string[] } {
  const lines: string[] = []
  const keep = (level: string) => (message: string): void => {
    lines.push(`${level} ${message}`)
  }
  return { lines, debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') }
}
