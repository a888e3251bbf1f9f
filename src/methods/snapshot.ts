import type { Snapshot } from '../models/snapshot.ts'
import { toSnapshot } from '../models/snapshot.ts'
import type { DescribeOptions } from './compare.ts'
import { readSchema } from './compare.ts'

/**
 * A schema to keep in a file: a live database, or models in the words of the database that is given. Read with `fromSnapshot`,
 * it needs no scratch place at start-up.
 *
 * @throws TrueupError `config-invalid`, `models-invalid`
 */
export async function snapshot(options: DescribeOptions): Promise<Snapshot> {
  const { schema, dialect } = await readSchema(options)
  return toSnapshot({ ...schema, unmanaged: [] }, dialect)
}
