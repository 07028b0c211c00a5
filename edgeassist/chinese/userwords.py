"""A user's own words: how they are read, and whether they are written as one word or apart.

A file of one word a line, fields parted by tabs: the word, its pinyin, and if wished how it is
written (`joined`, or the word with blanks where it is parted); `#` begins a remark. Or TOML:

    [words]
    "重庆" = "chóng qìng"
    "义务教育" = { pinyin = "yi4 wu4 jiao4 yu4", written = "义务 教育" }
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from edgeassist.chinese.files import lines_of_file
from edgeassist.chinese.normal import is_hanzi, normalise
from edgeassist.chinese.syllables import from_tone_marks, is_syllable
from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.parsing import toml

JOINED = "joined"
_LINE = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class UserWord:
    """One syllable for each character; `cut` says where further written words begin.

    `cut` is None where the rules for joined writing decide, () for a word never parted.
    """

    syllables: tuple[str, ...]
    cut: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    line: int
    word: str
    pinyin: str
    written: str


def user_words(path: Path) -> dict[str, UserWord]:
    """The words of a file (TOML if its name ends so, else lines parted by tabs).

    Raises `InputError` naming file, line and what was expected.
    """
    lines = list(lines_of_file(path))
    entries = _of_toml(path, lines) if path.suffix.lower() == ".toml" else _of_lines(path, lines)
    found: dict[str, UserWord] = {}
    first: dict[str, int] = {}
    for entry in entries:
        word = normalise(entry.word)
        if word in found:
            raise _wrong(
                path,
                entry.line,
                t("{word} stands on line {first} already", word=entry.word, first=first[word]),
                t("Keep one of the two lines."),
            )
        found[word] = _checked(path, entry, word)
        first[word] = entry.line
    return found


def _of_lines(path: Path, lines: Iterable[tuple[int, str]]) -> Iterator[_Entry]:
    for number, line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split("\t")]
        if not 2 <= len(fields) <= 3:
            raise _wrong(
                path,
                number,
                t("expected a word, a tab and its pinyin, found {line!r}", line=line[:40]),
                t("Write for example: 重庆<TAB>chong2 qing4"),
            )
        yield _Entry(number, fields[0], fields[1], fields[2] if len(fields) > 2 else "")


def _of_toml(path: Path, lines: list[tuple[int, str]]) -> Iterator[_Entry]:
    try:
        table = toml("\n".join(line for _, line in lines))
    except tomllib.TOMLDecodeError as error:
        place = _LINE.search(str(error))
        raise _wrong(
            path,
            int(place[1]) if place else len(lines),
            t("is not TOML: {why}", why=error),
            t("Correct that line."),
        ) from error
    words = table.get("words")
    if not isinstance(words, dict):
        raise _wrong(
            path,
            1,
            t("expected a table [words]"),
            t('Write for example: [words] and below it "重庆" = "chong2 qing4"'),
        )
    for word, value in words.items():
        number = next((n for n, line in lines if line.lstrip(" \"'").startswith(word)), 1)
        entry = {"pinyin": value} if isinstance(value, str) else value
        if not _is_entry(entry):
            raise _wrong(
                path,
                number,
                t("expected the pinyin of {word}, or pinyin and written", word=word),
                t('Write for example: "重庆" = "chong2 qing4"'),
            )
        yield _Entry(number, word, entry["pinyin"], entry.get("written", ""))


def _is_entry(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and "pinyin" in entry
        and entry.keys() <= {"pinyin", "written"}
        and all(isinstance(value, str) for value in entry.values())
    )


def _checked(path: Path, entry: _Entry, word: str) -> UserWord:
    if not word or not all(map(is_hanzi, word)):
        raise _wrong(
            path,
            entry.line,
            t("expected a word of Chinese characters, found {word!r}", word=entry.word),
            t("Write for example: 重庆<TAB>chong2 qing4"),
        )
    syllables = tuple(map(_syllable, entry.pinyin.split()))
    for syllable, given in zip(syllables, entry.pinyin.split(), strict=True):
        if not is_syllable(syllable):
            raise _wrong(
                path,
                entry.line,
                t("expected a syllable of pinyin, found {syllable!r}", syllable=given),
                t("Write its tone as a digit or a mark: zhong1, zhōng; 5 is the neutral tone."),
            )
    if len(syllables) != len(word):
        raise _wrong(
            path,
            entry.line,
            t(
                "{word} has {characters} characters, expected as many syllables, found {syllables}",
                word=entry.word,
                characters=len(word),
                syllables=len(syllables),
            ),
            t("Put a blank between syllables."),
        )
    return UserWord(syllables, _cut(path, entry, word))


def _syllable(given: str) -> str:
    plain = given.lower().replace("u:", "ü").replace("v", "ü")
    return plain[:-1] + (plain[-1].replace("0", "5")) if plain[-1].isdigit() else _marked(plain)


def _marked(plain: str) -> str:
    return from_tone_marks(plain) if plain.isalpha() else plain


def _cut(path: Path, entry: _Entry, word: str) -> tuple[int, ...] | None:
    if not entry.written:
        return None
    if entry.written == JOINED:
        return ()
    parts = normalise(entry.written).split()
    if "".join(parts) != word:
        raise _wrong(
            path,
            entry.line,
            t("expected joined, or {word} with blanks, found {written!r}",
              word=entry.word, written=entry.written),
            t("Write for example: 义务 教育"),
        )  # fmt: skip
    starts = [sum(map(len, parts[:count])) for count in range(1, len(parts))]
    return tuple(starts)


def _wrong(path: Path, line: int, problem: str, fix: str) -> InputError:
    return InputError(str(path), t("line {line}: {problem}", line=line, problem=problem), fix=fix)
