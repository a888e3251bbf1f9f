import assert from 'node:assert/strict'
import { test } from 'node:test'
import { understand, UsageError } from '../../src/cli/arguments.ts'
import { CATALOGUE, isCommand, type CommandText } from '../../src/cli/catalogue.ts'

const say = (line: string): string => {
  try {
    understand(line.split(' ').filter((word) => word !== ''))
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error))
    return error.message
  }
  return 'accepted'
}

test('nothing, --help and help ask for help', () => {
  assert.deepEqual(understand([]), { kind: 'help', command: undefined })
  for (const line of [['--help'], ['-h'], ['help']]) assert.deepEqual(understand(line), { kind: 'help', command: undefined })
  for (const line of [['apply', '--help'], ['apply', '--alow', '-h'], ['help', 'apply']]) assert.deepEqual(understand(line), { kind: 'help', command: 'apply' })
  assert.deepEqual(understand(['--version']), { kind: 'version' })
})

test('flags and words are parsed, in any order', () => {
  assert.deepEqual(understand(['rollback', 'a', '--dry-run', 'b c', '--allow=destructive', '--config', 'x.ts']), {
    kind: 'command', command: 'rollback', config: 'x.ts',
    parsed: { flags: { to: undefined, 'dry-run': true, allow: 'destructive', json: false }, words: ['a', 'b c'] },
  })
  const apply = understand(['--config', 'x.ts', 'apply', '--include', 'a', '--include', '', '--lock-timeout', '0', '--confirm=--odd'])
  assert.ok(apply.kind === 'command')
  assert.equal(apply.config, 'x.ts')
  assert.deepEqual(apply.parsed.flags, {
    'dry-run': false, allow: undefined, confirm: '--odd', include: ['a', ''], 'on-ahead': undefined, 'long-steps': undefined, 'lock-timeout': 0, 'wait-for-lock': undefined, 'require-rehearsal': undefined, 'max-age': undefined, json: false,
  })
  const words = understand(['rollback', '--', '--odd-id'])
  assert.deepEqual(words.kind === 'command' && words.parsed.words, ['--odd-id'])
})

test('what is wrong is named, with the nearest right thing', () => {
  assert.equal(say('aply'), 'there is no command "aply"; did you mean apply?')
  assert.equal(say('frobnicate'), 'there is no command "frobnicate"')
  assert.equal(say('constructor'), 'there is no command "constructor"')
  assert.equal(say('apply --alow x'), 'trueup apply has no flag --alow; did you mean --allow?')
  assert.equal(say('apply --constructor'), 'trueup apply has no flag --constructor')
  assert.equal(say('status --allow safe'), 'trueup status has no flag --allow')
  assert.equal(say('apply -x'), 'trueup apply has no flag -x')
  assert.equal(say('apply --allow onlin'), '--allow onlin: expected safe, online, blocking, incompatible or destructive; did you mean online?')
  assert.equal(say('apply --allow'), '--allow needs a value: --allow CLASS')
  assert.equal(say('apply --confirm --json'), '--confirm needs a value: --confirm HASH')
  assert.equal(say('apply --lock-timeout -5'), '--lock-timeout -5: expected a whole number, 0 or more')
  assert.equal(say('apply --lock-timeout 1e3'), '--lock-timeout 1e3: expected a whole number, 0 or more')
  assert.equal(say('history --limit 1 --limit 2'), '--limit was given twice')
  assert.equal(say('status --json=1'), '--json takes no value')
  assert.equal(say('status extra'), 'trueup status does not take "extra": trueup status [--json]')
  assert.match(say('new'), /^something is missing: trueup new column/)
  assert.equal(say('--json'), '--json needs a command before it, such as `trueup status`')
})

test('every example of the help is understood', () => {
  const texts: readonly CommandText[] = Object.values(CATALOGUE)
  for (const [example] of texts.flatMap((text) => text.examples)) {
    const words = [...example.replace(/ > .*/, '').matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '')
    assert.equal(words[0], 'trueup')
    const request = understand(words.slice(1))
    assert.ok(request.kind === 'command' && isCommand(request.command), example)
  }
})
