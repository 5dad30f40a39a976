import { join } from 'node:path'
import type { LogEntry, SeriesKey } from '../market-store.ts'
import { listStoredFiles, nextSequence, readStoredFile, writeStoredFile } from './stored-file.ts'

const LOG = 'log'

const folderOf = (store: string): string => join(store, LOG)

/** Adds entries to a store's log: a file of its own for each call, so that writers never meet. */
export async function appendToLog(store: string, entries: readonly LogEntry[]): Promise<void> {
  const folder = folderOf(store)
  const text = entries.map(entry => `${JSON.stringify(entry)}\n`).join('')
  await writeStoredFile({
    folder,
    stem: LOG,
    extension: 'jsonl',
    sequence: nextSequence(await listStoredFiles(folder, LOG)),
    bytes: new TextEncoder().encode(text),
  })
}

/** Oldest first; entries of the same time in the order they were added. */
export async function readEventLog(store: string, key?: SeriesKey): Promise<LogEntry[]> {
  const entries: LogEntry[] = []
  for (const file of await listStoredFiles(folderOf(store), LOG)) {
    const text = new TextDecoder().decode(await readStoredFile(file))
    for (const line of text.split('\n')) if (line !== '') entries.push(JSON.parse(line) as LogEntry)
  }
  return entries.filter(entry => key === undefined || isSame(entry.key, key)).sort((a, b) => a.atMs - b.atMs)
}

const isSame = (a: SeriesKey, b: SeriesKey): boolean =>
  a.exchange === b.exchange && a.symbol === b.symbol && a.kind === b.kind && a.timeframe === b.timeframe
