import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadModule, parseSync } from 'libpg-query'
import { strengthOf } from '../../src/dialects/facts.ts'
import { Analyser } from '../../src/dialects/postgres/analyse/analyse.ts'
import { splitStatements } from '../../src/dialects/postgres/text/split.ts'
import { STATEMENT_RULES } from '../../src/lint/sql/rules.ts'
import { corpusFolder } from '../cases/corpus.ts'
import { filesOf, readCases, table, verdicts, type Verdict } from './agreement.ts'
import { CORRESPONDING, DISAGREEMENTS } from './disagreements.ts'

const folder = corpusFolder()
const skip = folder === null ? 'the cases of other tools are not beside the repository (TRUEUP_CASES says where else)' : false
const place = folder ?? ''

test('every disagreement with other tools is explained, and there are few', { skip }, async (t) => {
  const all: Verdict[] = []
  for (const source of ['squawk', 'eugene', 'atlas-lint']) all.push(...(await verdicts(readCases(place, source))))
  for (const row of table(all)) {
    t.diagnostic(`${row.rule.padEnd(38)} ${row.ours.join(' ').padEnd(20)} violations ${row.violations.agree}/${row.violations.of}, clean ${row.clean.agree}/${row.clean.of}`)
  }
  const apart = all.filter((one) => one.ours !== one.theirs)
  for (const one of apart) t.diagnostic(`${one.theirs ? 'not found' : 'found'}: ${one.rule} in ${one.id}: ${one.reason ?? 'UNEXPLAINED'}`)
  t.diagnostic(`${all.length - apart.length} of ${all.length} agree`)
  assert.deepEqual(apart.filter((one) => one.reason === null).map((one) => `${one.id} ${one.rule}`), [])
  assert.ok(all.length > 300 && apart.length / all.length <= 0.05, `${apart.length} of ${all.length} disagree`)
  assert.deepEqual(all.filter((one) => CORRESPONDING[one.rule] === undefined).map((one) => one.rule), [], 'a rule of another tool that no table of ours has')
  const explained = Object.keys(DISAGREEMENTS).filter((key) => !apart.some((one) => key === one.id || key === `${one.id} ${one.rule}`))
  assert.deepEqual(explained, [], 'an explanation for what is no disagreement')
})

test('what corresponds is a rule', () => {
  const codes = new Set(STATEMENT_RULES.map(({ code }) => code))
  assert.deepEqual(Object.values(CORRESPONDING).flatMap((one) => one.codes).filter((code) => !codes.has(code)), [])
})

/** Locks on tables that a trace of another tool saw and that we do not tell, by case. */
const TRACED_ON_INDEXES = /_pkey$|_idx$|_key$/

test('the locks that a trace saw on tables are those that the analyser tells', { skip }, async (t) => {
  await loadModule()
  const apart: string[] = []
  let compared = 0
  for (const item of readCases(place, 'eugene').filter((one) => one.kind === 'trace')) {
    const analyser = new Analyser(parseSync)
    const told = filesOf(item).flatMap((text) => analyser.analyse(text, { transaction: !/concurrently/i.test(text), lockTimeout: null, major: 16 }))
    for (const traced of item.locks ?? []) {
      const words = traced.statement.replace(/^(\s*--[^\n]*\n)*/, '').trim()
      const facts = told.find((one) => one.text.trim() === words)
      assert.ok(facts, `${item.id}: ${words}`)
      // The strongest lock of a table holds the weaker ones.
      const strongest = new Map<string, string>()
      for (const lock of traced.locks.filter((one) => !TRACED_ON_INDEXES.test(one.object))) {
        const mode = lock.mode.replace(/Lock$/, '').replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase()
        if (strengthOf(mode) > strengthOf(strongest.get(lock.object) ?? 'ACCESS SHARE')) strongest.set(lock.object, mode)
      }
      for (const [object, mode] of strongest) {
        compared += 1
        const ours = facts.locks.find((lock) => lock.relation.name === object)?.mode
        if (ours !== mode) apart.push(`${item.id}: ${words.split('\n')[0]}: ${object}: ${ours} instead of ${mode}`)
      }
    }
  }
  t.diagnostic(`${compared} locks compared`)
  assert.ok(compared > 10)
  assert.deepEqual(apart, [])
})

test('texts of PostgreSQL are cut where another tool cuts them', { skip }, async (t) => {
  await loadModule()
  const plain = (text: string): string => text.trim().replace(/;\s*$/, '').trim()
  let compared = 0
  for (const line of readFileSync(join(place, 'atlas-splitter.jsonl'), 'utf8').split('\n').filter((one) => one !== '')) {
    const item = JSON.parse(line) as { readonly id: string; readonly sql: string; readonly statements: readonly string[] }
    try {
      parseSync(item.sql)
    } catch {
      // Delimiters of MySQL's client, batches of SQL Server, comments with #: no text of PostgreSQL.
      t.diagnostic(`${item.id}: left out, PostgreSQL's parser refuses it`)
      continue
    }
    compared += 1
    assert.deepEqual(splitStatements(item.sql).map((one) => plain(one.text)), item.statements.map(plain), item.id)
  }
  assert.ok(compared >= 4)
})
