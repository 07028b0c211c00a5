"""Speech synthesis engines, one a file."""
