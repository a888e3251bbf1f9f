import type { Dialect, RenderContext, Step, Trial, Verdict } from '../dialects/dialect.ts'
import type { AlterOperation, CreateOperation, DropOperation, Operation, RenameOperation } from '../operations/operation.ts'
import type { Kind, Schema } from '../schema/schema.ts'
import { keyOf, refKey } from '../schema/schema.ts'
import { order } from './order.ts'
import type { Phase } from './plan.ts'
import { together } from './together.ts'

export interface DdlRequest {
  /** The schema that the operations start from. */
  readonly from: Schema
  /** The schema that they lead to. */
  readonly to: Schema
  readonly operations: readonly Operation[]
  readonly dialect: Pick<Dialect, 'renderers' | 'alterable' | 'capabilities'>
  readonly defaultSchema: string
  /** The server's version, as `Session.version`. */
  readonly version: number
  /** Keys of tables that are there and known to hold no row. */
  readonly emptyTables?: ReadonlySet<string>
  /** Keys of columns that an earlier start began to add. */
  readonly resumes?: ReadonlySet<string>
  /** What the server said when changes were tried. */
  readonly verdicts?: readonly Verdict[]
}

/** One step with the operation that it carries out, or a part of it. */
export interface DdlStep {
  readonly operation: Operation
  readonly step: Step
  readonly phase: Phase
}

/**
 * How operations are carried out: ordered, put into phases, replaced where the dialect cannot alter, and rendered. Pure: the same
 * request gives the same steps. An operation whose effect comes with another one has no step.
 */
export function planDdl(request: DdlRequest): readonly DdlStep[] {
  const { dialect } = request
  const early = contextFor(request, request.operations)
  const ordered = order({
    from: request.from,
    to: request.to,
    operations: request.operations,
    alterable: (operation) => dialect.alterable(operation, early),
    inlineForeignKeys: dialect.capabilities.inlineForeignKeys,
  })
  const context = contextFor(request, ordered.map((item) => item.operation))
  const steps = ordered.flatMap(({ operation, phase }) => render(operation, dialect, context).map((step) => ({ operation, step, phase })))
  return dialect.capabilities.transactionalDdl ? together(steps, request.operations, request.defaultSchema) : steps
}

function contextFor(request: DdlRequest, operations: readonly Operation[]): RenderContext {
  const created = new Set<string>()
  for (const operation of operations) {
    if (operation.verb !== 'create') continue
    created.add(refKey(operation.ref))
    if (operation.kind !== 'table') continue
    for (const column of operation.to.columns) created.add(refKey({ ...operation.ref, kind: 'column', table: operation.ref.name, name: column.name }))
  }
  return {
    before: request.from,
    after: request.to,
    defaultSchema: request.defaultSchema,
    version: request.version,
    operations,
    resumes: (ref) => request.resumes?.has(refKey(ref)) === true,
    isEmpty: (relation) => request.emptyTables?.has(keyOf({ schema: relation.schema, name: relation.name })) === true,
    verdict: (trial) => request.verdicts?.find((verdict) => isSameTrial(verdict, trial)),
    isNew: ({ schema, name }) => created.has(refKey({ kind: 'table', schema, name })) || created.has(refKey({ kind: 'view', schema, name })),
    creates: (ref) => created.has(refKey(ref)),
  }
}

const isSameTrial = (a: Trial, b: Trial): boolean => a.action === b.action && keyOf(a.table) === keyOf(b.table)

function render(operation: Operation, dialect: DdlRequest['dialect'], context: RenderContext): readonly Step[] {
  // Renderer and operation are of the same kind: the key is the operation's own.
  const renderer = dialect.renderers[operation.kind] as unknown as {
    create(operation: CreateOperation<Kind>, context: RenderContext): readonly Step[]
    drop(operation: DropOperation<Kind>, context: RenderContext): readonly Step[]
    alter(operation: AlterOperation<Kind>, context: RenderContext): readonly Step[]
    rename(operation: RenameOperation<Kind>, context: RenderContext): readonly Step[]
  }
  switch (operation.verb) {
    case 'create':
      return renderer.create(operation as CreateOperation<Kind>, context)
    case 'drop':
      return renderer.drop(operation as DropOperation<Kind>, context)
    case 'alter':
      return renderer.alter(operation as AlterOperation<Kind>, context)
    case 'rename':
      return renderer.rename(operation as RenameOperation<Kind>, context)
  }
}
