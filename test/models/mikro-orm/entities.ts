import { EntitySchema, defineEntity, p } from '@mikro-orm/core'

const User = defineEntity({
  name: 'User', tableName: 'users', comment: 'People who log in',
  checks: [{ name: 'users_age_check', expression: 'age >= 0' }],
  indexes: [{ name: 'users lower mail', expression: 'create index "users lower mail" on "users" (lower(email) text_pattern_ops) where active' }],
  properties: {
    id: p.integer().primary(),
    email: p.string().length(320).unique().comment('login'),
    age: p.integer().default(0),
    active: p.boolean().default(true),
    role: p.enum(['owner', 'member']).default('member'),
    tags: p.array().nullable(),
    settings: p.json().default('{"theme": "dark"}').nullable(),
    price: p.decimal().precision(10).scale(2).nullable(),
    uid: p.uuid().defaultRaw('gen_random_uuid()'),
    createdAt: p.datetime().defaultRaw('now()'),
    long: p.bigint().nullable(),
    photo: p.blob().nullable(),
    size: p.integer().nullable().generated('(length(email)) stored'),
    boss: () => p.manyToOne(User).nullable().deleteRule('set null'),
    projects: () => p.manyToMany(Project).owner(),
  },
})

const Project = defineEntity({
  name: 'Project', uniques: [{ name: 'project once', properties: ['slug', 'owner'] }], indexes: [{ properties: ['slug'], where: 'archived = false' }],
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    slug: p.string(),
    archived: p.boolean().default(false),
    owner: () => p.manyToOne(User).deleteRule('cascade').updateRule('cascade'),
    parent: () => p.oneToOne(Project).nullable(),
  },
})

const TaskLog = defineEntity({
  name: 'TaskLog', schema: 'audit', indexes: [{ name: 'log of day', columns: [{ name: 'day', sort: 'DESC' }], include: ['note'], type: 'btree' }],
  properties: { seq: p.bigint().primary(), project: () => p.manyToOne(Project).primary(), note: p.text().nullable(), day: p.date() },
})

export const MEMORIES = [User, Project, TaskLog] as const

/** As many tables as told, with the types and keys that both databases have. */
export function largeEntities(count: number): readonly EntitySchema[] {
  const entities: EntitySchema[] = []
  const target = (n: number) => () => entities[n % count]
  for (let n = 0; n < count; n++) entities.push(new EntitySchema({
    name: `Large${n}`, tableName: n % 5 === 0 ? `large table ${n}` : `large_${n}`,
    properties: {
      id: n % 2 === 0 ? { type: 'integer', primary: true } : { type: 'string', length: 36, primary: true },
      label: { type: 'string', length: n + 10, default: `label ${n}`, nullable: n % 2 === 0 },
      count: { type: 'integer', default: n, fieldName: `count of ${n}`, index: n % 3 === 0 },
      flag: { type: 'boolean', default: n % 2 === 0 },
      amount: { type: 'decimal', precision: 10, scale: n % 4, nullable: true },
      state: { type: 'string', enum: true, items: ['new', 'old'], default: 'new' },
      data: { type: 'json', nullable: true },
      at: { type: 'Date', columnType: 'timestamp', nullable: true },
      text: { type: 'text', nullable: true, unique: n % 4 === 0 },
      parent: { kind: 'm:1', entity: target(n), nullable: true, deleteRule: 'set null' },
      next: { kind: 'm:1', entity: target(n + 1), nullable: true, fieldName: 'next_id' },
      friends: { kind: 'm:n', entity: target(n + 2), owner: true },
    },
    indexes: [{ properties: ['label', 'flag'] }], uniques: [{ properties: ['label', 'state'] }], checks: [{ name: `checked ${n}`, expression: '"flag" is not null' }],
    // Its types want the properties of a class.
  } as unknown as ConstructorParameters<typeof EntitySchema>[0]))
  return entities
}
