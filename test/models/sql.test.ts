import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTrueupError } from '../../src/errors.ts'
import { fromSql } from '../../src/models/sql.ts'

const context = { dialect: 'postgres', defaultSchema: 'public' }

test('a text, a named text, a list, and the empty schema', async () => {
  assert.deepEqual(await fromSql('').declare(context), { form: 'text', texts: [{ name: 'models', text: '' }] })
  assert.deepEqual(await fromSql({ name: 'schema.sql', text: '\uFEFFCREATE TABLE a ()' }).declare(context), {
    form: 'text', texts: [{ name: 'schema.sql', text: 'CREATE TABLE a ()' }],
  })
  assert.deepEqual(await fromSql(['one', { name: 'b.sql', text: 'two' }]).declare(context), {
    form: 'text', texts: [{ name: 'models[0]', text: 'one' }, { name: 'b.sql', text: 'two' }],
  })
})

test('something else than text is refused when the source is made', () => {
  // The type forbids it; JavaScript does not.
  assert.throws(() => fromSql([undefined] as unknown as string[]), (error: unknown) => isTrueupError(error) && error.code === 'models-invalid')
})
