import type { Diagnostic } from '../../lint/diagnostic.ts'
import type { Colour, Paint } from '../io.ts'
import { count } from '../print/table.ts'

const COLOURS: Readonly<Record<Diagnostic['severity'], Colour>> = { error: 'red', warning: 'yellow', info: 'cyan' }

/** Findings for a person: place and statement once, then what happens; why, and the safe way, where a rule speaks for the first time. */
export function findingLines(found: readonly Diagnostic[], paint: Paint): string[] {
  const lines: string[] = []
  const explained = new Set<string>()
  let last = ''
  for (const item of found) {
    const place = item.place === undefined ? item.subject : `${item.place.file}:${item.place.line}:${item.place.column}`
    const head = `${place}\n${item.subject}`
    if (head !== last) lines.push(...(last === '' ? [] : ['']), paint('bold', place), ...(item.place === undefined ? [] : [`  ${item.subject}`]))
    last = head
    lines.push(
      '', `  ${paint(COLOURS[item.severity], `${item.severity}[${item.code}]`)} ${item.message}`,
      ...(explained.has(item.code) ? [] : [
        ...(item.why === undefined ? [] : [`    why   ${item.why}`]),
        ...(item.hint === undefined ? [] : [`    safe  ${item.hint}`]),
        paint('dim', `    see docs/rules/${item.code}.md`),
      ]),
    )
    explained.add(item.code)
  }
  return lines
}

/** A finding among other lines, in short. */
export function diagnosticLines(item: Diagnostic, paint: Paint): string[] {
  const place = item.entry === undefined ? item.subject : item.place === undefined ? `entry ${item.entry}` : `${item.place.file}:${item.place.line}`
  const subject = item.message.startsWith(item.subject) ? '' : `${place}: `
  return [
    `  ${paint(COLOURS[item.severity], `${item.severity}[${item.code}]`)} ${subject}${item.message}`,
    ...(item.hint === undefined ? [] : [`      ${item.hint}`]),
    paint('dim', `      see docs/rules/${item.code}.md`),
  ]
}

/** `2 errors, 1 warning in 5 statements of 2 files.` */
export function summaryLine(found: readonly Diagnostic[], statements: number, texts: number, what: readonly [one: string, many: string]): string {
  const of = (severity: Diagnostic['severity']): number => found.filter((item) => item.severity === severity).length
  const parts = [count(of('error'), 'error'), count(of('warning'), 'warning'), ...(of('info') > 0 ? [`${of('info')} for information`] : [])]
  return `${found.length === 0 ? 'Nothing found' : parts.join(', ')} in ${count(statements, 'statement')} of ${count(texts, ...what)}.`
}

const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
const LEVELS: Readonly<Record<Diagnostic['severity'], string>> = { error: 'error', warning: 'warning', info: 'notice' }

/**
 * Annotations of a pull request, by the commands of GitHub Actions
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
 */
export function githubLines(found: readonly Diagnostic[]): string[] {
  return found.map((item) => {
    const place = item.place === undefined || item.entry !== undefined ? '' : `file=${escapeProperty(item.place.file)},line=${item.place.line},col=${item.place.column},`
    const where = item.entry === undefined ? '' : `entry ${item.entry}: `
    return `::${LEVELS[item.severity]} ${place}title=${escapeProperty(item.code)}::${escapeData([`${where}${item.message}`, item.why, item.hint === undefined ? undefined : `Safe: ${item.hint}`].filter((line) => line !== undefined).join('\n'))}`
  })
}
