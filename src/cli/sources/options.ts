import type { ReadOptions } from '../../tools.ts'
import type { Side } from './sources.ts'

/** What is looked at: as the flags say, else as the configuration of a side says, else everything. */
export function readOptions(sides: readonly Side[], flags: { readonly schema: readonly string[]; readonly tolerate: readonly string[]; readonly privileges: boolean }): ReadOptions {
  const options = sides.map((side) => side.app?.options).find((found) => found !== undefined)
  const schemas = flags.schema.length > 0 ? flags.schema : options?.schemas
  const tolerate = [...flags.tolerate, ...(options?.tolerate ?? [])]
  return {
    ...(schemas !== undefined && { schemas }),
    ...(tolerate.length > 0 && { tolerate }),
    ...(options?.namespace !== undefined && { namespace: options.namespace }),
    privileges: flags.privileges || options?.privileges === true,
  }
}
