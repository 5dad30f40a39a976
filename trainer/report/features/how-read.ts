import { type Html, html } from '../html.ts'
import { COPY_CORRELATION, LAGS } from './analyse-features.ts'

/** What the figures are and where they come from. */
export const howRead = (): Html => html`<section id="reading"><h2>How to read this</h2>
<dl>
<dt>Values</dt><dd>Unscaled, of all symbols together, after each feature’s warm-up. Longer gaps in the candles stay and are bridged, as they are in a stream. Histograms reach from the smallest to the largest per mille; their outer bins hold the rest.</dd>
<dt>Missing</dt><dd>Share of candles after the warm-up at which the feature has no value.</dd>
<dt>Autocorrelation</dt><dd>Mean over the symbols, up to ${LAGS} candles back; what is missing is passed over.</dd>
<dt>Stationarity</dt><dd>By symbol, at 5 %. The augmented Dickey–Fuller test (Said and Dickey 1984; a constant, 12·(n/100)^¼ lags after Schwert 1989, critical values of MacKinnon 2010) can refuse a unit root; the KPSS test (Kwiatkowski, Phillips, Schmidt and Shin 1992; constant level, as many lags) can refuse a constant level. <em>Stationary</em>: no unit root, level constant. <em>Shifting</em>: both refused, as by long memory or a slow trend. <em>Unit root</em>: only the level is refused. <em>Undecided</em>: neither. Functions of time are not tested.</dd>
<dt>Drift</dt><dd>From the training to the test period. PSI: Σ (q − p) ln(q / p) over the deciles of training; below 0.1 little, from 0.25 on large (Siddiqi 2006). KS: the largest distance between the two distribution functions; its probability counts each symbol’s values as the fewer independent ones that their autocorrelation leaves (Bartlett 1946), and all symbols as one, since they move together. Wasserstein: the mean distance that values move, in standard deviations of training.</dd>
<dt>Correlation</dt><dd>Spearman’s, of ranks, on about 20,000 candles spread over all symbols and times; features that are alike stand together (average linkage). Groups joined by |ρ| above ${COPY_CORRELATION} are called copies.</dd>
</dl>
<p>None of this says whether a feature helps a forecast: <code>trainer features --search</code> asks that.</p></section>`
