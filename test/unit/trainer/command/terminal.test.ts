import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../../sdk/errors.ts'
import { collectSetting, configOverrides } from '../../../../trainer/command/options.ts'
import { createTerminal, formatError } from '../../../../trainer/command/terminal.ts'

function recorded(use: (terminal: ReturnType<typeof createTerminal>) => void): string[] {
  const stream = new PassThrough()
  use(createTerminal(stream as unknown as NodeJS.WriteStream))
  return String(stream.read() ?? '').split('\n')
}

describe('a terminal that is none', () => {
  it('writes plain lines, stage in the margin', () => {
    expect(recorded(t => t.stage('data', 'Reading'))).toEqual(['data       Reading', ''])
  })

  it('writes progress as at most a line per tenth', () => {
    const lines = recorded(terminal => {
      const bar = terminal.progress()
      for (let i = 1; i <= 100; i++) bar.update(i / 100, `${i} done`)
      bar.stop()
    })
    expect(lines.filter(line => line.includes('done'))).toHaveLength(10)
    expect(lines.at(-2)).toBe('           100 %  100 done')
  })
})

describe('formatError', () => {
  const error = new ConfigError('UNKNOWN_KEY', 'unknown key "x".\nDid you mean "y"?')

  it('is one block of code and message, without a stack', () => {
    expect(formatError(error, false)).toBe('\nConfigError UNKNOWN_KEY\n  unknown key "x".\n  Did you mean "y"?\n')
  })

  it('has the stack when asked for', () => {
    expect(formatError(error, true)).toContain('terminal.test.ts')
  })

  it('says how to see more of what was not expected', () => {
    expect(formatError(new RangeError('odd'), false)).toContain('--verbose')
  })
})

describe('configOverrides', () => {
  it('turns --data into a source and a path', () => {
    expect(configOverrides({ data: 'candles' })).toEqual([
      { path: 'data.source', value: 'files', flag: '--data' },
      { path: 'data.path', value: 'candles', flag: '--data' },
    ])
  })

  it('reads --set values as JSON where they are', () => {
    expect(collectSetting('teacher.maxSteps=50')[0].value).toBe(50)
    expect(collectSetting('horizons=[1,2]')[0].value).toEqual([1, 2])
    expect(collectSetting('data.path=a=b.csv')[0]).toMatchObject({ path: 'data.path', value: 'a=b.csv' })
    expect(() => collectSetting('nonsense')).toThrow(/key=value/)
  })
})
