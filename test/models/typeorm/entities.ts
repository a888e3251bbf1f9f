import 'reflect-metadata'
import {
  Check, Column, CreateDateColumn, DeleteDateColumn, Entity, EntitySchema, Exclusion, Index, JoinColumn, JoinTable, ManyToMany, ManyToOne, PrimaryColumn, PrimaryGeneratedColumn,
  Unique, UpdateDateColumn, VersionColumn, ViewColumn, ViewEntity,
} from 'typeorm'
import type { EntitySchemaColumnOptions } from 'typeorm'

type Property = (target: object, key: string) => void

/** Decorators are functions: applied by hand, they need no support by whoever loads this file. */
function entity(target: new () => object, own: readonly ClassDecorator[], properties: Readonly<Record<string, readonly Property[]>>): void {
  for (const [key, decorators] of Object.entries(properties)) for (const decorate of decorators.toReversed()) decorate(target.prototype, key)
  for (const decorate of own.toReversed()) decorate(target)
}

// Entities that only decorators describe have no members.
/* oxlint-disable typescript/no-extraneous-class */
export class User {}
export class Project {}
export class Memory {}
export class TaskLog {}
export class Booking {}
export class ActiveMemory {}
/* oxlint-enable typescript/no-extraneous-class */

entity(User, [Entity('users', { comment: "People who log in; it's all of them" }), Check('users_role_check', `"role" in ('admin','member')`), Check(`"logins" >= 0`)], {
  id: [PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })],
  email: [Column('varchar', { length: 320, unique: true, comment: 'login e-mail' })],
  displayName: [Column({ type: 'text', nullable: true, collation: 'C' })],
  role: [Column('text', { default: 'member' })],
  logins: [Column('int', { default: 0 })],
  active: [Column('boolean', { default: true })],
  kinds: [Column({ type: 'enum', enum: ['a', 'b c'], array: true, default: ['a'] })],
  simple: [Column('simple-json', { nullable: true })],
  list: [Column('simple-array', { nullable: true })],
  moment: [Column('timestamp', { precision: 3, default: () => 'CURRENT_TIMESTAMP(3)' })],
  day: [Column('date', { default: () => 'CURRENT_DATE' })],
  createdAt: [CreateDateColumn({ type: 'timestamptz', precision: 3 })],
  updatedAt: [UpdateDateColumn({ type: 'timestamptz' })],
  version: [VersionColumn()],
})

entity(Project, [Entity('projects'), Unique('projects_owner_slug_uq', ['owner', 'slug'])], {
  id: [PrimaryGeneratedColumn('uuid')],
  owner: [ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false }), JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'projects_owner_fk' })],
  parent: [ManyToOne(() => Project, { onDelete: 'SET NULL', nullable: true }), JoinColumn({ name: 'parent_id' })],
  slug: [Column('varchar', { length: 64 })],
  settings: [Column('jsonb', { default: { theme: "O'Reilly" } })],
  budget: [Column('numeric', { precision: 12, scale: 2, default: 0, nullable: true })],
  members: [ManyToMany(() => User), JoinTable({ name: 'project_members', joinColumn: { name: 'project_id' }, inverseJoinColumn: { name: 'user_id' } })],
})

entity(Memory, [
  Entity('memories'), Check('memories_importance_check', `"importance" between 0 and 10`), Index('memories_active_idx', ['project', 'createdAt'], { where: '"deletedAt" IS NULL' }),
  Index('memories_content_lower_idx', { synchronize: false }), Index(['kind', 'importance'], { unique: true }),
], {
  id: [PrimaryGeneratedColumn('uuid')],
  project: [ManyToOne(() => Project, { onDelete: 'CASCADE', onUpdate: 'CASCADE', nullable: false }), JoinColumn({ name: 'project_id' })],
  kind: [Column({ type: 'enum', enum: ['note', 'fact', 'task'], enumName: 'memory_kind', default: 'note' })],
  content: [Column('text')],
  tags: [Column('text', { array: true, default: () => `'{}'::text[]` })],
  meta: [Column('jsonb', { nullable: true })],
  importance: [Column('int', { default: 5 })],
  contentLength: [Column({ type: 'int', generatedType: 'STORED', asExpression: 'length(content)', nullable: true })],
  createdAt: [CreateDateColumn({ type: 'timestamptz', name: 'created_at' })],
  deletedAt: [DeleteDateColumn({ type: 'timestamptz' })],
})

entity(TaskLog, [Entity('task_logs', { schema: 'audit' })], {
  id: [PrimaryGeneratedColumn({ type: 'bigint' })],
  memory: [ManyToOne(() => Memory, { onDelete: 'CASCADE', deferrable: 'INITIALLY DEFERRED' }), JoinColumn({ name: 'memory_id', foreignKeyConstraintName: 'task_logs_memory_fk' })],
  message: [Column('text')],
  at: [Column('timestamptz', { default: () => 'now()' })],
})

entity(Booking, [Entity('bookings'), Exclusion('no_overlap', `USING gist ("during" WITH &&)`)], {
  room: [PrimaryColumn('varchar', { length: 10, primaryKeyConstraintName: 'booking key' })],
  seat: [PrimaryColumn('smallint', { primaryKeyConstraintName: 'booking key' })],
  during: [Column('tstzrange')],
})

entity(ActiveMemory, [ViewEntity({ name: 'active_memories', expression: `SELECT id, content FROM memories WHERE "deletedAt" IS NULL` })], { id: [ViewColumn()], content: [ViewColumn()] })

export const MEMORIES = [User, Project, Memory, TaskLog, Booking, ActiveMemory]

const POSTGRES_COLUMNS: Readonly<Record<string, EntitySchemaColumnOptions>> = {
  real: { type: 'real', nullable: true }, double: { type: 'double precision', default: 1.5 }, bytes: { type: 'bytea', nullable: true }, net: { type: 'inet', nullable: true },
  span: { type: 'interval', nullable: true }, time: { type: 'time', precision: 2, nullable: true }, zone: { type: 'timetz', nullable: true }, bits: { type: 'bit', length: '3', nullable: true },
  point: { type: 'point', nullable: true }, search: { type: 'tsvector', nullable: true }, xml: { type: 'xml', nullable: true }, money: { type: 'money', nullable: true },
  ranges: { type: 'int4range', nullable: true }, many: { type: 'int', array: true, default: [1, 2] }, words: { type: 'varchar', length: 9, array: true, nullable: true }, chars: { type: 'char', length: 4, nullable: true },
}

/** As many tables as told: every type, self references, unique and plain indexes, many-to-many, generated keys of each kind. */
export function largeEntities(count: number, dialect: 'postgres' | 'sqlite'): readonly EntitySchema[] {
  return Array.from({ length: count }, (_, n) => {
    const keys = dialect === 'sqlite' ? ([{ type: Number, generated: true }, { type: 'varchar', length: 36 }] as const) : ([{ type: Number, generated: true }, { type: 'uuid', generated: 'uuid' }, { type: 'bigint', generated: 'identity' }, { type: 'varchar', length: 36 }] as const)
    const key = keys[n % keys.length]
    return new EntitySchema<object>({
      name: `Large${n}`, tableName: n % 5 === 0 ? `large table ${n}` : `large_${n}`,
      columns: {
        id: { ...key, primary: true } as EntitySchemaColumnOptions,
        label: { type: 'varchar', length: n + 10, default: `label ${n}`, nullable: n % 2 === 0 },
        count: { type: Number, default: n, name: `count of ${n}` },
        flag: { type: Boolean, default: n % 2 === 0 },
        amount: { type: 'decimal', precision: 10, scale: n % 4, nullable: true },
        state: { type: 'simple-enum', enum: ['new', 'old'], default: 'new' },
        data: { type: 'simple-json', nullable: true },
        at: { type: Date, createDate: true },
        ...(dialect === 'postgres' ? POSTGRES_COLUMNS : {}),
      } as object,
      indices: [{ columns: ['label', 'count'], unique: n % 3 === 0 }, { name: `named ${n}`, columns: ['at'], where: '"at" IS NOT NULL' }],
      uniques: [{ columns: ['count', 'state'] }, ...(dialect === 'postgres' && n % 8 === 0 ? [{ name: `again ${n}`, columns: ['id'] }] : [])],
      checks: [{ expression: '"flag" IS NOT NULL', name: `checked ${n}` }],
      // The keys are no properties of a class.
      relations: {
        parent: { type: 'many-to-one', target: `Large${n}`, nullable: true, onDelete: 'SET NULL' },
        next: { type: 'many-to-one', target: `Large${(n + 1) % count}`, nullable: true, joinColumn: { name: 'next_id' } },
        friends: { type: 'many-to-many', target: `Large${(n + 2) % count}`, joinTable: true },
      } as object,
    })
  })
}
