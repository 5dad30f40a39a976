import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Bundle } from '../../../sdk/bundle/bundle.ts'
import { openBundle } from '../../../sdk/bundle/open-bundle.ts'
import type { AdapterFacts, SeriesWindows, WindowBatch } from '../../../sdk/engine.ts'
import { EngineError } from '../../../sdk/errors.ts'
import type { RememberedChoice } from '../../../sdk/store/engine-choice-store.ts'
import { chooseEngine, type FusedKind } from '../../../worker/choose-engine.ts'
import { type FakeEngine, fakeEngine } from '../../fixtures/fake-engine.ts'
import { randomSeries } from '../../fixtures/random-network.ts'
import { writeTinyBundle } from '../../fixtures/tiny-bundle.ts'

const GPU: AdapterFacts = { vendor: 'acme', architecture: 'rocket', description: 'Acme Rocket', isFallback: false }
const SOFTWARE: AdapterFacts = { ...GPU, architecture: 'swiftshader', isFallback: true }

/** ms of a pass and of each window in it: wasm is the faster one for few windows, webgpu for more than three. */
const SPEEDS = { wasm: { passMs: 0, windowMs: 0.5 }, webgpu: { passMs: 1.4, windowMs: 0.1 } }

let bundle: Bundle
const clock = { nowMs: 0 }
let built: Partial<Record<FusedKind, FakeEngine>>

beforeAll(async () => {
  bundle = await openBundle(await writeTinyBundle(), 'tiny')
})
beforeEach(() => {
  built = {}
  vi.spyOn(performance, 'now').mockImplementation(() => clock.nowMs)
})
afterEach(() => {
  vi.restoreAllMocks()
})

interface Setting {
  readonly adapter?: AdapterFacts | null
  readonly failing?: Partial<Record<FusedKind, string>>
  readonly speeds?: Partial<typeof SPEEDS>
  readonly choices?: ReturnType<typeof memory>
}

const choose = ({ adapter = null, failing = {}, speeds = {}, choices }: Setting = {}) =>
  chooseEngine({
    bundle,
    adapter,
    choices,
    build: async kind => {
      if (failing[kind]) throw new EngineError('BACKEND_UNAVAILABLE', failing[kind])
      built[kind] = fakeEngine(bundle, kind, { ...SPEEDS[kind], ...speeds[kind], clock })
      return built[kind]
    },
  })

function memory() {
  const kept = new Map<string, RememberedChoice>()
  return {
    kept,
    read: vi.fn(async (key: string) => kept.get(key) ?? null),
    write: vi.fn(async (key: string, choice: RememberedChoice) => {
      kept.set(key, structuredClone(choice))
    }),
  }
}

const windows = (size: number): WindowBatch => ({
  size,
  observed: new Float32Array(0),
  known: new Float32Array(0),
  symbols: new Int32Array(0),
})

describe('the choice of an engine', () => {
  it('is wasm where there is no adapter, and says so', async () => {
    const { info } = await choose()
    expect(info).toMatchObject({ kind: 'wasm', backend: null, workloads: { single: 'wasm', batch: 'wasm' } })
    expect(info.candidates).toEqual([
      { kind: 'wasm', backend: null, batch1P50Ms: 0.5, windowP50Ms: 0.5, rejected: null },
      {
        kind: 'webgpu',
        backend: null,
        batch1P50Ms: null,
        windowP50Ms: null,
        rejected: 'There is no WebGPU adapter here.',
      },
    ])
    expect(info.reason).toBe(
      'wasm measured 0.50 ms a forecast, 0.50 ms a window of many. webgpu: There is no WebGPU adapter here.',
    )
  })

  it('never is a software adapter beside wasm, which is not even tried', async () => {
    const { info } = await choose({ adapter: SOFTWARE })
    expect(info.workloads).toEqual({ single: 'wasm', batch: 'wasm' })
    expect(built.webgpu).toBeUndefined()
    expect(info.reason).toContain('software')
  })

  it('is a software adapter where wasm does not run, which beats nothing, and says so', async () => {
    const { info } = await choose({ adapter: SOFTWARE, failing: { wasm: 'WebAssembly is blocked by the policy.' } })
    expect(info.kind).toBe('webgpu')
    expect(info.reason).toContain('software GPU adapter, slowly, since no other engine runs here')
    expect(info.candidates.find(c => c.kind === 'wasm')?.rejected).toBe('WebAssembly is blocked by the policy.')
  })

  it('keeps both where each is faster at a workload, and sends each its own', async () => {
    const engine = await choose({ adapter: GPU })
    expect(engine.info.workloads).toEqual({ single: 'wasm', batch: 'webgpu' })
    expect(engine.info.kind).toBe('wasm')
    expect(engine.info.uses).toEqual(['wasm-feature', 'webgpu-feature'])
    expect(engine.info.candidates.map(c => c.rejected)).toEqual([null, null])
    for (const engine of Object.values(built)) engine.calls.length = 0
    await engine.forward(windows(1))
    await engine.forward(windows(2))
    await engine.forward(windows(3))
    await engine.forward(windows(400))
    await engine.slide(randomSeries(bundle.network, 20, 1))
    await engine.follow({} as SeriesWindows)
    expect(built.wasm!.calls).toEqual(['forward 1', 'forward 2', 'follow'])
    expect(built.webgpu!.calls).toEqual(['forward 3', 'forward 400', 'slide'])
    await engine.dispose()
    expect([built.wasm!.isDisposed, built.webgpu!.isDisposed]).toEqual([true, true])
  })

  it('is one engine where the other gains too little, and the other is freed', async () => {
    const { info } = await choose({ adapter: GPU, speeds: { webgpu: { passMs: 3, windowMs: 0.45 } } })
    expect(info.workloads).toEqual({ single: 'wasm', batch: 'wasm' })
    expect(built.webgpu!.isDisposed).toBe(true)
    expect(info.candidates[1].rejected).toMatch(/^Slower: 3\.\d ms a forecast against 0\.50 ms/)
  })

  it('is the other one where the first fails, and says of what', async () => {
    const { info } = await choose({ adapter: GPU, failing: { wasm: 'Out of memory.' } })
    expect(info.workloads).toEqual({ single: 'webgpu', batch: 'webgpu' })
    expect(info.reason).toContain('wasm: Out of memory.')
  })

  it('frees an engine that fails while it is measured', async () => {
    const failing = vi.fn(async () => {
      throw new EngineError('COMPUTE_FAILED', 'The device is lost.')
    })
    const { info } = await chooseEngine({
      bundle,
      adapter: GPU,
      build: async kind => {
        built[kind] = fakeEngine(bundle, kind, { ...SPEEDS[kind], clock })
        if (kind === 'webgpu') built[kind].slide = failing
        return built[kind]
      },
    })
    expect(failing).toHaveBeenCalled()
    expect(info.workloads).toEqual({ single: 'wasm', batch: 'wasm' })
    expect(built.webgpu!.isDisposed).toBe(true)
  })

  it('is an error with every failure where none runs', async () => {
    const failing = { wasm: 'Out of memory.', webgpu: 'A shader failed.' }
    await expect(choose({ adapter: GPU, failing })).rejects.toMatchObject({
      code: 'NO_ENGINE',
      message: expect.stringMatching(/wasm: Out of memory\. webgpu: A shader failed\./),
      details: { candidates: [expect.objectContaining({ kind: 'wasm' }), expect.objectContaining({ kind: 'webgpu' })] },
    })
  })
})

describe('the remembered choice', () => {
  it('spares the next load all measuring, and builds only what serves', async () => {
    const choices = memory()
    const first = await choose({ choices, adapter: GPU, speeds: { webgpu: { passMs: 5, windowMs: 1 } } })
    built = {}
    const again = await choose({ choices, adapter: GPU })
    expect(Object.keys(built)).toEqual(['wasm'])
    expect(built.wasm!.calls).toEqual([])
    expect(again.info.workloads).toEqual(first.info.workloads)
    expect(again.info.candidates).toEqual(first.info.candidates)
    expect(again.info.reason).toMatch(/^As measured and remembered on \d{4}-\d\d-\d\dT.*: wasm measured 0\.50 ms/)
  })

  it('routes as the measured one did', async () => {
    const choices = memory()
    await choose({ choices, adapter: GPU })
    const engine = await choose({ choices, adapter: GPU })
    await engine.forward(windows(2))
    await engine.forward(windows(3))
    expect([built.wasm!.calls, built.webgpu!.calls]).toEqual([['forward 2'], ['forward 3']])
  })

  it('is not used for another device or another bundle', async () => {
    const choices = memory()
    await choose({ choices, adapter: GPU })
    await choose({ choices, adapter: { ...GPU, description: 'Acme Rocket 2' } })
    bundle = await openBundle(await writeTinyBundle({ seed: 5 }), 'tiny')
    await choose({ choices, adapter: GPU })
    expect(choices.kept.size).toBe(3)
  })

  it('is measured again when it fails, and says so', async () => {
    const choices = memory()
    await choose({ choices })
    let builds = 0
    const engine = await chooseEngine({
      bundle,
      adapter: null,
      choices,
      build: async kind => {
        if (++builds === 1) throw new EngineError('GOLDEN_MISMATCH', 'It computes wrongly today.')
        return fakeEngine(bundle, kind, { ...SPEEDS[kind], clock })
      },
    })
    expect(engine.info.reason).toMatch(
      /^The choice remembered from .* failed: It computes wrongly today\. wasm measured/,
    )
  })

  it('is not kept where an engine failed, which may work the next time', async () => {
    const choices = memory()
    await choose({ choices, adapter: GPU, failing: { webgpu: 'The device was lost.' } })
    expect(choices.write).not.toHaveBeenCalled()
  })

  it('costs a measurement where the store fails', async () => {
    const broken = { read: () => Promise.reject(new Error('denied')), write: () => Promise.reject(new Error('denied')) }
    const engine = await chooseEngine({
      bundle,
      adapter: null,
      choices: broken,
      build: async kind => fakeEngine(bundle, kind, { ...SPEEDS[kind], clock }),
    })
    expect(engine.info.reason).toMatch(/^wasm measured/)
  })
})
