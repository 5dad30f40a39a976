import type * as v from 'valibot'

type AnySchema = v.GenericSchema
interface PipeItem {
  readonly kind: string
  readonly type: string
  readonly requirement?: unknown
  readonly description?: string
}
type Introspected = AnySchema & {
  readonly wrapped?: AnySchema
  readonly default?: unknown
  readonly pipe?: readonly PipeItem[]
  readonly entries?: Readonly<Record<string, AnySchema>>
  readonly options?: readonly unknown[]
  readonly item?: AnySchema
}

/** One check or note of a pipe, e.g. `{ type: 'min_value', requirement: 1 }`. */
export interface SchemaRule {
  readonly type: string
  readonly requirement: unknown
}

/** A valibot schema without its wrappers: what it accepts, the rules on it, its default and its description. */
export interface SchemaNode {
  readonly type: string
  readonly optional: boolean
  readonly default: unknown
  readonly description: string | undefined
  readonly rules: readonly SchemaRule[]
  readonly entries: Readonly<Record<string, AnySchema>> | undefined
  readonly options: readonly unknown[] | undefined
  readonly item: AnySchema | undefined
}

/** Reads a schema by valibot's documented introspection: `wrapped`, `pipe`, `entries`, `options`, `item`. */
export function readSchema(schema: AnySchema): SchemaNode {
  let node = schema as Introspected
  const optional = node.wrapped !== undefined
  const fallback = node.default
  const rules: SchemaRule[] = []
  let description: string | undefined
  // `optional` keeps the schema inside as `wrapped`; `pipe` keeps it as the first item, beside its checks and notes.
  for (;;) {
    for (const item of node.pipe ?? []) {
      if (item.type === 'description') description = item.description
      else if (item.kind === 'validation') rules.push({ type: item.type, requirement: item.requirement })
    }
    const inner: unknown = node.wrapped ?? node.pipe?.[0]
    if (inner === undefined) break
    node = inner as Introspected
  }
  return {
    type: node.type,
    optional,
    default: fallback,
    description,
    rules,
    entries: node.entries,
    options: node.options,
    item: node.item,
  }
}
