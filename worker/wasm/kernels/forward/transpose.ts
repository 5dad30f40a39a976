/** Four vectors → their lanes. */
export function transpose4(from: usize, fromStride: usize, to: usize, toStride: usize): void {
  const a = v128.load(from)
  const b = v128.load(from + fromStride)
  const c = v128.load(from + 2 * fromStride)
  const d = v128.load(from + 3 * fromStride)
  const ab01 = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
  const ab23 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
  const cd01 = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
  const cd23 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f32>(ab01, cd01, 0, 1, 4, 5))
  v128.store(to + toStride, v128.shuffle<f32>(ab01, cd01, 2, 3, 6, 7))
  v128.store(to + 2 * toStride, v128.shuffle<f32>(ab23, cd23, 0, 1, 4, 5))
  v128.store(to + 3 * toStride, v128.shuffle<f32>(ab23, cd23, 2, 3, 6, 7))
}

/** `[rows, columns]` → `[columns, rows]`, float32; strides in bytes. */
export function transpose(from: usize, fromStride: usize, rows: i32, columns: i32, to: usize, toStride: usize): void {
  for (let r = 0; r < rows; r += 4) {
    const source = from + <usize>r * fromStride
    const target = to + ((<usize>r) << 2)
    const wholeColumns = r + 4 <= rows ? columns & ~3 : 0
    for (let c = 0; c < wholeColumns; c += 4) {
      transpose4(source + ((<usize>c) << 2), fromStride, target + <usize>c * toStride, toStride)
    }
    const height = min(4, rows - r)
    for (let c = wholeColumns; c < columns; c++) {
      for (let i = 0; i < height; i++) {
        const value = load<f32>(source + <usize>i * fromStride + ((<usize>c) << 2))
        store<f32>(target + <usize>c * toStride + ((<usize>i) << 2), value)
      }
    }
  }
}
