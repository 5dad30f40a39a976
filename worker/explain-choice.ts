import type { AdapterFacts, EngineCandidate, EngineInfo } from '../sdk/engine.ts'
import { formatMs, nameOf } from './engine-name.ts'

type Workloads = EngineInfo['workloads']

/** Says of each candidate that was measured and serves no workload what it was measured at. */
export function rejectSlower(candidates: readonly EngineCandidate[], workloads: Workloads): EngineCandidate[] {
  const serving = candidates.filter(c => c.kind === workloads.single || c.kind === workloads.batch)
  const best = (of: 'batch1P50Ms' | 'windowP50Ms') => Math.min(...serving.map(c => c[of] as number))
  return candidates.map(candidate =>
    serving.includes(candidate)
      ? candidate
      : {
          ...candidate,
          rejected:
            `Slower: ${formatMs(candidate.batch1P50Ms!)} a forecast against ${formatMs(best('batch1P50Ms'))}, ` +
            `and ${formatMs(candidate.windowP50Ms!)} a window of many against ${formatMs(best('windowP50Ms'))}.`,
        },
  )
}

/** The sentence for people: what was chosen for its measurements, and why the others were not. */
export function explainChoice(
  { single, batch }: Workloads,
  candidates: readonly EngineCandidate[],
  adapter: AdapterFacts | null,
): string {
  const measured = (kind: EngineCandidate['kind']) => candidates.find(c => c.kind === kind)!
  const one = `${single} measured ${formatMs(measured(single).batch1P50Ms!)} a forecast`
  const many = `${formatMs(measured(batch).windowP50Ms!)} a window of many`
  const chosen = single === batch ? `${one}, ${many}.` : `${one}; ${batch} ${many}.`
  const isSoftware = adapter?.isFallback === true && [single, batch].includes('webgpu')
  const software = isSoftware ? ['It runs on a software GPU adapter, slowly, since no other engine runs here.'] : []
  const others = candidates.filter(c => c.rejected !== null).map(c => `${nameOf(c)}: ${c.rejected}`)
  return [chosen, ...software, ...others].join(' ')
}
