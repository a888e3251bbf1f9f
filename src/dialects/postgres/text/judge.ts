import type { Statement } from './split.ts'

/** What becomes of a statement of a text that describes a schema. */
export type Verdict =
  | { readonly do: 'run' }
  | { readonly do: 'skip' }
  /** Makes a role: nothing is to do when the cluster has it. */
  | { readonly do: 'role'; readonly name: string; readonly why: string }
  | { readonly do: 'refuse'; readonly why: string; readonly hint?: string }

const RUN: Verdict = { do: 'run' }
const SKIP: Verdict = { do: 'skip' }

/** Objects of the whole cluster: a scratch database does not hold what happens to them. */
const CLUSTER = new Set(['role', 'group', 'database', 'tablespace', 'system'])

/** Decides by a statement's first words whether a scratch database may run it. */
export function judge(statement: Statement): Verdict {
  const words = statement.tokens.slice(0, 4).map((token) => token.value)
  const [first = '', second = '', third = ''] = words
  if (first.startsWith('\\')) return { do: 'refuse', why: `${first} is a command of psql's own, which only psql can carry out`, hint: 'Write down what it stands for, or give the files that it names.' }
  switch (first) {
    case 'begin':
    case 'commit':
    case 'rollback':
    case 'end':
    case 'abort':
    case 'savepoint':
    case 'release':
      return SKIP
    case 'start':
      return second === 'transaction' ? SKIP : RUN
    case 'create':
    case 'alter':
    case 'drop':
      if (second === 'subscription' && connects(statement)) return { do: 'refuse', why: 'a subscription connects to its publisher: say WITH (connect = false), nothing is contacted to describe a schema' }
      return makesRole(first, second, third) ? roleVerdict(statement) : clusterVerdict(first, second, third)
    case 'reassign':
      return refuse(`${first} ${second}`)
    case 'comment':
    case 'security':
      return statement.tokens.slice(1, 5).some((token) => token.kind === 'word' && CLUSTER.has(token.value)) && second !== 'schema' ? commentVerdict(words) : RUN
    case 'copy':
      return { do: 'refuse', why: 'COPY carries rows; a schema is described without them', hint: 'Make the dump with `pg_dump --schema-only`.' }
    case 'grant':
    case 'revoke':
      return statement.tokens.some((token) => token.kind === 'word' && token.value === 'on') ? RUN : refuse(`${first} of a role`)
    default:
      return RUN
  }
}

/** Made without `connect = false`, or changed so that the server would ask the publisher. */
function connects(statement: Statement): boolean {
  const words = statement.tokens.map((token) => token.value)
  const at = words.indexOf('connect')
  if (words[0] === 'create') return at < 0 || words[at + 2] !== 'false'
  return words.includes('refresh') || words.includes('enable')
}

const makesRole = (first: string, second: string, third: string): boolean =>
  first === 'create' && (second === 'role' || second === 'group' || (second === 'user' && third !== 'mapping'))

function roleVerdict(statement: Statement): Verdict {
  const token = statement.tokens[2]
  const name = token?.kind === 'name' ? token.value.slice(1, -1).replaceAll('""', '"') : (token?.value ?? '')
  return { do: 'role', name, why: `the role ${name} does not exist, and roles belong to the whole server: create it there first` }
}

function clusterVerdict(verb: string, second: string, third: string): Verdict {
  if (CLUSTER.has(second) || (second === 'user' && third !== 'mapping') || (verb === 'drop' && second === 'owned')) return refuse(`${verb} ${second}`)
  return RUN
}

/** `COMMENT ON DATABASE` speaks of the very database, whose name no scratch database has. */
const commentVerdict = (words: readonly string[]): Verdict => (words[1] === 'on' && CLUSTER.has(words[2] ?? '') ? SKIP : RUN)

const refuse = (what: string): Verdict => ({ do: 'refuse', why: `${what.toUpperCase()} reaches beyond the database and is no part of a schema` })

/** Failures that say nothing about the schema: settings that another version knows, rights of roles that this server lacks. */
export function isHarmless(statement: Statement, code: string, privileges: boolean): boolean {
  const words = statement.tokens.filter((token) => token.kind === 'word').map((token) => token.value)
  const [first = '', second = '', third = ''] = words
  if (first === 'set') return code === '42704' || code === '42501' || code === '22023'
  if (first === 'create' && second === 'schema') return code === '42P06'
  if (first === 'comment' && third === 'extension') return code === '42501' || code === '42704'
  if (privileges) return false
  const aboutRights = first === 'grant' || first === 'revoke' || (first === 'alter' && (words.includes('owner') || (second === 'default' && third === 'privileges')))
  return aboutRights && (code === '42704' || code === '42501')
}
