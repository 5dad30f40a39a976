import { fractionToBps } from '../../sdk/units.ts'

/** What follows from the best prices of an order book and the depths of its sides, as the kind `book` of kind.ts has it. */
export function bookFigures(o: {
  readonly bid: number
  readonly ask: number
  readonly bidDepth: number
  readonly askDepth: number
}): { midPrice: number; spreadBps: number; imbalance: number } {
  const midPrice = (o.bid + o.ask) / 2
  return {
    midPrice,
    spreadBps: fractionToBps((o.ask - o.bid) / midPrice),
    imbalance: (o.bidDepth - o.askDepth) / (o.bidDepth + o.askDepth),
  }
}
