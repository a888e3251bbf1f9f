type Provider = 'postgresql' | 'sqlite'

/**
 * As many families as told, each of nine tables: a person, a profile of one person, a team that knows its people by a relation of
 * many to many without a model, as people know each other, an order by a key of two columns, lines that refer to it by both, a tree, and an
 * event that follows others by two relations with one model.
 *
 * On SQLite without a default of type Json: Prisma 7 writes it without quotes, which SQLite does not read.
 */
export function families(count: number, provider: Provider): string {
  const head = `generator client {\n  provider = "prisma-client"\n}\ndatasource db {\n  provider = "${provider}"\n}\n`
  const enums = provider === 'postgresql' ? 'enum State {\n  open\n  in_work @map("in work")\n  done\n  @@map("order state")\n}\n' : ''
  return `${head}${enums}${Array.from({ length: count }, (_, n) => family(n, provider)).join('\n')}`
}

function family(n: number, provider: Provider): string {
  const on = (text: string): string => (provider === 'postgresql' ? text : '')
  return `
model Person${n} {
  id        String    @id ${on('@default(dbgenerated("gen_random_uuid()")) @db.Uuid')}
  mail      String    @unique(map: "person ${n} mail") ${on('@db.VarChar(320)')}
  nick      String?   @map("nick name")
  born      DateTime? ${on('@db.Date')}
  tags      ${on('String[] @default([])') || 'String?'}
  changed   DateTime  @updatedAt ${on('@db.Timestamptz(3)')}
  token     String    @default(cuid())
  profile   Profile${n}?
  teams     Team${n}[]
  orders    Order${n}[]
  friends   Person${n}[] @relation("friends${n}")
  friendOf  Person${n}[] @relation("friends${n}")
  @@index([born(sort: Desc), mail])
  @@map("person_${n}")
}

model Profile${n} {
  personId String  @id ${on('@db.Uuid')}
  person   Person${n} @relation(fields: [personId], references: [id], onDelete: Cascade${on(`, map: "profile ${n} person"`)})
  about    String? ${on('@db.Text')}
  settings Json    ${on(String.raw`@default("{\"theme\": \"dark\"}")`)}
  photo    Bytes?
  ${on('@@index([settings(ops: JsonbPathOps)], type: Gin)')}
}

model Team${n} {
  id     Int      @id @default(autoincrement()) ${on(n % 2 === 0 ? '@db.SmallInt' : '')}
  name   String   @default("it's team ${n}") ${on(`@db.Char(${n + 20})`)}
  people Person${n}[]
  @@unique([name, id], map: "team_${n}_name")
}

model Order${n} {
  year    Int
  number  BigInt
  total   Decimal  @default(0) ${on('@db.Decimal(12, 2)')}
  ${on('state   State    @default(in_work)')}
  by      String?  ${on('@db.Uuid')}
  person  Person${n}? @relation(fields: [by], references: [id], onDelete: SetNull, onUpdate: NoAction)
  lines   Line${n}[]
  at      DateTime @default(now()) ${on('@db.Timestamp(0)')}
  @@id([year, number]${on(`, map: "order_${n}_key"`)})
  ${on('@@index([at], type: Brin)')}
}

model Line${n} {
  id     Int    @id @default(autoincrement())
  year   Int
  number BigInt
  order  Order${n} @relation(fields: [year, number], references: [year, number], onDelete: Restrict, onUpdate: Cascade)
  part   String @unique
  weight Float? ${on('@db.Real')}
  @@index([year, number])
}

model Place${n} {
  code     String  @id
  above    String?
  parent   Place${n}?  @relation("place${n}", fields: [above], references: [code])
  children Place${n}[] @relation("place${n}")
  events   Event${n}[] @relation("in${n}")
  later    Event${n}[] @relation("then${n}")
}

model Event${n} {
  id    Int     @id @default(autoincrement())
  where String
  then  String?
  place Place${n}  @relation("in${n}", fields: [where], references: [code], onDelete: Cascade)
  next  Place${n}? @relation("then${n}", fields: [then], references: [code], onDelete: SetNull)
  @@unique([where, then])
}`
}
