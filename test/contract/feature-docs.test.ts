import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { computeFeatures } from '../../sdk/feature/compute-features.ts'
import { observedFeature } from '../../sdk/feature/feature.ts'
import { eachRow } from '../../sdk/feature/op/each-row.ts'
import { registerFeature } from '../../sdk/feature/register-feature.ts'
import { documentedFamilies } from '../../trainer/report/features/docs/documented-families.ts'
import { drawFeaturePictures } from '../../trainer/report/features/docs/picture-values.ts'
import { readRecordedMarket } from '../../trainer/report/features/docs/recorded-market.ts'
import { type DocumentedFamily, renderFeatureDocs } from '../../trainer/report/features/docs/render-docs.ts'
import { hasMarketData, recordedSeries } from '../fixtures/market-data.ts'

const DOCS = resolve(import.meta.dirname, '../../docs')
const PICTURES = join(DOCS, 'features')
const RECORDED = resolve(process.env.EDGEQUANT_DATA ?? join(DOCS, '../../shared/data'))
const REMEDY = 'npm run trainer -- features --docs --data <folder of recorded data>'
/** A page of a hundred pictures must not be heavy. */
const MAX_PICTURE_BYTES = 6144

const markdown = existsSync(join(DOCS, 'features.md')) ? readFileSync(join(DOCS, 'features.md'), 'utf8') : ''

describe('docs/features.md', () => {
  let families: readonly DocumentedFamily[]
  beforeAll(async () => {
    families = await documentedFamilies()
  })

  it(`is what the registry says (if not: ${REMEDY})`, () => {
    expect(markdown).toBe(renderFeatureDocs(families))
  })

  it('has a heading for every family and leads to it', () => {
    for (const { family } of families) {
      expect(markdown).toContain(`\n### ${family.name}\n`)
      expect(markdown).toContain(`[${family.name}](#${family.name.toLowerCase()})`)
    }
  })

  it('has no two headings with one address', () => {
    const headings = [...markdown.matchAll(/^#+ (.*)$/gm)].map(match => match[1].toLowerCase())
    expect(headings.filter((heading, i) => headings.indexOf(heading) < i)).toEqual([])
  })

  it('refers to pictures that are there, and to all of them', () => {
    const referred = [...markdown.matchAll(/\]\(features\/(.*?)\)/g)].map(match => match[1])
    expect(readdirSync(PICTURES).sort()).toEqual([...referred].sort())
  })

  it('tells how to add a family with code that does', () => {
    const code = /```ts\n(import \{ eachRow, observedFeature[\s\S]*?)```/.exec(markdown)?.[1] ?? ''
    const [, ...lines] = code.split('\n')
    new Function('eachRow', 'observedFeature', 'registerFeature', lines.join('\n'))(
      eachRow,
      observedFeature,
      registerFeature,
    )
    const column = (...values: number[]) => Float64Array.from(values)
    const candles = {
      symbol: 'BTC/USDT',
      timeframe: '1h' as const,
      length: 2,
      openTimeMs: column(0, 3_600_000),
      open: column(5, 5),
      high: column(9, 5),
      low: column(5, 5),
      close: column(6, 5),
      volume: column(1, 0),
    }
    expect(Array.from(computeFeatures(candles, ['closeLocation']).observed[0])).toEqual([0.25, 0.5])
  })
})

describe.skipIf(!hasMarketData('pictures of features'))('pictures of features', () => {
  it(`are drawn from the recorded candles (if not: ${REMEDY})`, async () => {
    const drawn = drawFeaturePictures(await documentedFamilies(), await readRecordedMarket(RECORDED))
    expect([...drawn.keys()].sort()).toEqual(readdirSync(PICTURES).sort())
    for (const [name, svg] of drawn) {
      expect(svg, name).toBe(readFileSync(join(PICTURES, name), 'utf8'))
      expect(Buffer.byteLength(svg), name).toBeLessThanOrEqual(MAX_PICTURE_BYTES)
    }
  })

  it('need what the introduction says they wait for', () => {
    const table = computeFeatures(recordedSeries('BTCUSDT', 400), ['return(1)', 'parkinson(6,0.05)'])
    expect(table.observedFeatures.map(feature => feature.warmupCandles)).toEqual([168, 168])
  })
})
