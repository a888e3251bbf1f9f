import type { Node } from 'libpg-query'
import { alterTable } from './alter-table.ts'
import type { Collector } from './collector.ts'
import { createTable, createTableAs } from './create-table.ts'
import { calls, select, write } from './data.ts'
import { drop, truncate } from './drops.ts'
import { createIndex, reindex } from './indexes.ts'
import * as objects from './objects.ts'
import { moveSchema, rename } from './renames.ts'
import { lockTable, setVariable } from './settings.ts'
import type { NodeOf, Tag } from './tree.ts'

type Handlers = { readonly [T in Tag]?: (statement: NodeOf<T>, collect: Collector) => void }

/** Who understands which statement. One that is not here takes no table lock that matters, or is told to be opaque. */
const HANDLERS: Handlers = {
  AlterTableStmt: alterTable,
  CreateStmt: createTable,
  CreateTableAsStmt: createTableAs,
  IndexStmt: createIndex,
  ReindexStmt: reindex,
  DropStmt: drop,
  TruncateStmt: truncate,
  RenameStmt: rename,
  AlterObjectSchemaStmt: moveSchema,
  LockStmt: lockTable,
  VariableSetStmt: setVariable,
  SelectStmt: (statement, collect) => select({ SelectStmt: statement }, collect),
  InsertStmt: (statement, collect) => write('insert', statement, collect),
  UpdateStmt: (statement, collect) => write('update', statement, collect),
  DeleteStmt: (statement, collect) => write('delete', statement, collect),
  MergeStmt: (statement, collect) => write('merge', statement, collect),
  CreateDomainStmt: objects.createDomain,
  AlterDomainStmt: objects.alterDomain,
  CreateEnumStmt: objects.createEnum,
  AlterEnumStmt: objects.alterEnum,
  CompositeTypeStmt: objects.createType,
  ViewStmt: objects.createView,
  RefreshMatViewStmt: objects.refresh,
  CreateFunctionStmt: objects.createFunction,
  CreateTrigStmt: objects.createTrigger,
  RuleStmt: objects.createRule,
  CreatePolicyStmt: objects.policy,
  AlterPolicyStmt: objects.policy,
  GrantStmt: objects.grant,
  CommentStmt: objects.comment,
  VacuumStmt: objects.vacuum,
  CreateStatsStmt: objects.createStatistics,
  CreateSchemaStmt: objects.createSchema,
  CreateSeqStmt: objects.createSequence,
  AlterSeqStmt: objects.alterSequence,
  CreateExtensionStmt: objects.createExtension,
  AlterExtensionStmt: objects.updateExtension,
  DropdbStmt: (statement, collect) => collect.act({ do: 'drop-object', what: 'database', name: statement.dbname ?? '', cascade: false, ifExists: statement.missing_ok === true }),
  DropOwnedStmt: (_, collect) => collect.act({ do: 'drop-object', what: 'everything owned', name: '', cascade: true, ifExists: false }),
  ClusterStmt: (statement, collect) => {
    const table = statement.relation === undefined ? { schema: '', name: 'every clustered table' } : collect.relation(statement.relation)
    if (statement.relation !== undefined) {
      collect.lock(table, 'ACCESS EXCLUSIVE')
      collect.work('rewrite', table, 'ACCESS EXCLUSIVE')
    }
    collect.act({ do: 'rewrite', ...collect.on(table), how: 'CLUSTER', unlogged: false })
  },
  CreateForeignTableStmt: (statement, collect) => {
    if (statement.base !== undefined) createTable(statement.base, collect)
  },
  DoStmt: (_, collect) => collect.act({ do: 'opaque', what: 'a DO block' }),
  CallStmt: (statement, collect) => {
    calls({ FuncCall: statement.funccall }, collect)
    collect.act({ do: 'opaque', what: 'a procedure' })
  },
  ExecuteStmt: (_, collect) => collect.act({ do: 'opaque', what: 'a prepared statement' }),
}

/** Gathers the facts of one statement. */
export function understand(statement: Node, collect: Collector): void {
  for (const [tag, node] of Object.entries(statement)) {
    const handler = HANDLERS[tag as Tag] as ((statement: unknown, collect: Collector) => void) | undefined
    handler?.(node, collect)
  }
}
