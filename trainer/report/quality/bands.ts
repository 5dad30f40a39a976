/** Steps of the colour scale, best first: a score of at least `from` and its CSS variable. */
export const BANDS = [
  { from: 100, label: '100', name: 'q0' },
  { from: 99, label: '≥ 99', name: 'q1' },
  { from: 95, label: '≥ 95', name: 'q2' },
  { from: 75, label: '≥ 75', name: 'q3' },
  { from: 25, label: '≥ 25', name: 'q4' },
  { from: 0, label: '< 25', name: 'q5' },
] as const

export type Band = (typeof BANDS)[number]

/** What rounds to 100 and is not is no 100. */
export const bandOf = (score: number): Band => BANDS.find(band => score >= band.from) ?? BANDS[BANDS.length - 1]

/** 100 for perfect only: 99.97 is 99, and 99.9 with one decimal. */
export const points = (score: number, decimals = 0): string =>
  (Math.floor(score * 10 ** decimals) / 10 ** decimals).toFixed(decimals)
