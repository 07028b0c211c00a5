"""Obstacle warnings: detector, tracker, geometry, alert policy."""
