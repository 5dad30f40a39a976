import type { Engine, EngineInfo } from '../sdk/engine.ts'

export interface RoutedEngineOptions {
  /** The fastest at one window. */
  readonly single: Engine
  /** The fastest at many. */
  readonly batch: Engine
  /** Batches of at least so many windows go to the engine for many. */
  readonly batchFrom: number
  readonly info: EngineInfo
}

/** Two engines with the same network and weights, each for what it is faster at. */
export class RoutedEngine implements Engine {
  readonly info: EngineInfo
  /** The one for single windows first. */
  readonly engines: readonly [Engine, Engine]
  readonly #batchFrom: number

  constructor({ single, batch, batchFrom, info }: RoutedEngineOptions) {
    this.info = info
    this.engines = [single, batch]
    this.#batchFrom = batchFrom
  }

  get network() {
    return this.engines[0].network
  }

  forward: Engine['forward'] = (windows, options) => {
    const [single, batch] = this.engines
    return (windows.size < this.#batchFrom ? single : batch).forward(windows, options)
  }

  slide: Engine['slide'] = series => this.engines[1].slide(series)

  follow: Engine['follow'] = series => this.engines[0].follow(series)

  async dispose(): Promise<void> {
    await Promise.all(this.engines.map(engine => engine.dispose()))
  }
}

/** The engines that an engine is made of, each to be proven for itself. */
export const enginesOf = (engine: Engine): readonly Engine[] =>
  engine instanceof RoutedEngine ? engine.engines : [engine]

/** The same engine, reporting how it was chosen. */
export function withInfo(engine: Engine, info: EngineInfo): Engine {
  return {
    info,
    network: engine.network,
    forward: (batch, options) => engine.forward(batch, options),
    slide: series => engine.slide(series),
    follow: series => engine.follow(series),
    dispose: () => engine.dispose(),
  }
}
