import { getPrismaClient } from '@prisma/client/runtime/client'

type Config = Parameters<typeof getPrismaClient>[0]
/** The part of a client that the tests use. */
interface Client {
  $queryRawUnsafe(statement: string): Promise<unknown>
  $disconnect(): Promise<void>
}

const SCHEMA = (provider: string): string => `generator client {\n  provider = "prisma-client"\n  output = "./generated"\n}\n\ndatasource db {\n  provider = "${provider}"\n}\n\nmodel Item {\n  id Int @id\n}\n`

/**
 * A Prisma client as `prisma generate` writes it, for one model; the command itself needs a download.
 * What is generated is a configuration for this function of the runtime.
 */
export function prismaClient(provider: 'postgresql' | 'sqlite', adapter: object): Client {
  const config = {
    previewFeatures: [], clientVersion: '7.10.0', engineVersion: '0000000000000000000000000000000000000000', activeProvider: provider, inlineSchema: SCHEMA(provider),
    runtimeDataModel: { models: { Item: { dbName: null, fields: [{ name: 'id', kind: 'scalar', type: 'Int', isRequired: true, isId: true }], uniqueIndexes: [], uniqueFields: [] } }, enums: {}, types: {} },
    parameterizationSchema: { strings: [], graph: 'AAAAAAAA' },
    compilerWasm: {
      getRuntime: () => import(`@prisma/client/runtime/query_compiler_fast_bg.${provider}.mjs`),
      getQueryCompilerWasmModule: async () => {
        const { wasm } = (await import(`@prisma/client/runtime/query_compiler_fast_bg.${provider}.wasm-base64.mjs`)) as { readonly wasm: string }
        const { WebAssembly: Web } = globalThis as unknown as { readonly WebAssembly: { readonly Module: new (bytes: Uint8Array) => object } }
        return new Web.Module(Buffer.from(wasm, 'base64'))
      },
      importName: './query_compiler_fast_bg.js',
    },
  }
  // What is generated has the types of its models, which are of no use here.
  const PrismaClient = getPrismaClient(config as unknown as Config) as unknown as new (options: object) => Client
  return new PrismaClient({ adapter })
}
