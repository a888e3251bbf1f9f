import type { ConstraintRow, IndexRest, IndexRow, IndexShape, NamespaceRow, Oid, RelationRest, RelationRow } from './rows.ts'
import type { Catalogue } from './sections.ts'

/** What the server sends: the three sections by column, all others as they are. An aggregate over no rows is NULL. */
export type SentCatalogue = Omit<Catalogue, keyof SentColumns> & { readonly [S in keyof SentColumns]: Arrays<SentColumns[S]> }

type Arrays<Row> = { readonly [F in keyof Row]: readonly Row[F][] | null }

/** A row of each section that travels by column. */
export interface SentColumns {
  readonly relations: {
    readonly oid: Oid
    /** The schema's number. */
    readonly s: Oid
    readonly n: string
    readonly kind: RelationRow['kind']
    readonly type: Oid
    readonly array: Oid | null
    readonly rest: RelationRest | null
    readonly comment: string | null
    readonly owner: string
    readonly acl: readonly string[] | null
  }
  readonly constraints: {
    readonly oid: Oid
    readonly r: Oid
    readonly n: string
    readonly t: ConstraintRow['t']
    /** Bits, see `constraintRow`. */
    readonly flags: number
    readonly index: Oid
    /** `{1,2}`. */
    readonly k: string | null
    readonly parent: Oid
    /** The other table's number, actions on update and delete, match: `16384 a c s`. */
    readonly f: string | null
    readonly fk: string | null
    readonly set: string | null
    readonly d: string | null
    readonly comment: string | null
  }
  readonly indexes: {
    readonly oid: Oid
    readonly r: Oid
    readonly n: string
    /** `1 0 2`. */
    readonly k: string
    /** Bits, count of keys, operator classes, collations, orders, method: `5/1/3124/0/0/btree`. */
    readonly shape: string
    readonly rest: IndexRest | null
    readonly comment: string | null
  }
}

/** Puts the rows together again. Texts that many rows have alike are read once, and their rows share what they say. */
export function readCatalogue(sent: SentCatalogue): Catalogue {
  const schemas = new Map(sent.namespaceList.map((row) => [row.oid, row]))
  const numbers = once(numberList)
  return { ...sent, relations: relationRows(sent.relations, schemas), constraints: constraintRows(sent.constraints, numbers), indexes: indexRows(sent.indexes, numbers) }
}

const PLAIN: Omit<RelationRest, 'ident' | 'method'> = {
  persistence: 'p', rls: false, force: false, options: null, toast: null, space: null, key: null, bound: null, of: null, view: null, filled: true, foreign: null,
}
const PLAIN_TABLE: RelationRest = { ...PLAIN, ident: 'd', method: 'heap' }
const PLAIN_TYPE: RelationRest = { ...PLAIN, ident: 'n', method: null }

/** One literal for each row, never a loop over fields: an object that grows field by field is slow to make and to read. */
function relationRows(sent: Arrays<SentColumns['relations']>, schemas: ReadonlyMap<Oid, NamespaceRow>): readonly RelationRow[] {
  const { oid, s, n, kind, type, array, rest, comment, owner, acl } = sent
  return (oid ?? []).map((number, at) => {
    const of = pick(kind, at)
    const row = {
      oid: number, schema: schemas.get(pick(s, at))?.name ?? '', name: pick(n, at), kind: of, type: pick(type, at), array: pick(array, at),
      rest: pick(rest, at) ?? (of === 'r' ? PLAIN_TABLE : PLAIN_TYPE), comment: pick(comment, at),
    }
    return owner === undefined ? row : { ...row, owner: pick(owner, at), acl: pick(acl, at) }
  })
}

function constraintRows(sent: Arrays<SentColumns['constraints']>, numbers: (text: string) => readonly number[]): readonly ConstraintRow[] {
  const { oid, r, n, t, flags, index, k, parent, f, fk, set, d, comment } = sent
  const list = (text: string | null): readonly number[] | null => (text === null ? null : numbers(text))
  return (oid ?? []).map((number, at) => {
    const bits = pick(flags, at)
    const foreign = pick(f, at)
    return {
      oid: number, r: pick(r, at), n: pick(n, at), t: pick(t, at),
      deferrable: (bits & 1) !== 0, deferred: (bits & 2) !== 0, validated: (bits & 4) !== 0, noInherit: (bits & 8) !== 0, local: (bits & 16) !== 0, enforced: (bits & 32) !== 0, period: (bits & 64) !== 0,
      index: pick(index, at), k: list(pick(k, at)), parent: pick(parent, at),
      f: foreign === null ? null : foreignRow(foreign, list(pick(fk, at)), list(pick(set, at))),
      d: pick(d, at), comment: pick(comment, at),
    }
  })
}

function foreignRow(text: string, columns: readonly number[] | null, set: readonly number[] | null): ConstraintRow['f'] {
  const [r = '0', onUpdate = 'a', onDelete = 'a', match = 's'] = text.split(' ')
  return { r, k: columns ?? [], update: onUpdate, delete: onDelete, match, set }
}

function indexRows(sent: Arrays<SentColumns['indexes']>, numbers: (text: string) => readonly number[]): readonly IndexRow[] {
  const { oid, r, n, k, shape, rest, comment } = sent
  const shapes = once(indexShape)
  return (oid ?? []).map((number, at) => ({ oid: number, r: pick(r, at), n: pick(n, at), k: numbers(pick(k, at)), shape: shapes(pick(shape, at)), rest: pick(rest, at), comment: pick(comment, at) }))
}

function indexShape(text: string): IndexShape {
  const [bits = '', count = '', classes = '', collations = '', orders = '', ...method] = text.split('/')
  const flags = Number(bits)
  return {
    unique: (flags & 1) !== 0, clustered: (flags & 2) !== 0, valid: (flags & 4) !== 0, replica: (flags & 8) !== 0, nullsNotDistinct: (flags & 16) !== 0,
    count: Number(count), classes: classes.split(' '), collations: collations.split(' '), orders: orders.split(' ').map(Number), method: method.join('/'),
  }
}

/** `{1,2}` and `1 2`. */
const numberList = (text: string): readonly number[] => text.match(/-?\d+/g)?.map(Number) ?? []

/** Reads a text the first time only. */
function once<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const value = read(text)
    known.set(text, value)
    return value
  }
}

/** All arrays of a section are as long as its first. */
function pick<T>(values: readonly T[] | null, at: number): T {
  // Within the section's length an array has a value, NULL included.
  return values?.[at] as T
}
