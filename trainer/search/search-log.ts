import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeFileAtomically } from '../registry/write-file-atomically.ts'
import type { SearchResult, Trial } from './search-result.ts'

/** `configs/features-x.json` → `configs/features-x.trials.jsonl` */
export const trialsPath = (out: string): string => `${out.replace(/\.json$/, '')}.trials.jsonl`

/**
 * Every candidate ever tried for a feature set, line by line: searches add to it, also those that are broken off, since
 * what was looked at counts whether or not anything came of it.
 */
export class TrialLog {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** Candidates that earlier searches ranked. */
  async triedBefore(): Promise<number> {
    const text = await readFile(this.path, 'utf8').catch(() => '')
    return text.split('\n').filter(line => line.includes('"step":"ranked"')).length
  }

  /** @param search what the lines that follow belong to */
  async begin(search: Readonly<Record<string, unknown>>): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true })
    await this.#append({ step: 'began', at: new Date().toISOString(), ...search })
  }

  add(trial: Trial): Promise<void> {
    return this.#append(trial)
  }

  #append(line: object): Promise<void> {
    return appendFile(this.path, `${JSON.stringify(line)}\n`)
  }
}

/** Whole or not at all. */
export const writeSearchResult = (
  out: string,
  result: SearchResult & { readonly confirmation?: object },
): Promise<void> => writeFileAtomically(out, `${JSON.stringify(result, null, 2)}\n`)
