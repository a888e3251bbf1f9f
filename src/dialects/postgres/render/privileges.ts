import type { Common } from '../../../schema/schema.ts'
import type { RenderContext } from '../../dialect.ts'
import { printName } from '../names.ts'
import { literal, quoteName } from './names.ts'

/** How GRANT and COMMENT name an object: `TABLE "s"."t"`. */
export interface Target {
  /** The object's word and name for GRANT; `null` for what cannot be granted. */
  readonly grant: string | null
  /** The same for COMMENT ON and ALTER … OWNER TO. */
  readonly comment: string
  /** All privileges, in the letters of the catalogues. */
  readonly all: string
  /** What PUBLIC has from the start. */
  readonly publicHas: string
}

/** Comment, owner and grants of an object that was just made. */
export function decorate(object: Common, target: Target, context?: RenderContext): readonly string[] {
  return [
    ...(object.comment == null ? [] : [commentOn(target.comment, object.comment)]),
    ...(object.owner === undefined ? [] : [`ALTER ${target.comment} OWNER TO ${quoteName(object.owner)}`]),
    ...(object.grants === undefined ? [] : firstGrants(object, object.grants, target, context)),
  ]
}

/** Default privileges may have given more than was asked for: what they may have given is taken back first. */
function firstGrants(object: Common, grants: readonly string[], target: Target, context: RenderContext | undefined): readonly string[] {
  const given = context === undefined || target.grant === null ? [] : defaultGrantees(object, target.grant, context)
  if (given.length === 0) return changeGrants(null, grants, object.owner, target)
  const start = [...parse(null, object.owner, target)].filter(([grantee]) => !given.includes(grantee))
  const items = start.map(([grantee, had]) => `"${grantee.replaceAll('"', '""')}"=${[...had.keys()].join('')}/`)
  const revokes = given.map((grantee) => `REVOKE ALL ON ${target.grant} FROM ${grantee === '' ? 'PUBLIC' : quoteName(grantee)}`)
  return [...revokes, ...changeGrants(items, grants, object.owner, target)]
}

const CLASSES: Readonly<Record<string, string>> = { TABLE: 'TABLES', SEQUENCE: 'SEQUENCES', FUNCTION: 'FUNCTIONS', PROCEDURE: 'FUNCTIONS', TYPE: 'TYPES', DOMAIN: 'TYPES', SCHEMA: 'SCHEMAS' }

function defaultGrantees(object: Common & { readonly schema?: string }, grant: string, context: RenderContext): readonly string[] {
  const word = CLASSES[grant.split(' ')[0] ?? ''] ?? ''
  const schema = object.schema === undefined ? '' : printName(object.schema)
  const entries = [...context.before.defaultPrivilege, ...context.after.defaultPrivilege].filter(
    ({ name }) => name.endsWith(` ON ${word}`) && (!name.includes(' IN SCHEMA ') || name.includes(` IN SCHEMA ${schema} ON `)),
  )
  // An entry for all schemas says all that a new object gives, PUBLIC's part with it.
  const everyone = entries.some(({ name }) => !name.includes(' IN SCHEMA ')) ? [''] : []
  const grantees = entries.flatMap(({ definition }) => [...parse(splitItems(definition), undefined, { grant, comment: '', all: '', publicHas: '' }).keys()])
  return [...new Set([...everyone, ...grantees])].filter((grantee) => grantee !== object.owner).sort()
}

/** `aclitem` texts that were joined by `, `; a name in quotes may hold that too. */
export const splitItems = (text: string): readonly string[] => [...text.matchAll(/(?:"(?:[^"]|"")*"|[^",])+/g)].map((match) => match[0].trim())

/** Comment, owner and grants of an object that is there, as far as they differ. */
export function redecorate(from: Common, to: Common, fields: readonly string[], target: Target): readonly string[] {
  return [
    ...(fields.includes('comment') ? [commentOn(target.comment, to.comment ?? null)] : []),
    ...(fields.includes('owner') && to.owner !== undefined ? [`ALTER ${target.comment} OWNER TO ${quoteName(to.owner)}`] : []),
    ...(fields.includes('grants') ? changeGrants(handedOver(from, to), to.grants ?? [], to.owner, target) : []),
  ]
}

/** A new owner has what the old one had. */
export function handedOver(from: Pick<Common, 'grants' | 'owner'>, to: Pick<Common, 'owner'>): readonly string[] {
  const grants = from.grants ?? []
  if (from.owner === undefined || to.owner === undefined || from.owner === to.owner) return grants
  const [old, now] = [from.owner, to.owner]
  const merged = new Map<string, Privileges>()
  for (const [grantee, had] of parse(grants, undefined, NOBODY)) {
    const name = grantee === old ? now : grantee
    const all = new Map(merged.get(name))
    for (const [letter, option] of had) all.set(letter, option || all.get(letter) === true)
    merged.set(name, all)
  }
  return [...merged].map(([grantee, has]) => `"${grantee.replaceAll('"', '""')}"=${[...has].map(([letter, option]) => letter + (option ? '*' : '')).join('')}/`)
}

const NOBODY: Target = { grant: null, comment: '', all: '', publicHas: '' }

/** `COMMENT ON …`; `null` removes it. */
export const commentOn = (target: string, comment: string | null): string => `COMMENT ON ${target} IS ${comment === null ? 'NULL' : literal(comment)}`

const WORDS: Readonly<Record<string, string>> = {
  r: 'SELECT', a: 'INSERT', w: 'UPDATE', d: 'DELETE', D: 'TRUNCATE', x: 'REFERENCES', t: 'TRIGGER', X: 'EXECUTE', U: 'USAGE', C: 'CREATE', m: 'MAINTAIN',
}

/** GRANTs and REVOKEs that lead from one list of `aclitem` texts to another. `null` is what an object has from the start. */
export function changeGrants(from: readonly string[] | null, to: readonly string[], owner: string | undefined, target: Target, columns = ''): readonly string[] {
  if (target.grant === null) return []
  const [before, after] = [parse(from, owner, target), parse(to, owner, target)]
  const statements: string[] = []
  for (const grantee of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [had, has] = [before.get(grantee) ?? new Map(), after.get(grantee) ?? new Map()]
    const name = grantee === '' ? 'PUBLIC' : quoteName(grantee)
    const gone = [...had].filter(([letter, option]) => !has.has(letter) || (option && has.get(letter) === false)).map(([letter]) => letter)
    const added = (option: boolean): readonly string[] =>
      [...has].filter(([letter, now]) => now === option && (had.get(letter) !== now || gone.includes(letter))).map(([letter]) => letter)
    if (gone.length > 0) statements.push(`REVOKE ${words(gone, columns)} ON ${target.grant} FROM ${name}`)
    if (added(false).length > 0) statements.push(`GRANT ${words(added(false), columns)} ON ${target.grant} TO ${name}`)
    if (added(true).length > 0) statements.push(`GRANT ${words(added(true), columns)} ON ${target.grant} TO ${name} WITH GRANT OPTION`)
  }
  return statements
}

const words = (letters: readonly string[], columns: string): string => letters.map((letter) => `${WORDS[letter] ?? letter}${columns}`).join(', ')

type Privileges = Map<string, boolean>

/** By grantee (`''` for PUBLIC): letter → with grant option. */
function parse(items: readonly string[] | null, owner: string | undefined, target: Target): Map<string, Privileges> {
  const found = new Map<string, Privileges>()
  if (items === null) {
    if (target.publicHas !== '') found.set('', letters(target.publicHas))
    if (owner !== undefined && target.all !== '') found.set(owner, letters(target.all))
    return found
  }
  for (const item of items) {
    const match = /^(?:"((?:[^"]|"")*)"|([^=]*))=([a-zA-Z*]*)\//.exec(item)
    if (match === null) continue
    found.set(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'), letters(match[3] ?? ''))
  }
  return found
}

function letters(text: string): Privileges {
  const found: Privileges = new Map()
  for (const match of text.matchAll(/([a-zA-Z])(\*?)/g)) found.set(match[1] ?? '', match[2] === '*')
  return found
}

/** What a table's privileges are called; 17 added MAINTAIN. */
export const tableTarget = (name: string, word: string, version: number): Target => ({
  grant: `TABLE ${name}`, comment: `${word} ${name}`, all: version >= 170000 ? 'arwdDxtm' : 'arwdDxt', publicHas: '',
})

export const typeTarget = (name: string, word: 'TYPE' | 'DOMAIN'): Target => ({
  grant: `${word} ${name}`, comment: `${word} ${name}`, all: 'U', publicHas: 'U',
})
