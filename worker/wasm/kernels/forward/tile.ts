/** Steps (or windows) of a tile: two vectors of four lanes. */
export const LANES: i32 = 8
/** Bytes of a tile's row, and of a float32. */
export const ROW: usize = 32
export const FLOAT: usize = 4

/** Width rounded up to the columns that one panel computes. */
export function padded(width: i32): i32 {
  return (width + 3) & ~3
}
