import type { ObjectRef, Policy, Schema, Table, Trigger, View } from '../../../schema/schema.ts'
import { childRef, keyOf, refOf } from '../../../schema/schema.ts'
import type { Normalised } from '../../dialect.ts'
import { expressionAgrees } from './cheap.ts'

type Incomparable = Normalised['incomparable'][number]

const REASON = 'its text refers to tables, and the server could only read it with locks on them'

/**
 * Views, routines, policies, triggers and rules are texts that refer to live tables. Where the declared text is the live one
 * but for blanks, it is; where it is not, that says nothing: the live text stands in and the field is named.
 */
export function agreeTexts(declared: Schema, live: Schema): { readonly schema: Schema; readonly incomparable: readonly Incomparable[] } {
  const incomparable: Incomparable[] = []
  const pick = (ref: ObjectRef, field: string, mine: string, theirs: string): string => {
    if (mine !== theirs && !textAgrees(mine, theirs)) incomparable.push({ ref, field, reason: REASON })
    return theirs
  }
  const defined = <T extends { readonly definition: string }>(ref: ObjectRef, one: T, there: T | undefined): T =>
    there === undefined ? one : { ...one, definition: pick(ref, 'definition', one.definition, there.definition) }
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
  return { schema: { ...declared, table, view, routine }, incomparable }
}

type Pick = (ref: ObjectRef, field: string, mine: string, theirs: string) => string

function agreePolicy(ref: ObjectRef, declared: Policy, live: Policy | undefined, pick: Pick): Policy {
  if (live === undefined) return declared
  const side = (field: 'using' | 'check'): string | null => {
    const [mine, theirs] = [declared[field], live[field]]
    return mine === null || theirs === null || expressionAgrees(mine, theirs) ? (mine === null ? null : (theirs ?? mine)) : pick(ref, field, mine, theirs)
  }
  return { ...declared, using: side('using'), check: side('check') }
}

/** The same but for blanks between words, a last semicolon, and upper case where nothing is quoted. */
function textAgrees(mine: string, theirs: string): boolean {
  const flat = (text: string): string => text.trim().replace(/;$/, '').replace(/\s+/g, ' ').trim()
  const [a, b] = [flat(mine), flat(theirs)]
  if (/['$]/.test(a) || /['$]/.test(b)) return a === b && !/'[^']*\s{2}/.test(mine)
  return a.toLowerCase() === b.toLowerCase() && !/"/.test(a + b)
}
