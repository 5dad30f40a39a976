import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Bundle } from '../../../sdk/bundle/bundle.ts'
import { openBundle } from '../../../sdk/bundle/open-bundle.ts'
import type { Engine, WindowBatch } from '../../../sdk/engine.ts'
import { EngineError } from '../../../sdk/errors.ts'
import { type CreateEngineOptions, createEngine, type RememberedChoice } from '../../../worker/engine.ts'
import { selfTest } from '../../../worker/self-test.ts'
import { fakeEngine } from '../../fixtures/fake-engine.ts'
import { forwardOnCpu } from '../../fixtures/forward-on-cpu.ts'
import { writeTinyBundle } from '../../fixtures/tiny-bundle.ts'

let bundle: Bundle
/** The same, but no engine can give its golden windows. */
let altered: Bundle
const built: Engine[] = []

async function create(options: Partial<CreateEngineOptions> = {}): Promise<Engine> {
  const engine = await createEngine({ bundle, ...options })
  built.push(engine)
  return engine
}

beforeAll(async () => {
  const files = await writeTinyBundle({ forward: forwardOnCpu })
  bundle = await openBundle(files, 'tiny')
  const quantiles = bundle.golden.quantiles.slice()
  quantiles[3] += 0.5
  altered = { ...bundle, golden: { ...bundle.golden, quantiles } }
})
afterEach(async () => {
  vi.unstubAllGlobals()
  await Promise.all(built.splice(0).map(engine => engine.dispose()))
})

describe('choosing an engine in Node', () => {
  it('measures fused wasm at one window and at many, says that there is no WebGPU here, and tells why it chose', async () => {
    const { info } = await create()
    expect(info).toMatchObject({ kind: 'wasm', backend: null, workloads: { single: 'wasm', batch: 'wasm' } })
    expect(info.candidates.map(c => [c.kind, c.rejected])).toEqual([
      ['wasm', null],
      ['webgpu', 'There is no WebGPU adapter here.'],
    ])
    const [{ batch1P50Ms, windowP50Ms }] = info.candidates
    expect(batch1P50Ms).toBeGreaterThan(0)
    expect(windowP50Ms).toBeGreaterThan(0)
    expect(info.reason).toContain('wasm measured')
    expect(info.reason).toContain('no WebGPU adapter')
  })

  it('remembers what it measured in the store that it is given', async () => {
    const kept = new Map<string, RememberedChoice>()
    const choices = {
      read: async (key: string) => kept.get(key) ?? null,
      write: async (key: string, choice: RememberedChoice) => void kept.set(key, choice),
    }
    const first = await create({ choices })
    const second = await create({ choices })
    expect(kept.size).toBe(1)
    expect(second.info.candidates).toEqual(first.info.candidates)
    expect(second.info.reason).toContain('remembered')
  })

  it('falls back to tfjs where WebAssembly is missing, and says so', async () => {
    vi.stubGlobal('WebAssembly', undefined)
    const { info } = await create()
    expect(info).toMatchObject({ kind: 'tfjs', backend: 'cpu', workloads: { single: 'tfjs', batch: 'tfjs' } })
    expect(info.reason).toContain('No fused engine runs here')
    expect(info.candidates[0]).toMatchObject({ kind: 'tfjs', backend: 'cpu', rejected: null })
    expect(info.candidates.find(c => c.kind === 'wasm')?.rejected).toContain('no WebAssembly')
  })

  it.each([
    [{ engine: 'wasm' }, { kind: 'wasm', backend: null }],
    [
      { engine: 'tfjs', backend: 'cpu' },
      { kind: 'tfjs', backend: 'cpu' },
    ],
  ] as const)('uses the one it is told to, without measuring: %o', async (asked, given) => {
    expect((await create(asked)).info).toMatchObject({ ...given, candidates: [] })
  })

  it('measures the backends of tfjs where that is asked for without one', async () => {
    const { info } = await create({ engine: 'tfjs' })
    expect(info).toMatchObject({ kind: 'tfjs', backend: 'wasm' })
    expect(info.candidates[0].batch1P50Ms).toBeGreaterThan(0)
  })

  it.each([[{ engine: 'tfjs', backend: 'webgpu' }], [{ engine: 'webgpu' }]] as const)(
    'fails, rather than falling back, when what it is told to use is not there: %o',
    async asked => {
      await expect(createEngine({ bundle, ...asked })).rejects.toMatchObject({
        name: 'EngineError',
        code: 'BACKEND_UNAVAILABLE',
      })
    },
  )

  it('refuses a backend with an engine that has none', async () => {
    await expect(createEngine({ bundle, backend: 'wasm' })).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'INVALID_ENGINE',
      details: { engine: 'auto', backend: 'wasm' },
    })
  })

  it.each([
    [{ engine: 'wasm' }, { kind: 'wasm' }],
    [
      { engine: 'tfjs', backend: 'wasm' },
      { kind: 'tfjs', backend: 'wasm' },
    ],
  ] as const)('refuses an engine that computes something else than the golden windows: %o', async (asked, named) => {
    await expect(createEngine({ bundle: altered, ...asked })).rejects.toMatchObject({
      code: 'GOLDEN_MISMATCH',
      details: { ...named, difference: expect.closeTo(0.5, 3), run: 1 },
    })
  })

  it('tells what every candidate failed of when none works', async () => {
    await expect(createEngine({ bundle: altered })).rejects.toMatchObject({
      code: 'NO_ENGINE',
      message: expect.stringMatching(/wasm: .*golden.*webgpu: .*tfjs on wasm: .*golden.*tfjs on cpu: .*golden/),
    })
  })
})

describe('the self-test', () => {
  it('finds a driver that is right only the first time', async () => {
    const clock = { nowMs: 0 }
    const right = bundle.golden.quantiles
    let runs = 0
    const flaky: Engine = {
      ...fakeEngine(bundle, 'webgpu', { passMs: 0, windowMs: 0, clock }),
      forward: async (_: WindowBatch) => ({ quantiles: runs++ === 0 ? right : right.map(q => q + 0.1) }),
      slide: async () => right.slice(0, 6),
      follow: async () => ({ quantiles: right.slice(0, 6), push: async () => right, dispose() {} }),
    }
    const error = await selfTest(flaky, bundle).catch(e => e)
    expect(error).toBeInstanceOf(EngineError)
    expect(error).toMatchObject({ code: 'GOLDEN_MISMATCH', details: { run: 2, kind: 'webgpu', path: 'forward' } })
  })

  it.each(['slide', 'follow'] as const)('finds an engine that computes wrongly when it is to %s', async path => {
    const engine = await create({ engine: 'wasm' })
    const off = (quantiles: Float32Array) => quantiles.map(q => q + 0.1)
    const wrong: Engine = {
      network: engine.network,
      info: engine.info,
      forward: batch => engine.forward(batch),
      slide: async series => (path === 'slide' ? off : (q: Float32Array) => q)(await engine.slide(series)),
      follow: async series => {
        const follower = await engine.follow(series)
        if (path === 'slide') return follower
        const push = async (observed: Float32Array, known: Float32Array) => off(await follower.push(observed, known))
        return { quantiles: follower.quantiles, push, dispose: () => follower.dispose() }
      },
      dispose: () => engine.dispose(),
    }
    await expect(selfTest(wrong, bundle)).rejects.toMatchObject({
      code: 'GOLDEN_MISMATCH',
      details: { path, difference: expect.closeTo(0.1, 3) },
    })
  })

  it('gives the largest difference that it saw', async () => {
    expect(await selfTest(await create(), bundle)).toBeLessThan(1e-5)
  })
})
