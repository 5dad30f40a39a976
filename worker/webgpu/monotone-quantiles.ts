import type { HeadForm } from '../plan/plan.ts'
import type { Site } from './site.ts'

type MonotoneHead = Extract<HeadForm, { form: 'monotone' }>

/**
 * Writes quantiles that cannot cross, from what the inputs add to a horizon's bias; see `QuantileHeadBlock`.
 * `columns`: log-scale, median, increments downwards (outermost first), increments upwards.
 */
export function monotoneFunction(site: Site, head: MonotoneHead, quantiles: number): string {
  const columns = quantiles + 1
  const median = (quantiles - 1) / 2
  const bias = site.pack.once(head, 'bias', () => site.pack.rows(head.bias, columns))
  const mobility = site.pack.once(head, 'mobility', () => site.pack.vector(head.mobility))
  const stride = Math.ceil(columns / 4)
  return `
fn softplus(x: f32) -> f32 { return max(x, 0.0) + log(1.0 + exp(-abs(x))); }
fn writeMonotone(columns: ptr<function, array<f32, ${columns}>>, horizon: u32, at: u32) {
  let mobility = vectors[${mobility}u + horizon / 4u][horizon % 4u];
  let bias = ${bias}u + horizon * ${stride}u;
  let scale = exp(clamp((*columns)[0] + vectors[bias].x, -3.0, 3.0));
  for (var c = 1u; c < ${columns}u; c++) {
    (*columns)[c] = (*columns)[c] * mobility + vectors[bias + c / 4u][c % 4u];
  }
  let median = (*columns)[1];
  results[at + ${median}u] = median * scale;
  var below = 0.0;
  var above = 0.0;
  for (var i = 0u; i < ${median}u; i++) {
    below += softplus((*columns)[${median + 1}u - i]);
    above += softplus((*columns)[${median + 2}u + i]);
    results[at + ${median - 1}u - i] = (median - below) * scale;
    results[at + ${median + 1}u + i] = (median + above) * scale;
  }
}
`
}
