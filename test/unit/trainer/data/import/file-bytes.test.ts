import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { readLines } from '../../../../../trainer/data/import/csv-lines.ts'
import { openFileBytes } from '../../../../../trainer/data/import/file-bytes.ts'
import { failureOf, writeMarketFile } from './market-file.ts'

const text = Array.from({ length: 5000 }, (_, i) => `${i},${i * i}`).join('\n')
const bytes = new TextEncoder().encode(text)

async function read(path: string): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of (await openFileBytes(path)).chunks) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

describe('openFileBytes', () => {
  it.each<[string, Uint8Array]>([
    ['plain', bytes],
    ['gzipped', gzipSync(bytes)],
    ['gzipped in two members', Buffer.concat([gzipSync(bytes.subarray(0, 999)), gzipSync(bytes.subarray(999))])],
    ['zipped', zipSync({ 'a.csv': bytes })],
    ['zipped without compression', zipSync({ 'a.csv': [bytes, { level: 0 }] })],
    [
      'zipped with a comment and a folder',
      zipSync({ 'x/': new Uint8Array(), 'x/a.csv': bytes }, { comment: 'of a day' }),
    ],
  ])('gives the content of a file that is %s', async (_, content) => {
    expect(await read(await writeMarketFile('file', content))).toBe(text)
  })

  it('notices a gzip file that ends early, wherever it does', async () => {
    const whole = gzipSync(bytes)
    for (const length of [5, 20, whole.length >> 1, whole.length - 9, whole.length - 1]) {
      const path = await writeMarketFile('file.csv.gz', whole.subarray(0, length))
      const error = await failureOf(read(path))
      expect(error.code).toBe('CORRUPT_GZIP')
      expect(error.message).toContain(`${path}: cannot be decompressed`)
    }
  })

  it('notices a zip file that ends early, wherever it does', async () => {
    const whole = zipSync({ 'a.csv': bytes })
    for (const length of [5, 30, whole.length >> 1, whole.length - 1]) {
      const error = await failureOf(read(await writeMarketFile('file.zip', whole.subarray(0, length))))
      expect(error.code).toBe('CORRUPT_ZIP')
      expect(error.message).toContain('truncated or altered; get it again')
    }
  })

  it('notices a byte of a zip file that was altered', async () => {
    const stored = zipSync({ 'a.csv': [bytes, { level: 0 }] })
    stored[1000] ^= 1
    const error = await failureOf(read(await writeMarketFile('file.zip', stored)))
    expect(error.code).toBe('CORRUPT_ZIP')
    expect(error.message).toMatch(/CRC-32/)
  })

  it('wants one file in a zip file', async () => {
    const error = await failureOf(read(await writeMarketFile('file.zip', zipSync({ 'a.csv': bytes, 'b.csv': bytes }))))
    expect(error.code).toBe('UNSUPPORTED_LAYOUT')
    expect(error.message).toContain('2 files (a.csv, b.csv)')
  })

  it('names a file that is not there', async () => {
    const error = await failureOf(read('/nowhere/file.csv'))
    expect(error.code).toBe('NO_SUCH_FILE')
    expect(error.message).toContain('/nowhere/file.csv: cannot be read (ENOENT)')
  })
})

describe('readLines', () => {
  const linesOf = async (content: string, cuts: readonly number[]) => {
    const whole = Buffer.from(content)
    const at = [0, ...[...cuts].sort((a, b) => a - b).map(cut => Math.min(cut, whole.length)), whole.length]
    const chunks = at.slice(1).map((end, i) => whole.subarray(at[i], end))
    const lines: string[] = []
    const numbers: number[] = []
    const { ended } = await readLines(asyncOf(chunks), 'file', (part, start, end, line) => {
      lines.push(Buffer.from(part.subarray(start, end)).toString())
      numbers.push(line)
    })
    return { lines, numbers, ended }
  }
  async function* asyncOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
    yield* chunks
  }

  it('gives the same lines wherever the chunks end', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', '1', ',', '€', ''), maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.nat(60)),
        async (lines, ending, cuts) => {
          const content = lines.map(l => l + ending).join('')
          const kept = [...lines]
          while (kept.at(-1) === '') kept.pop()
          const result = await linesOf(content, cuts)
          expect(result.lines).toEqual(kept)
          expect(result.numbers).toEqual(kept.map((_, i) => i + 1))
          expect(result.ended).toBe(true)
        },
      ),
    )
  })

  it('says whether the last line has an end', async () => {
    expect(await linesOf('a\nb', [])).toMatchObject({ lines: ['a', 'b'], ended: false })
    expect(await linesOf('a\nb\n', [1, 2, 3])).toMatchObject({ lines: ['a', 'b'], ended: true })
  })

  it('ends at a line of more than a megabyte', async () => {
    expect((await failureOf(linesOf('x'.repeat(1.5e6), [1e6]))).code).toBe('NOT_TEXT')
  })
})
