"""How the report of a walk looks, beside what all our pages have."""

STYLE = """
.strip { display: block; min-width: 44rem; width: 100%; height: auto; margin: 0 0 1.5rem; }
svg text.number { font-weight: 700; font-size: 14px; }
.danger { fill: var(--danger); stroke: var(--ink); }
.message { fill: var(--ink); stroke: var(--ink); }
.near { fill: none; stroke: var(--ink); stroke-width: 2; }
.told { fill: none; stroke: var(--told); stroke-width: 2.2; }
.seen { fill: none; stroke: var(--faint); stroke-width: 1.1; }
.blind { fill: none; stroke: var(--ink); } .hatch { stroke: var(--ink); stroke-width: 1; }
.pictures { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
figure img { width: 100%; height: auto; border: 1px solid currentColor; }
@media print { .strip { break-inside: avoid; } }
"""
