/** Beside the styles of every report. Blue is good and orange bad, as there; both themes are legible without colour. */
export const QUALITY_STYLES = `
:root { --q0: #1d4a78; --q1: #2f75b5; --q2: #8fb4d6; --q3: #f5cd97; --q4: #f0993a; --q5: #e2571e; --none: #1b2129; }
@media (prefers-color-scheme: light) {
  :root { --q0: #c9def3; --q1: #8dbbe6; --q2: #4f8cc4; --q3: #f3b765; --q4: #e07b1a; --q5: #b23a06; --none: #eceff3; }
}
.q0 { fill: var(--q0); } .q1 { fill: var(--q1); } .q2 { fill: var(--q2); }
.q3 { fill: var(--q3); } .q4 { fill: var(--q4); } .q5 { fill: var(--q5); } .none { fill: var(--none); }
.tiles { grid-template-columns: repeat(4, minmax(0, 1fr)); }
.tile b { display: block; font-size: 24px; line-height: 32px; font-weight: 600; letter-spacing: -0.01em; }
.tile span { color: var(--muted); font-size: 13px; }
.scale { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; padding: 0; margin: 0 0 16px; font-size: 13px; color: var(--muted); }
.scale svg { width: 12px; height: 12px; vertical-align: -1px; margin-right: 6px; }
.months { display: grid; grid-template-columns: max-content minmax(0, 1fr) 48px; gap: 4px 12px; align-items: center; font-size: 14px; grid-auto-flow: dense; }
.months .corner:first-child { grid-column: 1; } .months .strip, .months .axis { grid-column: 2; }
main a { color: var(--accent); text-underline-offset: 3px; }
.months a.name { color: inherit; text-decoration: none; grid-column: 1; } .months a.name:hover { text-decoration: underline; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.months svg { display: block; width: 100%; height: 20px; }
.months rect { stroke: var(--bg); stroke-width: 1.5px; vector-effect: non-scaling-stroke; }
.months .score { grid-column: 3; text-align: right; color: var(--muted); font-size: 13px; }
.axis { position: relative; height: 20px; font-size: 13px; color: var(--muted); }
.axis span { position: absolute; top: 0; padding-left: 4px; border-left: 1px solid var(--line); height: 100%; }
.calendar { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px 24px; margin: 8px 0 24px; max-width: 760px; }
.calendar figure { margin: 0; } .calendar figcaption { font-size: 13px; }
.between { stroke: var(--bg); stroke-width: 2; }
.calendar text { font-size: 8px; fill: var(--muted); }
.prose td, .prose th { text-align: left; white-space: nowrap; vertical-align: top; padding-left: 0; padding-right: 16px; }
.prose td.text { white-space: normal; min-width: 28ch; overflow-wrap: anywhere; }
.prose td.figure { text-align: right; }
.act { font-weight: 500; } .act.rejected { color: var(--q5); } .act.noted { color: var(--muted); font-weight: 400; }
@media (prefers-color-scheme: dark) { .act.rejected { color: var(--q4); } }
.series > summary { display: grid; grid-template-columns: 1fr max-content; gap: 0 16px; }
.series > summary::-webkit-details-marker { display: none; }
.series > summary::after { content: "+"; grid-column: 2; grid-row: 1; color: var(--muted); }
.series[open] > summary::after { content: "−"; }
.series > summary small { grid-column: 1; font-weight: 400; color: var(--muted); font-size: 13px; }
.series code { overflow-wrap: anywhere; }
.series { padding: 12px 0; scroll-margin-top: 16px; }
@media (max-width: 760px) {
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .months { grid-template-columns: minmax(0, 1fr) 40px; gap: 0 8px; }
  .months .name { grid-column: 1; padding-top: 8px; } .months .score { grid-column: 2; padding-top: 8px; }
  .months .strip, .months .axis { grid-column: 1 / -1; }
  .months .corner, .months .corner:first-child { display: none; }
  .months rect { stroke-width: 0.5px; }
  .axis span.fold { display: none; }
  .calendar { grid-template-columns: minmax(0, 1fr); }
  .prose thead { display: none; }
  .prose, .prose tbody { display: block; }
  .prose tr { display: block; white-space: normal; padding: 8px 0; border-bottom: 1px solid var(--line); }
  .prose td, .prose th, .prose td.figure { display: inline-block; border: 0; padding: 0 12px 0 0; position: static; text-align: left; }
  .prose td.text { display: block; padding: 4px 0 0; min-width: 0; }
  .prose td.figure::before { content: "rows "; }
}
@media print { .series > *:not(summary) { display: block; } }
`
