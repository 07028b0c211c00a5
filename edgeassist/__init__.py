"""EdgeAssist: captions, obstacle warnings, Chinese braille and speech on one small computer."""

__version__ = "0.1.0"
