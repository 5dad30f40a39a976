import type { RunConfig } from '../config/run-config.ts'
import type { CandleFile } from '../data/candle-file.ts'
import { type Gain, GainJudge, lossOf } from './gain.ts'
import type { ProbeSettings } from './probe-network.ts'
import { columnsOf, prepareSearch } from './search-data.ts'
import { NETWORKS } from './search-result.ts'

/** Gain of features over a baseline on the calibration period, which no search has seen; nets learn on the training period. */
export async function confirmFeatures(
  config: RunConfig,
  files: readonly CandleFile[],
  found: readonly string[],
  o: { readonly seed: number; readonly networks?: number; readonly settings?: ProbeSettings },
): Promise<Gain & { readonly baselineLoss: number }> {
  const data = prepareSearch(config, files, 0)
  const baseline = columnsOf(data, data.set.features)
  const added = found.filter(name => !data.set.features.includes(name))
  const judge = new GainJudge(data, { networks: NETWORKS, ...o, baseInputs: baseline.length })
  const pause = async () => {}
  const without = await judge.judge(baseline, pause)
  const having = await judge.judge([...baseline, ...columnsOf(data, added)], pause)
  return { ...judge.gain(without, having), baselineLoss: lossOf(without) }
}
