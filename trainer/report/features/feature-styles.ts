/** Beside the styles of every report. Training is blue, the test orange; both themes. */
export const FEATURE_STYLES = `
.tiles { grid-template-columns: repeat(4, minmax(0, 1fr)); }
.tile b { display: block; font-size: 24px; line-height: 32px; font-weight: 600; letter-spacing: -0.01em; }
.tile span { color: var(--muted); font-size: 13px; }
main a { color: var(--accent); text-underline-offset: 3px; }
a.name { color: inherit; text-decoration: none; } a.name:hover { text-decoration: underline; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.overview td { vertical-align: middle; } .overview svg { display: block; width: 112px; height: 28px; }
.overview th small { display: block; font-weight: 400; color: var(--muted); font-size: 12px; }
.overview td:last-child, .overview th:last-child { padding-right: 4px; }
.training { fill: var(--accent); fill-opacity: 0.35; } .test { fill: none; stroke: var(--second); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.key { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; margin: 0 0 8px; font-size: 13px; color: var(--muted); }
.key i { display: inline-block; width: 14px; height: 10px; margin-right: 6px; vertical-align: -1px; }
.key .of-training { background: var(--accent); opacity: 0.45; } .key .of-test { height: 0; border-top: 2px solid var(--second); vertical-align: 3px; }
.prose td.what { color: var(--muted); }
.warn { color: var(--second); font-weight: 600; } .fine { color: var(--muted); }
.prose td, .prose th { text-align: left; white-space: nowrap; vertical-align: top; padding-left: 0; padding-right: 16px; }
.prose td.text { white-space: normal; min-width: 28ch; overflow-wrap: anywhere; }
.map { margin: 8px 0 16px; } .map svg { display: block; width: 100%; height: auto; }
.map text, .plot text { font-size: 11px; fill: var(--muted); } .map text { dominant-baseline: central; }
.p0 { fill: var(--accent); fill-opacity: 0.15; } .p1 { fill: var(--accent); fill-opacity: 0.35; } .p2 { fill: var(--accent); fill-opacity: 0.55; }
.p3 { fill: var(--accent); fill-opacity: 0.78; } .p4 { fill: var(--accent); }
.n0 { fill: var(--second); fill-opacity: 0.15; } .n1 { fill: var(--second); fill-opacity: 0.35; } .n2 { fill: var(--second); fill-opacity: 0.55; }
.n3 { fill: var(--second); fill-opacity: 0.78; } .n4 { fill: var(--second); } .z { fill: var(--line); fill-opacity: 0.5; }
.scale { display: flex; flex-wrap: wrap; gap: 4px 12px; list-style: none; padding: 0; margin: 0 0 12px; font-size: 13px; color: var(--muted); }
.scale svg { width: 12px; height: 12px; vertical-align: -1px; margin-right: 5px; }
.plots { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px 24px; margin: 8px 0; }
.plots figure { margin: 0; } .plots figcaption { font-size: 13px; margin-bottom: 4px; }
.plot { display: block; width: 100%; height: auto; overflow: visible; }
.grid { stroke: var(--line); fill: none; } .zero { stroke: var(--muted); stroke-dasharray: 3 3; fill: none; }
.band { fill: var(--accent); fill-opacity: 0.22; } .line { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-linejoin: round; }
.bars { stroke: var(--accent); stroke-width: 1.4; fill: none; } .cut { stroke: var(--second); stroke-dasharray: 2 3; fill: none; }
.plot text.of-test { fill: var(--second); }
.feature { padding: 12px 0; scroll-margin-top: 16px; }
.feature > summary { display: grid; grid-template-columns: 1fr max-content; gap: 0 16px; overflow-wrap: anywhere; }
.feature > summary::-webkit-details-marker { display: none; }
.feature > summary::after { content: "+"; grid-column: 2; grid-row: 1; color: var(--muted); }
.feature[open] > summary::after { content: "−"; }
.feature > summary small { grid-column: 1; font-weight: 400; color: var(--muted); font-size: 13px; }
.feature > summary + p { margin: 8px 0; }
.feature code { overflow-wrap: anywhere; }
.figures { grid-template-columns: max-content minmax(0, 1fr) max-content minmax(0, 1fr); gap: 4px 24px; }
@media (max-width: 760px) {
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .crowded text { display: none; }
  .plots { grid-template-columns: minmax(0, 1fr); gap: 16px; }
  .overview tbody th { min-width: 132px; max-width: 40vw; white-space: normal; overflow-wrap: break-word; }
  .prose thead { display: none; } .prose tr { display: block; padding: 8px 0; border-bottom: 1px solid var(--line); }
  .prose tbody th, .prose td { display: inline; border: 0; padding: 0 8px 0 0; white-space: normal; overflow-wrap: anywhere; }
  .prose td.text { display: block; }
  .figures { grid-template-columns: max-content minmax(0, 1fr); }
  .figures dd { margin: 0; }
}
`
