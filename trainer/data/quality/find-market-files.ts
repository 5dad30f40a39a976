import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../../../sdk/errors.ts'

const ENDINGS = ['.csv', '.csv.gz', '.zip']

/**
 * Files as they are named, and of folders and those within them those whose name ends as files of
 * market data do, in order of their names; each once.
 * @throws ConfigError `NO_SUCH_PATH`, `NO_MARKET_FILES`
 */
export async function findMarketFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of paths) files.push(...(await filesOf(path)))
  return [...new Set(files)]
}

async function filesOf(path: string): Promise<string[]> {
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      throw new ConfigError(
        'NO_SUCH_PATH',
        `Cannot read "${path}" (${error.code}). Give a file or folder that exists.`,
        {
          path,
          cause: error.code,
        },
      )
    },
  )
  if (!isFolder) return [path]
  const names = (await readdir(path, { recursive: true })).sort()
  const files = names.filter(name => ENDINGS.some(ending => name.endsWith(ending)))
  if (files.length === 0) {
    throw new ConfigError(
      'NO_MARKET_FILES',
      `The folder "${path}" holds no market data among its ${names.length} entries: none ends in ${ENDINGS.join(', ')}.`,
      { path, entries: names.length },
    )
  }
  return files.map(name => join(path, name))
}
