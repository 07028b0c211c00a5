"""Our readings and our decoder beside what others use, on the same text in one run.

Run by hand: python -m tests.measure.peers [forward back memory] (all by default).
EDGEASSIST_EVAL names the folder with braille/cpp_dev.tsv. A peer that is not installed is left out
with the command that installs it.
"""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from edgeassist.bench.loads.braille import cells_of
from edgeassist.braille import Scheme, liblouis, translate
from edgeassist.braille.backward import from_braille
from edgeassist.braille.cells import TONES
from edgeassist.braille.decode import SyllableToken, parse
from edgeassist.chinese import reader
from edgeassist.chinese.normal import normalise
from edgeassist.chinese.syllables import from_tone_marks
from edgeassist.errors import PluginError
from tests.measure.braille import cpp, everyday_sentences

_TIMED = 2000  # sentences of which the speed is measured
_LOUIS_TABLE = "zhcn-cbs.ctb"
_PINYIN_DATA = "/usr/lib/{machine}-linux-gnu/libpinyin/data"
_PINYIN_FIX = "sudo apt install libpinyin15 libpinyin-data"
_USE_TONE = 1 << 5  # libpinyin's pinyin_custom2.h
_TONELESS = str.maketrans("", "", "".join(cell for cell in TONES.values() if cell))

Cells = Callable[[str, int], str]  # text, place of a character -> its cells
Row = tuple[str, float, float]  # who, share right, characters a second


def forward() -> None:
    """CPP sentences: the labelled character's cells, and the speed over whole sentences."""
    rows = [(normalise(text), text, at, gold) for text, at, gold in cpp()]
    peers: list[tuple[str, Callable[[str], object], Cells]] = [
        ("edgeassist, readings", lambda text: reader().read(text), _ours)
    ]
    for name, peer in (("pypinyin", _pypinyin), ("g2pM", _g2pm), ("liblouis zhcn-cbs", _louis)):
        try:
            peers.append((name, *peer()))
        except (ImportError, PluginError) as error:
            print(f"  {name} is left out: {error}")
    found = []
    for name, whole, cells in peers:
        whole("银行")
        right = sum(
            cells(plain, at) == "".join(cells_of(plain[at], gold)) for plain, _, at, gold in rows
        )
        took = _timed(whole, [plain for plain, *_ in rows[:_TIMED]])
        found.append((name, right / len(rows), took))
    texts = [text for _, text, *_ in rows[:_TIMED]]
    found.append(("edgeassist, text to cells", found[0][1], _timed(translate, texts)))
    _table(f"forward, {len(rows)} labelled characters, cells right", found)


def back() -> None:
    """Everyday sentences and Wikipedia clauses back to characters, by ours and by libpinyin."""
    wiki = (
        c for text, _, _ in cpp()[::7] for c in re.findall(r"[\u4e00-\u9fff]+", normalise(text))
    )
    sets = {
        "everyday": [text for text, _ in everyday_sentences()],
        "wikipedia": [clause for clause in wiki if len(clause) >= 4][:1500],
    }
    try:
        toneless, toned = Libpinyin(tones=False), Libpinyin(tones=True)
    except OSError:
        print(f"  libpinyin is left out: {_PINYIN_FIX}")
        toneless = toned = None
    for name, texts in sets.items():
        spoken = [[s for word in reader().read(text) for s in word.syllables] for text in texts]
        current = [translate(text, Scheme.CURRENT).cells.translate(_TONELESS) for text in texts]
        gf = [translate(text).cells for text in texts]
        runs: list[tuple[str, Callable[[list[str]], str], list[list[str]]]] = [
            ("edgeassist, GF 0019", lambda line: _back(line, Scheme.GF0019), [[x] for x in gf]),
            (
                "edgeassist, toneless",
                lambda line: _back(line, Scheme.CURRENT),
                [[x] for x in current],
            ),
            (
                "edgeassist, toneless without blanks",
                lambda line: _back(line, Scheme.CURRENT),
                [[x.replace("⠀", "")] for x in current],
            ),
        ]
        if toneless and toned:
            runs.append(("libpinyin, toneless", toneless, spoken))
            runs.append(("libpinyin, tones given", toned, spoken))
        found = []
        for who, decode, given in runs:
            started = time.perf_counter()
            answers = [decode(one) for one in given]
            took = time.perf_counter() - started
            right = sum(map(_same, texts, answers))
            count = sum(map(len, texts))
            found.append((who, right / count, count / took))
        _table(f"back, {name}, {sum(map(len, texts))} characters right", found)


def memory() -> None:
    """Resident memory and time of fresh processes: forward, both ways, the first run of all."""
    to = "from edgeassist.braille import translate; translate('我们在银行工作'); "
    both = to + (
        "from edgeassist.braille.backward import from_braille; "
        "from_braille(translate('我们在银行工作').cells); "
    )
    # Not getrusage: what a process had before it became this program would count.
    peak = "print(next(line.split()[1] for line in open('/proc/self/status') if 'VmHWM' in line))"
    with tempfile.TemporaryDirectory() as empty:
        for name, code, cache in (
            ("text to cells", to, None),
            ("text to cells and back", both, None),
            ("the first run, which builds dictionary and lexicon", both, empty),
        ):
            environment = {**os.environ, **({"XDG_CACHE_HOME": cache} if cache else {})}
            started = time.perf_counter()
            answer = subprocess.run(
                [sys.executable, "-c", code + peak],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            took = time.perf_counter() - started
            print(f"memory, {name}: peak {int(answer) / 1024:.0f} MB, {took:.1f} s with loading")


def _ours(text: str, at: int) -> str:
    for word in reader().read(text):
        if word.start <= at < word.start + len(word.text):
            return "".join(cells_of(text[at], word.syllables[at - word.start]))
    return ""


def _pypinyin() -> tuple[Callable[[str], object], Cells]:
    from pypinyin import Style, pinyin

    def whole(text: str) -> list[str]:
        marked = pinyin(text, style=Style.TONE, errors=lambda signs: list(signs))
        return [reading[0] for reading in marked]

    return whole, lambda text, at: "".join(cells_of(text[at], _base(text, at, whole(text)[at])))


def _g2pm() -> tuple[Callable[[str], object], Cells]:
    from g2pM import G2pM

    model = G2pM()

    def whole(text: str) -> list[str]:
        readings: list[str] = model(text, tone=True, char_split=True)
        return readings

    def cells(text: str, at: int) -> str:
        # It keeps letters and digits together, so places are counted from the end of what is ours.
        signs = re.findall(r"[A-Za-z]+|\d+|.", text[:at], re.DOTALL)
        readings = whole(text)
        place = len(signs) if len(signs) < len(readings) else len(readings) - 1
        if len(readings) == len(text):
            place = at
        return "".join(cells_of(text[at], readings[place].replace("u:", "ü")))

    return whole, cells


def _louis() -> tuple[Callable[[str], object], Cells]:
    liblouis.translate("银行", _LOUIS_TABLE)

    def cells(text: str, at: int) -> str:
        written, to_text = liblouis.translate(text, _LOUIS_TABLE)
        first = max((place for place in to_text if place <= at), default=0)
        group = "".join(c for c, place in zip(written, to_text, strict=True) if place == first)
        # A phrase of its list is one group: its cells are counted by syllables.
        tokens = [token for token in parse(group) if isinstance(token, SyllableToken)]
        token = tokens[at - first] if at - first < len(tokens) else None
        return group[token.start : token.end] if token else ""

    return lambda text: liblouis.translate(text, _LOUIS_TABLE), cells


def _base(text: str, at: int, marked: str) -> str:
    base = {"一": "yi1", "不": "bu4"}.get(text[at])
    return base or from_tone_marks(marked.replace("v", "ü"))


def _back(line: Sequence[str], scheme: Scheme) -> str:
    return from_braille(line[0], scheme, alternatives=0).text


class Libpinyin:
    """libpinyin's best sentence for syllables, by its C interface."""

    def __init__(self, *, tones: bool) -> None:
        self._tones = tones
        self._library = library = ctypes.CDLL("libpinyin.so.15")
        self._free = ctypes.CDLL("libglib-2.0.so.0").g_free
        self._free.argtypes = [ctypes.c_void_p]
        library.pinyin_init.restype = ctypes.c_void_p
        library.pinyin_alloc_instance.restype = ctypes.c_void_p
        self._user = tempfile.TemporaryDirectory()
        data = _PINYIN_DATA.format(machine=os.uname().machine)
        (Path(self._user.name) / "user.conf").touch()
        context = ctypes.c_void_p(library.pinyin_init(data.encode(), self._user.name.encode()))
        if not context.value:
            raise OSError("no data")
        for dictionary in range(1, 5):
            library.pinyin_load_phrase_library(context, dictionary)
        library.pinyin_set_options(context, ctypes.c_uint32(_USE_TONE if tones else 0))
        self._instance = ctypes.c_void_p(library.pinyin_alloc_instance(context))

    def __call__(self, syllables: Sequence[str]) -> str:
        """The characters, or what there is of them."""
        typed = "".join(self._typed(syllable) for syllable in syllables)
        library = self._library
        library.pinyin_reset(self._instance)
        library.pinyin_parse_more_full_pinyins(self._instance, typed.encode())
        library.pinyin_guess_sentence(self._instance)
        answer = ctypes.c_char_p()
        library.pinyin_get_sentence(self._instance, ctypes.c_uint8(0), ctypes.byref(answer))
        text = (answer.value or b"").decode()
        self._free(answer)
        return text

    def _typed(self, syllable: str) -> str:
        letters = re.sub("^([jqxy])ü", r"\1u", syllable[:-1]).replace("ü", "v")
        return letters + (syllable[-1] if self._tones else "'")


def _timed(work: Callable[[str], object], texts: Sequence[str]) -> float:
    started = time.perf_counter()
    for text in texts:
        work(text)
    return sum(map(len, texts)) / (time.perf_counter() - started)


def _same(text: str, found: str) -> int:
    if len(text) == len(found):
        return sum(a == b for a, b in zip(text, found, strict=True))
    blocks = SequenceMatcher(None, text, found, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)


def _table(title: str, rows: list[Row]) -> None:
    print(title)
    for line in _lines(rows):
        print(f"  {line}")


def _lines(rows: list[Row]) -> Iterator[str]:
    """Ratios to the first row first: errors and speed as parts of ours, then the figures."""
    _, ours, fast = rows[0]
    for who, right, speed in rows:
        errors = (1 - right) / max(1 - ours, 1e-9)
        yield (
            f"{who:38} errors x{errors:5.2f}  speed x{speed / fast:5.2f}"
            f"   {right:.4f}  {speed:7.0f} characters/s"
        )


_ALL = (forward, back, memory)
MEASURES = {measure.__name__: measure for measure in _ALL}

if __name__ == "__main__":
    for chosen in sys.argv[1:] or MEASURES:
        MEASURES[chosen]()
