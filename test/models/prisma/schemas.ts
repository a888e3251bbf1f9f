/** The memories application as a Prisma 7 schema for PostgreSQL. */
export const MEMORIES = `
generator client {
  provider        = "prisma-client"
  output          = "./client"
  previewFeatures = ["partialIndexes", "views"]
}
datasource db {
  provider = "postgresql"
  schemas  = ["public", "audit"]
}
enum Role {
  owner
  member @map("gue st")
  @@map("user role")
  @@schema("public")
}
model User {
  id       Int      @id @default(autoincrement())
  email    String   @unique @db.VarChar(320)
  role     Role     @default(member)
  name     String?  @default("O'Reilly \\"and\\" sons, (x)")
  tags     String[] @default(["a", "b, c"])
  settings Json     @default("{\\"theme\\": [1, 2]}")
  uid      String   @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  big      BigInt   @default(9007199254740993)
  price    Decimal  @default(1.50) @db.Decimal(10, 2)
  photo    Bytes?
  place    Unsupported("point")?
  changed  DateTime @updatedAt
  token    String   @default(cuid())
  createdAt DateTime @default(now()) @map("created_at") @db.Timestamptz(3)
  boss     User?    @relation("boss", fields: [bossId], references: [id], onDelete: SetNull)
  bossId   Int?
  team     User[]   @relation("boss")
  memories Memory[]
  projects Project[]
  @@index([email(ops: raw("varchar_pattern_ops")), createdAt(sort: Desc)], map: "by mail")
  @@map("users")
  @@schema("public")
}
model Project {
  id       String   @id @default(uuid())
  slug     String
  owner    Int
  members  User[]
  memories Memory[]
  @@unique([owner, slug], map: "project once")
  @@schema("public")
}
model Memory {
  id        String    @id @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  user      User      @relation(fields: [userId], references: [id], onDelete: Cascade)
  userId    Int       @map("user_id")
  project   Project?  @relation(fields: [projectId], references: [id], map: "memory project")
  projectId String?   @map("project_id")
  meta      Json?
  importance Int      @default(-1)
  deletedAt DateTime? @map("deleted_at")
  logs      TaskLog[]
  @@index([meta(ops: JsonbPathOps)], type: Gin)
  @@index([userId], where: raw("\\"deleted_at\\" IS NULL"))
  @@map("memories")
  @@schema("public")
}
model TaskLog {
  memoryId String @db.Uuid
  seq      BigInt @default(autoincrement())
  memory   Memory @relation(fields: [memoryId], references: [id], onDelete: Restrict, onUpdate: NoAction)
  @@id([memoryId, seq])
  @@schema("audit")
}
view ActiveUser {
  id Int @unique
  @@schema("public")
}
`

/** A larger schema: as many models as told, every scalar type, self references, many-to-many, composite keys and indexes of each kind. */
export function largeSchema(count: number, provider: 'postgresql' | 'sqlite'): string {
  const postgres = provider === 'postgresql'
  const models = Array.from({ length: count }, (_, n) => {
    const next = (n + 1) % count
    return `
model Table${n} {
  id       ${n % 3 === 0 ? 'Int @id @default(autoincrement())' : n % 3 === 1 ? 'String @id @default(uuid())' : 'BigInt @id'}
  flag     Boolean  @default(${n % 2 === 0})
  count    Int      @default(${n})
  ratio    Float    @default(${n}.5)
  amount   Decimal  @default(${n}.25)
  label    String?  @default("label '${n}'")
  at       DateTime @default(now())
  raw      Bytes?
  data     Json?
  large    BigInt?
  ${postgres ? `list     String[] @default(["x", "${n}"])\n  short    String?  @db.VarChar(${n + 1})\n  kind     Kind     @default(second)\n  exact    DateTime? @db.Timestamptz(${n % 7})\n  day      DateTime? @db.Date\n  net      String?  @db.Inet\n  small    Int?     @db.SmallInt` : ''}
  parent   Table${n}? @relation("self${n}", fields: [parentId], references: [id], onDelete: SetNull, onUpdate: Cascade)
  parentId ${n % 3 === 0 ? 'Int' : n % 3 === 1 ? 'String' : 'BigInt'}?
  children Table${n}[] @relation("self${n}")
  peers    Table${next}[] @relation("pair${n}")
  others   Table${(n + count - 1) % count}[] @relation("pair${(n + count - 1) % count}")
  @@unique([count, label])
  @@index([at(sort: Desc), flag])
  ${postgres ? '@@index([data], type: Gin)\n  @@index([count], type: Hash)\n  @@index([at], type: Brin)' : ''}
  ${n % 4 === 0 ? `@@map("table number ${n}")` : ''}
}`
  })
  const kinds = postgres ? 'enum Kind {\n  first\n  second @map("the second")\n}\n' : ''
  return `datasource db {\n  provider = "${provider}"\n}\n${kinds}${models.join('\n')}\n`
}

/** What \`prisma contract emit\` of Prisma 8 writes, shortened to what is read. */
export const CONTRACT = {
  schemaVersion: '1', targetFamily: 'sql', target: 'postgres',
  storage: {
    namespaces: {
      public: {
        entries: {
          table: {
            users: {
              columns: {
                id: { codecId: 'pg/int8@1', nativeType: 'int8', nullable: false, default: { kind: 'function', expression: 'autoincrement()' } },
                email: { codecId: 'sql/varchar@1', nativeType: 'character varying', nullable: false, typeParams: { length: 320 } },
                state: { codecId: 'pg/text@1', nativeType: 'text', nullable: false, default: { kind: 'literal', value: "it's new" } },
                settings: { codecId: 'pg/jsonb@1', nativeType: 'jsonb', nullable: true, default: { kind: 'literal', value: { theme: "O'R" } } },
                created_at: { codecId: 'pg/timestamptz@1', nativeType: 'timestamptz', nullable: false, default: { kind: 'function', expression: 'now()' } },
              },
              foreignKeys: [], indexes: [], primaryKey: { columns: ['id'] }, uniques: [{ columns: ['email'] }],
            },
            projects: {
              columns: {
                id: { codecId: 'pg/text@1', nativeType: 'text', nullable: false },
                owner_id: { codecId: 'pg/int8@1', nativeType: 'int8', nullable: false },
              },
              foreignKeys: [{ onDelete: 'cascade', source: { columns: ['owner_id'], namespaceId: 'public', tableName: 'projects' }, target: { columns: ['id'], namespaceId: 'public', tableName: 'users' } }],
              indexes: [{ columns: ['owner_id'], name: 'projects_owner_id_idx_ade9f347', prefix: 'projects_owner_id_idx', unique: false }],
              primaryKey: { columns: ['id'] }, uniques: [{ columns: ['owner_id', 'id'], name: 'projects_owner_uq' }],
            },
          },
        },
      },
    },
  },
} as const
