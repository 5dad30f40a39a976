import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { importFiles } from '../../../trainer/data/import/import-files.ts'
import type { MarketStore } from '../../../trainer/data/market-store.ts'
import { validateSeries } from '../../../trainer/data/quality/validate-series.ts'
import { openParquetStore } from '../../../trainer/data/store/parquet-store.ts'

export interface Measured {
  readonly rows: number
  readonly importSeconds: number
  readonly validateSeconds: number
  readonly readSeconds: number
  readonly storeBytes: number
}

/** Imports files into a fresh store, validates it and reads all of it. */
export async function measureStore(files: readonly string[], folder: string): Promise<Measured> {
  const store = await openParquetStore(folder)
  try {
    return await measure(store, files, folder)
  } finally {
    await store.close()
  }
}

async function measure(store: MarketStore, files: readonly string[], folder: string): Promise<Measured> {
  const [imported, importSeconds] = await timed(() => importFiles(store, files, { judge: {} }))
  const [refused] = imported.refused
  if (refused !== undefined) throw refused.error
  const keys = imported.judgements.map(({ key }) => key)
  const storeBytes = await bytesOf(folder)
  const [, validateSeconds] = await timed(async () => {
    for (const key of keys) await validateSeries(store, key)
  })
  const [, readSeconds] = await timed(async () => {
    for (const key of keys) await store.read(key)
  })
  const rows = imported.imported.flatMap(({ series }) => series).reduce((sum, { added }) => sum + added, 0)
  return { rows, importSeconds, validateSeconds, readSeconds, storeBytes }
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now()
  const result = await work()
  return [result, (performance.now() - start) / 1000]
}

async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile())
  const sizes = await Promise.all(files.map(async file => (await stat(join(file.parentPath, file.name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
