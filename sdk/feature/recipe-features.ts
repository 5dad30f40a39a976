/**
 * The features of the measured recipe that this registry was begun with: its groups, and the column names of its
 * Python code for our names. `test/fixtures/feature/recipe-reference.json` holds Python's values.
 */
export const RECIPE_GROUPS: Readonly<Record<'A' | 'B' | 'S' | 'X', Readonly<Record<string, string>>>> = {
  /** The symbol's own candles: what any model of volatility begins with. */
  A: {
    ret1: 'return(1)',
    ret3: 'return(3)',
    ret6: 'return(6)',
    ret12: 'return(12)',
    ret24: 'return(24)',
    ret72: 'return(72)',
    ret168: 'return(168)',
    rv6: 'realisedVolatility(6,0.05)',
    rv24: 'realisedVolatility(24,0.05)',
    rv72: 'realisedVolatility(72,0.05)',
    rv168: 'realisedVolatility(168,0.05)',
    rv720: 'realisedVolatility(720,0.05)',
    ew6: 'ewmaVolatility(6,0)',
    ew96: 'ewmaVolatility(96,0)',
    range24: 'rangeWidth(24)',
    park24: 'parkinson(24,0)',
    vz: 'volumeSurprise(168)',
    volr: 'volumeTrend(6,168)',
    pos: 'rangePosition(168)',
    lev: 'volatilityLevel',
    hs1: 'hourSin(1)',
    hc1: 'hourCos(1)',
    hs2: 'hourSin(2)',
    hc2: 'hourCos(2)',
    ds: 'weekSin(1)',
    dc: 'weekCos(1)',
  },
  /** Finer estimators of volatility, jumps, leverage, volume against its season. */
  B: {
    rv1: 'realisedVolatility(1,0.1)',
    rv3b: 'realisedVolatility(3,0.1)',
    rv12b: 'realisedVolatility(12,0.1)',
    pk1: 'parkinson(1,0.05)',
    pk3: 'parkinson(3,0.05)',
    pk6: 'parkinson(6,0.05)',
    pk72: 'parkinson(72,0.05)',
    pk168: 'parkinson(168,0.05)',
    gk1: 'garmanKlass(1,0.05)',
    gk6: 'garmanKlass(6,0.05)',
    gk24: 'garmanKlass(24,0.05)',
    ew2: 'ewmaVolatility(2,0.02)',
    ew12: 'ewmaVolatility(12,0.02)',
    ew336: 'ewmaVolatility(336,0.02)',
    jmp24: 'largestMove(24)',
    abs24: 'absoluteMove(24)',
    bip24: 'bipower(24,0.05)',
    semi12: 'semivariance(12)',
    semi72: 'semivariance(72)',
    lever24: 'drift(24)',
    ac24: 'autocovariance(24)',
    sj: 'signedSquare',
    dd: 'drawdown(720)',
    du: 'drawup(720)',
    volvol: 'volatilityOfVolatility(72)',
    vs1: 'seasonalVolumeSurprise(1)',
    vs3: 'seasonalVolumeSurprise(3)',
    vs24: 'seasonalVolumeSurprise(24)',
    vl: 'volumeLevel(24,720)',
    wick: 'wick',
    body: 'body',
    age: 'volatilityAge(168,720)',
  },
  /** The season of the coming hours, and volatility without the season of the past ones. */
  S: {
    sp1: 'seasonAhead(1)',
    sp6: 'seasonAhead(6)',
    sp24: 'seasonAhead(24)',
    sp0: 'seasonAt(0)',
    sp2: 'seasonAt(2)',
    nhs1: 'newYorkHourSin(1)',
    nhc1: 'newYorkHourCos(1)',
    nhs2: 'newYorkHourSin(2)',
    nhc2: 'newYorkHourCos(2)',
    nhs3: 'newYorkHourSin(3)',
    nhc3: 'newYorkHourCos(3)',
    wke: 'newYorkWeekend',
    fri: 'newYorkDay(friday)',
    sun: 'newYorkDay(sunday)',
    mon: 'newYorkDay(monday)',
    h0: 'closesAtMidnight',
    h8: 'closesAtFunding',
    ...Object.fromEntries(Array.from({ length: 24 }, (_, hour) => [`oh${hour}`, `newYorkHour(${hour})`])),
    dew24: 'deseasonalisedEwma(24,0)',
    drv1: 'deseasonalisedVolatility(1,0.1)',
    drv3: 'deseasonalisedVolatility(3,0.1)',
    drv6: 'deseasonalisedVolatility(6,0.1)',
    drv12: 'deseasonalisedVolatility(12,0.1)',
    dpk1: 'deseasonalisedParkinson(1,0.05)',
    dpk3: 'deseasonalisedParkinson(3,0.05)',
    dpk12: 'deseasonalisedParkinson(12,0.05)',
  },
  /** The market's state. */
  X: {},
}

/** Absolute levels made forecasts worse, and the flags of the hour brought nothing: the network did without them. */
const LEFT_OUT = /^(lev|m_lev|BTC_lev|ETH_lev|m_levr|age|vl|volvol|beta|corr|x_rel|oh\d+)$/

/** The 106 inputs of the recipe's network, in its order. */
export const RECIPE_FEATURES: readonly string[] = Object.values(RECIPE_GROUPS)
  .flatMap(group => Object.entries(group))
  .flatMap(([python, feature]) => (LEFT_OUT.test(python) ? [] : feature))
