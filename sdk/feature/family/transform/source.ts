/** The features that tsfresh found useful across many kinds of series. */
export const TSFRESH =
  'Christ, Braun, Neuffer & Kempa-Liehr (2018), Time Series FeatuRe Extraction on basis of Scalable Hypothesis tests (tsfresh), Neurocomputing 307'
