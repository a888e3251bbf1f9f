import type { Parsed } from './catalogue.ts'
import { UsageError } from './arguments.ts'

type Flags = Parsed<'new'>['flags']

/** A registry entry to be completed by its author. */
export interface Skeleton {
  readonly id: string
  /** The lines of the object. */
  readonly body: readonly string[]
  readonly usesSql: boolean
  /** What the author does before it is added to the registry. */
  readonly next: readonly string[]
}

export type SkeletonKind = 'column' | 'rename' | 'retype' | 'contract' | 'backfill' | 'run'

/** A skeleton for each kind of entry that is an object, made from the words after the kind. */
export const SKELETONS: { readonly [K in SkeletonKind]: (words: readonly string[], flags: Flags) => Skeleton } = {
  column: (words, flags) => {
    const [table, column] = split(only(words, 'column TABLE.COLUMN'))
    if (column === undefined) throw new UsageError(`column ${words[0]}: expected TABLE.COLUMN`, 'new')
    if (flags.default !== undefined && flags['default-sql'] !== undefined) throw new UsageError('--default and --default-sql exclude each other', 'new')
    const given = defaultOf(flags)
    if (flags['not-null'] && given === undefined) {
      throw new UsageError('--not-null needs --default or --default-sql: rows that are there already would have no value (docs/rules/no-default.md)', 'new')
    }
    const type = flags.type ?? 'TYPE'
    return {
      id: `${table}.${column}`,
      body: [
        `table: ${quote(table)},`, `column: ${quote(column)},`, `type: ${quote(type)},`,
        ...(flags['not-null'] ? ['nullable: false,'] : []), ...(given === undefined ? [] : [`default: ${given},`]), describe(flags),
      ],
      usesSql: flags['default-sql'] !== undefined,
      next: [...(flags.type === undefined ? ['Write the type, as the database spells it.'] : []), 'Add the column to the models, too.'],
    }
  },
  rename: (words, flags) => {
    const [from, to] = words
    if (from === undefined || to === undefined) throw new UsageError('something is missing: trueup new rename TABLE[.COLUMN] NEW_NAME', 'new')
    const [table, column] = split(from)
    if (flags.online && column === undefined) throw new UsageError('--online is for columns: trueup new rename TABLE.COLUMN NEW_NAME --online', 'new')
    const id = `rename-${from}-to-${to}`
    return {
      id,
      body: [
        `id: ${quote(id)},`,
        `rename: { table: ${quote(table)}, ${column === undefined ? '' : `column: ${quote(column)}, `}to: ${quote(to)} },`,
        ...(flags.online ? ['// Both names are there and in step, until a contract entry takes the old one away.', 'online: true,'] : []), describe(flags),
      ],
      usesSql: false,
      next: ['Rename it in the models, too.', flags.online ? contractLater(id) : 'Code of the previous release knows only the old name: read docs/how-to/rename-a-column.md.'],
    }
  },
  retype: (words, flags) => {
    const [from, type, extra] = words
    const [table, column] = split(from ?? 'TABLE')
    if (column === undefined || type === undefined || type === '' || extra !== undefined) throw new UsageError("expected: trueup new retype TABLE.COLUMN 'NEW TYPE'", 'new')
    const id = `retype-${from}`
    return {
      id,
      body: [
        `id: ${quote(id)},`, `retype: {`, `  table: ${quote(table)},`, `  column: ${quote(column)},`, `  type: ${quote(type)},`,
        '  // How values go over and come back where a cast does not do, by the column\'s own name:', '  // using: sql`…`,', '  // back: sql`…`,', '},',
        '// The column gets its type when all rows are there; the old values stay beside it until a contract entry.', 'online: true,', describe(flags),
      ],
      usesSql: false,
      next: ['Change the type in the models, too, spelled as the database does.', contractLater(id)],
    }
  },
  contract: (words, flags) => {
    const online = only(words, 'contract ID_OF_THE_ONLINE_ENTRY')
    const id = `contract-${online}`
    return {
      id,
      body: [
        `id: ${quote(id)},`, `contract: ${quote(online)},`,
        '// Without more, no session may be older than the new side. Or say what the sessions of the old release are called,',
        "// application: 'shop 1.4*',", '// and for how long nothing may have been written by the old name.', "// unusedFor: '7 days',", describe(flags),
      ],
      usesSql: false,
      next: ['Say how to see that the old release is gone: docs/how-to/rename-a-column.md.', `Keep ${online} in the list: this entry is read with it.`],
    }
  },
  backfill: (words, flags) => {
    const id = only(words, 'backfill ID')
    return {
      id,
      body: [
        `id: ${quote(id)},`, describe(flags), 'backfill: {', `  table: ${quote(flags.table ?? 'TABLE')},`, '  set: sql`COLUMN = EXPRESSION`,',
        '  // Which rows still need it; a batch never does a row twice.', '  where: sql`COLUMN IS NULL`,', '},',
      ],
      usesSql: true,
      next: [`Write ${flags.table === undefined ? '`table`, ' : ''}\`set\` and \`where\`.`],
    }
  },
  run: (words, flags) => {
    const id = only(words, 'run ID')
    return {
      id,
      body: [
        `id: ${quote(id)},`, describe(flags), '// Raise it when the code changes what it does.', 'version: 1,',
        '// A new database, whose tables were all just made from the models: run it there, or skip it.', "fresh: 'skip',",
        'async run({ query, execute }) {', '  // Works in a transaction; the ledger row commits with it.', '},',
      ],
      usesSql: false,
      next: ['Write `run`.', "Choose `fresh: 'run'` or `'skip'`, or give a `check`."],
    }
  },
}

/** The text of a SQL entry in a file of its own. It holds no SQL yet, so that a start refuses it until it does. */
export function sqlSkeleton(flags: Flags): string {
  return [
    ...(flags.description === undefined ? [] : [`-- trueup: description ${flags.description.replace(/\s+/g, ' ').trim()}`]),
    '-- trueup: fresh skip',
    '-- A new database, whose tables were all just made from the models: skip it there, or run it.',
    '-- Or say how to see that it is done already, with `trueup: check SELECT …`.',
    '',
    '-- Your statements.',
    '',
    '-- trueup: down',
    '-- What undoes them. Without a way back, remove this and the line above.',
    '',
  ].join('\n')
}

/** The only word after the kind. */
export function only(words: readonly string[], usage: string): string {
  const [word, extra] = words
  if (word === undefined || word === '' || extra !== undefined) throw new UsageError(`expected: trueup new ${usage}`, 'new')
  return word
}

/** `table.column`, at the first dot. */
function split(name: string): [table: string, column: string | undefined] {
  const dot = name.indexOf('.')
  const [table, column] = dot === -1 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)]
  if (table === '' || column === '') throw new UsageError(`${JSON.stringify(name)}: expected TABLE.COLUMN`, 'new')
  return [table, column]
}

function defaultOf(flags: Flags): string | undefined {
  if (flags['default-sql'] !== undefined) return `sql\`${flags['default-sql'].replace(/[\\`]|\$\{/g, '\\$&')}\``
  if (flags.default === undefined) return undefined
  return /^(-?\d+(\.\d+)?|true|false|null)$/.test(flags.default) ? flags.default : quote(flags.default)
}

const contractLater = (id: string): string => `A release later: trueup new contract ${/^[\w.-]+$/.test(id) ? id : quote(id)}`

const describe = (flags: Flags): string => `description: ${quote(flags.description ?? '')},`

/** A JavaScript string. */
const quote = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
