import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/** What DuckDB may use: half of what a small machine has. Beyond it, it spills to the system's temporary folder. */
const MEMORY_LIMIT = '2GB'
const THREADS = 2

/** DuckDB in this process, in memory, started when it is first asked. It keeps nothing. */
export class Duck {
  private instance: Promise<DuckDBInstance> | null = null

  /** Runs `use` with a connection of its own. */
  async connect<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    this.instance ??= start()
    const connection = await (await this.instance).connect()
    try {
      await connection.run("SET TimeZone = 'UTC'")
      return await use(connection)
    } finally {
      connection.closeSync()
    }
  }

  async close(): Promise<void> {
    const instance = await this.instance
    this.instance = null
    instance?.closeSync()
  }
}

async function start(): Promise<DuckDBInstance> {
  // 70 MB, which a process that only writes does not need
  const { DuckDBInstance } = await import('@duckdb/node-api')
  return await DuckDBInstance.create(':memory:', {
    threads: String(THREADS),
    memory_limit: MEMORY_LIMIT,
    temp_directory: join(tmpdir(), `edgequant-duckdb-${process.pid}`),
    // never anything from the network
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // its cache would not notice a damaged file
    enable_external_file_cache: 'false',
  })
}

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A path as the pattern that fits it alone: DuckDB takes paths of files for patterns. */
export const asPattern = (path: string): string => path.replace(/[*?[]/g, '[$&]')
