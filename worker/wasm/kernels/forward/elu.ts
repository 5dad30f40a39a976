import { eluPlusOne } from './exponential'
import { ROW } from './tile'

/** In place on a tile's `[N][8]`: ELU(x · ln 2) + 1. */
export function eluTile(x: usize, N: i32): void {
  for (let n = 0; n < N; n++) {
    v128.store(x, eluPlusOne(v128.load(x)))
    v128.store(x, eluPlusOne(v128.load(x, 16)), 16)
    x += ROW
  }
}
