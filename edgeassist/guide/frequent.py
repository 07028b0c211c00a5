"""What the guide will say most: texts for a voice to speak ahead of time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from edgeassist.guide.classes import classes
from edgeassist.guide.phrases import careful, metres, pass_on, things, where, where_and_how_far
from edgeassist.loop.events import Side

# Metres at which `phrases.metres` says something new: halves below three, then whole, then fives.
_DISTANCES_M = (0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20)
_PLACES = {
    "zh": ("前方", "左前方", "右前方", "左侧", "右侧"),
    "en": ("ahead", "ahead left", "ahead right", "left", "right"),
}
_MANY = {"person": 5, "car": 3, "bicycle": 3, "motorcycle": 3}  # how many of them it counts
# Whose dangers are ready in one piece: what is met on pavements, in stations and rooms.
_MET = (
    *("person", "bicycle", "motorcycle", "car", "bus", "truck", "dog", "bench", "fire hydrant"),
    *("potted plant", "suitcase", "chair", "couch", "dining table"),
    *("obstacle", "overhead obstacle", "pole", "wall", "drop"),
)


def frequent(language: str) -> Iterator[str]:
    """Warnings of the guide in "zh" or "en": every place, distance and thing it may name.

    In Chinese a warning's clauses are place with distance, and thing; in English place with thing,
    and distance: they are put together so that the clauses are those of real warnings.
    """
    yield from _PLACES[language]
    yield from (pass_on(side, language) for side in (Side.LEFT, Side.RIGHT))
    for side, label, count in product(Side, _MET, range(1, 4)):
        if count <= _MANY.get(label, 1):
            yield careful(side, things(label, count, language), language)
    kinds = [kind for kind in classes().values() if kind.blocks]
    far = [metres(distance_m, language) for distance_m in _DISTANCES_M]
    named = [
        things(kind.name, count, language)
        for kind in kinds
        for count in range(1, _MANY.get(kind.name, 1) + 1)
    ]
    if language == "zh":
        for side, distance in product(Side, far):
            yield where_and_how_far(side, named[0], distance, language)
        for what in named:
            yield where(Side.AHEAD, what, language)
    else:
        for side, what in product(Side, named):
            yield where_and_how_far(side, what, far[0], language)
            yield where(side, what, language)
        yield from far
