import { DataTypes, Deferrable, Op, Sequelize, literal } from 'sequelize'
import type { ModelAttributes, Options } from 'sequelize'

/** The memories application. */
export function memories(options: Options | string): Sequelize {
  const sequelize = typeof options === 'string' ? new Sequelize(options, { logging: false }) : new Sequelize(options)
  const User = sequelize.define('User', {
    id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
    email: { type: DataTypes.STRING(320), allowNull: false, unique: true, comment: "who logs in; it's a login" },
    role: { type: DataTypes.ENUM('owner', "guest's"), allowNull: false, defaultValue: 'owner' },
    roles: { type: DataTypes.ARRAY(DataTypes.ENUM('a', 'b')), allowNull: true },
    name: { type: DataTypes.TEXT, defaultValue: "O'Reilly" },
    tags: { type: DataTypes.ARRAY(DataTypes.TEXT), defaultValue: ['a', 'b'] },
    settings: { type: DataTypes.JSONB, defaultValue: { theme: "it's dark" } },
    price: { type: DataTypes.DECIMAL(10, 2), defaultValue: 1.5 },
    active: { type: DataTypes.BOOLEAN, defaultValue: true },
    token: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4 },
    made: { type: DataTypes.DATE, defaultValue: DataTypes.NOW },
    at: { type: DataTypes.DATE, defaultValue: literal('now()') },
    full: { type: DataTypes.VIRTUAL },
    photo: DataTypes.BLOB,
    span: DataTypes.RANGE(DataTypes.INTEGER),
  }, { tableName: 'users', indexes: [{ fields: [literal('lower(email)')], name: 'lower mail' }, { fields: [{ name: 'name', order: 'DESC', collate: 'C' }, 'price'], where: { active: true } }, { fields: ['settings'], using: 'gin', operator: 'jsonb_path_ops' }] })
  const Project = sequelize.define('Project', {
    id: { type: DataTypes.UUID, primaryKey: true, defaultValue: literal('gen_random_uuid()') },
    slug: { type: DataTypes.STRING, unique: 'once' },
    place: { type: DataTypes.INTEGER, unique: 'once', field: 'place_no' },
    owner: { type: DataTypes.BIGINT, allowNull: false, references: { model: 'users', key: 'id', deferrable: new Deferrable.INITIALLY_DEFERRED() }, onDelete: 'cascade' },
  }, { underscored: true, paranoid: true, indexes: [{ unique: true, fields: ['slug', 'owner'] }] })
  Project.belongsToMany(User, { through: 'project_members' })
  User.belongsToMany(Project, { through: 'project_members' })
  User.hasMany(User, { as: 'reports', foreignKey: 'boss_id', onDelete: 'set null' })
  sequelize.define('TaskLog', { id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, autoIncrementIdentity: true }, note: DataTypes.STRING }, { schema: 'audit', timestamps: false, freezeTableName: true })
  return sequelize
}

/** As many tables as told, of the types that both databases have. */
export function large(count: number, options: Options | string): Sequelize {
  const sequelize = typeof options === 'string' ? new Sequelize(options, { logging: false }) : new Sequelize(options)
  const models = Array.from({ length: count }, (_, n) => sequelize.define(`Large${n}`, {
    id: n % 2 === 0 ? { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true } : { type: DataTypes.STRING(36), primaryKey: true },
    label: { type: DataTypes.STRING(n + 10), defaultValue: `label '${n}'`, allowNull: n % 2 === 0 },
    count: { type: DataTypes.INTEGER, defaultValue: n, field: `count of ${n}` },
    flag: { type: DataTypes.BOOLEAN, defaultValue: n % 2 === 0 },
    amount: DataTypes.DECIMAL(10, n % 4), real: DataTypes.REAL, double: DataTypes.DOUBLE, big: DataTypes.BIGINT, text: { type: DataTypes.TEXT, ...(n % 4 === 0 && { unique: 'text' }) },
    state: { type: DataTypes.ENUM('new', 'old'), defaultValue: 'new' }, day: DataTypes.DATEONLY, data: DataTypes.JSON,
  } as ModelAttributes, { tableName: n % 5 === 0 ? `large table ${n}` : `large_${n}`, indexes: [{ fields: ['label', 'flag'] }, { fields: ['day'], unique: true, name: `by day ${n}` }] }))
  models.forEach((model, n) => {
    const next = models[(n + 1) % count]
    if (next !== undefined) model.belongsTo(next, { foreignKey: 'next_id', onDelete: 'set null', constraints: n + 1 < count })
    model.belongsTo(model, { foreignKey: 'parent_id', as: 'parent' })
  })
  return sequelize
}

/**
 * As many families as told, each of six tables: underscored names with keys of two columns, a relation of many to many with
 * columns of its own and one with itself, one-to-one, polymorphic columns without a key, indexes with order, condition and
 * expression; on PostgreSQL also ranges, arrays of enums and indexes of other methods.
 */
export function families(count: number, options: Options | string): Sequelize {
  const sequelize = typeof options === 'string' ? new Sequelize(options, { logging: false }) : new Sequelize(options)
  const postgres = sequelize.getDialect() === 'postgres'
  for (let n = 0; n < count; n++) {
    const author = sequelize.define(`Author${n}`, {
      id: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4, primaryKey: true }, fullName: { type: DataTypes.STRING(20 + n), allowNull: false, unique: true }, born: DataTypes.DATEONLY,
      score: { type: DataTypes.FLOAT, defaultValue: n / 4 }, settings: { type: DataTypes.JSON, defaultValue: { theme: "it's" } },
      ...(postgres && { moods: DataTypes.ARRAY(DataTypes.ENUM('good', "so'so")), span: DataTypes.RANGE(DataTypes.INTEGER), tags: { type: DataTypes.ARRAY(DataTypes.TEXT), defaultValue: ['a', 'b c'] }, doc: DataTypes.JSONB }),
    } as ModelAttributes, {
      underscored: true, paranoid: true,
      indexes: [
        { fields: [{ name: 'born', order: 'DESC' }, 'score'] }, { name: `named_${n}`, fields: ['score'], where: { score: { [Op.gt]: 1 } }, unique: true },
        ...(postgres ? [{ name: `doc_${n}`, fields: ['doc'], using: 'gin', operator: 'jsonb_path_ops' }, { name: `lower_${n}`, fields: [sequelize.fn('lower', sequelize.col('full_name'))] }, { name: `tags_${n}`, fields: ['tags'], using: 'GIN' }] : []),
      ],
    })
    const book = sequelize.define(`Book${n}`, { title: DataTypes.STRING, pages: { type: DataTypes.SMALLINT, defaultValue: 100 }, price: DataTypes.DECIMAL(8, 2), subjectId: DataTypes.INTEGER, subjectType: DataTypes.STRING(30) }, { underscored: true, indexes: [{ fields: ['subject_type', 'subject_id'] }] })
    const part = sequelize.define(`Part${n}`, { author: { type: DataTypes.UUID, primaryKey: true, references: { model: author, key: 'id' }, onDelete: 'CASCADE' }, book: { type: DataTypes.INTEGER, primaryKey: true, references: { model: book, key: 'id' } }, role: { type: DataTypes.ENUM('writes', 'draws'), defaultValue: 'writes', allowNull: false } }, { timestamps: false, freezeTableName: true })
    const passport = sequelize.define(`Passport${n}`, { number: { type: DataTypes.STRING, unique: `number_${n}` }, country: { type: DataTypes.CHAR(2), unique: `number_${n}` } }, { createdAt: 'made_at', updatedAt: false })
    author.belongsToMany(book, { through: part, foreignKey: 'author', otherKey: 'book' })
    book.belongsToMany(author, { through: part, foreignKey: 'book', otherKey: 'author' })
    author.hasOne(passport, { foreignKey: { name: 'ownerId', field: 'owner_id', allowNull: false }, onDelete: 'CASCADE' })
    passport.belongsTo(author, { foreignKey: { name: 'ownerId', field: 'owner_id', allowNull: false } })
    author.belongsToMany(author, { as: 'friends', through: `friends_${n}`, foreignKey: 'from', otherKey: 'to' })
    book.belongsTo(book, { as: 'original', foreignKey: 'original_id', onDelete: 'SET NULL' })
    sequelize.define(`Counter${n}`, { name: { type: DataTypes.STRING(9), primaryKey: true }, value: { type: DataTypes.BIGINT, defaultValue: 0, field: 'current value' } }, { timestamps: false, comment: `counts ${n}` })
  }
  return sequelize
}
