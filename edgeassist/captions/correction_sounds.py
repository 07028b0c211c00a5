"""Which syllables are misheard for each other, and what that counts.

The pairs are the classic confusions of Mandarin speech: retroflex and flat initials, n and l,
f and h, plain and aspirated, front and back nasals, and what stands beside them in the mouth.
"""

from __future__ import annotations

from functools import cache

from edgeassist.chinese.syllables import is_syllable, spell, split

# Misheard for: pairs, both ways.
_INITIALS = "zh-z ch-c sh-s n-l l-r f-h b-p d-t g-k zh-j ch-q sh-x j-q"
_FINALS = (
    "an-ang en-eng in-ing ian-iang uan-uang ong-eng uei-ei uen-en ou-uo e-uo iou-ou ian-ie u-ou"
)
_SAME_LETTERS, _NEAR, _ALIKE, _UNLIKE = 4, 6, 9, 11


def _both_ways(pairs: str) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for pair in pairs.split():
        one, other = pair.split("-")
        table.setdefault(one, []).append(other)
        table.setdefault(other, []).append(one)
    return table


_NEAR_INITIALS = _both_ways(_INITIALS)
_NEAR_FINALS = _both_ways(_FINALS)


@cache
def near(letters: str) -> tuple[str, ...]:
    """The toneless syllables that `letters` ("zhong") is misheard for or instead of."""
    if not is_syllable(letters + "1"):
        return ()
    sound = split(letters + "1")
    found = [spell(other, sound.final) for other in _NEAR_INITIALS.get(sound.initial, ())]
    found += [spell(sound.initial, other) for other in _NEAR_FINALS.get(sound.final, ())]
    return tuple(other for other in found if other != letters and is_syllable(other + "1"))


@cache
def toneless_distance(one: str, other: str) -> int:
    """How unlike two toneless syllables of different characters are: 4 (the same) to 11."""
    if one == other:
        return _SAME_LETTERS
    if other in near(one):
        return _NEAR
    if not one or not other:
        return _UNLIKE
    return _ALIKE if one[0] == other[0] or one[-2:] == other[-2:] else _UNLIKE
