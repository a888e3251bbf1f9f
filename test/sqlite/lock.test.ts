import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'
import { driver, openHandle, request, withDatabase, withFolder } from './support.ts'

test(`${driver}: one starter at a time has the lock of a file, and the others learn who`, async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'app.db')
    await withDatabase(path, async (one, first) => {
      await withDatabase(path, async (two, second) => {
        const held = await one.dialect.lock.tryAcquire(first, 'trueup')
        assert.ok(held)
        assert.equal(await two.dialect.lock.tryAcquire(second, 'trueup'), null)
        assert.match((await two.dialect.lock.holder(second, 'trueup')) ?? '', new RegExp(`^process ${process.pid} since \\d{4}-`))
        await second.execute('CREATE TABLE t (a)')
        assert.equal(await held.release(), true)
        assert.equal(await two.dialect.lock.holder(second, 'trueup'), null)
        const next = await two.dialect.lock.tryAcquire(second, 'trueup')
        assert.ok(next)
        assert.equal(await next.release(), true)
      })
    })
  })
})

test(`${driver}: a killed holder leaves the lock to the next`, async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'app.db')
    const script = join(folder, 'holder.mjs')
    const door = fileURLToPath(new URL('../../src/dialects/sqlite/sqlite.ts', import.meta.url))
    writeFileSync(script, `import { sqlite } from ${JSON.stringify(door)}
const database = sqlite(${JSON.stringify(path)}, { driver: ${JSON.stringify(driver)} })
const session = await database.open()
const held = await database.dialect.lock.tryAcquire(session, 'trueup')
console.log(held ? 'held' : 'not held')
setInterval(() => {}, 1000)`)
    const child = spawn(process.execPath, ['--import', 'tsx', script], { cwd: fileURLToPath(new URL('../..', import.meta.url)), stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    const [line] = await once(child.stdout, 'data')
    assert.equal(String(line).trim(), 'held')
    await withDatabase(path, async (database, session) => {
      assert.equal(await database.dialect.lock.tryAcquire(session, 'trueup'), null)
      assert.match((await database.dialect.lock.holder(session, 'trueup')) ?? '', new RegExp(`process ${child.pid} `))
      child.kill('SIGKILL')
      await exited
      const held = await database.dialect.lock.tryAcquire(session, 'trueup')
      assert.ok(held)
      assert.equal(await held.release(), true)
    })
  })
})

test(`${driver}: a lock that was lost stops the next step before it changes anything`, async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'app.db')
    await withDatabase(path, async (database, session) => {
      const held = await database.dialect.lock.tryAcquire(session, 'trueup')
      assert.ok(held)
      const step = { statements: ['CREATE TABLE t (a)'], transaction: true, locks: [] }
      await database.dialect.run(session, request({ step }))
      rmSync(`${path}-trueup-lock`)
      await withDatabase(path, async (other, second) => {
        const theirs = await other.dialect.lock.tryAcquire(second, 'trueup')
        assert.ok(theirs, 'somebody removed the file, and the next starter cannot know')
        const again = { ...step, statements: ['CREATE TABLE u (a)'] }
        await assert.rejects(database.dialect.run(session, request({ step: again })), { code: 'lock-lost' })
        assert.equal(await held.release(), false)
        assert.equal(await theirs.release(), true)
        assert.equal(await theirs.release(), false)
      })
      assert.equal((await database.read()).table.length, 1)
    })
  })
})

test(`${driver}: a database in memory is locked within the process`, async () => {
  const handle = await openHandle(':memory:')
  const [one, two] = [sqlite(handle), sqlite(handle)]
  const [first, second] = [await one.open(), await two.open()]
  const held = await one.dialect.lock.tryAcquire(first, 'trueup')
  assert.ok(held)
  assert.equal(await two.dialect.lock.tryAcquire(second, 'trueup'), null)
  assert.match((await two.dialect.lock.holder(second, 'trueup')) ?? '', /this process/)
  assert.equal(await held.release(), true)
  await first.release()
  await second.release()
  handle.close()
})

test(`${driver}: a file that cannot be written is reported with the way out`, { skip: process.getuid?.() === 0 && 'root may write everything' }, async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'app.db')
    await withDatabase(path, async (_, session) => void (await session.execute('CREATE TABLE t (a)')))
    chmodSync(path, 0o444)
    await withDatabase(path, async (database, session) => {
      const [missing] = await database.dialect.missingRights(session, [{ right: 'create-in-schema', schema: 'main' }])
      assert.match(missing?.grant ?? '', /^chmod u\+w /)
    })
  })
})
