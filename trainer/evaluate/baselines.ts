/** What a forecast must beat, fitted on training windows only, all symbols pooled. */
export interface Baselines {
  /** `[H][Q]`: quantiles of the training log returns, the same for every candle. */
  readonly unconditional: readonly (readonly number[])[]
  /** `[H][Q]`: quantiles of the training log returns over `volatility · √horizon`; times that they are the EWMA baseline. */
  readonly scaled: readonly (readonly number[])[]
}
