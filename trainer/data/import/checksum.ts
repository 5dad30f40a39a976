import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileError } from './file-error.ts'

const SHA256 = /\b[0-9a-f]{64}\b/i

/**
 * Compares a file with the `.CHECKSUM` file beside it (`<sha-256>  <name>`, as Binance's archive gives them), where there
 * is one.
 * @throws SourceError `CHECKSUM`
 */
export async function verifyChecksum(path: string): Promise<void> {
  const beside = `${path}.CHECKSUM`
  const text = await readFile(beside, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw fileError('CHECKSUM', { path: beside }, `cannot be read (${error.code}). Make it readable, or remove it.`)
  })
  if (text === null) return
  const expected = SHA256.exec(text)?.[0].toLowerCase()
  if (expected === undefined) {
    throw fileError(
      'CHECKSUM',
      { path: beside },
      `holds no SHA-256 ("${text.slice(0, 80).trim()}"). Get it again, or remove it.`,
    )
  }
  const actual = await sha256(path)
  if (actual !== expected) {
    throw fileError(
      'CHECKSUM',
      { path },
      `its SHA-256 is ${actual.slice(0, 12)}…, and ${basename(beside)} says ${expected.slice(0, 12)}…. The file is truncated or altered; get it again.`,
    )
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw fileError('NO_SUCH_FILE', { path }, `cannot be read (${code}). Give a file that exists and may be read.`)
  }
  return hash.digest('hex')
}
