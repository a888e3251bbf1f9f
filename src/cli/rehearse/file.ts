import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { TrueupError } from '../../errors.ts'
import type { Rehearsal } from '../../rehearse/rehearse.ts'

/** Where a report is kept when nothing else is said. */
export const REPORT_FILE = 'trueup-rehearsal.json'

/** Writes the report in one piece: whoever reads meanwhile finds the old one or the new one. */
export function writeReport(rehearsal: Rehearsal, name: string, cwd: string): void {
  const path = resolve(cwd, name)
  writeFileSync(`${path}.${process.pid}.tmp`, `${JSON.stringify(rehearsal, null, 2)}\n`)
  renameSync(`${path}.${process.pid}.tmp`, path)
}

/** @throws TrueupError `not-rehearsed` when there is none that can be read */
export function readReport(name: string, cwd: string): Rehearsal {
  const path = resolve(cwd, name)
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof read !== 'object' || read === null || !('format' in read) || !('outcome' in read) || !('at' in read)) throw new Error('it is no report of a rehearsal')
    // What it is was looked at; the requirement itself looks at the rest.
    return read as Rehearsal
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new TrueupError('not-rehearsed', `Nothing was done: ${missing ? `there is no report of a rehearsal at ${path}` : `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`}.`, {
      hint: 'Rehearse the plan on a copy, `trueup rehearse --on URL`, and bring the report along; or name it: --require-rehearsal=FILE', cause: error,
    })
  }
}
