import type { Pair } from '../../online.ts'
import type { Column } from '../../../schema/schema.ts'
import { literal, qualified, quoteName } from '../render/names.ts'

/** Two columns of a pair as they are. */
export interface Sides {
  readonly from: Column
  readonly to: Column
}

/** A value that stays the same for a whole statement: both sides can have it as their default, and show by it which one was given. */
export const isSteady = (column: Column): boolean => column.default !== null && column.identity == null && !/\(/.test(column.default.replaceAll(/'(?:[^']|'')*'/g, '').replaceAll(/\bnow\(\)|::[\w ."]+\([\d,]+\)/g, ''))

const own = (pair: Pair): string => qualified({ schema: pair.table.schema, name: pair.name })

/** Images are compared, not values: `1.0` and `1.00`, or two spellings of a case-insensitive text, are told apart, and every type has them. */
const differs = (a: string, b: string): string => `pg_catalog.record_image_ne(ROW(${a}), ROW(${b}))`

/** How a row shows that its two sides are not in step. */
export function outOfStep(pair: Pair, sides: Sides): string {
  if (pair.kind === 'retype' && pair.stage === 'ready') return isNeither(pair, sides)
  return differs(quoteName(pair.to), goingOver(pair, sides))
}

/**
 * After the switch a value is either one that came over, as it was written then, or one that went back. The column's own name, by
 * which `using` and `back` know it, is the new side's by then.
 */
function isNeither(pair: Pair, { from, to }: Sides): string {
  const [one, other] = [quoteName(pair.from), quoteName(pair.to)]
  const came = `(SELECT (${pair.using ?? other}\n)::${to.type} FROM (SELECT ${one} AS ${other}) AS given)`
  return `CASE WHEN ${differs(one, `((${pair.back ?? other}\n)::${from.type})`)} THEN ${differs(other, came)} ELSE false END`
}

/** The value of the new side, from the old one. */
export function goingOver(pair: Pair, { to }: Sides): string {
  if (pair.kind === 'rename') return quoteName(pair.from)
  return `((${pair.using ?? quoteName(pair.from)}\n)::${to.type})`
}

/** The function that keeps a pair in step. */
export function keeper(pair: Pair, sides: Sides, publicName: string): string {
  const body = pair.kind === 'rename' ? bothWays(pair, sides) : oneWay(pair, sides, publicName)
  let tag = '$trueup$'
  for (let number = 1; body.includes(tag); number += 1) tag = `$trueup${number}$`
  return `CREATE OR REPLACE FUNCTION ${own(pair)}() RETURNS trigger LANGUAGE plpgsql AS ${tag}\n#variable_conflict use_column\nBEGIN\n${body}\n  RETURN NEW;\nEND\n${tag}`
}

/** Nobody but this trigger writes the other side: before the switch the new one, after it the old one. */
function oneWay(pair: Pair, { from, to }: Sides, publicName: string): string {
  const [source, goal] = pair.stage === 'ready' ? [pair.to, pair.from] : [pair.from, pair.to]
  const [text, type] = pair.stage === 'ready' ? [pair.back, from.type] : [pair.using, to.type]
  const value = text === null ? `NEW.${quoteName(source)}::${type}` : `(SELECT (${text}\n)::${type} FROM (SELECT NEW.${quoteName(source)} AS ${quoteName(publicName)}) AS given)`
  return `  NEW.${quoteName(goal)} := ${value};`
}

function bothWays(pair: Pair, { from }: Sides): string {
  const [one, other] = [quoteName(pair.from), quoteName(pair.to)]
  const usual = `((${isSteady(from) ? from.default : 'NULL'}\n)::${from.type})`
  return [
    "  IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN",
    // The side that is not at its default was given.
    `    IF ${differs(`NEW.${other}`, usual)} THEN`,
    `      NEW.${one} := NEW.${other};`,
    '    ELSE',
    `      IF ${differs(`NEW.${one}`, isSteady(from) ? usual : `NULL::${from.type}`)} THEN${noteUse(pair, !isSteady(from) && (from.default !== null || from.identity != null))} END IF;`,
    `      NEW.${other} := NEW.${one};`,
    '    END IF;',
    `  ELSIF ${differs(`NEW.${other}`, `OLD.${other}`)} THEN`,
    `    NEW.${one} := NEW.${other};`,
    '  ELSE',
    `    IF ${differs(`NEW.${one}`, `OLD.${one}`)} THEN${noteUse(pair, false)} END IF;`,
    `    NEW.${other} := NEW.${one};`,
    '  END IF;',
  ].join('\n')
}

/**
 * The last use of the old side is kept in a sequence, in seconds, at most once a minute: reading one takes no lock that others
 * wait for, and what is written there is no row of a table. A value that the server made up itself is no use.
 */
function noteUse(pair: Pair, isMadeUp: boolean): string {
  if (isMadeUp) return ' NULL;'
  const now = "pg_catalog.date_part('epoch', pg_catalog.clock_timestamp())::pg_catalog.int8"
  return `\n      IF pg_catalog.int8lt((SELECT last_value FROM ${own(pair)}), pg_catalog.int8mi(${now}, 60)) THEN PERFORM pg_catalog.setval(${literal(own(pair))}::pg_catalog.regclass, ${now}); END IF;\n     `
}
