import type { AlterObjectSchemaStmt, RenameStmt } from 'libpg-query'
import type { Collector } from './collector.ts'
import { tableOf } from './indexes.ts'
import { dotted, nameOf } from './tree.ts'

/** ALTER … RENAME. */
export function rename(statement: RenameStmt, collect: Collector): void {
  const to = statement.newname ?? ''
  switch (statement.renameType) {
    case 'OBJECT_TABLE':
    case 'OBJECT_FOREIGN_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW': {
      const table = collect.relation(statement.relation)
      // ALTER TABLE may name an index, too, and then takes a far stronger lock than ALTER INDEX.
      if (collect.memory.indexes.has(`${table.schema}.${table.name}`)) return renameIndex(statement, true, collect)
      collect.lock(table, 'ACCESS EXCLUSIVE')
      collect.act({ do: 'rename', ...collect.on(table), what: statement.renameType === 'OBJECT_TABLE' || statement.renameType === 'OBJECT_FOREIGN_TABLE' ? 'table' : 'view', from: table.name, to, viewLeft: false })
      return collect.memory.rename(table, { schema: table.schema, name: to })
    }
    case 'OBJECT_INDEX':
      return renameIndex(statement, false, collect)
    case 'OBJECT_COLUMN':
    case 'OBJECT_ATTRIBUTE':
      return renameColumn(statement, to, collect)
    case 'OBJECT_TABCONSTRAINT': {
      const table = collect.relation(statement.relation)
      return collect.lock(table, 'ACCESS EXCLUSIVE')
    }
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      return collect.lock(collect.relation(statement.relation), 'ACCESS EXCLUSIVE')
    default: {
      const what = (statement.renameType ?? 'object').replace('OBJECT_', '').toLowerCase()
      const from = statement.subname ?? dotted(nameOf(statement.object))
      collect.act({ do: 'rename-object', what, from, to })
    }
  }
}

function renameIndex(statement: RenameStmt, asTable: boolean, collect: Collector): void {
  const index = collect.relation(statement.relation)
  collect.lock(index, asTable ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE', 'index')
  collect.act({ do: 'rename-index', ...collect.on(tableOf(index, collect)), name: index.name, asTable })
}

function renameColumn(statement: RenameStmt, to: string, collect: Collector): void {
  const table = collect.relation(statement.relation)
  const from = statement.subname ?? ''
  collect.lock(table, 'ACCESS EXCLUSIVE')
  const known = collect.memory.table(table)
  const there = known?.columns.get(from)
  if (known !== undefined && there !== undefined) {
    known.columns.delete(from)
    known.columns.set(to, there)
  }
  collect.act({ do: 'rename', ...collect.on(table), what: statement.renameType === 'OBJECT_ATTRIBUTE' ? 'attribute' : 'column', from, to, viewLeft: false })
}

/** ALTER … SET SCHEMA: code that names the object finds it no more. */
export function moveSchema(statement: AlterObjectSchemaStmt, collect: Collector): void {
  const to = statement.newschema ?? ''
  if (statement.relation === undefined) return collect.act({ do: 'rename-object', what: (statement.objectType ?? '').replace('OBJECT_', '').toLowerCase(), from: dotted(nameOf(statement.object)), to: `${to}.…` })
  const table = collect.relation(statement.relation)
  collect.lock(table, 'ACCESS EXCLUSIVE')
  collect.act({ do: 'move-schema', ...collect.on(table), to })
  collect.memory.rename(table, { schema: to, name: table.name })
}
