import type { Command } from 'commander'
import type { CandleFile } from '../../data/candle-file.ts'
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
  const { renderFeatureDocs } = await import('../../report/features/docs/render-docs.ts')
  const { writeFileAtomically } = await import('../../registry/write-file-atomically.ts')

  const documented = await documentedFamilies()
  await mkdir(dirname(out), { recursive: true })
  await writeFileAtomically(out, Buffer.from(renderFeatureDocs(documented)))
  terminal.stage('docs', `${documented.length} families in ${out}`)
  const folder = join(dirname(out), basename(out, '.md'))
  if (data === undefined) {
    terminal.line(`Pictures in ${folder}/ are as they were; with --data <folder of candles> they are drawn anew.`)
    return
  }
  const pictures = drawFeaturePictures(documented, await readMarket(data))
  await replaceFolder(folder, pictures)
  terminal.line(`${pictures.size} pictures in ${folder}/`)
}

/** The candles of the documented market, of all that a folder has. */
async function readMarket(folder: string): Promise<CandleFile[]> {
  const { readdir } = await import('node:fs/promises')
  const { join } = await import('node:path')
  const { parseCandleFileName } = await import('../../data/candle-file.ts')
  const { loadCandleFiles } = await import('../../data/load-candle-files.ts')
  const { DOCUMENTED_MARKET } = await import('../../report/features/docs/example-facts.ts')
  const { ConfigError } = await import('../../../sdk/errors.ts')
  const names = (await readdir(folder)).filter(name => {
    const facts = parseCandleFileName(name)
    return facts?.timeframe === '1h' && DOCUMENTED_MARKET.includes(facts.symbol)
  })
  const files: CandleFile[] = []
  for (const name of names) files.push(...(await loadCandleFiles(join(folder, name))))
  const missing = DOCUMENTED_MARKET.filter(symbol => !files.some(file => file.symbol === symbol))
  if (missing.length === 0) return files
  throw new ConfigError(
    'NO_DATA',
    `${folder} has no hourly candles of ${missing.join(', ')}; the pictures show ${DOCUMENTED_MARKET.join(', ')} in March 2024. Give a folder with files such as binance_BTCUSDT_1h_2018-01-01_2025-06-30.csv.gz.`,
    { folder, missing },
  )
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
