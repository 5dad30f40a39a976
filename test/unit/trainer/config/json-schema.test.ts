import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { toJsonSchema } from '../../../../trainer/config/json-schema.ts'
import { runConfigSchema } from '../../../../trainer/config/run-config.ts'

const SCHEMA_FILE = resolve(import.meta.dirname, '../../../../configs/trainer.schema.json')

describe('configs/trainer.schema.json', () => {
  it('is what the config schema says (npx vitest run test/unit/trainer/config -u writes it anew)', async () => {
    const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...toJsonSchema(runConfigSchema) }
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(SCHEMA_FILE)
  })

  it('tells an editor about required keys, unknown keys and defaults', async () => {
    const schema = JSON.parse(await readFile(SCHEMA_FILE, 'utf8'))
    expect(schema.required).toEqual(['name', 'data'])
    expect(schema.additionalProperties).toBe(false)
    expect(schema.properties.teacher.properties.hidden).toMatchObject({ type: 'integer', minimum: 1, default: 16 })
    expect(schema.properties.backend.enum).toEqual(['auto', 'tfjs-node-gpu', 'webgpu', 'wasm', 'cpu'])
    expect(schema.properties.split.anyOf).toHaveLength(2)
  })
})

describe('toJsonSchema', () => {
  it('writes bounds, patterns and lengths', () => {
    const schema = v.strictObject({
      share: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
      names: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[a-z]+$/))), v.minLength(1)),
      note: v.exactOptional(v.pipe(v.string(), v.minLength(2), v.description('Why.'))),
    })
    expect(toJsonSchema(schema)).toEqual({
      type: 'object',
      properties: {
        share: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
        names: { type: 'array', items: { type: 'string', pattern: '^[a-z]+$' }, minItems: 1 },
        note: { type: 'string', minLength: 2, description: 'Why.' },
      },
      required: ['share', 'names'],
      additionalProperties: false,
    })
  })

  it('refuses what it cannot say rather than leaving it out', () => {
    expect(() => toJsonSchema(v.bigint())).toThrow(/bigint/)
    expect(() => toJsonSchema(v.pipe(v.string(), v.emoji()))).toThrow(/emoji/)
  })
})
