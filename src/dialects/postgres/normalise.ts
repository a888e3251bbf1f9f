import type { Schema, Sequence, Table } from '../../schema/schema.ts'
import { keyOf, sortSchema, tablesByKey } from '../../schema/schema.ts'
import type { Normalised, NormaliseRequest, Session } from '../dialect.ts'
import { complete } from './complete.ts'
import type { Cheap } from './normalise/cheap.ts'
import { makeCheap, spellColumn, spellType, tableAgrees } from './normalise/cheap.ts'
import { certainParts } from './normalise/certain.ts'
import type { ScratchPlace } from './normalise/place.ts'
import { findPlace } from './normalise/place.ts'
import { tooLong } from './normalise/names.ts'
import { same } from './normalise/same.ts'
import type { NewTypes } from './normalise/trial.ts'
import { tryTables } from './normalise/trial.ts'
import { columnInWords, tableInWords } from './normalise/words.ts'
import type { OpenText } from './normalise/texts.ts'
import { agreeTexts, openTexts, textKey } from './normalise/texts.ts'
import type { Reading } from './normalise/try-texts.ts'
import { tryTexts } from './normalise/try-texts.ts'

type Incomparable = Normalised['incomparable'][number]

/**
 * A declared schema in the server's own words. What is written as the server would write it is settled here; what is not, the
 * server reads in a transaction that is rolled back, without touching a table that is there.
 */
export async function normalise(session: Session, request: NormaliseRequest): Promise<Normalised> {
  const { live, scope, created } = request
  const completed = complete(request.declared)
  const cheap = makeCheap(completed, live, scope.defaultSchema)
  const declared = adoptSerials(spellAll(completed, cheap), live)
  const liveTables = tablesByKey(live)
  const settled = new Map<string, Table>()
  const open: Table[] = []
  for (const table of declared.table) {
    const there = liveTables.get(keyOf(table))
    const words = there === undefined ? null : created?.has(keyOf(table)) === true ? learn(table, there) : tableAgrees(table, there)
    if (there !== undefined && words === null) open.push(table)
    else settled.set(keyOf(table), words === null ? table : tableInWords(table, words, (kind, at) => `${kind}${at}`))
  }
  const texts = openTexts(declared, live)
  const place = open.length + texts.length > 0 && request.mayTry !== false ? await findPlace(session, scope.defaultSchema) : null
  const incomparable: Incomparable[] = []
  const problems: Normalised['problems'][number][] = [...tooLong(completed)]
  if (place !== null && open.length > 0) {
    const tried = await tryTables(session, open, newTypes(declared, live), place, scope)
    problems.push(...tried.problems)
    for (const table of tried.tables) settled.set(keyOf(table), table)
  } else {
    for (const table of open) {
      const parts = certainParts(table, liveTables.get(keyOf(table)) as Table)
      settled.set(keyOf(table), parts.table)
      incomparable.push(...parts.incomparable)
    }
  }
  const whole = { ...declared, table: declared.table.map((table) => settled.get(keyOf(table)) ?? table) }
  const read = await settleTexts(session, whole, request, texts, place)
  return { schema: sortSchema(read.schema), incomparable: [...incomparable, ...read.incomparable], problems: [...problems, ...read.problems] }
}

const NO_PLACE = 'only the server can say whether the two texts mean the same, and it cannot be asked here'

/** Views, routines, policies, triggers and rules: the server's words for those that are not certainly the live ones. */
async function settleTexts(session: Session, declared: Schema, request: NormaliseRequest, texts: readonly OpenText[], place: ScratchPlace | null): Promise<Normalised> {
  const incomparable: Incomparable[] = []
  const problems: Normalised['problems'][number][] = []
  const readings = place === null || texts.length === 0 ? new Map<string, Reading>() : await tryTexts(session, texts, place, request.scope)
  const schema = agreeTexts(declared, request.live, (open) => {
    const reading = readings.get(textKey(open))
    switch (reading?.is) {
      case 'words':
        return reading.words
      case 'ahead':
        return open.declared
      case 'refused':
        problems.push({ ref: open.ref, message: reading.message })
        return open.live
      case 'unknown':
      case undefined:
        incomparable.push({ ref: open.ref, field: open.field, reason: reading?.reason ?? NO_PLACE })
        return open.live
    }
  })
  return { schema, incomparable, problems }
}

/** Spellings that need no server. */
function spellAll(declared: Schema, cheap: Cheap): Schema {
  return {
    ...declared,
    table: declared.table.map((table) => ({ ...table, columns: table.columns.map((column) => spellColumn(column, cheap)) })),
    composite: declared.composite.map((one) => ({ ...one, attributes: one.attributes.map((field) => ({ ...field, type: spellType(field.type, cheap) })) })),
    domain: declared.domain.map((one) => ({ ...one, type: spellType(one.type, cheap) })),
  }
}

/**
 * Nobody wrote the name of a serial column's sequence: where the live column has one of its own, that is it. The live
 * sequence keeps the options that were not declared.
 */
function adoptSerials(declared: Schema, live: Schema): Schema {
  const owned = new Map<string, Sequence>()
  for (const one of live.sequence) if (one.ownedBy !== null) owned.set(JSON.stringify([one.ownedBy.schema, one.ownedBy.table, one.ownedBy.column]), one)
  const renamed = new Map<string, Sequence>()
  const sequence = declared.sequence.map((one) => {
    const there = one.ownedBy === null ? undefined : owned.get(JSON.stringify([one.ownedBy.schema, one.ownedBy.table, one.ownedBy.column]))
    if (there === undefined) return one
    renamed.set(JSON.stringify([there.ownedBy?.schema, there.ownedBy?.table, there.ownedBy?.column]), there)
    return { ...one, schema: there.schema, name: there.name }
  })
  const liveTables = tablesByKey(live)
  const table = declared.table.map((one) => ({
    ...one,
    columns: one.columns.map((column) => {
      if (!renamed.has(JSON.stringify([one.schema, one.name, column.name])) || column.default?.startsWith('nextval(') !== true) return column
      const there = liveTables.get(keyOf(one))?.columns.find((candidate) => candidate.name === column.name)
      return there?.default?.startsWith('nextval(') === true ? { ...column, default: there.default } : column
    }),
  }))
  return { ...declared, table, sequence }
}

/** A table that was created from the declaration: its words are those of the live one, found by name, else by place. */
function learn(declared: Table, live: Table): Pick<Table, 'columns' | 'constraints' | 'indexes'> {
  const columns = declared.columns.flatMap((column) => {
    const there = live.columns.find((candidate) => candidate.name === column.name)
    return there === undefined ? [] : [columnInWords(column, there)]
  })
  const free = <T extends { readonly name: string }>(list: readonly T[], one: T, alike: (candidate: T) => boolean): T =>
    list.find((candidate) => candidate.name === one.name) ?? list.find(alike) ?? one
  return {
    columns,
    constraints: declared.constraints.map((one, at) => ({ ...free(live.constraints, one, () => false), name: `constraint${at}` })),
    indexes: declared.indexes.map((one, at) => ({ ...free(live.indexes, one, (candidate) => same(one.keys, candidate.keys)), name: `index${at}` })),
  }
}

/** Types and schemas that only the declaration has. */
function newTypes(declared: Schema, live: Schema): NewTypes {
  const only = <K extends 'enum' | 'domain' | 'composite'>(kind: K): Schema[K] => {
    const there = new Set(live[kind].map(keyOf))
    // A filtered list of a kind is a list of that kind.
    return declared[kind].filter((one) => !there.has(keyOf(one))) as unknown as Schema[K]
  }
  const known = new Set(live.namespace.map((one) => one.name))
  const values = new Map(live.enum.map((one) => [keyOf(one), new Set(one.values)]))
  const widened = declared.enum.filter((one) => one.values.some((value) => values.get(keyOf(one))?.has(value) === false))
  return { namespace: declared.namespace.filter((one) => !known.has(one.name)), enum: only('enum'), domain: only('domain'), composite: only('composite'), widened }
}

