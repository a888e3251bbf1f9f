import { READER, q } from '../names.ts'
import type { IndexSpec, TriggerSpec } from '../spec.ts'
import type { RealTable, World } from './world.ts'
import { NEXT, NOTICE, comment } from './world.ts'

/** Foreign keys, indexes, triggers, rules, policies and settings of one table. All tables are there. */
export function attachedStatements(world: World, table: RealTable): readonly string[] {
  const { spec, path } = table
  const security = { off: [], enabled: ['ENABLE'], forced: ['ENABLE', 'FORCE'], offButForced: ['FORCE'] }[spec.security]
  return [
    ...reference(world, table),
    ...spec.indexes.flatMap((index, at) => (index === null ? [] : indexStatements(world, table, index, at))),
    ...(spec.trigger === null ? [] : trigger(table, spec.trigger)),
    ...rule(table),
    ...policy(table),
    ...security.map((verb) => `ALTER TABLE ${path} ${verb} ROW LEVEL SECURITY`),
    ...identity(table),
  ]
}

function reference(world: World, { spec: { reference: one }, path, slot, kind, partitioned }: RealTable): readonly string[] {
  const target = one === null ? undefined : world.table(one.target)
  if (one === null || target === undefined || (target.spec.primary !== 'key' && target.spec.primary !== 'include') || (target.kind === 'unlogged' && kind !== 'unlogged')) return []
  const name = q(`Fk ${slot}`)
  const columns = one.onDelete === 'SET NULL' && one.full === false && world.version >= 150000 ? ' (key)' : ''
  return [
    `ALTER TABLE ${path} ADD CONSTRAINT ${name} FOREIGN KEY (key) REFERENCES ${target.path} (key)${one.full ? ' MATCH FULL' : ''} ON DELETE ${one.onDelete}${columns} ON UPDATE ${one.onUpdate} ${one.deferrable}${
      one.notValid && !partitioned ? ' NOT VALID' : ''
    }`,
    ...comment(one.comment, `CONSTRAINT ${name} ON ${path}`),
  ]
}

interface Shape {
  readonly keys: string
  readonly more?: string
  readonly method?: string
  readonly mayBeUnique?: boolean
}

function shapeOf(world: World, table: RealTable, index: IndexSpec): Shape {
  const textual = table.columns.find((column) => (column.kind === 'text' || column.kind === 'character varying(20)') && column.generated !== 'virtual')
  const many = table.columns.find((column) => (column.kind === 'jsonb' || column.kind === 'integer[]') && column.generated !== 'virtual')
  const sorted = table.sortable === null ? 'key' : `key, ${q(table.sortable.name)}`
  const plain: Shape = { keys: 'key DESC NULLS LAST', mayBeUnique: true }
  const of = (column: typeof textual, shape: (name: string) => Shape): Shape => (column === undefined ? plain : shape(q(column.name)))
  switch (index.shape) {
    case 'descending': return plain
    case 'partial': return { keys: 'key', more: 'WHERE key > 10', mayBeUnique: true }
    case 'hash': return { keys: 'key', method: 'hash' }
    case 'brin': return { keys: 'key', method: 'brin' }
    case 'include': return table.sortable === null ? plain : { keys: 'key', more: `INCLUDE (${q(table.sortable.name)})`, mayBeUnique: true }
    case 'expression': return { keys: '(key + 1), key', mayBeUnique: !table.partitioned }
    case 'function': return world.spec.next?.volatility === 'IMMUTABLE' ? { keys: `(${NEXT} + key)` } : plain
    case 'column': return { keys: sorted, mayBeUnique: true }
    case 'lower': return of(textual, (name) => ({ keys: `lower(${name})` }))
    case 'pattern': return of(textual, (name) => ({ keys: `${name} text_pattern_ops` }))
    case 'collated': return of(textual, (name) => ({ keys: `${name} COLLATE "POSIX"` }))
    case 'gin': return of(many, (name) => ({ keys: name, method: 'gin' }))
    case 'nulls': return world.version >= 150000 ? { keys: sorted, more: index.unique ? 'NULLS NOT DISTINCT' : '', mayBeUnique: true } : plain
  }
}

const PARAMETERS: Readonly<Record<string, string>> = { btree: 'fillfactor = 60', hash: 'fillfactor = 60', gin: 'fastupdate = off', brin: 'pages_per_range = 8' }

function indexStatements(world: World, table: RealTable, index: IndexSpec, at: number): readonly string[] {
  const { keys, more = '', method = 'btree', mayBeUnique = false } = shapeOf(world, table, index)
  const name = q(`Ix ${table.slot} ${at}`)
  const schema = table.path.slice(0, table.path.length - q(table.name).length)
  const [before, where] = more.startsWith('WHERE') ? ['', ` ${more}`] : [` ${more}`, '']
  return [
    `CREATE ${index.unique && mayBeUnique ? 'UNIQUE ' : ''}INDEX ${name} ON ${table.path} USING ${method} (${keys})${before}${index.parameter ? ` WITH (${PARAMETERS[method] ?? ''})` : ''}${where}`,
    ...(index.clustered && at === 0 && method === 'btree' && where === '' && !table.partitioned ? [`ALTER TABLE ${table.path} CLUSTER ON ${name}`] : []),
    ...(index.statistics && index.shape === 'expression' && !table.partitioned ? [`ALTER INDEX ${schema}${name} ALTER COLUMN 1 SET STATISTICS 100`] : []),
    ...comment(index.comment, `INDEX ${schema}${name}`),
  ]
}

function trigger({ path, slot }: RealTable, one: TriggerSpec): readonly string[] {
  const name = q(`Trigger ${slot}`)
  const time = one.before ? 'BEFORE' : 'AFTER'
  const head = {
    row: `TRIGGER ${name} ${time} ${one.events} ON ${path} FOR EACH ROW`,
    statement: `TRIGGER ${name} ${time} ${one.events} ON ${path} FOR EACH STATEMENT`,
    of: `TRIGGER ${name} ${time} UPDATE OF key ON ${path} FOR EACH ROW`,
    when: `TRIGGER ${name} ${time} UPDATE ON ${path} FOR EACH ROW WHEN (old.key IS DISTINCT FROM new.key)`,
    transition: `TRIGGER ${name} AFTER INSERT ON ${path} REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT`,
    constraint: `CONSTRAINT TRIGGER ${name} AFTER ${one.events} ON ${path} ${one.before ? 'DEFERRABLE INITIALLY DEFERRED ' : ''}FOR EACH ROW`,
  }[one.shape]
  return [`CREATE ${head} EXECUTE FUNCTION ${NOTICE}`, ...(one.enabled === '' ? [] : [`ALTER TABLE ${path} ${one.enabled} TRIGGER ${name}`]), ...comment(one.comment, `TRIGGER ${name} ON ${path}`)]
}

function rule({ spec, path }: RealTable): readonly string[] {
  const name = q('Rule; of')
  const made = `CREATE RULE ${name} AS ON ${spec.rule === 'where' ? `UPDATE TO ${path} WHERE old.key < 0 DO ALSO NOTHING` : `DELETE TO ${path} DO INSTEAD NOTHING`}`
  return spec.rule === 'none' ? [] : [made, ...(spec.rule === 'off' ? [`ALTER TABLE ${path} DISABLE RULE ${name}`] : [])]
}

function policy({ spec: { policy: one }, path, columns }: RealTable): readonly string[] {
  if (one === null) return []
  const expression = { key: 'key > 0', column: `${q(columns[0]?.name ?? 'key')} IS NOT NULL`, true: 'true' }[one.expression]
  const using = one.command === 'INSERT' ? '' : ` USING (${expression})`
  const check = one.command === 'INSERT' || one.command === 'ALL' ? ` WITH CHECK (${expression})` : ''
  return [`CREATE POLICY ${q('May; see')} ON ${path}${one.restrictive ? ' AS RESTRICTIVE' : ''} FOR ${one.command} TO ${one.reader ? q(READER) : 'PUBLIC'}${using}${check}`]
}

function identity({ spec, path, slot }: RealTable): readonly string[] {
  if (spec.identity === 'default') return []
  const usable = spec.primaryName && (spec.primary === 'key' || spec.primary === 'include')
  if (spec.identity === 'index') return usable ? [`ALTER TABLE ${path} REPLICA IDENTITY USING INDEX ${q(`Pk ${slot}`)}`] : []
  return [`ALTER TABLE ${path} REPLICA IDENTITY ${spec.identity}`]
}
