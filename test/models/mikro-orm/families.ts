import { EntitySchema } from '@mikro-orm/core'

type Options = ConstructorParameters<typeof EntitySchema>[0]
// Its types want the properties of a class, which these have none of.
const schemaOf = (options: object): EntitySchema => new EntitySchema(options as Options)

/**
 * As many families as told, each of six tables: one for a class and its two heirs, a table with a key of two columns and one that
 * refers to it by both, a one-to-one relation with embedded columns, a tree, and the relation of many to many of the tree with itself.
 */
export function families(count: number): readonly EntitySchema[] {
  return Array.from({ length: count }, (_, n) => {
    const content = schemaOf({
      name: `Content${n}`, discriminatorColumn: 'kind', discriminatorMap: { photo: `Photo${n}`, post: `Post${n}` }, abstract: true,
      properties: { id: { type: 'integer', primary: true }, kind: { type: 'string', length: 20 }, title: { type: 'string', length: 20 + n, default: `title ${n}` }, created: { type: 'Date', columnType: 'timestamp', defaultRaw: 'current_timestamp' } },
    })
    const photo = schemaOf({ name: `Photo${n}`, extends: content, properties: { size: { type: 'string', nullable: true } } })
    const post = schemaOf({ name: `Post${n}`, extends: content, properties: { views: { type: 'integer', nullable: true, index: true } } })
    const seat = schemaOf({ name: `Seat${n}`, properties: { row: { type: 'integer', primary: true }, place: { type: 'string', length: 9, primary: true }, level: { type: 'integer', default: n } }, uniques: [{ properties: ['row', 'level'], name: `levels ${n}` }] })
    const ticket = schemaOf({
      name: `Ticket${n}`, indexes: [{ properties: ['price', 'note'], name: `prices ${n}` }],
      properties: { id: { type: 'integer', primary: true }, price: { type: 'decimal', precision: 8, scale: 2 }, note: { type: 'text', nullable: true }, seat: { kind: 'm:1', entity: () => seat, deleteRule: 'cascade', updateRule: 'cascade' } },
    })
    const name = schemaOf({ name: `Name${n}`, embeddable: true, properties: { first: { type: 'string', length: 40 }, last: { type: 'string', nullable: true } } })
    const person = schemaOf({
      name: `Person${n}`, properties: {
        id: { type: 'integer', primary: true }, name: { kind: 'embedded', entity: () => name }, alias: { kind: 'embedded', entity: () => name, prefix: 'alias_', nullable: true }, extra: { kind: 'embedded', entity: () => name, object: true, nullable: true },
        ticket: { kind: '1:1', entity: () => ticket, nullable: true, deleteRule: 'set null' },
      },
    })
    const page: EntitySchema = schemaOf({
      name: `Page${n}`, properties: {
        id: { type: 'string', length: 36, primary: true }, parent: { kind: 'm:1', entity: () => page, nullable: true }, children: { kind: '1:m', entity: () => page, mappedBy: 'parent' },
        related: { kind: 'm:n', entity: () => page, owner: true, pivotTable: `page_links_${n}`, joinColumn: 'from_id', inverseJoinColumn: 'to_id' },
      },
    })
    return [content, photo, post, seat, ticket, name, person, page]
  }).flat()
}
