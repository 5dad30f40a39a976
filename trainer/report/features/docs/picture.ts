/** A line to draw: NaN where there is nothing. */
export interface PictureLine {
  readonly label: string
  readonly values: ArrayLike<number>
}

export interface Picture {
  readonly title: string
  readonly openTimeMs: ArrayLike<number>
  /** Above the feature. */
  readonly price: PictureLine
  readonly feature: PictureLine
}

const WIDTH = 760
const LEFT = 64
const STEP = 2
const PANEL = 84
const TOP = 30
const GAP = 22
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY_MS = 86_400_000

/** Its own ground, so that it can be read on whatever page it stands. */
const STYLE =
  'text{font:12px system-ui,sans-serif;fill:#5b6673}.b{fill:#fff}.g{stroke:#e1e5ea}.z{stroke:#8490a0;stroke-dasharray:3 3}' +
  '.p,.f{fill:none;stroke:#5b6673;stroke-width:1.2;stroke-linejoin:round}.f{stroke:#1668c7;stroke-width:1.5}.t{fill:#1a2029}' +
  '@media(prefers-color-scheme:dark){text{fill:#98a2b0}.b{fill:#151a21}.g{stroke:#262d37}.z{stroke:#7d8896}.p{stroke:#98a2b0}.f{stroke:#5aa9ff}.t{fill:#e6e9ee}}'

/** Price above, feature below, over the same hours; a few kB. */
export function drawPicture({ title, openTimeMs, price, feature }: Picture): string {
  const height = TOP + 2 * PANEL + GAP + 26
  const bottom = TOP + 2 * PANEL + GAP
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img"><title>${escapeXml(title)}</title>`,
    `<style>${STYLE}</style><rect class="b" width="${WIDTH}" height="${height}" rx="6"/>`,
    days(openTimeMs, bottom),
    panel({ ...price, top: TOP, name: 'p' }),
    panel({ ...feature, top: TOP + PANEL + GAP, name: 'f' }),
    '</svg>\n',
  ].join('')
}

/** A line at each midnight, and the day under every other one. */
function days(openTimeMs: ArrayLike<number>, bottom: number): string {
  const lines: string[] = []
  const names: string[] = []
  for (let i = 0; i < openTimeMs.length; i++) {
    if (openTimeMs[i] % DAY_MS !== 0) continue
    const x = LEFT + STEP * i
    lines.push(`M${x} ${TOP}V${bottom}`)
    const date = new Date(openTimeMs[i])
    if (lines.length % 2 === 1) {
      names.push(`<text x="${x}" y="${bottom + 17}">${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}</text>`)
    }
  }
  return `<path class="g" d="${lines.join('')}"/>${names.join('')}`
}

function panel({ label, values, top, name }: PictureLine & { readonly top: number; readonly name: string }): string {
  const present = Array.from(values).filter(value => !Number.isNaN(value))
  const low = Math.min(...present)
  const high = Math.max(...present)
  const span = high > low ? high - low : 1
  const yOf = (value: number): number => Math.round((top + PANEL - ((value - low) / span) * PANEL) * 10) / 10
  const zero = low < 0 && high > 0 ? `<path class="z" d="M${LEFT} ${yOf(0)}H${WIDTH - 24}"/>` : ''
  const tick = (value: number, y: number) =>
    `<text x="${LEFT - 8}" y="${y}" text-anchor="end">${figure(value, span)}</text>`
  const ticks = high > low ? tick(high, top + 9) + tick(low, top + PANEL) : tick(low, top + PANEL)
  return `${zero}${ticks}<text class="t" x="${LEFT}" y="${top - 7}">${escapeXml(label)}</text><path class="${name}" d="${pathOf(values, yOf)}"/>`
}

/** Relative steps of rounded places, which add up to no error. */
function pathOf(values: ArrayLike<number>, yOf: (value: number) => number): string {
  let path = ''
  let previous = Number.NaN
  for (let i = 0; i < values.length; i++) {
    const y = Number.isNaN(values[i]) ? Number.NaN : yOf(values[i])
    if (!Number.isNaN(y)) {
      path += Number.isNaN(previous) ? `M${LEFT + STEP * i} ${y}l0 0` : relative(y - previous)
    }
    previous = y
  }
  return path
}

/** ` 2-.3` */
function relative(dy: number): string {
  const text = String(Math.round(dy * 10) / 10).replace(/^(-?)0\./, '$1.')
  return ` ${STEP}${text.startsWith('-') ? '' : ' '}${text}`
}

function figure(value: number, span: number): string {
  const digits = span >= 100 ? 0 : span >= 10 ? 1 : span >= 0.1 ? 2 : 4
  const text = value.toFixed(digits).replace('-', '−')
  return digits === 0 ? text.replace(/\B(?=(\d{3})+$)/g, ',') : text
}

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
