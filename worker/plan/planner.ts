import type { Block, Network } from '../../models/blocks.ts'
import type { Weights } from '../../sdk/engine.ts'
import { EngineError } from '../../sdk/errors.ts'
import type { Operation, PlanBuffer, Span } from './plan.ts'
import type { PlannedValue, ValueOf } from './planned-value.ts'

/** The state of a compilation: what is planned so far. The functions that plan one block each work with it. */
export class Planner {
  readonly buffers: PlanBuffer[] = []
  readonly operations: Operation[] = []
  readonly #values = new Map<string, PlannedValue>([
    ['observed', { kind: 'input', tensor: 'observed' }],
    ['known', { kind: 'input', tensor: 'known' }],
    ['symbols', { kind: 'input', tensor: 'symbols' }],
  ])
  readonly #bufferIds = new Map<string, number>()
  /** Sequences that a concat joins lie in its buffer from the start: by name of the part, the concat. */
  readonly #joinedIn = new Map<string, string>()
  readonly #readers = new Map<string, Block[]>()

  constructor(
    readonly network: Network,
    readonly weights: Weights,
    readonly fold: boolean,
  ) {
    for (const block of network.blocks) {
      for (const input of inputsOf(block)) this.#readers.set(input, [...(this.#readers.get(input) ?? []), block])
      if (block.block !== 'concat' || block.axis !== 'time') continue
      for (const part of block.inputs) {
        if (this.#joinedIn.has(part)) throw unsupported(block, `'${part}' is joined twice`)
        this.#joinedIn.set(part, block.name)
      }
    }
  }

  set(name: string, value: PlannedValue): void {
    this.#values.set(name, value)
  }

  get(name: string): PlannedValue {
    const value = this.#values.get(name)
    if (!value) throw new Error(`The value '${name}' is read before a block has made it.`)
    return value
  }

  /** The value, when it is of that kind. @throws EngineError `UNSUPPORTED_NETWORK` */
  expect<K extends PlannedValue['kind']>(block: Block, name: string, kind: K): ValueOf<K> {
    const value = this.get(name)
    if (value.kind !== kind) throw unsupported(block, `its input '${name}' is a ${value.kind}, not a ${kind}`)
    return value as ValueOf<K>
  }

  /** The blocks that read a value. */
  readersOf(name: string): readonly Block[] {
    return this.#readers.get(name) ?? []
  }

  /** Where the sequence `name` lies. */
  span(name: string, width: number, from: number, to: number): Span {
    const root = this.#rootOf(name)
    let buffer = this.#bufferIds.get(root)
    if (buffer === undefined) {
      buffer = this.buffers.push({ name: root, width }) - 1
      this.#bufferIds.set(root, buffer)
    }
    return { buffer, from, to }
  }

  #rootOf(name: string): string {
    const joined = this.#joinedIn.get(name)
    return joined === undefined ? name : this.#rootOf(joined)
  }
}

/** The values that a block reads. */
function inputsOf(block: Block): string[] {
  switch (block.block) {
    case 'concat':
    case 'flatten':
      return [...block.inputs]
    case 'lstm':
      return [block.input, block.initialHidden, block.initialCell]
    case 'gateAddNorm':
    case 'windowQuantileHead':
      return [block.input, block.skip]
    case 'gatedResidual':
    case 'variableSelection':
      return block.context === undefined ? [block.input] : [block.input, block.context]
    default:
      return [block.input]
  }
}

/** A network whose blocks are put together in a way that fused kernels have no form for. */
export function unsupported(block: { readonly block: string; readonly name: string }, why: string): EngineError {
  return new EngineError(
    'UNSUPPORTED_NETWORK',
    `The fused engines cannot run block '${block.name}' (${block.block}): ${why}. The engine 'tfjs' runs it.`,
    { block: block.name, limit: why },
  )
}
