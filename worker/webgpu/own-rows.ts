import type { Region } from './place-tasks.ts'
import { run } from './run-header.ts'
import type { Schedule, Stage } from './schedule.ts'
import type { Tile } from './tile.ts'

/** Which rows this invocation works on, and where their inputs, symbols and records lie. */
export function rowsCode(schedule: Schedule, stage: Stage, tile: Tile, regions: readonly Region[]): string {
  const { shape } = schedule.plan
  const isStep = stage === 'step'
  const isPast = (region: Region) => region.from < shape.lookback
  const size = (region: Region) => {
    if (!isStep) return `${region.to - region.from}u`
    return run(isPast(region) ? 'pastRows' : 'futureRows')
  }
  const turns = regions.slice(1).map(
    (region, i) => `if (region == ${i}u) {
let tiles = (count * size + ${tile.rows - 1}u) / ${tile.rows}u;
if (tileIndex >= tiles) { tileIndex -= tiles; region = ${i + 1}u; begin = ${region.from}u; size = ${size(region)}; }
}`,
  )
  const names = ['row', 'window', 'step', 'symbol', 'stepAt', ...(isStep ? ['observedAt', 'knownAt'] : ['windowAt'])]
  const { rowsPerLane, lanes } = tile.shape
  const declared = [
    `var live: array<bool, ${rowsPerLane}>;`,
    ...names.map(name => `var ${name}: array<u32, ${rowsPerLane}>;`),
  ]
  const rows = tile.eachRow(r => {
    const first = `tileIndex * ${tile.rows}u + lane`
    const place = `live[${r}] = ${first} + ${r} * ${lanes}u < count * size;
row[${r}] = min(${first} + ${r} * ${lanes}u, count * size - 1u);
window[${r}] = row[${r}] / size;
symbol[${r}] = inputs[${run('symbolsAt')} + window[${r}] * ${run('symbolStride')}];`
    if (!isStep) {
      return `${place}
step[${r}] = begin + row[${r}] % size;
windowAt[${r}] = (window[${r}] * ${shape.lookback + shape.horizons}u + step[${r}]) * ${schedule.recordQuads.window}u;
stepAt[${r}] = stepRow(window[${r}], step[${r}]) * ${schedule.recordQuads.step}u;`
    }
    return `${place}
step[${r}] = row[${r}] % size;
observedAt[${r}] = ${run('observedAt')} + (window[${r}] * ${run('observedStride')} + step[${r}]) * ${shape.observed}u;
knownAt[${r}] = ${run('knownAt')} + (window[${r}] * ${run('knownStride')} + knownStart + step[${r}]) * ${shape.known}u;
stepAt[${r}] = (window[${r}] * ${run('stepStride')} + storeStart + step[${r}]) * ${schedule.recordQuads.step}u;`
  })
  const starts = isStep
    ? `let isPast = begin < ${shape.lookback}u;
let knownStart = select(${run('knownFuture')}, 0u, isPast);
let storeStart = select(${run('futureStart')}, ${run('pastStart')}, isPast);
`
    : ''
  return `let lane = local % ${tile.shape.lanes}u;
let group = local / ${tile.shape.lanes}u;
let count = ${run(isStep ? 'stepWindows' : 'windows')};
var tileIndex = workgroup.x;
var region = 0u;
var begin = ${regions[0].from}u;
var size = ${size(regions[0])};
${turns.join('\n')}
${starts}${declared.join('\n')}
${rows}`
}
