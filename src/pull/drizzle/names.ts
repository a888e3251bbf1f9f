/** Names that a model file cannot give to a variable: TypeScript's own and those of Drizzle's builders that it may import. */
const TAKEN = (
  'abstract any as async await boolean break case catch class const constructor continue debugger declare default delete do else enum export extends false finally for from function get if ' +
  'implements import in infer instanceof interface is keyof let module namespace never new null number object of package private protected public readonly require return set static string super ' +
  'switch symbol this throw true try type typeof undefined unique unknown var void while with yield arguments eval globalThis Object Array Date ' +
  'sql t AnyPgColumn AnySQLiteColumn bigint bigserial bit blob char check cidr customType date doublePrecision foreignKey index inet integer interval json jsonb line macaddr macaddr8 numeric ' +
  'pgEnum pgMaterializedView pgPolicy pgSchema pgSequence pgTable pgView point primaryKey real serial smallint smallserial sqliteTable sqliteView text time timestamp uniqueIndex uuid varchar vector'
).split(' ')

/** Keys under which Drizzle's tables keep something of their own. */
const TABLE_KEYS = ['_', '$inferSelect', '$inferInsert', 'enableRLS', 'getSQL', 'shouldOmitSQLParens', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'getSchema', 'as']

/** Gives each thing a name of its own, in the order in which it is asked. */
export class Names {
  readonly #taken: Set<string>

  private constructor(taken: readonly string[]) {
    this.#taken = new Set(taken)
  }

  static ofVariables(): Names {
    return new Names(TAKEN)
  }

  static ofColumns(): Names {
    return new Names(TABLE_KEYS)
  }

  /** The first of these names that is free, in camel case; numbered when none is. */
  take(...wishes: readonly string[]): string {
    const candidates = wishes.map(camelCase)
    const free = candidates.find((candidate) => !this.#taken.has(candidate)) ?? this.#numbered(candidates.at(-1) ?? 'unnamed')
    this.#taken.add(free)
    return free
  }

  #numbered(name: string): string {
    for (let number = 2; ; number += 1) if (!this.#taken.has(`${name}${number}`)) return `${name}${number}`
  }
}

/** `created_at` as `createdAt`; whatever is no part of an identifier parts words. */
export function camelCase(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  const joined = words.map((word, at) => (at === 0 ? lowerFirst(word) : word.charAt(0).toUpperCase() + word.slice(1))).join('')
  return /^[\p{L}]/u.test(joined) ? joined : `_${joined}`
}

/** `URLs` as `urls`, `myTable` as it is. */
const lowerFirst = (word: string): string => (word === word.toUpperCase() ? word.toLowerCase() : word.charAt(0).toLowerCase() + word.slice(1))
