/** A text as a literal, whatever `standard_conforming_strings` says and whatever stands before it. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

/** A name in double quotes, verbatim: upper case, blanks and quotes survive. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** `"schema"."name"`. */
export function quotePath(...path: readonly string[]): string {
  return path.map(quoteName).join('.')
}
