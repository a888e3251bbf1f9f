import 'reflect-metadata'
import {
  ChildEntity, Column, CreateDateColumn, Entity, Index, JoinColumn, JoinTable, ManyToMany, ManyToOne, OneToOne, PrimaryColumn, PrimaryGeneratedColumn, TableInheritance, Tree, TreeChildren, TreeParent, Unique,
  ViewColumn, ViewEntity,
} from 'typeorm'

type Property = (target: object, key: string) => void
type Class = new () => object

/** Decorators are functions: applied by hand, they need no support by whoever loads this file. */
function decorate(target: Class, own: readonly ClassDecorator[], properties: Readonly<Record<string, readonly Property[]>>): Class {
  for (const [key, decorators] of Object.entries(properties)) for (const one of decorators.toReversed()) one(target.prototype, key)
  for (const one of own.toReversed()) one(target)
  return target
}

/** A class of this name, so that what TypeORM makes of it is named after it. */
function named(name: string, above?: Class): Class {
  // oxlint-disable-next-line typescript/no-extraneous-class -- TypeORM takes classes, and decorators give it what it has.
  const made = above === undefined ? class {} : class extends above {}
  Object.defineProperty(made, 'name', { value: name })
  return made
}

/**
 * As many families as told, each of eight tables: one for a class and its two heirs, a tree by closure and one by path, a table
 * with a key of two columns and one that refers to it, a one-to-one relation with embedded columns, and a relation of many to
 * many with itself; and a view.
 */
export function families(count: number): readonly Class[] {
  return Array.from({ length: count }, (_, n) => {
    const content = decorate(named(`Content${n}`), [Entity(`content_${n}`), TableInheritance({ column: { type: 'varchar', name: 'kind', length: 20 } })], {
      id: [PrimaryGeneratedColumn()], title: [Column('varchar', { length: 20 + n, default: `title ${n}` })], created: [CreateDateColumn()],
    })
    const photo = decorate(named(`Photo${n}`, content), [ChildEntity()], { size: [Column('varchar', { nullable: true })] })
    const post = decorate(named(`Post${n}`, content), [ChildEntity('post'), Index([`views${n}`])], { [`views${n}`]: [Column('int', { nullable: true })] })

    const category: Class = named(`Category${n}`)
    decorate(category, [Entity(), Tree('closure-table')], { id: [PrimaryGeneratedColumn()], name: [Column('varchar', { unique: true })], children: [TreeChildren()], parent: [TreeParent()] })
    for (const key of ['parent', 'children']) Reflect.defineMetadata('design:type', key === 'parent' ? category : Array, category.prototype, key)
    const page: Class = named(`Page${n}`)
    Reflect.defineMetadata('design:type', page, page.prototype, 'parent')
    Reflect.defineMetadata('design:type', Array, page.prototype, 'children')
    decorate(page, [Entity(), Tree('materialized-path')], { id: [PrimaryGeneratedColumn()], children: [TreeChildren()], parent: [TreeParent()], related: [ManyToMany(() => page), JoinTable()] })

    const seat = decorate(named(`Seat${n}`), [Entity(), Unique([`row`, 'level'])], { row: [PrimaryColumn('int')], place: [PrimaryColumn('varchar', { length: 9 })], level: [Column('int', { default: n })] })
    const ticket = decorate(named(`Ticket${n}`), [Entity()], {
      id: [PrimaryGeneratedColumn()],
      seat: [ManyToOne(() => seat, { onDelete: 'CASCADE', onUpdate: 'CASCADE' }), JoinColumn([{ name: 'seat_row', referencedColumnName: 'row' }, { name: 'seat_place', referencedColumnName: 'place' }])],
      category: [ManyToOne(() => category, { nullable: false }), Index()],
    })
    const name = decorate(named(`Name${n}`), [], { first: [Column('varchar', { length: 40 })], last: [Column('varchar', { nullable: true })] })
    const person = decorate(named(`Person${n}`), [Entity({ orderBy: { id: 'ASC' } })], {
      id: [PrimaryGeneratedColumn()], name: [Column(() => name)], alias: [Column(() => name, { prefix: 'alias' })], ticket: [OneToOne(() => ticket, { onDelete: 'SET NULL', nullable: true }), JoinColumn()],
    })
    const seen = decorate(named(`Seen${n}`), [ViewEntity({ name: `seen_${n}`, expression: `SELECT "id", "title" FROM "content_${n}"` })], { id: [ViewColumn()], title: [ViewColumn()] })
    return [content, photo, post, category, page, seat, ticket, person, seen]
  }).flat()
}
