import { afterEach, describe, expect, it, vi } from 'vitest'
import { SourceError } from '../../../../../sdk/errors.ts'
import { createClient } from '../../../../../sdk/source/exchange/create-client.ts'

interface Configured {
  readonly urls: { readonly api: Record<string, unknown> }
  readonly options: { readonly fetchMarkets?: { readonly types?: unknown } }
  readonly enableRateLimit: boolean
  readonly timeout: number
  readonly apiKey: string
}
const create = async (exchange: string, o: Partial<Parameters<typeof createClient>[1]> = {}) =>
  (await createClient(exchange, { timeoutMs: 1234, ...o })) as unknown as Configured

describe('createClient', () => {
  afterEach(() => {
    vi.doUnmock('ccxt')
    vi.resetModules()
  })

  it.each([
    ['binance', 'spot', ['spot']],
    ['binance', 'swap', ['linear']],
    ['binance', undefined, ['spot', 'linear']],
    ['bybit', 'swap', ['linear']],
    ['gate', 'swap', ['swap']],
    ['okx', undefined, ['spot', 'swap']],
  ] as const)('lists no more markets of %s than are needed for %s', async (exchange, marketType, types) => {
    expect((await create(exchange, { marketType })).options.fetchMarkets?.types).toEqual(types)
  })

  it('leaves exchanges as they are whose lists cannot be chosen', async () => {
    expect((await create('kraken', { marketType: 'swap' })).options.fetchMarkets?.types).toBeUndefined()
    expect((await create('binanceus', { marketType: 'swap' })).options.fetchMarkets?.types).toEqual(['spot'])
  })

  it('keeps the rate limiter on, and takes the time limit and the key', async () => {
    const client = await create('binance', { credentials: { apiKey: 'k', secret: 's' } })
    expect(client).toMatchObject({ enableRateLimit: true, timeout: 1234, apiKey: 'k', secret: 's' })
  })

  it('replaces the URLs that are named, also below another name, and leaves the others', async () => {
    const { api } = (await create('binance', { urls: { public: 'http://proxy/api' } })).urls
    expect(api.public).toBe('http://proxy/api')
    expect(api.fapiPublic).toMatch(/^https:/)

    const gate = (await create('gate', { urls: { 'public.futures': 'http://proxy/futures' } })).urls.api
    expect(gate.public).toMatchObject({ futures: 'http://proxy/futures', spot: expect.stringMatching(/^https:/) })
    const whole = (await create('gate', { urls: { public: 'http://proxy' } })).urls.api
    expect(new Set(Object.values(whole.public as object))).toEqual(new Set(['http://proxy']))
    expect(Object.values(whole.private as object)).not.toContain('http://proxy')
  })

  it('says how to install ccxt where it is missing', async () => {
    vi.doMock('ccxt', () => {
      throw new Error("Cannot find package 'ccxt'")
    })
    const creating = create('binance')
    await expect(creating).rejects.toBeInstanceOf(SourceError)
    await expect(creating).rejects.toMatchObject({ code: 'CCXT_MISSING' })
    await expect(creating).rejects.toThrow('npm install ccxt')
  })
})
