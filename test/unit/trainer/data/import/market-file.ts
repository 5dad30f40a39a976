import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { SourceError } from '../../../../../sdk/errors.ts'
import type { MarketFile } from '../../../../../trainer/data/import/layout.ts'
import { type ReadMarketFileOptions, readMarketFile } from '../../../../../trainer/data/import/read-market-file.ts'
import type { DataKind } from '../../../../../trainer/data/kind.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Writes a file into this test's folder; returns its path. */
export async function writeMarketFile(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  return path
}

/** Reads a file of these lines. */
export const readLinesAs = async (
  name: string,
  lines: readonly string[],
  options: ReadMarketFileOptions = {},
): Promise<MarketFile> => readMarketFile(await writeMarketFile(name, `${lines.join('\n')}\n`), options)

/** The rows of a file's series of one kind. */
export function rowsOf(file: MarketFile, kind: DataKind): Record<string, number | string>[] {
  const { table } = file.series.find(({ key }) => key.kind === kind)!
  return Array.from({ length: table.length }, (_, i) =>
    Object.fromEntries(Object.entries(table.columns).map(([name, values]) => [name, values[i]])),
  )
}

/** The error that reading ends with. */
export async function failureOf(reading: Promise<unknown>): Promise<SourceError> {
  const error = await reading.then(
    () => null,
    (e: unknown) => e,
  )
  expect(error).toBeInstanceOf(SourceError)
  return error as SourceError
}
