"""Chinese braille (GF 0019-2018) and, through liblouis, English braille."""
