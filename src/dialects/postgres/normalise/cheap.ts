import type { Column, Constraint, Index, Schema, Table } from '../../../schema/schema.ts'
import { printName } from '../names.ts'
import { canonicalType, isBuiltin } from '../types.ts'
import { same } from './same.ts'

/** What the server is not asked about, because the live words certainly mean what was declared. */
export interface Cheap {
  readonly defaultSchema: string
  /** Types that a user made, as the server prints them with an empty search path. */
  readonly types: ReadonlySet<string>
}

/** Collects the types of both sides by their printed names. */
export function makeCheap(declared: Schema, live: Schema, defaultSchema: string): Cheap {
  const all = [declared, live].flatMap((schema) => [...schema.enum, ...schema.domain, ...schema.composite, ...schema.range])
  return { defaultSchema, types: new Set(all.map((type) => `${printName(type.schema)}.${printName(type.name)}`)) }
}

/** A column whose type and default are written as the server would, as far as that is certain without it. */
export function spellColumn(column: Column, cheap: Cheap): Column {
  const type = spellType(column.type, cheap)
  return { ...column, type, default: column.default === null ? null : spellDefault(column.default, type, cheap) }
}

/** A declared type by its printed name: built-in ones in the server's spelling, the user's own with their schema. */
export function spellType(text: string, cheap: Cheap): string {
  const builtin = canonicalType(text)
  if (isBuiltin(builtin)) return builtin
  const match = /^((?:"(?:[^"]|"")+"|[^".[\]()\s]+)(?:\.(?:"(?:[^"]|"")+"|[^".[\]()\s]+))?)\s*((?:\[\d*\])*)$/.exec(text.trim())
  if (match === null) return text
  const parts = (match[1] ?? '').match(/"(?:[^"]|"")+"|[^".]+/g)?.map(unquote) ?? []
  const [schema, name] = parts.length === 2 ? [parts[0] ?? '', parts[1] ?? ''] : [cheap.defaultSchema, parts[0] ?? '']
  const printed = `${printName(schema)}.${printName(name)}`
  return cheap.types.has(printed) ? printed + (match[2] === '' ? '' : '[]') : text
}

const unquote = (part: string): string => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase())

/** A quoted label as the default of a column of a user's own type is printed with that type. */
function spellDefault(expression: string, type: string, cheap: Cheap): string {
  return cheap.types.has(type) && isText(expression) ? `${expression}::${type}` : expression
}

const isText = (expression: string): boolean => /^'(?:[^'\\]|'')*'$/.test(expression)

/** True when the live column certainly is what was declared. */
export function columnAgrees(declared: Column, live: Column): boolean {
  const { default: _d, generated: _g, comment: _c, needs: _n, local: _l, notNull: _q, identity: _i, ...rest } = declared
  const { default: _d2, generated: _g2, comment: _c2, needs: _n2, local: _l2, notNull: _q2, identity: _i2, ...liveRest } = live
  return same(rest, liveRest) && defaultAgrees(declared.default, live.default, declared.type) && generatedAgrees(declared, live)
}

function generatedAgrees(declared: Column, live: Column): boolean {
  if (declared.generated == null || live.generated == null) return same(declared.generated, live.generated)
  return declared.generated.stored === live.generated.stored && expressionAgrees(declared.generated.expression, live.generated.expression)
}

function defaultAgrees(declared: string | null, live: string | null, type: string): boolean {
  if (declared === null || live === null) return declared === live
  if (expressionAgrees(declared, live)) return true
  // The server prints a literal with the type that it was read as: reading it again gives the same value.
  return isText(declared) && live === `${declared}::${type.replace(/\([^)]*\)/, '')}`
}

/** Equal but for outer parentheses and, where nothing is quoted, for upper case. */
export function expressionAgrees(declared: string, live: string): boolean {
  const trimmed = declared.trim()
  if (trimmed === live || `(${trimmed})` === live) return true
  if (/['"$]/.test(trimmed) || /['"]/.test(live)) return false
  const lower = trimmed.toLowerCase()
  return lower === live.toLowerCase() || `(${lower})` === live.toLowerCase()
}

/** True when a live constraint or index certainly is the declared one. Foreign and unique keys are compared by structure, not here. */
export function constraintAgrees(declared: Constraint, live: readonly Constraint[]): Constraint | null {
  if (declared.type !== 'check' && declared.type !== 'exclusion') return declared
  const same = live.find((one) =>
    one.type === 'check' && declared.type === 'check' ? (declared.named === false || one.name === declared.name) && expressionAgrees(declared.expression, one.expression)
    : one.type === 'exclusion' && declared.type === 'exclusion' && one.name === declared.name && declared.definition === one.definition)
  return same ?? null
}

/** The live index that certainly says what was declared. */
export function indexAgrees(declared: Index, live: readonly Index[]): Index | null {
  const plain = declared.where === null && declared.keys.every((key) => key.expression === null && key.opclass == null && key.collation == null)
  if (plain) return { ...declared, method: declared.method.toLowerCase() }
  const found = live.find((one) => declared.named === false || one.name === declared.name
    ? one.keys.length === declared.keys.length && whereAgrees(declared.where, one.where) && declared.keys.every((key, at) => keyAgrees(key, one.keys[at]))
    : false)
  return found ?? null
}

const whereAgrees = (declared: string | null, live: string | null): boolean =>
  declared === null || live === null ? declared === live : expressionAgrees(declared, live)

function keyAgrees(declared: Index['keys'][number], live: Index['keys'][number] | undefined): boolean {
  if (live === undefined) return false
  const { expression, ...rest } = declared
  const { expression: liveExpression, ...liveRest } = live
  return same(rest, liveRest) && (expression === null || liveExpression === null ? expression === liveExpression : expressionAgrees(expression, liveExpression))
}

const isKey = (table: Table, column: string): boolean => table.constraints.some((one) => one.type === 'primaryKey' && one.columns.includes(column))

/** The live table's words when every part of the declaration agrees with it; `null` when the server must be asked. */
export function tableAgrees(declared: Table, live: Table): Pick<Table, 'columns' | 'constraints' | 'indexes'> | null {
  const columns = new Map(live.columns.map((column) => [column.name, column]))
  const agreed = declared.columns.every((column) => {
    const there = columns.get(column.name)
    return there !== undefined && columnAgrees(column, there)
  })
  if (!agreed) return null
  const constraints = declared.constraints.map((constraint) => constraintAgrees(constraint, live.constraints))
  const indexes = declared.indexes.map((index) => indexAgrees(index, live.indexes))
  if (constraints.includes(null) || indexes.includes(null)) return null
  return {
    // Whether a column may be null is no matter of words: what was declared stands. A primary key forbids it without saying so.
    columns: live.columns.map((column) => ({ ...column, notNull: declared.columns.find((one) => one.name === column.name)?.notNull === true || (column.notNull && isKey(declared, column.name)) })),
    // None is null: that was just looked at.
    constraints: constraints.filter((one) => one !== null).map((one, at) => ({ ...one, name: `constraint${at}` })),
    indexes: indexes.filter((one) => one !== null).map((one, at) => ({ ...one, name: `index${at}` })),
  }
}
