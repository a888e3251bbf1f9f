import type { BackfillRequest } from '../dialect.ts'
import { compare } from './backfill-compare.ts'
import type { KeyColumn } from './backfill-survey.ts'
import { literal, quoteName, quotePath } from './literal.ts'

/** Settings under which the text of a key is exact, and is read the same under all others. */
const EXACT_TEXT = [['DateStyle', 'ISO, YMD'], ['IntervalStyle', 'iso_8601'], ['extra_float_digits', '3']] as const

/**
 * One batch as a block: finds its last key, updates the rows up to it, and counts them, without a turn to the client between.
 * The statements inside are planned with the very keys, so that the planner knows how few rows they are.
 */
export function batchBlock(request: BackfillRequest, key: readonly KeyColumn[]): string {
  const table = quotePath(request.table.schema, request.table.name)
  const names = key.map((column) => quoteName(column.name)).join(', ')
  const texts = key.map(textOf).join(', ')
  const downwards = key.map((column) => `${quoteName(column.name)} DESC`).join(', ')
  const head = literal(`SELECT pg_catalog.json_build_array(${texts}) FROM (SELECT ${names} FROM ${table} WHERE `)
  const where = request.where === null ? '' : ` AND (${request.where}\n)`
  const needsSettings = key.some((column) => column.text === 'other')
  const body = `
DECLARE
  since pg_catalog.json := nullif(pg_catalog.current_setting('trueup.after'), '')::pg_catalog.json;
  above pg_catalog.text := CASE WHEN since IS NULL THEN 'true' ELSE ${written('>', key, 'since')} END;
  until pg_catalog.json;
  is_last pg_catalog.bool := false;
  changed pg_catalog.int8 := 0;
${needsSettings ? EXACT_TEXT.map(([name], i) => `  former_${i} pg_catalog.text := pg_catalog.current_setting('${name}');\n`).join('') : ''}BEGIN
${needsSettings ? EXACT_TEXT.map(([name, value]) => `  PERFORM pg_catalog.set_config('${name}', '${value}', true);\n`).join('') : ''}  EXECUTE ${head} || above || ${literal(` ORDER BY ${names} OFFSET `)} || (pg_catalog.current_setting('trueup.size')::pg_catalog.int8 - 1) || ' LIMIT 1) AS last_of_batch' INTO until;
  IF until IS NULL THEN
    is_last := true;
    EXECUTE ${head} || above || ${literal(` ORDER BY ${downwards} LIMIT 1) AS last_of_all`)} INTO until;
  END IF;
${needsSettings ? EXACT_TEXT.map(([name], i) => `  PERFORM pg_catalog.set_config('${name}', former_${i}, true);\n`).join('') : ''}  IF until IS NOT NULL THEN
    EXECUTE ${literal(`UPDATE ${table} SET ${request.set}\n WHERE `)} || above || ' AND ' || ${written('<=', key, 'until')} || ${literal(where)};
    GET DIAGNOSTICS changed = ROW_COUNT;
  END IF;
  PERFORM pg_catalog.set_config('trueup.after', coalesce(until, since)::pg_catalog.text, true),
    pg_catalog.set_config('trueup.changed', changed::pg_catalog.text, true), pg_catalog.set_config('trueup.last', is_last::pg_catalog.text, true);
END`
  return `DO ${literal(body)}`
}

/** An expression of the block that writes the comparison with the key that a variable of it holds. */
function written(operator: '>' | '<=', key: readonly KeyColumn[], variable: string): string {
  // A mark that no name can hold stands for each value until the text is cut there.
  const parts = compare(operator, key, key.map((_, i) => `\u0000${i}\u0000`)).split('\u0000')
  return parts.map((part, i) => (i % 2 === 0 ? literal(part) : `pg_catalog.quote_literal(${variable}->>${part})`)).join(' || ')
}

function textOf(column: KeyColumn): string {
  return column.text === 'date' ? `pg_catalog.to_json(${quoteName(column.name)}) #>> '{}'` : `${quoteName(column.name)}::pg_catalog.text`
}
