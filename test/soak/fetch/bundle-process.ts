import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'

const repository = resolve(import.meta.dirname, '../../..')

export interface ProcessScript {
  /** What Node runs. */
  readonly path: string
  dispose(): Promise<void>
}

/** fetch-process.ts as one file of JavaScript: many processes are started, and compiling each anew takes seconds. */
export async function bundleFetchProcess(): Promise<ProcessScript> {
  const folder = await mkdtemp(join(tmpdir(), 'edgequant-soak-script-'))
  await build({
    root: repository,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'fetch-process.ts'),
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'fetch-process.mjs' } },
    },
  })
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
  return {
    path: join(folder, 'fetch-process.mjs'),
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
}
