import type { DropStmt, TruncateStmt } from 'libpg-query'
import type { Named } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'
import type { Collector } from './collector.ts'
import { tableOf } from './indexes.ts'
import { as, dotted, nameOf, namedOf } from './tree.ts'

/** DROP of anything that has a name. */
export function drop(statement: DropStmt, collect: Collector): void {
  const cascade = statement.behavior === 'DROP_CASCADE'
  const ifExists = statement.missing_ok === true
  for (const node of statement.objects ?? []) {
    const parts = nameOf(node)
    const named = namedOf(parts, collect.defaultSchema)
    switch (statement.removeType) {
      case 'OBJECT_TABLE':
      case 'OBJECT_FOREIGN_TABLE':
        bare(parts, collect)
        dropTable(named, cascade, ifExists, collect)
        break
      case 'OBJECT_INDEX': {
        bare(parts, collect)
        dropIndex(named, statement.concurrent === true, cascade, ifExists, collect)
        break
      }
      case 'OBJECT_VIEW':
      case 'OBJECT_MATVIEW':
        bare(parts, collect)
        collect.lock(named, 'ACCESS EXCLUSIVE')
        collect.act({ do: 'replace-view', ...collect.on(named), how: 'dropped', cascade })
        break
      case 'OBJECT_TRIGGER':
      case 'OBJECT_POLICY':
      case 'OBJECT_RULE':
        dropOnTable(statement.removeType, parts, collect)
        break
      case 'OBJECT_FUNCTION':
      case 'OBJECT_PROCEDURE':
      case 'OBJECT_ROUTINE':
      case 'OBJECT_AGGREGATE':
        collect.act({ do: 'replace-function', name: dotted(parts), verb: 'dropped' })
        if (cascade) collect.act({ do: 'drop-object', what: 'function', name: dotted(parts), cascade, ifExists })
        break
      case 'OBJECT_EXTENSION':
        collect.act({ do: 'load-extension', name: dotted(parts), verb: 'drop' })
        if (cascade) collect.act({ do: 'drop-object', what: 'extension', name: dotted(parts), cascade, ifExists })
        break
      default:
        collect.act({ do: 'drop-object', what: (statement.removeType ?? '').replace('OBJECT_', '').toLowerCase().replaceAll('_', ' '), name: dotted(parts), cascade, ifExists })
    }
  }
}

function bare(parts: readonly string[], collect: Collector): void {
  const name = parts.at(-1) ?? ''
  if (parts.length === 1 && !collect.memory.table({ schema: collect.defaultSchema, name })?.temporary) collect.act({ do: 'bare-name', name })
}

/** What a table points at is locked with it; what points at it goes too, or refuses. */
function dropTable(table: Named, cascade: boolean, ifExists: boolean, collect: Collector): void {
  const known = collect.memory.table(table)
  const references = [...(known?.constraints.values() ?? [])].flatMap((one) => (one.references === null || keyOf(one.references) === keyOf(table) ? [] : [one.references]))
  collect.lock(table, 'ACCESS EXCLUSIVE')
  for (const parent of references) collect.lock(parent, 'ACCESS EXCLUSIVE')
  if (known?.partitionOf) collect.lock(known.partitionOf, 'ACCESS EXCLUSIVE')
  collect.act({ do: 'drop-table', ...collect.on(table), cascade, ifExists, references })
  collect.memory.drop(table)
}

function dropIndex(index: Named, concurrently: boolean, cascade: boolean, ifExists: boolean, collect: Collector): void {
  const table = tableOf(index, collect)
  const mode = concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE'
  if (table !== index) collect.lock(table, mode)
  collect.lock(index, mode, 'index')
  collect.act({ do: 'drop-index', ...collect.on(table), name: index.name, concurrently, ifExists, cascade })
  collect.memory.indexes.delete(`${index.schema}.${index.name}`)
}

/** `DROP TRIGGER x ON t`: the table's name stands before the trigger's. */
function dropOnTable(kind: 'OBJECT_TRIGGER' | 'OBJECT_POLICY' | 'OBJECT_RULE', parts: readonly string[], collect: Collector): void {
  const table = namedOf(parts.slice(0, -1), collect.defaultSchema)
  collect.lock(table, 'ACCESS EXCLUSIVE')
  if (kind === 'OBJECT_POLICY') collect.act({ do: 'row-security', ...collect.on(table), what: 'policy' })
  else collect.act({ do: 'trigger', ...collect.on(table), name: parts.at(-1) ?? '', verb: 'drop' })
}

/** TRUNCATE gives the table new, empty files. */
export function truncate(statement: TruncateStmt, collect: Collector): void {
  const cascade = statement.behavior === 'DROP_CASCADE'
  for (const node of statement.relations ?? []) {
    const table = collect.relation(as(node, 'RangeVar'))
    collect.lock(table, 'ACCESS EXCLUSIVE')
    if (cascade) for (const child of collect.memory.children(table)) collect.lock(child, 'ACCESS EXCLUSIVE')
    collect.act({ do: 'truncate', ...collect.on(table), cascade })
  }
}
