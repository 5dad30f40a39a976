/** One sheet for both themes; charts take its variables too. 8-pixel grid, three text sizes, hairlines. */
export const STYLES = `
:root {
  color-scheme: dark light;
  --bg: #0e1116; --panel: #151a21; --ink: #e6e9ee; --muted: #98a2b0; --line: #262d37;
  --accent: #5aa9ff; --second: #f0a04b; --third: #7d8896; --good: #5aa9ff; --bad: #f0a04b;
}
@media (prefers-color-scheme: light) {
  :root {
    --bg: #f7f8fa; --panel: #ffffff; --ink: #1a2029; --muted: #5b6673; --line: #e1e5ea;
    --accent: #1668c7; --second: #b85c00; --third: #8490a0; --good: #1668c7; --bad: #b85c00;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--bg); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums;
}
main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; }
header { border-bottom: 1px solid var(--line); padding-bottom: 24px; margin-bottom: 32px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 8px; font-weight: 600; letter-spacing: -0.01em; }
h1 small { font-size: 15px; font-weight: 400; color: var(--muted); letter-spacing: 0; margin-left: 8px; }
h2 { font-size: 18px; margin: 48px 0 8px; font-weight: 600; }
h3 { font-size: 15px; margin: 24px 0 8px; font-weight: 600; }
p { margin: 0 0 16px; max-width: 76ch; }
time { white-space: nowrap; }
.muted, caption, figcaption { color: var(--muted); }
.brand { color: var(--muted); font-size: 13px; margin-bottom: 16px; }
.tag {
  display: inline-block; font-size: 13px; line-height: 20px; padding: 0 8px; border-radius: 10px;
  border: 1px solid var(--line); color: var(--muted); margin: 0 4px 4px 0;
}
.tag.loud { color: var(--second); border-color: currentColor; font-weight: 600; }
.notice { border-left: 3px solid var(--second); padding: 8px 16px; background: var(--panel); margin: 16px 0 0; max-width: none; }
.findings { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.finding { background: var(--panel); padding: 16px; }
.finding h3 { margin: 0 0 4px; font-size: 13px; color: var(--muted); font-weight: 500; }
.finding p { margin: 0; }
.mark { font-weight: 600; margin-right: 6px; }
.good .mark { color: var(--good); } .bad .mark { color: var(--bad); } .mixed .mark { color: var(--muted); }
.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 24px; }
figure { margin: 8px 0 16px; } figure svg { width: 100%; height: auto; display: block; }
svg text { font-family: inherit !important; font-variant-numeric: tabular-nums; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; margin: 0 0 4px; font-size: 13px; }
.legend i { display: inline-block; width: 16px; border-top: 2px solid; vertical-align: middle; margin-right: 6px; }
.legend i.dashed { border-top-style: dashed; }
.chart h3 { margin-bottom: 0; } .chart p { font-size: 13px; margin-bottom: 8px; }
.narrow { display: none; }
.scroll { overflow-x: auto; margin: 8px 0 16px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { caption-side: bottom; text-align: left; font-size: 13px; padding-top: 8px; }
th, td { padding: 6px 12px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; } td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-weight: 500; font-size: 13px; vertical-align: bottom; }
tbody th { font-weight: 500; }
.interval { color: var(--muted); font-size: 13px; }
.better { color: var(--good); } .worse { color: var(--bad); }
.better::before { content: "▼ "; font-size: 10px; } .worse::before { content: "▲ "; font-size: 10px; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 24px; margin: 8px 0; font-size: 14px; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
code, pre { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; overflow-x: auto; }
details { border-top: 1px solid var(--line); padding: 8px 0; }
summary { cursor: pointer; font-weight: 500; }
summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
footer { color: var(--muted); font-size: 13px; margin-top: 48px; border-top: 1px solid var(--line); padding-top: 16px; }
@media (max-width: 760px) {
  main { padding: 24px 16px 48px; }
  h1 { font-size: 24px; } h1 small { display: block; margin: 4px 0 0; }
  .findings, .charts { grid-template-columns: minmax(0, 1fr); }
  .wide { display: none; } .narrow { display: block; }
  th, td { padding: 6px 8px; }
  tbody th, thead th:first-child { position: sticky; left: 0; background: var(--bg); }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: 8px; }
}
@media print { details { display: block; } }
`
