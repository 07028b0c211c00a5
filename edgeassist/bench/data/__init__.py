"""What is measured on: a set that installs with the bench, or a folder the user names.

A folder may hold any of these; what it lacks comes from the installed set::

    speech/manifest.tsv    columns file, lang (zh or en), text; files beside it (or *.wav + *.txt)
    speech/sentences.txt   what voices say, a line each; sentences_en.txt for English
    vision/…/images, vision/…/labels   pictures, and a text each: class x y width height (YOLO)
    vision/video/*         a video, for pictures at a fixed rate
    braille/cpp_dev.tsv    sentence, index, pinyin of that character (one line of titles)
    braille/sentences.tsv  sentence, tab, one toned syllable a character
"""

from edgeassist.bench.data.labelled import (
    Clip,
    Labelled,
    Picture,
    Sentence,
    check,
    clips,
    frames,
    pictures,
    sentences,
    spoken,
)

__all__ = [
    "Clip",
    "Labelled",
    "Picture",
    "Sentence",
    "check",
    "clips",
    "frames",
    "pictures",
    "sentences",
    "spoken",
]
