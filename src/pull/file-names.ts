/** Names of devices, which some systems do not take as file names. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/

/** Bytes of one part of a file name; a whole path segment may have 255. */
const LONGEST = 80

/**
 * A name of a database as a part of a file name: the same for the same name, different for different ones, whatever a file
 * system thinks of case, blanks, dots or unicode. Plain names stay as they are.
 */
export function fileName(name: string): string {
  const plain = name.toLowerCase().replace(/[^\p{Ll}\p{Lo}\p{N}_-]/gu, '_')
  const cut = cutTo(plain, LONGEST)
  if (cut === name && /^[a-z0-9_][a-z0-9_-]*$/.test(name) && !DEVICES.test(name)) return name
  return `${cut}~${hash(name)}`
}

function cutTo(text: string, bytes: number): string {
  const encoder = new TextEncoder()
  let kept = ''
  let length = 0
  for (const character of text) {
    length += encoder.encode(character).length
    if (length > bytes) return kept
    kept += character
  }
  return kept
}

/** FNV-1a with 32 bits, once over the text and once more with another start: short, and the same everywhere. */
function hash(text: string): string {
  const round = (start: number): string => {
    let value = start
    for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0
    return value.toString(36).padStart(7, '0')
  }
  return round(0x811c9dc5) + round(0x9747b28c).slice(0, 3)
}
