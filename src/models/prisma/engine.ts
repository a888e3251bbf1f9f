import { TrueupError } from '../../errors.ts'
import type { SourceText } from '../../dialects/dialect.ts'

/** The glue of `@prisma/schema-engine-wasm/schema_engine_bg`, as far as it is used, and its WebAssembly. Both belong to one version. */
export interface PrismaEngine {
  readonly glue: PrismaGlue
  /** The bytes of `schema_engine_bg.wasm`. */
  readonly wasm: Uint8Array
}

export interface PrismaGlue {
  readonly __wbg_set_wasm: (exports: object) => void
  readonly SchemaEngine: { readonly new: (options: object, log: () => void, adapter: object) => Promise<Engine> }
}

interface Engine {
  diff(request: object): Promise<{ readonly stdout: string | null }>
  free(): void
}

const PACKAGE = '@prisma/schema-engine-wasm'

/** What every runtime has and no library of types that this project compiles with names. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object
    readonly Instance: new (module: object, imports: Readonly<Record<string, object>>) => { readonly exports: Readonly<Record<string, unknown>> }
  }
}

const DATASOURCES = { postgres: 'datasource db {\n  provider = "postgresql"\n}\n', sqlite: 'datasource db {\n  provider = "sqlite"\n}\n' } as const

/** Instances are kept: the glue holds one instance, and making it takes most of the time. */
const ready = new WeakSet<PrismaGlue>()

/**
 * The SQL that Prisma itself would write for a schema, as one text. No connection is opened: a stand-in answers the one question
 * that the engine asks of a server.
 *
 * @throws TrueupError `models-invalid` with Prisma's own words when it refuses the schema
 */
export async function prismaSql(engine: PrismaEngine, files: readonly SourceText[], provider: 'postgres' | 'sqlite'): Promise<string> {
  const { glue } = engine
  if (!ready.has(glue)) {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(engine.wasm), { './schema_engine_bg.js': glue })
    glue.__wbg_set_wasm(instance.exports)
    const start = instance.exports['__wbindgen_start']
    if (typeof start === 'function') start()
    ready.add(glue)
  }
  try {
    // What it is made with only tells where a database would be: the models are read once, by the question itself.
    const made = await glue.SchemaEngine.new({ datamodels: [['datasource.prisma', DATASOURCES[provider]]] }, () => {}, adapterOf(provider))
    const to = { tag: 'schemaDatamodel', files: files.map((file) => ({ path: file.name, content: file.text })) }
    const { stdout } = await made.diff({ from: { tag: 'empty' }, to, script: true, exitCode: null, filters: { externalTables: [], externalEnums: [] } })
    made.free()
    return stdout ?? ''
  } catch (cause) {
    throw refused(cause)
  }
}

function refused(cause: unknown): TrueupError {
  const text = cause instanceof Error ? cause.message : String(cause)
  const problems = [...text.matchAll(/error: (?:Error validating: |Error parsing [^:]*: )?(.+)\n\s*-->\s*(.+):(\d+)/g)]
    .map(([, message = '', file = '', line = '']) => ({ subject: `${file}:${line}`, message }))
  const list = problems.length === 0 ? text : `\n${problems.map(({ subject, message }) => `  - ${subject}: ${message}`).join('\n')}`
  return new TrueupError('models-invalid', `Prisma refuses the schema: ${list}`, { problems, hint: 'Mend the Prisma schema where it says. Nothing was changed in the database.', cause })
}

/** What the engine takes for a connection. It asks for the server's version and makes a scratch schema; nothing of it is sent anywhere. */
function adapterOf(provider: 'postgres' | 'sqlite'): object {
  const ok = (value: unknown): object => ({ ok: true, value })
  const connection = {
    provider, adapterName: 'trueup',
    queryRaw: async ({ sql }: { readonly sql: string }) =>
      ok(/version/i.test(sql)
        ? { columnNames: ['exists', 'version', 'numeric_version'], columnTypes: [5, 7, 0], rows: [[true, 'PostgreSQL 16.4', 160_004]] }
        : { columnNames: [], columnTypes: [], rows: [] }),
    executeRaw: async () => ok(0), executeScript: async () => ok(undefined), dispose: async () => ok(undefined),
    getConnectionInfo: () => ok({ schemaName: 'public', maxBindValues: 32_767, supportsRelationJoins: true }),
    startTransaction: async () => ok({}),
  }
  return { provider, adapterName: 'trueup', connect: async () => ok(connection), connectToShadowDb: async () => ok(connection), errorRegistry: { consumeError: () => undefined } }
}

/**
 * Finds Prisma's engine among the packages of the application that runs.
 *
 * @throws TrueupError `driver-missing` when it is not installed, or the runtime gives no access to files
 */
export async function findEngine(): Promise<PrismaEngine> {
  try {
    const { createRequire } = process.getBuiltinModule('node:module')
    const { readFileSync } = process.getBuiltinModule('node:fs')
    // Its types know a bundler only; this is the shape that its glue has.
    const glue = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as PrismaGlue
    const main = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm')
    return { glue, wasm: readFileSync(main.replace(/schema_engine\.js$/, 'schema_engine_bg.wasm')) }
  } catch (cause) {
    throw new TrueupError('driver-missing', `Prisma schemas are read by Prisma's own engine, and ${PACKAGE} cannot be loaded here.`, {
      hint: `npm install --save-dev ${PACKAGE}. Where nothing can be installed, read a snapshot that \`trueup snapshot\` wrote at build time.`, cause,
    })
  }
}
