/**
 * Drizzle's objects as they are found at run time. Nothing of drizzle-orm is imported: an application may have several
 * copies of it, and classes of one copy are unknown to another. What all copies share are registered symbols
 * (`Symbol.for('drizzle:…')`) and the `entityKind` name of each class.
 */
export interface DrizzleColumn {
  readonly name: string
  /** True when the user gave no name and the key became the name: only then does casing apply. */
  readonly keyAsName?: boolean
  readonly table: object
  readonly notNull?: boolean
  readonly primary?: boolean
  readonly default?: unknown
  readonly isUnique?: boolean
  readonly uniqueName?: string
  /** `not distinct` for NULLS NOT DISTINCT. */
  readonly uniqueType?: string
  readonly columnType?: string
  readonly generated?: { readonly as: unknown; readonly mode?: string }
  readonly generatedIdentity?: {
    readonly type: 'always' | 'byDefault'
    readonly sequenceName?: string
    readonly sequenceOptions?: SequenceOptions
  }
  readonly enum?: DrizzleEnum
  /** See `dimensionsOf`. */
  readonly dimensions?: number
  readonly baseColumn?: DrizzleColumn
  readonly autoIncrement?: boolean
  getSQLType(): string
  mapToDriverValue(value: unknown): unknown
}

export interface SequenceOptions {
  readonly increment?: number | string
  readonly minValue?: number | string
  readonly maxValue?: number | string
  readonly startWith?: number | string
  readonly cache?: number | string
  readonly cycle?: boolean
}

export interface DrizzleEnum {
  readonly enumName: string
  readonly enumValues: readonly string[]
  readonly schema?: string
}

export interface DrizzleForeignKey {
  reference(): {
    readonly name?: string
    readonly columns: readonly DrizzleColumn[]
    readonly foreignTable: object
    readonly foreignColumns: readonly DrizzleColumn[]
  }
  readonly onDelete?: string
  readonly onUpdate?: string
}

export interface DrizzleIndexColumn {
  readonly name: string
  readonly keyAsName?: boolean
  readonly indexConfig?: { readonly order?: 'asc' | 'desc'; readonly nulls?: 'first' | 'last'; readonly opClass?: string }
}

export interface DrizzleIndex {
  readonly config: {
    readonly name?: string
    readonly columns: readonly (DrizzleIndexColumn | object)[]
    readonly unique: boolean
    readonly method?: string
    readonly with?: Readonly<Record<string, unknown>>
    readonly where?: object
  }
}

export interface DrizzleKey {
  readonly columns: readonly DrizzleColumn[]
  readonly name?: string
  readonly nullsNotDistinct?: boolean
}

export interface DrizzleCheck {
  readonly name: string
  readonly value: object
}

export interface DrizzlePolicy {
  readonly name: string
  readonly as?: string
  readonly for?: string
  readonly to?: unknown
  readonly using?: object
  readonly withCheck?: object
  readonly _linkedTable?: object
}

export interface DrizzleView {
  readonly name: string
  readonly schema?: string
  readonly query?: object
  readonly isExisting?: boolean
  readonly isAlias?: boolean
  readonly selectedFields?: object
}

const ENTITY_KIND = Symbol.for('drizzle:entityKind')
const IS_ENUM = Symbol.for('drizzle:isPgEnum')
const kindsByClass = new WeakMap<object, ReadonlySet<string>>()

/** A member of one of Drizzle's objects, by its name or by the name of its registered symbol (`drizzle:Name`). */
export function member<T>(entity: object, key: string): T | undefined {
  // Drizzle's own classes decide the type of the member; the tests read each one from every supported version.
  return Reflect.get(entity, key.startsWith('drizzle:') ? Symbol.for(key) : key) as T | undefined
}

/** The names of the Drizzle classes that a value is an instance of; empty for anything else. */
export function kindsOf(value: unknown): ReadonlySet<string> {
  if (typeof value !== 'object' || value === null) return NONE
  const prototype: unknown = Object.getPrototypeOf(value)
  const constructor: unknown = typeof prototype === 'object' && prototype !== null ? Reflect.get(prototype, 'constructor') : undefined
  if (typeof constructor !== 'function') return NONE
  const known = kindsByClass.get(constructor)
  if (known !== undefined) return known
  const kinds = new Set<string>()
  for (let each: unknown = constructor; typeof each === 'function'; each = Object.getPrototypeOf(each)) {
    const kind: unknown = Reflect.get(each, ENTITY_KIND)
    if (typeof kind === 'string') kinds.add(kind)
  }
  kindsByClass.set(constructor, kinds)
  return kinds
}

const NONE: ReadonlySet<string> = new Set()

export const isKind = (value: unknown, kind: string): value is object => kindsOf(value).has(kind)

/** As `isKind`, for what is known to be an object already. */
export const hasKind = (entity: object, kind: string): boolean => kindsOf(entity).has(kind)

/** True for a piece of SQL made by Drizzle's `sql` tag. */
export const isDrizzleSql = (value: unknown): value is object => isKind(value, 'SQL')

export const isTable = (value: unknown): value is object => isKind(value, 'Table')

export function isEnum(value: unknown): value is DrizzleEnum {
  return typeof value === 'function' && Reflect.get(value, IS_ENUM) === true
}

export const tableName = (table: object): string => member<string>(table, 'drizzle:Name') ?? ''
export const tableSchema = (table: object): string | undefined => member<string>(table, 'drizzle:Schema')
export const isAlias = (table: object): boolean => member<boolean>(table, 'drizzle:IsAlias') === true

/** The columns of a table by their keys, in the order in which they were written. */
export const columnsOf = (table: object): Readonly<Record<string, DrizzleColumn>> =>
  member<Record<string, DrizzleColumn>>(table, 'drizzle:Columns') ?? {}

/** True for tables of drizzle-orm 1.0 and later, which apply casing themselves and make other default names. */
export const isModern = (table: object): boolean => member(table, 'drizzle:CacheKey') !== undefined

/** The array dimensions of a column of 1.0. In 0.45 vectors and bit strings have a length under the same name. */
export const dimensionsOf = (column: DrizzleColumn): number => (isModern(column.table) ? (column.dimensions ?? 0) : 0)

/** What a table's second callback declares: each builder, built for the table. */
export function extrasOf(table: object): readonly object[] {
  const builder = member<(columns: unknown) => unknown>(table, 'drizzle:ExtraConfigBuilder')
  if (typeof builder !== 'function') return []
  const made = builder(member(table, 'drizzle:ExtraConfigColumns') ?? columnsOf(table))
  if (typeof made !== 'object' || made === null) return []
  const builders: readonly unknown[] = Array.isArray(made) ? made.flat(1) : Object.values(made)
  return builders.map((each) => {
    if (typeof each !== 'object' || each === null) throw new TypeError(`a table's extra configuration holds ${String(each)}, which is no builder`)
    const build = member<(table: object) => object>(each, 'build')
    return typeof build === 'function' ? build.call(each, table) : each
  })
}
