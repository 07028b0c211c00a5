"""The words of a warning: where, how far, what, as short as can be."""

from __future__ import annotations

from edgeassist.guide.alerts import Alert
from edgeassist.guide.classes import class_of
from edgeassist.locale import t
from edgeassist.loop.events import Priority, Side

HAN = "零一二三四五六七八九"
EXACT_TO_M = 10.0  # further off, to five metres
BEGIN_S, PAUSE_S, SYLLABLE_S, LETTER_S = 0.5, 0.3, 0.24, 0.055  # of speech


def phrase(alert: Alert, language: str) -> str:
    """The warning in "zh" or "en", for example "左前方两米，行人", or "前方一米，杆，向左绕".

    A danger is two seconds off at most: its words do not spend one of them on the distance. The
    side to pass on comes last, and only where the way past a single thing was seen to be free.
    """
    said = _what_and_where(alert, language)
    if alert.count > 1 or alert.nearest.free not in (Side.LEFT, Side.RIGHT):
        return said
    return said + ("，" if language == "zh" else ", ") + pass_on(alert.nearest.free, language)


def _what_and_where(alert: Alert, language: str) -> str:
    what = things(alert.nearest.label, alert.count, language)
    distance_m = alert.nearest.distance_m
    if alert.priority is Priority.DANGER:
        return careful(alert.side, what, language)
    if distance_m is None:
        return where(alert.side, what, language)
    return where_and_how_far(alert.side, what, metres(distance_m, language), language)


def seconds_to_say(text: str, language: str) -> float:
    """How long a voice takes for a warning at most, at the rate it has if nobody changes it.

    Fitted to Kokoro and espeak-ng, twelve warnings in each language.
    """
    pauses = sum(mark in "，。！；,.!;" for mark in text)
    per_character_s = SYLLABLE_S if language == "zh" else LETTER_S
    return BEGIN_S + PAUSE_S * pauses + per_character_s * (len(text) - pauses)


def things(label: str, count: int, language: str) -> str:
    """What it is and, if more than one, how many: "行人", "三个人", "3 people"."""
    kind = class_of(label)
    if language == "zh":
        return kind.zh if count == 1 else counting(count) + kind.count_zh
    return kind.name if count == 1 else f"{count} {kind.plural}"


def metres(distance_m: float, language: str) -> str:
    """A distance as coarse as it is known: half metres below three, fives above ten."""
    if distance_m < 0.75:
        return t("less than one metre", lang=language)
    half = round(distance_m * 2)
    if half < 6:
        whole, is_half = divmod(half, 2)
    elif distance_m < EXACT_TO_M:
        whole, is_half = round(distance_m), 0
    else:
        whole, is_half = 5 * round(distance_m / 5), 0
    if language == "zh":
        return ("一" if whole == 1 else counting(whole)) + "米" + ("半" if is_half else "")
    number = f"{whole}.5" if is_half else str(whole)
    return f"{number} metre" if number == "1" else f"{number} metres"


def counting(number: int) -> str:
    """1 to 99 in Chinese as said before a measure word: 2 is 两."""
    if number == 2:
        return "两"
    tens, ones = divmod(number, 10)
    if not tens:
        return HAN[ones]
    return ("" if tens == 1 else HAN[tens]) + "十" + (HAN[ones] if ones else "")


def pass_on(side: Side, language: str) -> str:
    """On which side to go past it: "向左绕", "go left"."""
    if side is Side.LEFT:
        return t("go left", lang=language)
    return t("go right", lang=language)


def careful(side: Side, what: str, language: str) -> str:
    """Like "小心左前方行人", "careful! person ahead left": one clause, no breath in between."""
    match side:
        case Side.LEFT:
            return t("Careful! {what} ahead left", lang=language, what=what)
        case Side.RIGHT:
            return t("Careful! {what} ahead right", lang=language, what=what)
        case _:
            return t("Careful! {what} ahead", lang=language, what=what)


def where(side: Side, what: str, language: str) -> str:
    """Like "左前方，行人", "person ahead left"."""
    match side:
        case Side.LEFT:
            return t("{what} ahead left", lang=language, what=what)
        case Side.RIGHT:
            return t("{what} ahead right", lang=language, what=what)
        case _:
            return t("{what} ahead", lang=language, what=what)


def where_and_how_far(side: Side, what: str, far: str, language: str) -> str:
    """Like "左前方两米，行人", "person ahead left, 2 metres"."""
    match side:
        case Side.LEFT:
            return t("{what} ahead left, {far}", lang=language, what=what, far=far)
        case Side.RIGHT:
            return t("{what} ahead right, {far}", lang=language, what=what, far=far)
        case _:
            return t("{what} ahead, {far}", lang=language, what=what, far=far)
