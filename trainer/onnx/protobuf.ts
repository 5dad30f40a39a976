/**
 * Writes protobuf messages: ONNX needs four kinds of field of its wire format, which is less than a dependency would be to
 * explain, pin and keep.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export type Field = readonly Uint8Array[]

const VARINT = 0
const LENGTH_DELIMITED = 2
const FIXED_32 = 5

const encoder = new TextEncoder()

/** A message is its fields, one after another. */
export function message(...fields: readonly Field[]): Uint8Array {
  const parts = fields.flat()
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** An integer; negative ones take ten bytes, as two's complement of 64 bits. */
export const integer = (field: number, value: number | bigint): Field => [tag(field, VARINT), varint(BigInt(value))]

export function float(field: number, value: number): Field {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return [tag(field, FIXED_32), bytes]
}

/** Bytes, or an embedded message. */
export const bytes = (field: number, value: Uint8Array): Field => [
  tag(field, LENGTH_DELIMITED),
  varint(BigInt(value.length)),
  value,
]

export const text = (field: number, value: string): Field => bytes(field, encoder.encode(value))

/** A repeated field: one after another. */
export const repeated = <T>(values: readonly T[], write: (value: T) => Field): Field => values.flatMap(write)

const tag = (field: number, wireType: number): Uint8Array => varint(BigInt(field * 8 + wireType))

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function varint(value: bigint): Uint8Array {
  const digits: number[] = []
  let rest = BigInt.asUintN(64, value)
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    digits.push(rest === 0n ? low : low | 0x80)
  } while (rest !== 0n)
  return Uint8Array.from(digits)
}
