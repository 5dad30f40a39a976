/** `[rows][time]` → `[rows][steps]`: of every row the steps at `offsets` `[steps]`, in bytes. */
export function gatherSteps(
  from: usize,
  fromStride: usize,
  offsets: usize,
  steps: i32,
  rows: i32,
  to: usize,
  toStride: usize,
): void {
  for (let row = 0; row < rows; row++) {
    for (let t: usize = 0; t < (<usize>steps) << 2; t += 4) {
      store<f32>(to + t, load<f32>(from + <usize>load<i32>(offsets + t)))
    }
    from += fromStride
    to += toStride
  }
}
