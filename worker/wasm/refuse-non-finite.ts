import { EngineError } from '../../sdk/errors.ts'

/** @throws EngineError `NON_FINITE_OUTPUT` */
export function refuseNonFinite(quantiles: Float32Array): void {
  for (let i = 0; i < quantiles.length; i++) {
    // x − x is 0 for finite x alone
    if (quantiles[i] - quantiles[i] === 0) continue
    throw new EngineError(
      'NON_FINITE_OUTPUT',
      `The engine 'wasm' returned the quantile ${quantiles[i]} for finite inputs; inputs or weights may be too large for float32.`,
      { engine: 'wasm', index: i, value: String(quantiles[i]) },
    )
  }
}
