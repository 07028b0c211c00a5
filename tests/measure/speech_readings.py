"""How many 多音字 are spoken wrong: python -m tests.measure.speech_readings

Reads sentences as the voices do: cut into clauses, written out, turned into the syllables from
which both Kokoro's symbols and espeak-ng's pinyin are made. Prints the share of annotated readings
that are wrong, for us, pypinyin and g2pM, and each that we get wrong. Ours have learned from these
sentences; what was wrong in each lot before that is printed last.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_GOLD = Path(__file__).with_name("speech_readings.txt")
_SIGN = re.compile(r"(.)(?:\[([a-zü0-9|]+)\])?", re.DOTALL)
_HANZI = re.compile("[\u4e00-\u9fff]")
System = Callable[[str], list[str]]  # a sentence to one syllable for each Chinese character


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and the right readings of some of its characters by their place."""

    text: str
    gold: dict[int, frozenset[str]]


def sentences() -> Iterator[Sentence]:
    """The annotated sentences; places count Chinese characters only."""
    for line in _GOLD.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        text, gold, place = "", {}, 0
        for sign, readings in _SIGN.findall(line):
            text += sign
            if readings:
                gold[place] = frozenset(map(plain, readings.split("|")))
            place += bool(_HANZI.match(sign))
        yield Sentence(text, gold)


def plain(syllable: str) -> str:
    """One spelling for all: ü as v, a neutral tone as 5."""
    syllable = syllable.lower().replace("u:", "v").replace("ü", "v")
    return syllable if syllable[-1:].isdigit() else syllable + "5"


def ours(text: str) -> list[str]:
    """What the voices are given."""
    from edgeassist.speech.clauses import clauses
    from edgeassist.speech.pinyin import spoken_words
    from edgeassist.speech.scripts import parts

    return [
        syllable
        for clause in clauses(text)
        for part in parts(clause, "zh")
        for word in spoken_words(part.text)
        for syllable in word.syllables
    ]


def with_pypinyin(text: str) -> list[str]:
    """pypinyin's own choice, with its phrase dictionary."""
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(text, Style.TONE3, errors="ignore", neutral_tone_with_five=True)


def with_g2pm() -> System:
    """g2pM's model."""
    from g2pM import G2pM

    model = G2pM()
    return lambda text: [
        syllable
        for sign, syllable in zip(text, model(text, tone=True, char_split=True), strict=True)
        if _HANZI.match(sign)
    ]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    gold = [*sentences()]
    count = sum(len(one.gold) for one in gold)
    kinds = {_hanzi(one.text)[at] for one in gold for at in one.gold}
    found = {"sentences": len(gold), "readings": count, "characters": len(kinds)}
    if not as_json:
        print(f"{len(gold)} sentences, {count} readings of {len(kinds)} characters")
    for name, system in {
        "edgeassist": ours,
        "pypinyin": with_pypinyin,
        "g2pM": with_g2pm(),
    }.items():
        wrong = [*mistakes(gold, system)]
        found[name] = round(len(wrong) / count, 4)
        if as_json:
            continue
        print(f"{name:12} {len(wrong):4} wrong  {100 * len(wrong) / count:5.2f} %")
        for text, sign, said, right in wrong if name == "edgeassist" else ():
            print(f"  {text}  {sign}: {said}, not {right}")
    if as_json:
        print(json.dumps(found))
        return
    print("edgeassist on each lot when it was new:")
    for line in _GOLD.read_text("utf-8").splitlines():
        if line.startswith("# lot"):
            print(f"  {line.removeprefix('# ')}")


def mistakes(gold: list[Sentence], system: System) -> Iterator[tuple[str, str, str, str]]:
    """Sentence, character, what was read and what is right, for each wrong reading."""
    for one in gold:
        said = [plain(syllable) for syllable in system(one.text)]
        for at, right in one.gold.items():
            if said[at] not in right:
                yield one.text, _hanzi(one.text)[at], said[at], "|".join(sorted(right))


def _hanzi(text: str) -> str:
    return "".join(_HANZI.findall(text))


if __name__ == "__main__":
    main()
