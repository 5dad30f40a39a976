import type { Command } from 'commander'
import type { Terminal } from '../terminal.ts'
import type { FeatureMode } from './mode.ts'

const DEFAULT_OUT = 'docs/features.md'

interface DocsFlags {
  readonly out?: string
  readonly data?: string
}

/** `--docs`. */
export function addDocs(command: Command): FeatureMode {
  command.option('--docs', `document all features as Markdown (${DEFAULT_OUT}); with --data, draw their pictures too`)
  return { flag: 'docs', run: terminal => writeDocs(command.opts<DocsFlags>(), terminal) }
}

async function writeDocs({ out = DEFAULT_OUT, data }: DocsFlags, terminal: Terminal): Promise<void> {
  const { mkdir } = await import('node:fs/promises')
  const { basename, dirname, join } = await import('node:path')
  const { documentedFamilies } = await import('../../report/features/docs/documented-families.ts')
  const { drawFeaturePictures } = await import('../../report/features/docs/picture-values.ts')
  const { readRecordedMarket } = await import('../../report/features/docs/recorded-market.ts')
  const { renderFeatureDocs } = await import('../../report/features/docs/render-docs.ts')
  const { writeFileAtomically } = await import('../../registry/write-file-atomically.ts')

  const documented = await documentedFamilies()
  await mkdir(dirname(out), { recursive: true })
  await writeFileAtomically(out, Buffer.from(renderFeatureDocs(documented)))
  terminal.stage('docs', `${documented.length} families in ${out}`)
  const folder = join(dirname(out), basename(out, '.md'))
  if (data === undefined) {
    terminal.line(`Pictures in ${folder}/ are as they were; with --data <folder of recorded data> they are drawn anew.`)
    return
  }
  const pictures = drawFeaturePictures(documented, await readRecordedMarket(data))
  await replaceFolder(folder, pictures)
  terminal.line(`${pictures.size} pictures in ${folder}/`)
}

/** What is no longer referred to goes. */
async function replaceFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const { mkdir, readdir, rm, writeFile } = await import('node:fs/promises')
  const { join } = await import('node:path')
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) {
    if (name.endsWith('.svg') && !files.has(name)) await rm(join(folder, name))
  }
  for (const [name, text] of files) await writeFile(join(folder, name), text)
}
