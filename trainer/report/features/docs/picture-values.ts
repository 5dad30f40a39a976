import { validateRows } from '../../../../sdk/candle/validate-rows.ts'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { computePanel } from '../../../../sdk/feature/compute-features.ts'
import type { SeasonalProfile } from '../../../../sdk/feature/feature.ts'
import type { FeatureRows } from '../../../../sdk/feature/feature-table.ts'
import { alignInputs } from '../../../../sdk/feature/input/align-inputs.ts'
import { fitSeasonalProfile } from '../../../../sdk/feature/seasonality/fit-seasonal-profile.ts'
import { documentedSet, examplesOf } from './example-facts.ts'
import { drawPicture } from './picture.ts'
import { PICTURE_FROM, PICTURE_UNTIL, type PicturePlan, pictureOf } from './picture-plan.ts'
import type { RecordedSymbol } from './recorded-market.ts'
import type { DocumentedFamily } from './render-docs.ts'

type DrawnPicture = Extract<PicturePlan, { readonly kind: 'drawn' }> & { readonly family: string }

/** The season is fitted on the years before the one that is drawn. */
const PROFILE_PERIOD = { startTimeMs: Date.UTC(2021, 0, 1), endTimeMs: Date.UTC(2024, 0, 1) }

/** The pictures that the documentation refers to, by file name. */
export function drawFeaturePictures(
  documented: readonly DocumentedFamily[],
  market: readonly RecordedSymbol[],
): ReadonlyMap<string, string> {
  const drawn = documented.flatMap(({ family }): DrawnPicture[] => {
    const plan = pictureOf(family, examplesOf(family))
    return plan.kind === 'drawn' ? [{ ...plan, family: family.name }] : []
  })
  const panel = market.map(({ symbol, candles, events }) => {
    const before = candles.filter(({ openTimeMs }) => openTimeMs < PICTURE_UNTIL)
    return { rows: validateRows(before, { symbol, timeframe: '1h' }), events }
  })
  const profile = fitSeasonalProfile(
    panel.map(({ rows }) => rows),
    PROFILE_PERIOD,
  )
  const pictures = new Map<string, string>()
  for (const symbol of new Set(drawn.map(plan => plan.symbol))) {
    const plans = drawn.filter(plan => plan.symbol === symbol)
    for (const [plan, svg] of drawSymbol(symbol, plans, panel, profile)) pictures.set(`${plan.family}.svg`, svg)
  }
  return pictures
}

function drawSymbol(
  symbol: string,
  plans: readonly DrawnPicture[],
  panel: readonly { readonly rows: FeatureRows; readonly events: RecordedSymbol['events'] }[],
  profile: SeasonalProfile,
): [DrawnPicture, string][] {
  const examples = [...new Set(plans.map(({ example }) => example))]
  const program = compileFeatures(documentedSet(examples, profile), { symbols: [symbol], timeframe: '1h' })
  const needed = program.observed[0].flatMap(feature => feature.inputs)
  const complete = panel.map(({ rows, events }) => {
    const inputs = needed.filter(input => input.symbol === rows.symbol).map(({ input }) => input)
    return { ...rows, inputs: alignInputs({ inputs, candles: rows, events }) }
  })
  const [table] = computePanel(program, complete)
  const { openTimeMs, close } = table.series
  const from = openTimeMs.findIndex(time => time >= PICTURE_FROM)
  const times = openTimeMs.subarray(from)
  return plans.map(plan => {
    const observed = table.observedNames.indexOf(plan.example)
    const known = table.knownFeatures.find(feature => feature.name === plan.example)
    const picture = {
      title: plan.title,
      openTimeMs: times,
      price: { label: `${symbol} close`, values: close.subarray(from) },
      feature: {
        label: plan.example,
        values: observed >= 0 ? table.observed[observed].subarray(from) : times.map(known!.at!),
      },
    }
    return [plan, drawPicture(picture)]
  })
}
