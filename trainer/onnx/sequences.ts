import type { Span } from '../../worker/plan/plan.ts'
import type { GraphBuilder, Value } from './graph-builder.ts'
import { sliceAxis } from './pieces.ts'

interface Segment {
  readonly from: number
  readonly to: number
  /** `[B, to − from, width]` */
  readonly value: Value
}

/** The buffers of a plan: which value holds which steps. ONNX has no views, so reading across values joins them. */
export class Sequences {
  private readonly graph: GraphBuilder
  private readonly segments = new Map<number, Segment[]>()

  constructor(graph: GraphBuilder) {
    this.graph = graph
  }

  write({ buffer, from, to }: Span, value: Value): void {
    const segments = [...(this.segments.get(buffer) ?? []), { from, to, value }]
    this.segments.set(
      buffer,
      segments.sort((a, b) => a.from - b.from),
    )
  }

  /** `[B, to − from, width]` */
  read(span: Span): Value {
    const parts = (this.segments.get(span.buffer) ?? [])
      .filter(segment => segment.from < span.to && span.from < segment.to)
      .map(segment => this.cut(segment, span))
    return parts.length === 1 ? (parts[0] as Value) : this.graph.node('Concat', parts, { axis: 1 })
  }

  private cut({ from, to, value }: Segment, span: Span): Value {
    const start = Math.max(from, span.from) - from
    const end = Math.min(to, span.to) - from
    return start === 0 && end === to - from ? value : sliceAxis(this.graph, value, 1, start, end)
  }
}
