import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import type { BrowserCommand } from 'vitest/node'
import type { Candle } from '../../sdk/candle/candle.ts'
import type { FeatureValues } from '../fixtures/feature-values.ts'

/** What the trainer's side of the features test computes: candles, and all features of them, in Node. */
export interface FeaturesInNode extends FeatureValues {
  readonly market: readonly (readonly [string, readonly Candle[]])[]
}

declare module 'vitest/browser' {
  interface BrowserCommands {
    featuresInNode(): Promise<FeaturesInNode>
  }
}

const PROGRAM = resolve(import.meta.dirname, '../fixtures/features-in-node.ts')

/** In a process of its own, as the trainer runs; imported here, every feature would be part of vitest's configuration. */
export const featuresInNode: BrowserCommand<[]> = async () => {
  const argv = ['--import', 'tsx', PROGRAM]
  const { stdout } = await promisify(execFile)(process.execPath, argv, { maxBuffer: 2 ** 28 })
  return JSON.parse(stdout) as FeaturesInNode
}
