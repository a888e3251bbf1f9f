import type { ObjectRef, Policy, Schema, Table, Trigger, View } from '../../../schema/schema.ts'
import { childRef, keyOf, refKey, refOf } from '../../../schema/schema.ts'
import { expressionAgrees } from './cheap.ts'

/** A declared text that is not certainly the live one. */
export interface OpenText {
  readonly ref: ObjectRef
  readonly field: 'definition' | 'using' | 'check'
  readonly declared: string
  readonly live: string
}

/** Decides about an open text: what stands in the schema that is compared. */
export type Pick = (open: OpenText) => string

/** Names an open text. */
export const textKey = ({ ref, field }: Omit<OpenText, 'declared' | 'live'>): string => `${refKey(ref)}\u0000${field}`

/** The texts that only the server can compare. */
export function openTexts(declared: Schema, live: Schema): readonly OpenText[] {
  const found: OpenText[] = []
  agreeTexts(declared, live, (open) => {
    found.push(open)
    return open.live
  })
  return found
}

/**
 * Views, routines, policies, triggers and rules are texts that refer to live tables. Where the declared text is the live one
 * but for blanks, the live one stands for it; about the others `pick` decides.
 */
export function agreeTexts(declared: Schema, live: Schema, pick: Pick): Schema {
  const defined = <T extends { readonly definition: string }>(ref: ObjectRef, one: T, there: T | undefined): T => {
    if (there === undefined) return one
    const same = one.definition === there.definition || textAgrees(one.definition, there.definition)
    return { ...one, definition: same ? there.definition : pick({ ref, field: 'definition', declared: one.definition, live: there.definition }) }
  }
  const triggers = <T extends Table | View>(one: T, there: T | undefined): Partial<T> => {
    const list = (kind: 'trigger' | 'rule', mine: readonly Trigger[], theirs: readonly Trigger[]): readonly Trigger[] =>
      mine.map((item) => defined(childRef(kind, one, item.name), item, theirs.find((other) => other.name === item.name)))
    // Only lists that the declaration has are put back under their own keys.
    return {
      ...(one.triggers && { triggers: list('trigger', one.triggers, there?.triggers ?? []) }),
      ...(one.rules && { rules: list('rule', one.rules as readonly Trigger[], (there?.rules ?? []) as readonly Trigger[]) }),
    } as Partial<T>
  }
  const liveTables = new Map(live.table.map((one) => [keyOf(one), one]))
  const table = declared.table.map((one): Table => {
    const there = liveTables.get(keyOf(one))
    const policies = one.policies?.map((policy) => agreePolicy(childRef('policy', one, policy.name), policy, there?.policies?.find((other) => other.name === policy.name), pick))
    return { ...one, ...triggers(one, there), ...(policies && { policies }) }
  })
  const liveViews = new Map(live.view.map((one) => [keyOf(one), one]))
  const view = declared.view.map((one): View => {
    const there = liveViews.get(keyOf(one))
    return { ...defined(refOf('view', one), one, there), ...triggers(one, there) }
  })
  const liveRoutines = new Map(live.routine.map((one) => [keyOf(one), one]))
  const routine = declared.routine.map((one) => defined(refOf('routine', one), one, liveRoutines.get(keyOf(one))))
  return { ...declared, table, view, routine }
}

function agreePolicy(ref: ObjectRef, declared: Policy, live: Policy | undefined, pick: Pick): Policy {
  if (live === undefined) return declared
  const side = (field: 'using' | 'check'): string | null => {
    const [mine, theirs] = [declared[field], live[field]]
    if (mine === null || theirs === null) return mine
    return expressionAgrees(mine, theirs) ? theirs : pick({ ref, field, declared: mine, live: theirs })
  }
  return { ...declared, roles: agreeRoles(declared.roles, live.roles), using: side('using'), check: side('check') }
}

const MAKERS = new Set(['current_user', 'session_user', 'current_role'])

/** These words mean whoever makes the policy, and the server keeps that role's name: which role it was, the declaration does not say. */
function agreeRoles(declared: readonly string[], live: readonly string[]): readonly string[] {
  const named = declared.filter((role) => !MAKERS.has(role.toLowerCase()))
  const makers = live.filter((role) => !named.includes(role))
  const fits = named.every((role) => live.includes(role)) && makers.length <= declared.length - named.length && !makers.includes('public')
  return fits ? live : declared
}

/** The same but for blanks between words, a last semicolon, and upper case where nothing is quoted. */
function textAgrees(mine: string, theirs: string): boolean {
  const flat = (text: string): string => text.trim().replace(/;$/, '').replace(/\s+/g, ' ').trim()
  const [a, b] = [flat(mine), flat(theirs)]
  if (/['$]/.test(a) || /['$]/.test(b)) return a === b && !/'[^']*\s{2}/.test(mine)
  return a.toLowerCase() === b.toLowerCase() && !/"/.test(a + b)
}
