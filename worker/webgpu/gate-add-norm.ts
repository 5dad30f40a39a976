import type { GateAddNormOperation } from '../plan/plan.ts'
import { gatedUnit } from './gated-unit.ts'
import type { Read, Sink, Site } from './site.ts'

/** `LN(skip + GLU(x …))`. */
export function gateAddNorm(
  site: Site,
  o: { operations: readonly GateAddNormOperation[]; x: Read; skip: Read; sink: Sink },
): string {
  return gatedUnit(site, { units: o.operations.map(op => op.unit), x: o.x, skip: o.skip, sink: o.sink })
}
