"""The loop as a service of the system: what it tells systemd and keeps, how it is installed."""
