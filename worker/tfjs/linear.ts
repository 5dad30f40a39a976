import type { BlockOf } from '../../models/blocks.ts'
import { affine } from './affine.ts'
import { type BlockContext, parameter, value } from './context.ts'

export function linear(context: BlockContext, block: BlockOf<'linear'>): void {
  const x = value(context, block.input)
  context.values.set(
    block.name,
    affine(x, parameter(context, `${block.name}.w`), parameter(context, `${block.name}.b`)),
  )
}
