import { q, text } from '../names.ts'
import type { World } from './world.ts'
import { COUNTER, LAW, NEXT, NOTICE, SECOND, comment } from './world.ts'

/** Labels by position; the first is always there. */
const LABELS = ['ok', 'B', "it's", 'd e', 'größe', 'ä"ö'] as const

/** Schemas, types, sequences and the routines that tables may use. */
export function typeStatements(world: World): readonly string[] {
  const { spec } = world
  return [
    `CREATE SCHEMA ${q(LAW)}`,
    ...(spec.second ? [`CREATE SCHEMA ${q(SECOND)}`] : []),
    ...(spec.collation === 'none' ? [] : [`CREATE COLLATION ${q(LAW)}.${q('Own')} (locale = '${spec.collation}')`]),
    ...mood(world), ...positive(world), ...pair(world), ...span(world), ...counter(world), ...routines(world),
  ]
}

function mood({ spec: { mood: one }, moodSchema }: World): readonly string[] {
  if (one === null) return []
  const labels = LABELS.filter((_, at) => at === 0 || one.values[at - 1] === true).map(text)
  const name = `${q(moodSchema)}.${q('Mood')}`
  return [`CREATE TYPE ${name} AS ENUM (${(one.reversed ? labels.reverse() : labels).join(', ')})`, ...comment(one.comment, `TYPE ${name}`)]
}

function positive({ spec: { positive: one } }: World): readonly string[] {
  if (one === null) return []
  const checks = one.base === 'text' ? ['length(VALUE) < 100', `VALUE <> ''`] : ['VALUE > 0', 'VALUE < 1000']
  const said = one.checks.flatMap((there, at) => (there ? [`CONSTRAINT ${q(`Check ${at}`)} CHECK (${checks[at] ?? 'true'})`] : []))
  const name = `${q(LAW)}.${q('Positive')}`
  return [`CREATE DOMAIN ${name} AS ${one.base}${one.default ? ` DEFAULT '7'` : ''}${one.notNull ? ' NOT NULL' : ''} ${said.join(' ')}`, ...comment(one.comment, `DOMAIN ${name}`)]
}

function pair({ spec, moodSchema }: World): readonly string[] {
  const one = spec.pair
  if (one === null) return []
  const second = one.second === 'mood' ? (spec.mood === null ? 'text' : `${q(moodSchema)}.${q('Mood')}`) : one.second
  return [`CREATE TYPE ${q(LAW)}.pair AS (key integer, ${q('Second')} ${second}${one.third ? `, "third;" numeric(5,1)` : ''})`, ...comment(one.comment, `TYPE ${q(LAW)}.pair`)]
}

function span({ spec: { span: one } }: World): readonly string[] {
  if (one === null) return []
  const name = `${q(LAW)}.${q('Span of')}`
  return [`CREATE TYPE ${name} AS RANGE (subtype = integer${one.difference ? ', subtype_diff = int4range_subdiff' : ''})`, ...comment(one.comment, `TYPE ${name}`)]
}

function counter({ spec: { counter: one }, version }: World): readonly string[] {
  if (one === null) return []
  const unlogged = one.unlogged && version >= 150000 ? 'UNLOGGED ' : ''
  return [
    `CREATE ${unlogged}SEQUENCE ${COUNTER} AS ${one.type} INCREMENT ${one.step}${one.bounded ? ' MINVALUE 5 MAXVALUE 5000 START 50 CACHE 3' : ''}${one.cycle ? ' CYCLE' : ''}`,
    ...comment(one.comment, `SEQUENCE ${COUNTER}`),
  ]
}

function routines({ spec }: World): readonly string[] {
  const { next, aggregate, notice, procedure } = spec
  const body = ['1', '41 + 1', `length('it''s; $$')`][next?.body ?? 0] ?? '1'
  const options = next === null ? '' : [next.volatility, ...(next.strict ? ['STRICT'] : []), ...(next.definer ? ['SECURITY DEFINER'] : []), ...(next.path ? [`SET search_path = 'pg_catalog', ''`] : []), ...(next.cost ? ['COST 7'] : [])].join(' ')
  const code = next?.language === 'plpgsql' ? `BEGIN RETURN ${body}; END` : `SELECT ${body}`
  return [
    ...(next === null ? [] : [`CREATE FUNCTION ${NEXT} RETURNS integer LANGUAGE ${next.language} ${options} AS $law$${code}$law$`, ...comment(next.comment, `FUNCTION ${NEXT}`)]),
    `CREATE FUNCTION ${NOTICE} RETURNS trigger LANGUAGE plpgsql AS 'BEGIN /* ${notice} */ RETURN coalesce(NEW, OLD); END'`,
    ...(procedure ? [`CREATE PROCEDURE ${q(LAW)}.${q('Do it')}(a integer, INOUT b text DEFAULT 'x;y') LANGUAGE plpgsql AS 'BEGIN b := a::text; END'`] : []),
    ...(aggregate === 'none' ? [] : [
      `CREATE FUNCTION ${q(LAW)}.plus(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'`,
      `CREATE AGGREGATE ${q(LAW)}.${q('Total of')}(integer) (SFUNC = ${q(LAW)}.plus, STYPE = integer${aggregate === 'initial' ? `, INITCOND = '0'` : ''})`,
    ]),
  ]
}
