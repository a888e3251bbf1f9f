import type { Schema } from '../schema/schema.ts'
import { keyOf, sortSchema, TOP_KINDS } from '../schema/schema.ts'

type Data = Readonly<Record<string, unknown>>

/** Never a statement of the source: what identifies an object, and what orders the plan. */
const KEPT: ReadonlySet<string> = new Set(['schema', 'name', 'signature', 'needs', 'statement', 'local', 'routine'])

/**
 * A schema that was built from a declaration and read back, without what the declaration left open: a server always has an
 * answer, and an answer that nobody asked for must not be compared.
 *
 * @param before what every new database holds, and what was there when the building began
 */
export function onlyWhatWasSaid(built: Schema, declared: Schema, before: { readonly empty: Schema; readonly from: Schema }): Schema {
  const lists: Record<string, unknown> = {}
  for (const kind of TOP_KINDS) {
    const said = index(declared[kind])
    const [empty, from] = [index(before.empty[kind]), index(before.from[kind])]
    lists[kind] = built[kind].flatMap((object): object[] => {
      const source = said.get(keyOf(object))
      if (source !== undefined) return [pick(object, source)]
      // What every empty database has, the models did not speak of.
      if (empty.has(keyOf(object))) return [pick(object, {})]
      return from.has(keyOf(object)) ? [] : [object]
    })
  }
  // Every kind was assigned by the loop, and objects only lost fields that may be left out.
  return sortSchema({ ...(lists as unknown as Schema), unmanaged: built.unmanaged, covers: built.covers.filter((kind) => declared.covers.includes(kind)), ...(declared.silent && { silent: declared.silent }) })
}

function index<T extends { readonly name: string }>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(objects.map((object) => [keyOf(object), object]))
}

function pick(built: object, said: object): object {
  const source = said as Data
  const answers = Object.entries(built).filter(([field]) => KEPT.has(field) || source[field] !== undefined)
  const kept = Object.fromEntries(answers.map(([field, value]) => [field, KEPT.has(field) ? value : narrow(value, source[field])]))
  // That a name was made up, and what is left to others, is known to the source alone.
  const own = ['named', 'leaves'].flatMap((field) => (source[field] === undefined ? [] : [[field, source[field]] as const]))
  return { ...kept, ...Object.fromEntries(own) }
}

function narrow(built: unknown, said: unknown): unknown {
  if (Array.isArray(built) && Array.isArray(said)) return narrowList(built, said)
  return isData(built) && isData(said) ? pick(built, said) : built
}

function narrowList(built: readonly unknown[], said: readonly unknown[]): readonly unknown[] {
  const named = new Map(said.flatMap((item) => (isData(item) && typeof item['name'] === 'string' ? [[item['name'], item] as const] : [])))
  return built.map((item, at) => {
    if (!isData(item)) return item
    if (typeof item['name'] === 'string') return narrow(item, named.get(item['name']))
    return built.length === said.length ? narrow(item, said[at]) : item
  })
}

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)
