import { CONTENDER_IDS, type ContenderId, factsOf } from './contenders.ts'
import type { Environment } from './environment.ts'
import type { SubjectId } from './subjects.ts'
import { measureFollow } from './workload/follow.ts'
import { measureForward, openHosts, type Say, type SubjectFigures, stopHosts } from './workload/forward.ts'
import type { Effort } from './workload/repeats.ts'
import { measureSlide, type SlideFigures } from './workload/slide.ts'

/** Everything measured of one subject in one environment. */
export interface Measured {
  readonly forward: SubjectFigures
  readonly slide?: SlideFigures
  readonly follow?: ReadonlyMap<ContenderId, readonly number[]>
}

/** Ours on one thread, and the peers on as many. */
const OURS: readonly ContenderId[] = ['fusedWasm', 'fusedWasmRelaxed', 'fusedWasmTabulated']
const PEERS: readonly ContenderId[] = ['tfjsWasm', 'tfjsEngineWasm', 'ortWasm']

export interface MeasureOptions {
  readonly effort: Effort
  /** Also new candles and a long series: for subjects that read candles. */
  readonly onCandles: boolean
  /** Default: all that run there. */
  readonly contenders?: readonly ContenderId[]
  readonly say: Say
}

export async function measureSubject(
  environment: Environment,
  subject: SubjectId,
  o: MeasureOptions,
): Promise<Measured> {
  const here = (id: ContenderId) => factsOf(id).where.includes(environment.name)
  const open = await openHosts(environment, subject, (o.contenders ?? CONTENDER_IDS).filter(here), o.say)
  try {
    await measureForward(open, o.effort, o.say)
    if (!o.onCandles) return { forward: open.figures }
    const [ours, peers] = [OURS, PEERS].map(ids => ids.filter(id => open.hosts.has(id))) as [
      ContenderId[],
      ContenderId[],
    ]
    o.say('  follow')
    const follow = await measureFollow(open, ours, peers, o.effort)
    o.say('  slide')
    const slide = await measureSlide(open, ours, peers, o.effort)
    return { forward: open.figures, follow, slide }
  } finally {
    await stopHosts(open)
  }
}
