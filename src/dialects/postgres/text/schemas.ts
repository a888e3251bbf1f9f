import type { SourceText } from '../../dialect.ts'
import type { Token } from './tokens.ts'
import { splitStatements } from './split.ts'

/** The schemas that texts create: what they declare outside of the default one. */
export function schemasOf(texts: readonly SourceText[]): readonly string[] {
  const found = texts.flatMap(({ text }) => splitStatements(text).map((statement) => createdSchema(statement.tokens)))
  return [...new Set(found.filter((name) => name !== null))]
}

/** `CREATE SCHEMA [IF NOT EXISTS] name` or `CREATE SCHEMA AUTHORIZATION role`, whose name is the role's. */
function createdSchema(tokens: readonly Token[]): string | null {
  const [create, schema, ...rest] = tokens
  if (create?.value !== 'create' || schema?.value !== 'schema') return null
  const isClause = rest[0]?.value === 'if' && rest[1]?.value === 'not'
  const [first, second] = isClause ? rest.slice(3) : rest
  const name = first?.kind === 'word' && first.value === 'authorization' ? second : first
  if (name === undefined) return null
  return name.kind === 'name' ? name.value.slice(1, -1).replaceAll('""', '"') : name.value
}
