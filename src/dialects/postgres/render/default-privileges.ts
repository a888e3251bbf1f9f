import type { Target } from './privileges.ts'
import { changeGrants, splitItems } from './privileges.ts'

const ALL: Readonly<Record<string, { readonly all: string; readonly publicHas: string }>> = {
  TABLES: { all: 'arwdDxt', publicHas: '' },
  SEQUENCES: { all: 'rwU', publicHas: '' },
  FUNCTIONS: { all: 'X', publicHas: 'X' },
  TYPES: { all: 'U', publicHas: 'U' },
  SCHEMAS: { all: 'UC', publicHas: '' },
}

/**
 * Statements from one list of default grants to another; `null` is no entry.
 *
 * @param name - `FOR ROLE app IN SCHEMA s ON TABLES`, in the server's notation
 */
export function changeDefaults(name: string, from: string | null, to: string | null): readonly string[] {
  const match = /^FOR ROLE (.*?)( IN SCHEMA .*)? ON ([A-Z ]+)$/.exec(name)
  if (match === null) return []
  const [, role = '', place = '', word = ''] = match
  const owner = role.startsWith('"') ? role.slice(1, -1).replaceAll('""', '"') : role
  const usual = ALL[word] ?? { all: '', publicHas: '' }
  const target: Target = { grant: word, comment: '', ...(place === '' ? usual : { all: '', publicHas: '' }) }
  // Without a schema an entry holds all rights, with one only what is added to them.
  const list = (text: string | null): readonly string[] | null => (text === null ? null : splitItems(text))
  const change = changeGrants(list(from), list(to) ?? startOf(usual, owner, place), place === '' ? owner : undefined, target)
  return change.map((statement) => `ALTER DEFAULT PRIVILEGES FOR ROLE ${role}${place} ${statement}`)
}

/** What holds without an entry, as `aclitem` texts. */
function startOf(usual: { readonly all: string; readonly publicHas: string }, owner: string, place: string): readonly string[] {
  if (place !== '') return []
  return [`"${owner.replaceAll('"', '""')}"=${usual.all}/`, ...(usual.publicHas === '' ? [] : [`=${usual.publicHas}/`])]
}
