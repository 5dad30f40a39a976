import { describe, expect, it } from 'vitest'
import { credentialsFromEnvironment } from '../../../../../trainer/data/exchange/credentials.ts'

describe('credentialsFromEnvironment', () => {
  it('reads key, secret and password by the name of the exchange', () => {
    const environment = {
      EDGEQUANT_OKX_API_KEY: 'key',
      EDGEQUANT_OKX_SECRET: 'secret',
      EDGEQUANT_OKX_PASSWORD: 'password',
      EDGEQUANT_BINANCE_API_KEY: 'other key',
      EDGEQUANT_BINANCE_SECRET: 'other secret',
    }
    expect(credentialsFromEnvironment(['okx', 'binance', 'bybit'], environment)).toEqual({
      okx: { apiKey: 'key', secret: 'secret', password: 'password' },
      binance: { apiKey: 'other key', secret: 'other secret' },
    })
  })

  it('leaves out a key without its secret: what asks for both then says so', () => {
    expect(credentialsFromEnvironment(['okx'], { EDGEQUANT_OKX_API_KEY: 'key', EDGEQUANT_OKX_SECRET: '' })).toEqual({})
  })
})
