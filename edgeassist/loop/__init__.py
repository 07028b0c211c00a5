"""The shared real-time loop: events, clock, channels, nodes, graph, supervision, metrics."""
