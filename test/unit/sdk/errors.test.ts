import { build } from 'vite'
import { describe, expect, it } from 'vitest'
import {
  AbortedError,
  CandleError,
  EdgeQuantError,
  EngineError,
  fromErrorRecord,
  toErrorRecord,
} from '../../../sdk/errors.ts'

/** The same code as an app ships it: minified, in a file of its own. */
async function minifiedCopy(): Promise<typeof import('../../../sdk/errors.ts')> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: true,
      lib: { entry: new URL('../../../sdk/errors.ts', import.meta.url).pathname, formats: ['es'], fileName: 'errors' },
      rolldownOptions: { output: { minify: true } },
    },
  })
  const [{ output }] = built as { output: { code: string }[] }[]
  return import(`data:text/javascript,${encodeURIComponent(output[0].code)}`)
}

describe('errors', () => {
  it('are of their class, of the base class, and of no other', () => {
    const error = new CandleError('GAP', 'A candle is missing.', { index: 7 })
    expect(error).toBeInstanceOf(CandleError)
    expect(error).toBeInstanceOf(EdgeQuantError)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(EngineError)
    expect(error.name).toBe('CandleError')
    for (const other of [
      new DOMException('', 'DataError'),
      Object.assign(new Error(), { code: 'GAP', details: {} }),
      null,
    ]) {
      expect(other).not.toBeInstanceOf(EdgeQuantError)
    }
  })

  it('keep name, class, code and details when they are recorded and made again', () => {
    for (const error of [new EngineError('NO_ENGINE', 'None runs.', { candidates: [] }), new AbortedError('It')]) {
      const again = fromErrorRecord(structuredClone(toErrorRecord(error)))
      expect(again).toBeInstanceOf(error.constructor)
      expect(again).toMatchObject({ name: error.name, code: (error as EdgeQuantError).code, message: error.message })
    }
  })

  it('are known across copies of the code, minified ones too', async () => {
    const copy = await minifiedCopy()
    const error = new copy.EngineError('DEVICE_LOST', 'The device was lost.')
    expect(error.name).toBe('EngineError')
    expect(error).toBeInstanceOf(EngineError)
    expect(error).toBeInstanceOf(EdgeQuantError)
    expect(error).not.toBeInstanceOf(CandleError)
    expect(fromErrorRecord(copy.toErrorRecord(error))).toBeInstanceOf(EngineError)
  })

  it('of a class that an app derives are of that class alone', () => {
    class Own extends CandleError {}
    expect(new Own('OWN', 'Own.')).toBeInstanceOf(Own)
    expect(new Own('OWN', 'Own.')).toBeInstanceOf(CandleError)
    expect(new CandleError('GAP', 'A candle is missing.')).not.toBeInstanceOf(Own)
  })
})
