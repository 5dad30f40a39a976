import type * as v from 'valibot'
import { readSchema, type SchemaNode, type SchemaRule } from './schema-node.ts'

type Json = { [key: string]: unknown }

const RULES: Readonly<Record<string, (requirement: unknown) => Json>> = {
  integer: () => ({ type: 'integer' }),
  finite: () => ({}),
  min_value: minimum => ({ minimum }),
  max_value: maximum => ({ maximum }),
  gt_value: exclusiveMinimum => ({ exclusiveMinimum }),
  lt_value: exclusiveMaximum => ({ exclusiveMaximum }),
  min_length: length => ({ length }),
  regex: pattern => ({ pattern: (pattern as RegExp).source }),
  iso_date: () => ({ format: 'date' }),
  // What only code can say (order, sums, divisibility) is left to the loader.
  check: () => ({}),
  partial_check: () => ({}),
}

function ruleToJson(rule: SchemaRule, type: string): Json {
  const convert = RULES[rule.type]
  if (!convert) throw new Error(`No JSON schema is known for the rule "${rule.type}"; add it to RULES.`)
  const { length, ...json } = convert(rule.requirement)
  return length === undefined ? json : { ...json, [type === 'array' ? 'minItems' : 'minLength']: length }
}

function shape(node: SchemaNode): Json {
  switch (node.type) {
    case 'strict_object': {
      const entries = Object.entries(node.entries ?? {})
      return {
        type: 'object',
        properties: Object.fromEntries(entries.map(([key, schema]) => [key, toJsonSchema(schema)])),
        required: entries.filter(([, schema]) => !readSchema(schema).optional).map(([key]) => key),
        additionalProperties: false,
      }
    }
    case 'array':
      return { type: 'array', items: toJsonSchema(node.item!) }
    case 'union':
      return { anyOf: (node.options as v.GenericSchema[]).map(toJsonSchema) }
    case 'picklist':
      return { enum: node.options }
    case 'string':
    case 'number':
    case 'boolean':
      return { type: node.type }
    default:
      throw new Error(`No JSON schema is known for the valibot schema "${node.type}"; add it to shape().`)
  }
}

/** The JSON schema (2020-12 vocabulary) of a valibot schema, as far as JSON schema can say it. */
export function toJsonSchema(schema: v.GenericSchema): Json {
  const node = readSchema(schema)
  return Object.assign(
    node.description === undefined ? {} : { description: node.description },
    shape(node),
    ...node.rules.map(rule => ruleToJson(rule, node.type)),
    node.default === undefined ? {} : { default: node.default },
  )
}
