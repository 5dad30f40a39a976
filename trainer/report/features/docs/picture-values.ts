import { validateRows } from '../../../../sdk/candle/validate-rows.ts'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { computePanel } from '../../../../sdk/feature/compute-features.ts'
import type { FeatureRows } from '../../../../sdk/feature/feature-table.ts'
import { rowsWithin } from '../../../../sdk/feature/slice-rows.ts'
import type { CandleFile } from '../../../data/candle-file.ts'
import { documentedSet, examplesOf } from './example-facts.ts'
import { drawPicture } from './picture.ts'
import { PICTURE_FROM, PICTURE_UNTIL, type PicturePlan, pictureOf } from './picture-plan.ts'
import type { DocumentedFamily } from './render-docs.ts'

type DrawnPicture = Extract<PicturePlan, { readonly kind: 'drawn' }> & { readonly family: string }

/** The pictures that the documentation refers to, by file name; the candles are those of `DOCUMENTED_MARKET`. */
export function drawFeaturePictures(
  documented: readonly DocumentedFamily[],
  files: readonly CandleFile[],
): ReadonlyMap<string, string> {
  const drawn = documented.flatMap(({ family }): DrawnPicture[] => {
    const plan = pictureOf(family, examplesOf(family))
    return plan.kind === 'drawn' ? [{ ...plan, family: family.name }] : []
  })
  const panel = files.flatMap(({ symbol, timeframe, candles }) => {
    const rows = validateRows(candles, { symbol, timeframe })
    return rowsWithin(rows, rows.openTimeMs[0], PICTURE_UNTIL - 1) ?? []
  })
  const pictures = new Map<string, string>()
  for (const symbol of new Set(drawn.map(plan => plan.symbol))) {
    const plans = drawn.filter(plan => plan.symbol === symbol)
    for (const [plan, svg] of drawSymbol(symbol, plans, panel)) pictures.set(`${plan.family}.svg`, svg)
  }
  return pictures
}

function drawSymbol(
  symbol: string,
  plans: readonly DrawnPicture[],
  panel: readonly FeatureRows[],
): [DrawnPicture, string][] {
  const examples = [...new Set(plans.map(({ example }) => example))]
  const program = compileFeatures(documentedSet(examples), { symbols: [symbol], timeframe: '1h' })
  const [table] = computePanel(program, panel)
  const { openTimeMs, close } = table.series
  const from = openTimeMs.findIndex(time => time >= PICTURE_FROM)
  const times = openTimeMs.subarray(from)
  return plans.map(plan => {
    const observed = table.observedNames.indexOf(plan.example)
    const known = table.knownFeatures.find(feature => feature.name === plan.example)
    const values = observed >= 0 ? table.observed[observed].subarray(from) : times.map(known!.at!)
    const picture = {
      title: plan.title,
      openTimeMs: times,
      price: { label: `${symbol} close`, values: close.subarray(from) },
      feature: { label: plan.example, values },
    }
    return [plan, drawPicture(picture)]
  })
}
