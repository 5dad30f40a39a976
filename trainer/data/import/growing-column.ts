const FIRST_CAPACITY = 4096

/** Numbers, one after the other; the memory doubles when it is full. */
export class GrowingColumn {
  #values = new Float64Array(FIRST_CAPACITY)
  #length = 0

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#length++] = value
  }

  /** A view on what was pushed. */
  values(): Float64Array {
    return this.#values.subarray(0, this.#length)
  }
}
