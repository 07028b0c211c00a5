"""The symbols Kokoro-82M v1.0 was trained on, and its Chinese: pinyin written in them.

The model reads single characters, most of them IPA. Its Mandarin follows misaki 0.9's "legacy"
transcription (PyPI `misaki`, Apache-2.0): the first variant that its table of sounds gives, tones
as arrows after the vowel, the neutral tone unmarked, words parted by spaces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from edgeassist.chinese.syllables import is_syllable, split
from edgeassist.speech.pinyin import SpokenWord, rhotic, third_tones

# The model's number of each symbol (config.json of Kokoro-82M v1.0); 0 stands for begin and end.
_NUMBERED = {
    1: ";:,.!?",
    9: '—…"()“” \u0303ʣʥʦʨᵝꭧAI',
    31: "O",
    33: "Q",
    35: "ST",
    39: "W",
    41: "Yᵊabcdef",
    50: "hijklmnopqrstuvwxyzɑɐɒæ",
    75: "βɔɕç",
    80: "ɖðʤə",
    85: "ɚɛɜ",
    90: "ɟ",
    92: "ɡ",
    99: "ɥ",
    101: "ɨɪʝ",
    110: "ɯɰŋɳɲɴø",
    118: "ɸθœ",
    123: "ɹ",
    125: "ɾɻ",
    128: "ʁɽʂʃʈʧ",
    135: "ʊʋ",
    138: "ʌɣɤ",
    142: "χʎ",
    147: "ʒʔ",
    156: "ˈˌː",
    162: "ʰ",
    164: "ʲ",
    169: "↓",
    171: "→↗↘",
    177: "ᵻ",
}
NUMBERS = {
    sign: first + place for first, signs in _NUMBERED.items() for place, sign in enumerate(signs)
}

_TONES = {1: "→", 2: "↗", 3: "↓", 4: "↘", 5: ""}
_INITIALS = {
    **dict(zip(("b", "p", "d", "t", "g", "k"), ("p", "pʰ", "t", "tʰ", "k", "kʰ"), strict=True)),
    **dict(zip(("j", "q", "x"), ("ʨ", "ʨʰ", "ɕ"), strict=True)),
    **dict(zip(("zh", "ch", "sh", "r"), ("ꭧ", "ꭧʰ", "ʂ", "ɻ"), strict=True)),
    **dict(zip(("z", "c", "s", "h"), ("ʦ", "ʦʰ", "s", "x"), strict=True)),
    **{same: same for same in "mfnl"},
    "": "",
}
# 0 is the place of the tone.
_FINALS = {
    "": "ɨ0",
    "a": "a0",
    "ai": "ai0",
    "an": "a0n",
    "ang": "a0ŋ",
    "ao": "au0",
    "e": "ɤ0",
    "ê": "ɛ0",
    "ei": "ei0",
    "en": "ə0n",
    "eng": "ə0ŋ",
    "er": "ɚ0",
    "i": "i0",
    "ia": "ja0",
    "iai": "jai0",
    "ian": "jɛ0n",
    "iang": "ja0ŋ",
    "iao": "jau0",
    "ie": "je0",
    "in": "i0n",
    "ing": "i0ŋ",
    "io": "jɔ0",
    "iong": "jʊ0ŋ",
    "iou": "jou0",
    "o": "wo0",
    "ong": "ʊ0ŋ",
    "ou": "ou0",
    "u": "u0",
    "ua": "wa0",
    "uai": "wai0",
    "uan": "wa0n",
    "uang": "wa0ŋ",
    "uei": "wei0",
    "uen": "wə0n",
    "ueng": "wə0ŋ",
    "uo": "wo0",
    "ü": "y0",
    "üan": "ɥɛ0n",
    "üe": "ɥe0",
    "ün": "y0n",
}
_ALONE = {"o": "ɔ0", "m": "m0", "n": "n0", "ng": "ŋ0", "hm": "hm0", "hng": "hŋ0"}
_RHOTIC = "ɚ"


def numbers(symbols: str) -> list[int]:
    """The model's input without its two ends; what it has no symbol for is left out."""
    return [NUMBERS[sign] for sign in symbols if sign in NUMBERS]


@cache
def syllable(spelling: str) -> str:
    """One syllable: "zhong1" is ꭧʊ→ŋ.

    Raises `ValueError` for what is no syllable of Mandarin.
    """
    letters, tone = spelling.rstrip("012345"), int(spelling[-1:]) if spelling[-1:].isdigit() else 5
    if letters in _ALONE:
        return _ALONE[letters].replace("0", _TONES[tone])
    parts = split(spelling)
    if parts.final not in _FINALS:
        raise ValueError(f"not a syllable: {spelling!r}")
    return _INITIALS[parts.initial] + _FINALS[parts.final].replace("0", _TONES[parts.tone])


def chinese(words: Sequence[SpokenWord]) -> str:
    """The symbols of spoken Chinese; a space between words, 儿化 joined to its syllable."""
    said: list[str] = []
    breath: list[tuple[str, ...]] = []
    for word in (*words, SpokenWord((), "")):
        if word.syllables:
            breath.append(word.syllables)
            continue
        said.append(" ".join(map(_word, third_tones(breath))))
        said.append(word.signs + " ")
        breath = []
    return re.sub(r" +(?=[,.!?;:])", "", " ".join("".join(said).split()))


# espeak-ng's IPA (tied with ^) in the symbols of the training texts, as misaki 0.9 maps it.
_ENGLISH = (
    ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"),
    ("ə^l", "ᵊl"), ("əl", "ᵊl"), ("ɚ", "əɹ"), ("r", "ɹ"), ("x", "k"), ("ç", "k"), ("ɐ", "ə"),
    ("ɬ", "l"), ("ʲ", ""), ("\u0303", ""),
)  # fmt: skip
_BRITISH = (("e^ə", "ɛː"), ("iə", "ɪə"), ("ə^ʊ", "Q"))
_AMERICAN = (("o^ʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""))
_LAST = (("o", "ɔ"), ("ɾ", "T"), ("ʔ", "t"), ("^", ""), ("-", ""))


def english(ipa: str, *, british: bool = False) -> str:
    """The symbols of spoken English, from the IPA that espeak-ng's en-us or en-gb gives."""
    for heard, written in (*_ENGLISH, *(_BRITISH if british else _AMERICAN), *_LAST):
        ipa = ipa.replace(heard, written)
    return re.sub("(.)\u0329", r"ᵊ\1", ipa)  # a syllabic consonant


def pieces(symbols: str, most: int) -> list[str]:
    """`symbols` in pieces of at most `most` signs, cut after punctuation, else between words.

    They are about as long as each other; a single word that is longer is cut anywhere.
    """
    if len(symbols) <= most:
        return [symbols] if symbols.strip() else []
    middle = len(symbols) // 2
    cut = min(
        (match.end() for match in re.finditer(r"[,.!?;:] ", symbols)),
        key=lambda at: abs(at - middle),
        default=0,
    )
    if not len(symbols) // 4 < cut < 3 * len(symbols) // 4:
        cut = min(
            (match.end() for match in re.finditer(" ", symbols)),
            key=lambda at: abs(at - middle),
            default=middle,
        )
    cut = cut if 0 < cut < len(symbols) else middle
    return [*pieces(symbols[:cut], most), *pieces(symbols[cut:], most)]


def _word(syllables: tuple[str, ...]) -> str:
    return "".join(
        _RHOTIC if place and rhotic(spelling) else syllable(spelling)
        for place, spelling in enumerate(syllables)
        if is_syllable(spelling)  # CC-CEDICT writes xx5 where nobody knows
    )
