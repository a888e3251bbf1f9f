/**
 * Every command with its flags and texts, as data: the parser, `--help` and the reference page all read it. It imports
 * nothing, so that help starts fast.
 */
export interface Flag {
  /** `optional`: a switch that may be given a value, `--flag=VALUE`. */
  readonly type: 'switch' | 'text' | 'number' | 'list' | 'optional'
  /** What stands for the value in the help: `CLASS`. */
  readonly value?: string
  /** The only values that are taken. */
  readonly choices?: readonly string[]
  readonly text: string
}

export interface CommandText {
  /** One line. */
  readonly summary: string
  /** What follows the name, as the help shows it. */
  readonly usage: string
  /** More, for the command's own help. */
  readonly details: readonly string[]
  /** How many words may follow the command. */
  readonly words: { readonly least: number; readonly most: number }
  readonly flags: Readonly<Record<string, Flag>>
  readonly examples: readonly (readonly [command: string, meaning: string])[]
}

const json = { type: 'switch', text: 'print the data as one JSON document on stdout; log lines go to stderr' } as const satisfies Flag
const classes = ['safe', 'online', 'blocking', 'incompatible', 'destructive'] as const
const allow = {
  type: 'text', value: 'CLASS', choices: classes,
  text: 'the most that may be done: safe, online, blocking, incompatible or destructive',
} as const satisfies Flag
const include = { type: 'list', value: 'ID', text: 'run this held entry again; may be given several times' } as const satisfies Flag

/** Which part of a database is looked at. */
const scopeFlags = {
  schema: { type: 'list', value: 'NAME', text: 'only this schema; may be given several times (those of the configuration, or all)' },
  tolerate: { type: 'list', value: 'PATTERN', text: 'leave out tables of this name, * for any text; may be given several times' },
  privileges: { type: 'switch', text: 'look at owners and grants, too' },
} as const satisfies Readonly<Record<string, Flag>>

/** Flags that every command takes. */
export const COMMON_FLAGS = {
  config: { type: 'text', value: 'FILE', text: 'the configuration; otherwise trueup.config.{ts,mts,cts,js,mjs,cjs} here or in a folder above' },
  help: { type: 'switch', text: 'this text' },
} as const satisfies Readonly<Record<string, Flag>>

export const CATALOGUE = {
  init: {
    summary: 'write trueup.config for a project: its ORM, its driver, its database, as they are',
    usage: '[--models NAME] [--dry-run] [--json]',
    details: [
      'Reads the files of the project, runs none of them, and writes one: trueup.config.ts (or .js, .mjs, .mts, as the project is written),',
      'never over another. Then it prints the line for the file that starts the service, names migration tools that are in use, and',
      'shows what `check` says of the database where that can be reached. No other file and no database is changed.',
    ],
    words: { least: 0, most: 0 },
    flags: {
      models: {
        type: 'text', value: 'NAME', choices: ['drizzle', 'prisma', 'typeorm', 'mikro-orm', 'sequelize', 'sql'],
        text: 'which models, where several are found: drizzle, prisma, typeorm, mikro-orm, sequelize or sql',
      },
      'dry-run': { type: 'switch', text: 'print what would be written, and ask no database' },
      json,
    },
    examples: [
      ['trueup init', 'in the folder of the service'],
      ['trueup init --models prisma', 'where Drizzle is found, too'],
    ],
  },
  status: {
    summary: 'where every entry stands, what the models still miss, what has drifted',
    usage: '[--json]',
    details: ['Changes nothing. Always exits with 0 when the database could be read; use `check` for a verdict.'],
    words: { least: 0, most: 0 },
    flags: { json },
    examples: [
      ['trueup status', 'totals, then a line per entry'],
      ['trueup status --json', 'the same for a program'],
    ],
  },
  apply: {
    summary: 'bring the database into line with the models and the registry',
    usage: '[flags]',
    details: [
      'Does what `applyMigrations()` does at start-up, whatever `mode` the configuration has.',
      'SIGTERM and SIGINT park at the next step boundary (exit code 4); a second signal ends at once.',
    ],
    words: { least: 0, most: 0 },
    flags: {
      'dry-run': { type: 'switch', text: 'print the plan and change nothing; the same as `trueup plan`' },
      allow,
      confirm: { type: 'text', value: 'HASH', text: 'with --allow destructive: the hash that `trueup plan --allow destructive` printed' },
      include,
      'on-ahead': {
        type: 'text', value: 'POLICY', choices: ['refuse', 'tolerate'],
        text: 'when the ledger knows entries that this build does not: refuse or tolerate',
      },
      'long-steps': {
        type: 'text', value: 'WHEN', choices: ['wait', 'background', 'defer'],
        text: 'long steps that the code does not rely on: wait for them, also for those that others have begun; background: tell when the schema fits the code, then go on; defer: leave them to another (wait)',
      },
      'lock-timeout': { type: 'number', value: 'MS', text: 'how long a try may wait for a table lock (50)' },
      'wait-for-lock': { type: 'number', value: 'MS', text: 'how long to wait for another starter (600000)' },
      'require-rehearsal': { type: 'optional', value: 'FILE', text: 'refuse a plan that was not rehearsed with success, by the report of `trueup rehearse` (trueup-rehearsal.json)' },
      'max-age': { type: 'number', value: 'DAYS', text: 'with --require-rehearsal: refuse a rehearsal that is older' },
      json,
    },
    examples: [
      ['trueup apply', 'bring the database into line'],
      ['trueup apply --dry-run', 'see the plan first'],
      ['trueup apply --long-steps defer', 'only what the code relies on; a later `trueup apply` finishes the rest'],
      ['trueup apply --allow blocking', 'also do steps that hold up queries while they work'],
      ['trueup apply --allow destructive --confirm 3f9c21d07a55', 'carry out exactly the destructive plan of that hash'],
      ['trueup apply --include users.nickname', 'run an entry again that was rolled back'],
    ],
  },
  check: {
    summary: 'is there anything to do or anything that drifted? (exit code 2)',
    usage: '[--fresh] [--json]',
    details: ['Changes nothing. `--fresh` works on a scratch database of the same server and removes it.'],
    words: { least: 0, most: 0 },
    flags: {
      fresh: { type: 'switch', text: 'prove instead that a fresh install and an upgrade end in the same schema' },
      json,
    },
    examples: [
      ['trueup check', 'exit code 0 when in line, 2 when not'],
      ['trueup check --fresh', 'for CI: catches entries and models that disagree'],
    ],
  },
  lint: {
    summary: 'judge SQL before it runs: files, folders, or the entries of the configuration',
    usage: '[FILE|FOLDER…] [flags]',
    details: [
      'Needs no database. SQL of PostgreSQL is read by its own parser (npm package libpg-query), that of SQLite by its words. Several files',
      'are read in the order of their names, each as deployed when the next one comes. Without a file: every entry of the configuration.',
      'Accept a finding with its reason, above the statement: `-- trueup: allow I001: ten rows, and no writers at night`.',
      'Exits with 3 when a rule finds an error, with 1 when SQL cannot be read.',
    ],
    words: { least: 0, most: Infinity },
    flags: {
      format: { type: 'text', value: 'FORMAT', choices: ['text', 'json', 'github'], text: 'text, json, or github (annotations of a pull request)' },
      rule: { type: 'list', value: 'CODE=SEVERITY', text: 'off, info, warning or error for a rule (I001) or a family (T); may be given several times' },
      runner: { type: 'text', value: 'NAME', choices: ['trueup', 'psql'], text: 'who will run it: trueup (a transaction each, with a lock time-out) or psql (each statement on its own)' },
      'server-version': { type: 'number', value: 'MAJOR', text: 'the oldest server that it will run on (14)' },
      observe: { type: 'text', value: 'URL', text: 'run opaque SQL (DO, functions) on this copy, rolled back, and read what it locks; the word scratch: on an empty database beside that of the configuration' },
      pending: { type: 'switch', text: 'without a file: only the entries that a start would run now; asks the database' },
      dialect: { type: 'text', value: 'NAME', choices: ['postgres', 'sqlite'], text: 'the language of the files, where nothing tells: postgres or sqlite' },
      json: { type: 'switch', text: 'the same as --format json' },
    },
    examples: [
      ['trueup lint migrations', 'a folder of .sql files'],
      ['trueup lint --format github migrations/0042-index.sql', 'in a pull request'],
      ['trueup lint --rule T=off --rule B003=warning', 'the entries, by other weights'],
      ['trueup lint --observe scratch migrations', 'look into DO blocks and functions, too'],
    ],
  },
  plan: {
    summary: 'what `apply` would do now, step by step',
    usage: '[flags]',
    details: ['Changes nothing. What is printed is what is sent.'],
    words: { least: 0, most: 0 },
    flags: {
      sql: { type: 'switch', text: 'print only SQL, with comments, ready for psql or sqlite3' },
      'exit-code': { type: 'switch', text: 'exit with 2 when something is pending or has drifted' },
      allow,
      include,
      json,
    },
    examples: [
      ['trueup plan', 'phases, reasons, locks and SQL'],
      ['trueup plan --sql > plan.sql', 'for a review'],
      ['trueup plan --exit-code', 'for CI'],
      ['trueup plan --allow destructive', 'what would go, with rows counted and the hash to confirm'],
    ],
  },
  history: {
    summary: 'what was run, newest first, failures included',
    usage: '[--limit N] [--steps] [--json]',
    details: [],
    words: { least: 0, most: 0 },
    flags: {
      limit: { type: 'number', value: 'N', text: 'how many runs (20)' },
      steps: { type: 'switch', text: 'show every step with its SQL' },
      json,
    },
    examples: [
      ['trueup history', 'a table of the last 20 runs'],
      ['trueup history --limit 1 --steps', 'every statement of the last run'],
    ],
  },
  rollback: {
    summary: 'undo entries: those of the last run, the ones named, or all after one',
    usage: '[ID…] [--to ID] [flags]',
    details: ['What was undone is held: it runs again when its content changes, or by `trueup apply --include ID`.'],
    words: { least: 0, most: Infinity },
    flags: {
      to: { type: 'text', value: 'ID', text: 'undo everything that ran after this entry' },
      'dry-run': { type: 'switch', text: 'print what would be undone, with the rows that would be lost' },
      allow,
      json,
    },
    examples: [
      ['trueup rollback --dry-run', 'what undoing the last run would do'],
      ['trueup rollback memories.task_id', 'undo one entry'],
      ['trueup rollback --to split-name', 'undo all that ran after split-name'],
    ],
  },
  baseline: {
    summary: 'put an existing database under trueup without touching it',
    usage: '[--json]',
    details: ['Records every entry as done. Creates nothing but the ledger, runs no entry.'],
    words: { least: 0, most: 0 },
    flags: { json },
    examples: [['trueup baseline', 'then `trueup status` shows what still differs']],
  },
  diff: {
    summary: 'what turns one schema into another: databases, SQL files, models, snapshots',
    usage: '[--from SOURCE] [--to SOURCE] [flags]',
    details: [
      'Changes neither side and prints SQL, what is destructive included: read it before you run it. A SOURCE is',
      '  a database            postgres://…, pglite:FOLDER, sqlite:FILE, or the path of a SQLite file',
      '  SQL                   a .sql file (such as pg_dump --schema-only writes), or a folder of them',
      '  models                a .ts or .js module with Drizzle tables, or a configuration',
      '  a snapshot            a .json file that trueup snapshot or pull wrote',
      '  a word                models or database: those of the configuration; empty: a new database',
      'Without flags: from the database to the models. When neither side is a database, an embedded one reads them: PGlite',
      '(npm install @electric-sql/pglite) for PostgreSQL, otherwise SQLite in memory.',
    ],
    words: { least: 0, most: 0 },
    flags: {
      from: { type: 'text', value: 'SOURCE', text: 'what is there (database)' },
      to: { type: 'text', value: 'SOURCE', text: 'what it shall become (models)' },
      on: { type: 'text', value: 'URL', text: 'the database in whose words both are put; texts are read in a scratch database beside it' },
      sql: { type: 'switch', text: 'print SQL, with comments, ready for psql or sqlite3; so it is without a flag' },
      text: { type: 'switch', text: 'print the steps for a reader, with their classes and what is dangerous in them' },
      'exit-code': { type: 'switch', text: 'exit with 2 when they differ' },
      ...scopeFlags,
      dialect: { type: 'text', value: 'NAME', choices: ['postgres', 'sqlite'], text: 'the language of SQL files, where no database tells: postgres or sqlite' },
      json,
    },
    examples: [
      ['trueup diff --from postgres://localhost/app --to schema.sql', 'what a hand-written schema would change'],
      ['trueup diff --from old.json --to src/models.ts > change.sql', 'from a snapshot of the last release to Drizzle models'],
      ['trueup diff --from postgres://staging/app --to postgres://production/app --exit-code', 'for CI'],
      ['trueup diff --from empty --to models', 'the whole DDL of the models'],
    ],
  },
  pull: {
    summary: 'write a live schema down: a SQL file an object, Drizzle models, or a snapshot',
    usage: '--out FOLDER [--from SOURCE] [--format sql|drizzle|snapshot] [flags]',
    details: [
      'Changes no database. Writes over and removes only files whose first line says that trueup wrote them.',
      'A SOURCE is anything that `trueup diff` takes; a configuration stands for its database here.',
    ],
    words: { least: 0, most: 0 },
    flags: {
      from: { type: 'text', value: 'SOURCE', text: 'what is written down (database)' },
      out: { type: 'text', value: 'FOLDER', text: 'where to; for drizzle and snapshot a file with its ending, too' },
      format: { type: 'text', value: 'FORMAT', choices: ['sql', 'drizzle', 'snapshot'], text: 'sql (one file an object), drizzle (TypeScript models) or snapshot (JSON)' },
      on: { type: 'text', value: 'URL', text: 'the database in whose words models or SQL files are put' },
      ...scopeFlags,
      dialect: { type: 'text', value: 'NAME', choices: ['postgres', 'sqlite'], text: 'the language of SQL files, where no database tells: postgres or sqlite' },
      json,
    },
    examples: [
      ['trueup pull --from postgres://localhost/app --out schema', 'a folder of SQL files'],
      ['trueup pull --from app.db --out src/models.ts --format drizzle', 'Drizzle models of a SQLite database'],
      ['trueup diff --from schema --to postgres://localhost/app', 'later: what has changed since'],
    ],
  },
  snapshot: {
    summary: 'write the models down in the words of the database, for fromSnapshot',
    usage: '--out FILE [flags]',
    details: [
      'At build time: a start that reads a snapshot needs no scratch place, whatever rights its role has. The models are built in a',
      'scratch database beside the one of the configuration, or in an embedded one with --embedded.',
    ],
    words: { least: 0, most: 0 },
    flags: {
      out: { type: 'text', value: 'FILE', text: 'where to, such as schema.json; only a snapshot is written over' },
      from: { type: 'text', value: 'SOURCE', text: 'instead of the models: anything that `trueup diff` takes' },
      on: { type: 'text', value: 'URL', text: 'the database in whose words it is put (that of the configuration)' },
      embedded: { type: 'switch', text: 'build in PGlite, or in SQLite in memory: no server is needed' },
      dialect: { type: 'text', value: 'NAME', choices: ['postgres', 'sqlite'], text: 'the language of SQL files, where no database tells: postgres or sqlite' },
      ...scopeFlags,
      json,
    },
    examples: [
      ['trueup snapshot --out schema.json', 'in the build, with a database at hand'],
      ['trueup snapshot --out schema.json --embedded', 'without one'],
    ],
  },
  new: {
    summary: 'write the skeleton of a registry entry',
    usage: 'column TABLE.COLUMN | rename TABLE[.COLUMN] NEW_NAME | retype TABLE.COLUMN TYPE | contract ID | sql ID | backfill ID | run ID',
    details: ['Writes one file, never over another, and says what to do next. Needs no database.'],
    words: { least: 2, most: 3 },
    flags: {
      dir: { type: 'text', value: 'FOLDER', text: 'where to (beside the configuration: migrations for sql, entries for the others)' },
      type: { type: 'text', value: 'TYPE', text: 'column: its type, as the database spells it' },
      'not-null': { type: 'switch', text: 'column: NOT NULL; needs a default' },
      default: { type: 'text', value: 'VALUE', text: 'column: a number, true, false, null or a text' },
      'default-sql': { type: 'text', value: 'SQL', text: 'column: an expression, such as now()' },
      table: { type: 'text', value: 'TABLE', text: 'backfill: the table whose rows it fills' },
      online: { type: 'switch', text: 'rename of a column: code of both releases works meanwhile' },
      description: { type: 'text', value: 'TEXT', text: 'for people; `status` prints it' },
    },
    examples: [
      ["trueup new column memories.task_id --type VARCHAR --description 'Task ID for SSE streaming'", 'a column to add'],
      ['trueup new rename users.name full_name', 'a rename, so that no data is left behind'],
      ['trueup new retype orders.id bigint', 'another type while everybody works'],
      ['trueup new contract retype-orders.id', 'takes the old side of an online entry away when nobody uses it any more'],
      ['trueup new sql split-name', 'a numbered file for statements of your own, with a way back'],
      ['trueup new backfill fill-progress --table task_logs', 'rows to fill in batches'],
    ],
  },
  rehearse: {
    summary: 'try the pending plan on a copy of the database: times, locks, sizes, and the way back',
    usage: '--on URL [flags]',
    details: [
      'Copies the database, applies the plan there, verifies that nothing is left, undoes what can be undone, verifies that, and applies',
      'again. The original is only read, by sessions that may not write. `--on` is a server (postgres://user@host: a database with a',
      'made-up name is made there and dropped afterwards) or an empty database; for SQLite a file or a folder, or nothing.',
      'A server copies its own database as a template when nobody is connected; otherwise pg_dump and psql of the path make the copy.',
      'Exits with 0 when production may follow, 1 when the plan failed on the copy, 3 when policy does not allow (all of) it.',
    ],
    words: { least: 0, most: 0 },
    flags: {
      on: { type: 'text', value: 'URL', text: 'where the copy is made: a server, or an empty database' },
      rows: { type: 'text', value: 'ROWS', text: 'all; a number: so many rows of each table and all that they reference; or none: the schema alone (all)' },
      by: { type: 'text', value: 'WAY', choices: ['template', 'dump', 'given'], text: 'template (by the server), dump (by pg_dump), or given: what --on names is a copy already, and stays changed' },
      from: { type: 'text', value: 'URL', text: 'the original, where the configuration gives a connection and not a URL' },
      keep: { type: 'switch', text: 'leave the copy there, as it is after the plan' },
      report: { type: 'text', value: 'FILE', text: 'where the report is kept, for `trueup apply --require-rehearsal` (trueup-rehearsal.json)' },
      allow,
      include,
      json,
    },
    examples: [
      ['trueup rehearse --on postgres://admin@staging', 'on a copy with all rows on another server'],
      ['trueup rehearse --on postgres://admin@staging --rows 10000', 'with 10,000 rows of each table and what they reference'],
      ['trueup apply --require-rehearsal --max-age 7', 'afterwards: exactly this plan, or none'],
    ],
  },
  doctor: {
    summary: 'connection, version, rights that the pending plan needs, poolers, standby',
    usage: '[--json]',
    details: ['Changes nothing. Exits with 1 when something is wrong that would stop `apply`.'],
    words: { least: 0, most: 0 },
    flags: { json },
    examples: [['trueup doctor', 'run it with the role that the service uses']],
  },
} as const satisfies Readonly<Record<string, CommandText>>

export type CommandName = keyof typeof CATALOGUE

/** The flags of a command after parsing: a switch is always there, the others may be missing. */
export type Values<F extends Readonly<Record<string, Flag>>> = {
  readonly [K in keyof F]: F[K]['type'] extends 'switch' ? boolean
    : F[K]['type'] extends 'list' ? readonly string[]
      : F[K]['type'] extends 'number' ? number | undefined
        : F[K]['type'] extends 'optional' ? string | true | undefined
        : F[K] extends { readonly choices: readonly (infer C)[] } ? C | undefined : string | undefined
}

/** What a command's code gets: its flags and the words after its name. */
export interface Parsed<N extends CommandName> {
  readonly flags: Values<(typeof CATALOGUE)[N]['flags']>
  readonly words: readonly string[]
}

export const isCommand = (name: string): name is CommandName => Object.hasOwn(CATALOGUE, name)
