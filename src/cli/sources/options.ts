import type { Printer } from '../output.ts'
import type { ReadOptions } from '../../tools.ts'
import type { Side } from './sources.ts'

/** What is looked at: as the flags say, else as the configuration of a side says, else everything. */
export function readOptions(sides: readonly Side[], printer: Printer, flags: { readonly schema: readonly string[]; readonly tolerate: readonly string[]; readonly privileges: boolean }): ReadOptions {
  const options = sides.map((side) => side.app?.options).find((found) => found !== undefined)
  const schemas = flags.schema.length > 0 ? flags.schema : options?.schemas
  const tolerate = [...flags.tolerate, ...(options?.tolerate ?? [])]
  let told = false
  return {
    // A start waits long for a database that is still starting; a person at a command line has mistyped its address.
    connect: {
      connectTimeout: options?.connectTimeout ?? 10_000,
      onRetry: (error) => {
        if (!told) printer.remark(`Waiting for the database: ${error.message}`)
        told = true
      },
    },
    ...(schemas !== undefined && { schemas }),
    ...(tolerate.length > 0 && { tolerate }),
    ...(options?.namespace !== undefined && { namespace: options.namespace }),
    privileges: flags.privileges || options?.privileges === true,
  }
}
