"""Object detectors, one a file."""
