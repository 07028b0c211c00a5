"""Measures what a model is worth on this board: speed, memory, heat and how right it is, together.

A *point* (`points.Point`) says what is measured; `child` measures one in a process of its own;
`runner` runs many and can go on after having been killed; `result.schema.json` is what comes out.
"""
