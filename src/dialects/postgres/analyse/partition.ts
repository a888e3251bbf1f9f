import type { AlterTableCmd } from 'libpg-query'
import type { Named } from '../../../schema/schema.ts'
import type { Collector } from './collector.ts'
import { as } from './tree.ts'

/** ATTACH PARTITION: reads the new partition, and the default one, unless a valid check proves the bounds. */
export function attachPartition(command: AlterTableCmd, table: Named, collect: Collector): void {
  const change = as(command.def, 'PartitionCmd')
  const partition = collect.relation(change?.name)
  const known = collect.memory.table(partition)
  const proved = [...(known?.constraints.values() ?? [])].some((one) => one.type === 'check' && one.valid)
  collect.lock(table, 'SHARE UPDATE EXCLUSIVE')
  collect.lock(partition, 'ACCESS EXCLUSIVE')
  const parent = collect.memory.about(table)
  if (parent.defaultPartition !== null) collect.lock(parent.defaultPartition, 'ACCESS EXCLUSIVE')
  if (!proved) collect.work('scan', partition, 'ACCESS EXCLUSIVE')
  if (change?.bound?.is_default === true) parent.defaultPartition = partition
  collect.act({ do: 'attach-partition', ...collect.on(table), partition, partitionIsNew: collect.memory.isNew(partition), proved, isDefault: change?.bound?.is_default === true })
}

export function detachPartition(command: AlterTableCmd, table: Named, collect: Collector, finalize: boolean): void {
  const change = as(command.def, 'PartitionCmd')
  const partition = collect.relation(change?.name)
  const concurrently = change?.concurrent === true
  const mode = concurrently || finalize ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE'
  collect.lock(table, mode)
  collect.lock(partition, concurrently || finalize ? mode : 'ACCESS EXCLUSIVE')
  collect.act({ do: 'detach-partition', ...collect.on(table), partition, concurrently, finalize })
}

/** ALTER INDEX … ATTACH PARTITION. */
export function attachIndex(command: AlterTableCmd, index: Named, collect: Collector): void {
  collect.lock(index, 'SHARE UPDATE EXCLUSIVE', 'index')
  collect.lock(collect.relation(as(command.def, 'PartitionCmd')?.name), 'ACCESS EXCLUSIVE', 'index')
}
