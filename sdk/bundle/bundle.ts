import type { Network } from '../../models/blocks.ts'
import type { Weights, WindowBatch } from '../engine.ts'
import type { Manifest } from './manifest.ts'

/** Inputs with the outputs that the trainer's reference engine computed for them. */
export interface GoldenWindows {
  readonly batch: WindowBatch
  /** `[B, H, Q]`, in units of ex-ante volatility, before calibration. */
  readonly quantiles: Float32Array
}

/** A verified, decoded bundle. */
export interface Bundle {
  readonly manifest: Manifest
  readonly network: Network
  /** Dequantised to float32. */
  readonly weights: Weights
  readonly golden: GoldenWindows
}

/** The raw files of a bundle, by name; `manifest.json` among them. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>

/** Names of the files that every bundle has, beside the golden windows, whose name stands in the manifest. */
export const BUNDLE_FILES = {
  manifest: 'manifest.json',
  weights: 'weights.safetensors',
  golden: 'golden.safetensors',
  modelCard: 'MODEL_CARD.md',
} as const
