import type { Scope } from '../dialect.ts'
import type { Column, Index, Kind, ObjectRef, Schema, Table, Trigger, Unmanaged, View } from '../../schema/schema.ts'
import type { Catalogue, CatalogueObject } from './catalogue.ts'
import { makeSchema } from '../../schema/schema.ts'
import { canonicalType, namesIn } from './canonical.ts'
import { canonicalDefault } from './defaults.ts'
import { foldName } from './names.ts'
import { parseIndex, parseTable, parseTrigger, parseView, parseVirtual } from './parse.ts'

/** The kinds that SQLite has. */
export const COVERS: readonly Kind[] = ['table', 'view', 'column', 'constraint', 'index', 'trigger']

/** The schema that a catalogue describes. Its objects are said to be in `main`. */
export function describeCatalogue(catalogue: Catalogue, scope: Pick<Scope, 'ledgerTables' | 'tolerate'>): Schema {
  const reader = new CatalogueReader(catalogue, scope)
  return makeSchema({ table: reader.tables(), view: reader.views(), unmanaged: reader.unmanaged, covers: COVERS })
}

type Relation = CatalogueObject & { readonly type: 'table' | 'view' }

class CatalogueReader {
  readonly unmanaged: Unmanaged[] = []
  readonly #objects: readonly CatalogueObject[]
  /** By kind and relation: SQLite folds the case of the name in `ON`, and keeps it as the author wrote it. */
  readonly #ofRelation: ReadonlyMap<string, readonly CatalogueObject[]>
  readonly #columns: ReadonlyMap<string, Catalogue['columns']>
  readonly #relations: readonly Relation[]
  readonly #shadows: ReadonlySet<string>
  readonly #tolerated: readonly RegExp[]
  /** Every table, view and column, folded, for telling names from texts in double quotes. */
  readonly #known: ReadonlySet<string>

  constructor(catalogue: Catalogue, scope: Pick<Scope, 'ledgerTables' | 'tolerate'>) {
    const hidden = new Set(scope.ledgerTables.map(foldName))
    this.#objects = catalogue.objects.filter((object) => !hidden.has(foldName(object.table)))
    this.#ofRelation = groupBy(this.#objects.filter((object) => object.sql !== null), (object) => `${object.type} ${foldName(object.table)}`)
    this.#columns = groupBy(catalogue.columns, ([table]) => table)
    this.#shadows = new Set(catalogue.shadows ?? [])
    this.#tolerated = (scope.tolerate ?? []).map(patternOf)
    this.#relations = this.#objects.filter((object): object is Relation => object.type === 'table' || object.type === 'view')
    const relations = this.#relations.map((object) => foldName(object.name))
    this.#known = new Set([...relations, ...relations.map((name) => `table ${name}`), ...catalogue.columns.map(([, column]) => foldName(column)), 'new', 'old'])
  }

  tables(): readonly Table[] {
    return this.#objects.filter((object) => object.type === 'table' && this.#manages(object)).map((object) => this.#table(object))
  }

  views(): readonly View[] {
    return this.#objects.filter((object) => object.type === 'view' && this.#manages(object)).map((object) => this.#view(object))
  }

  #manages(object: CatalogueObject): boolean {
    if (this.#shadows.has(object.name)) {
      this.unmanaged.push({ kind: 'table', name: object.name, reason: 'unsupported', because: 'it is kept by a virtual table' })
      return false
    }
    const pattern = this.#tolerated.find((tolerated) => tolerated.test(object.name))
    if (pattern === undefined) return true
    this.unmanaged.push({ kind: object.type, name: object.name, reason: 'tolerated', because: `it matches the pattern ${pattern.source}` })
    return false
  }

  #table(object: CatalogueObject): Table {
    const statement = object.sql ?? ''
    const common = { schema: 'main', name: object.name, statement, triggers: this.#triggers(object.name) }
    if (/^\s*CREATE\s+VIRTUAL/i.test(statement)) {
      return { ...common, columns: [], constraints: [], indexes: [], virtual: parseVirtual(statement), strict: false, withoutRowid: false }
    }
    const rows = this.#columns.get(object.name) ?? []
    const names = rows.map(([, name]) => name)
    const parsed = parseTable(statement, object.name, names)
    const columns = rows.map(([, name, type, notNull, text]): Column => {
      const more = parsed.columns.find((column) => column.name === name)
      const generated = more?.generated ?? null
      return {
        name,
        type: canonicalType(type),
        notNull: notNull === 1,
        default: text === null || generated !== null ? null : canonicalDefault(text),
        collation: more?.collation ?? null,
        generated,
        autoIncrement: more?.autoIncrement ?? false,
        options: more?.options ?? [],
      }
    })
    return {
      ...common, columns, constraints: parsed.constraints, indexes: this.#indexes(object.name, names),
      virtual: null, strict: parsed.strict, withoutRowid: parsed.withoutRowid,
    }
  }

  #indexes(table: string, columns: readonly string[]): readonly Index[] {
    return this.#children('index', table).map((object) => {
      const { unique, keys, where } = parseIndex(object.sql ?? '', columns)
      return { name: object.name, unique, method: 'btree', keys, where }
    })
  }

  #triggers(relation: string): readonly Trigger[] {
    return this.#children('trigger', relation).map((object) => ({
      name: object.name,
      definition: parseTrigger(object.sql ?? '', object.name, this.#known),
      enabled: 'origin',
    }))
  }

  #children(type: CatalogueObject['type'], relation: string): readonly CatalogueObject[] {
    return this.#ofRelation.get(`${type} ${foldName(relation)}`) ?? []
  }

  #view(object: CatalogueObject): View {
    const definition = parseView(object.sql ?? '', this.#known)
    return { schema: 'main', name: object.name, materialized: false, definition, triggers: this.#triggers(object.name), needs: this.#needs(object.name, definition) }
  }

  #needs(self: string, text: string): readonly ObjectRef[] {
    const names = namesIn(text)
    return this.#relations
      .filter((object) => object.name !== self && names.has(foldName(object.name)))
      .map((object) => ({ kind: object.type, schema: 'main', name: object.name }))
  }
}

/** A pattern in which `*` stands for any text. */
function patternOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 's')
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
