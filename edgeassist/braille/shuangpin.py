"""汉语双拼盲文, two cells a syllable (GB/T 15720-2008 §5): tables, and a word's cells.

The first cell is the initial with its medial, the second the rime with its tone; every tone is
written. The tables and their sources are data/shuangpin.toml and data/shuangpin_syllables.toml.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from edgeassist.braille.cells import cells
from edgeassist.chinese.syllables import INITIALS, Syllable, spell, split

_AS_INITIAL = {"j": "g", "q": "k", "x": "h", "z": "zh", "c": "ch", "s": "sh"}
_FLAT = ("z", "c", "s")
_LABIALS = ("b", "p", "m", "f")
_TONES = "12345"
CLAUSE = "5"  # of GB/T 15720-2008


@dataclass(frozen=True, slots=True)
class PairReading:
    """What two cells can be, the likeliest spelling first.

    `exists` says that Mandarin has the syllable, `attested` that it has it in this tone.
    """

    letters: tuple[str, ...]
    tones: str
    exists: bool
    attested: bool


def word_cells(word: str, syllables: tuple[str, ...]) -> list[str]:
    """The cells of each syllable of one connected word, `word` and `syllables` side by side.

    Raises `ValueError` for a non-syllable.
    """
    return [written for written, _ in _word(word, syllables)]


def clauses(word: str, syllables: tuple[str, ...]) -> list[str]:
    """By which clause each syllable is written as it is, and which sign of its own it has."""
    return [clause for _, clause in _word(word, syllables)]


def _word(word: str, syllables: tuple[str, ...]) -> list[tuple[str, str]]:
    last = len(word) - 1
    return [
        _written(character, syllable, place > 0, place == last)
        for place, (character, syllable) in enumerate(zip(word, syllables, strict=True))
    ]


@cache
def _written(character: str, syllable: str, within: bool, last: bool) -> tuple[str, str]:
    """Cells and clause; `within` says that something of the word stands before."""
    key = (character, syllable)
    if key == ("的", "de5") and last and not within:
        return sign("的"), f"{CLAUSE} 的"
    if key in (("是", "shi4"), ("是", "shi5")) and last:
        return sign("是"), f"{CLAUSE} 是"
    if key == ("儿", "er5") and within:
        return sign("儿") + ("" if last else sign("joint")), f"{CLAUSE} 儿化"
    if key == ("再", "zai4"):
        return sign("apart") + syllable_cells(syllable), f"{CLAUSE} 再"
    full = _tables()["full_tones"].get(character, "")
    return syllable_cells(full if syllable == full[:-1] + "5" else syllable), CLAUSE


@cache
def syllable_cells(spelled: str) -> str:
    """The two cells of "zhuang4". Raises `ValueError` for what has none."""
    letters, tone = spelled[:-1], int(spelled[-1])
    tables = _tables()
    letters = nearest(letters)
    if letters in tables["specials"]:
        onset, rime, *fixed = tables["specials"][letters]
        return cells(onset) + _rime_cell(rime, 5 if fixed else tone)
    parts = split(letters + str(tone))
    medial, rime = _medial_and_rime(parts)
    return _onset_cell(parts.initial, medial, rime) + _rime_cell(rime, tone)


def nearest(letters: str) -> str:
    """The spelling that is written for one which the scheme has no cells for (fiao: fao)."""
    written: str = _tables()["nearest"].get(letters, letters)
    return written


def _medial_and_rime(parts: Syllable) -> tuple[str, str]:
    tables = _tables()
    final = parts.final
    if final in tables["finals"]:
        medial, rime = tables["finals"][final]
        return medial, rime
    if final in tables["rimes"]:
        return "", final
    if final[:1] in tables["medials"] and final[1:] in tables["rimes"]:
        return final[:1], final[1:]
    raise ValueError(f"not a syllable: {parts}")


def _onset_cell(initial: str, medial: str, rime: str) -> str:
    tables = _tables()
    if initial + medial in tables["wholes"]:
        return cells(tables["wholes"][initial + medial])
    dots = tables["initials"].get(_AS_INITIAL.get(initial, initial), "")
    bare = initial in _LABIALS and medial == "u" and not rime
    possible = bare or not medial or medial in tables["takes"].get(initial, "").split()
    if not dots or not possible or (not rime and not bare and not (medial or _sibilant(initial))):
        raise ValueError(f"not a syllable: {initial} {medial} {rime}")
    if initial in _FLAT:
        dots += tables["medials"]["i"]
    return cells(dots + ("" if bare or not medial else tables["medials"][medial]))


def _sibilant(initial: str) -> bool:
    """Whether an initial is a syllable without any vowel: zhi … si."""
    return initial in ("zh", "ch", "sh", "r", *_FLAT)


def _rime_cell(rime: str, tone: int) -> str:
    tables = _tables()
    dots = tables["rimes"][rime]
    if tone == 5:
        return cells("3" if rime == "ei" else "".join(str(int(dot) + 1) for dot in dots))
    added = tables["tones_of_ei" if rime == "ei" else "tones"][str(tone)]
    return cells(dots + added)


def sign(name: str) -> str:
    """The sign of one word, or of a kind, by its name in the data."""
    return cells(_tables()["signs"][name])


@cache
def marks() -> dict[str, str]:
    """Punctuation marks and their cells."""
    return {mark: cells(*dots.split()) for mark, dots in _tables()["marks"].items()}


@cache
def marks_read() -> dict[str, str]:
    """Cells and the marks they are read as; ［ is ］ too."""
    found = {cells(*dots.split()): mark for mark, dots in _tables()["marks_read"].items()}
    for mark, written in marks().items():
        found.setdefault(written, mark)
    return found


@cache
def pairs() -> dict[str, PairReading]:
    """Every two cells that spell something, and what."""
    spelled: dict[str, dict[tuple[str, str], int]] = {}
    known = _syllables()
    for letters in {*_all_letters(), *known}:
        if letters in _tables()["nearest"]:
            continue
        for tone in _TONES:
            try:
                written = syllable_cells(letters + tone)
            except ValueError:
                continue
            rank = 2 if tone in known.get(letters, "") else 1 if letters in known else 0
            spelled.setdefault(written, {})[letters, tone] = rank
    return {written: _pair(found) for written, found in spelled.items()}


def _pair(found: dict[tuple[str, str], int]) -> PairReading:
    best = max(found.values())
    # you, not the rare yo, where both are the same cells
    ranked = sorted(found, key=lambda key: (-found[key], key[0] == "yo", key))
    kept = [key for key in ranked if found[key] or not best]
    letters = tuple(dict.fromkeys(spelled for spelled, _ in kept))
    tones = "".join(dict.fromkeys(tone for _, tone in kept))
    return PairReading(letters, tones, best > 0, best == 2)


@cache
def onsets() -> frozenset[str]:
    """The cells a syllable can begin with."""
    return frozenset(pair[0] for pair in pairs())


def _all_letters() -> set[str]:
    """Every spelling of an initial with a final, whether Mandarin has it or not."""
    tables = _tables()
    finals = {*tables["finals"], *tables["rimes"]} | {
        medial + rime for medial in tables["medials"] for rime in tables["rimes"] if rime
    }
    finals -= {"ie", "ue", "üe", "uou", "iei", "uen", "ien", "ieng", "üen", "üeng", "oe"}
    return {spell(initial, final) for initial in (*INITIALS, "") for final in finals} | {"yue"}


def attested_syllables() -> set[str]:
    """The syllables Mandarin has, with their tones: "zhuang4"."""
    return {letters + tone for letters, tones in _syllables().items() for tone in tones}


@cache
def _syllables() -> dict[str, str]:
    """Spellings without tone, and the tones they have."""
    return {
        item.rstrip(_TONES): item[len(item.rstrip(_TONES)) :]
        for row in _load("shuangpin_syllables").values()
        for item in row.split()
    }


@cache
def _tables() -> dict[str, Any]:
    return _load("shuangpin")


def _load(name: str) -> dict[str, Any]:
    file = resources.files("edgeassist.braille").joinpath(f"data/{name}.toml")
    return tomllib.loads(file.read_text("utf-8"))
