import { describe, expect, it } from 'vitest'
import { bytes, float, integer, message, repeated, text } from '../../../../trainer/onnx/protobuf.ts'

const hex = (data: Uint8Array) => Buffer.from(data).toString('hex')

// the examples of https://protobuf.dev/programming-guides/encoding/
describe('protobuf messages', () => {
  it('hold integers as varints', () => {
    expect(hex(message(integer(1, 150)))).toBe('089601')
    expect(hex(message(integer(1, 0)))).toBe('0800')
  })

  it('hold a negative integer in ten bytes', () => {
    expect(hex(message(integer(1, -2)))).toBe('08feffffffffffffffff01')
  })

  it('hold text with its length', () => {
    expect(hex(message(text(2, 'testing')))).toBe('120774657374696e67')
  })

  it('hold messages in messages', () => {
    expect(hex(message(bytes(3, message(integer(1, 150)))))).toBe('1a03089601')
  })

  it('hold floats as little-endian words', () => {
    expect(hex(message(float(2, 1)))).toBe('150000803f')
  })

  it('repeat a field, and number those beyond 15 with two bytes', () => {
    expect(hex(message(repeated([1, 300], n => integer(20, n))))).toBe('a00101a001ac02')
  })
})
