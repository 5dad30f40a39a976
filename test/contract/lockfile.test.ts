import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

interface Locked {
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

const lockfile = resolve(import.meta.dirname, '../../package-lock.json')
const packages: Record<string, Locked> = JSON.parse(readFileSync(lockfile, 'utf8')).packages

/** Where Node finds a package from a folder: in it, or in one above. */
function isLocked(from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true
    if (folder === '') return false
  }
}

describe('package-lock.json', () => {
  // A registry that lacks other systems' binaries leaves them out when it writes the file, and npm ci then refuses it.
  it('has every package that another one depends on, for every operating system: npm ci accepts it', () => {
    const missing = Object.entries(packages).flatMap(([folder, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies }).filter(name => !isLocked(folder, name)),
    )
    expect(missing).toEqual([])
  })
})
