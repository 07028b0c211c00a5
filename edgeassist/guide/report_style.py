"""How the report looks: readable at any width, in the dark, in forced colours and on paper."""

STYLE = """
:root { color-scheme: light dark; --ink: #111; --paper: #fff; --faint: #595959; --line: #8a8a8a;
  --danger: #b00020; --told: #0b4a8f; }
@media (prefers-color-scheme: dark) { :root { --ink: #f5f5f5; --paper: #121212; --faint: #b0b0b0;
  --line: #8a8a8a; --danger: #ff8a80; --told: #9ecbff; } }
body { font: 1.1rem/1.6 system-ui, "Noto Sans CJK SC", sans-serif; color: var(--ink);
  background: var(--paper); margin: 0; }
main { max-width: 64rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
h1, h2 { line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin-top: 2.5rem; border-bottom: 3px solid currentColor; }
.wide { overflow-x: auto; } .wide:focus-visible { outline: 3px solid var(--told); }
table { border-collapse: collapse; min-width: 60%; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .35rem 1rem .35rem 0;
  border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
th, td.n { white-space: nowrap; } td span { display: inline-block; min-width: 11em; }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; }
.legend svg { vertical-align: middle; }
.strip { display: block; min-width: 44rem; width: 100%; height: auto; margin: 0 0 1.5rem; }
svg text { font: 15px system-ui, "Noto Sans CJK SC", sans-serif; fill: var(--ink); }
svg text.number { font-weight: 700; font-size: 14px; }
.grid { stroke: var(--line); stroke-width: .6; } .axis { stroke: var(--ink); stroke-width: 1.4; }
.danger { fill: var(--danger); stroke: var(--ink); }
.message { fill: var(--ink); stroke: var(--ink); }
.near { fill: none; stroke: var(--ink); stroke-width: 2; }
.told { fill: none; stroke: var(--told); stroke-width: 2.2; }
.seen { fill: none; stroke: var(--faint); stroke-width: 1.1; }
.blind { fill: none; stroke: var(--ink); } .hatch { stroke: var(--ink); stroke-width: 1; }
.pictures { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
figure { margin: 0; } figure img { width: 100%; height: auto; border: 1px solid currentColor; }
@media print { body { font-size: 11pt; } figure, tr, .strip { break-inside: avoid; } }
"""
