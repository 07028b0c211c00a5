"""Chinese braille signs: initials, finals, tones, punctuation, and when a tone stays unwritten.

The letters are those of GF 0019-2018 §5-§7 and equally of GB/T 15720-2008; the punctuation is
GF 0019-2018 §8, the omission of tones §10.2, the short forms §11.
"""

from __future__ import annotations

from functools import cache

from edgeassist.chinese.syllables import Syllable, split

BLANK = "\u2800"
UNKNOWN = "⠨⠿"  # stands for a character that has no sign; ⠿ alone would read wà


def cells(*dots: str) -> str:
    """Unicode cells from dot numbers: cells("45", "1") is "⠘⠁"."""
    return "".join(chr(0x2800 + sum(1 << (int(dot) - 1) for dot in cell)) for cell in dots)


# §5
INITIALS = {
    name: cells(dots)
    for name, dots in {
        "b": "12", "p": "1234", "m": "134", "f": "124", "d": "145", "t": "2345", "n": "1345",
        "l": "123", "g": "1245", "k": "13", "h": "125", "j": "1245", "q": "13", "x": "125",
        "zh": "34", "ch": "12345", "sh": "156", "r": "245", "z": "1356", "c": "14", "s": "234",
    }.items()
}  # fmt: skip

# §6. g k h stand before finals in a, o, e, u; j q x before i and ü: the same cells.
FINALS = {
    name: cells(dots)
    for name, dots in {
        "a": "35", "o": "26", "e": "26", "i": "24", "u": "136", "ü": "346", "er": "1235",
        "ai": "246", "ao": "235", "ei": "2346", "ou": "12356", "ia": "1246", "iao": "345",
        "ie": "15", "iou": "1256", "ua": "123456", "uai": "13456", "uei": "2456", "uo": "135",
        "üe": "23456", "an": "1236", "ang": "236", "en": "356", "eng": "3456", "ian": "146",
        "iang": "1346", "in": "126", "ing": "16", "uan": "12456", "uang": "2356", "uen": "25",
        "ong": "256", "ueng": "256", "üan": "12346", "ün": "456", "iong": "1456",
    }.items()
}  # fmt: skip

# Rare interjections (哟 嗯 呣 欸): no source but liblouis' zhcn-cbs, which writes them so.
_SUBSTITUTES = {
    "io": ("", "iou"),
    "ng": ("", "eng"),
    "ê": ("", "ei"),
    "iai": ("", "ai"),
}

TONES = {1: cells("1"), 2: cells("2"), 3: cells("3"), 4: cells("23"), 5: ""}  # §7

# §8, as printed on pages 4-5
PUNCTUATION = {
    "。": cells("5", "23"),
    "，": cells("5"),
    "、": cells("4"),
    "；": cells("56"),
    "？": cells("5", "3"),
    "！": cells("56", "2"),
    "：": cells("36"),
    "“": cells("45"),
    "”": cells("45"),
    "‘": cells("45", "45"),
    "’": cells("45", "45"),
    "（": cells("56", "3"),
    "）": cells("6", "23"),
    "［": cells("56", "23"),
    "］": cells("56", "23"),
    "——": cells("6", "36"),
    "……": cells("5", "5", "5"),
    "《": cells("5", "36"),
    "》": cells("36", "2"),
    "〈": cells("5", "3"),
    "〉": cells("6", "2"),
    "·": cells("6", "3"),
}

# §11.1: character and reading -> short form
SHORT_FORMS = {
    ("的", "de5"): cells("145"),
    ("么", "me5"): cells("134"),
    ("你", "ni3"): cells("1345"),
    ("他", "ta1"): cells("2345"),
    ("她", "ta1"): cells("2345", "1"),
    ("它", "ta1"): cells("4", "2345"),
}
# §9.4: written out in full, 他 and 它 have no tone; 它 is told apart by dot 4.
SPECIAL_SPELLINGS = {
    ("他", "ta1"): cells("2345", "35"),
    ("它", "ta1"): cells("4", "2345", "35"),
}
# §10.2.8: the tone is kept where the meaning would blur.
KEPT_TONES = {("问", "wen4"), ("再", "zai4")}
# §10.2.8 again, but only in this word: 地道 is told from 地·dao.
KEPT_IN_WORDS = {("地道", 1, "dao4")}

_OMITS_2 = frozenset(["p", "m", "t", "n", "h", "q", "ch", "r", "c"])
_OMITS_4 = frozenset(["b", "d", "l", "g", "k", "j", "x", "zh", "sh", "z", "s"])


def spelling(syllable: Syllable) -> str:
    """Initial and final as cells, without tone (§9.1 to §9.3).

    Raises `ValueError` for what is no Mandarin syllable.
    """
    initial, final = syllable.initial, syllable.final
    if final in _SUBSTITUTES:
        initial, final = _SUBSTITUTES[final]
    if (initial, final) in (("m", ""), ("n", "")):
        return INITIALS[initial]
    if (initial, final) == ("n", "g"):
        return FINALS["eng"]
    if (initial and initial not in INITIALS) or (final and final not in FINALS):
        raise ValueError(f"not a syllable: {syllable}")
    if not final and initial not in ("zh", "ch", "sh", "r", "z", "c", "s"):
        raise ValueError(f"not a syllable: {syllable}")
    return (INITIALS[initial] if initial else "") + (FINALS[final] if final else "")


def omitting_clause(syllable: Syllable) -> str:
    """The clause of GF 0019-2018 by which this syllable's tone is unwritten; "" if it is written.

    §10.2.7 and §10.2.8 need the surroundings: see `edgeassist.braille.encode`.
    """
    initial, final, tone = syllable.initial, syllable.final, syllable.tone
    if tone == 5:
        return "10.1"
    if initial == "f":
        return "10.2.1" if tone == 1 else ""
    if initial in _OMITS_2:
        # tóu keeps its tone: bare ⠞⠷ is the neutral tou
        return "10.2.2" if tone == 2 and (initial, final) != ("t", "ou") else ""
    if initial in _OMITS_4:
        # lè and zì keep theirs: bare ⠇⠢ and ⠵ are the neutral le and zi
        kept = (initial, final) in (("l", "e"), ("z", ""))
        return "10.2.3" if tone == 4 and not kept else ""
    if (final, tone) in (("i", 1), ("er", 2), ("uo", 3), ("ie", 3), ("iou", 3)):
        return "10.2.5"
    if final in ("i", "er", "uo", "ie", "iou"):
        return ""
    if final == "o":
        return "10.2.6"
    if final == "e":
        return ""
    return "10.2.4" if tone == 4 else ""


@cache
def omitted_tones(initial: str, final: str) -> tuple[int, ...]:
    """The tones a syllable without tone cell can have in GF 0019, the likeliest first."""
    tones = [t for t in (1, 2, 3, 4) if omitting_clause(Syllable(initial, final, t))]
    return (*tones, 5)


def zero_initial(spelled: str) -> bool:
    """Whether "ai4" begins with its final."""
    return split(spelled).zero_initial
