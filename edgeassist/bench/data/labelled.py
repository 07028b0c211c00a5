"""Reads what is measured on; see this package's first lines for the layout of a folder."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.loop.events import Box

T = TypeVar("T")
_OWN = Path(__file__).parent
_SOUNDS = (".wav", ".flac", ".ogg", ".mp3")
_VIDEOS = ("*.avi", "*.mp4", "*.mkv", "*.webm")


@dataclass(frozen=True, slots=True)
class Labelled(Generic[T]):
    """A set of items, the files it was read from, and where it is from."""

    name: str
    items: tuple[T, ...]
    files: tuple[Path, ...]
    about: str

    @property
    def held_mb(self) -> float:
        """What its sounds and pictures take of the memory; a device would not hold them."""
        held = 0
        for item in self.items:
            for array in (item, getattr(item, "image", None), getattr(item, "sound", None)):
                held += array.nbytes if isinstance(array, np.ndarray) else 0
        return held / 1e6

    def record(self) -> dict[str, Any]:
        """Its entry in a result; the hash is of all its files together."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(file.read_bytes())
        return {
            "name": self.name,
            "items": len(self.items),
            "sha256": digest.hexdigest(),
            "about": self.about,
        }


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording (int16 mono 16 kHz) and what is said in it, in "zh" or "en"."""

    name: str
    language: str
    text: str
    sound: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (H x W x 3, BGR) and what is in it; of `labels` alone, or of all if empty."""

    name: str
    image: NDArray[np.uint8]
    truth: tuple[Box, ...]
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the toned syllables of some of its characters, by place."""

    text: str
    syllables: dict[int, str]


def clips(folder: Path | None, language: str = "") -> Labelled[Clip]:
    """Recordings with their texts, of one language if given."""
    base = _inside(folder, "speech")
    if base is None or not (
        (base / "manifest.tsv").is_file() or any(map(_has_text, base.rglob("*")))
    ):
        from edgeassist.devices.paths import resolve

        base = resolve("model:demo-speech/zh").parent
        return _pairs(base, language, "demo-speech", "the card demo-speech")
    if not (base / "manifest.tsv").is_file():
        return _pairs(base, language, "speech", str(base))
    with (base / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    _columns(base / "manifest.tsv", rows, ("file", "lang", "text"))
    rows = [row for row in rows if not language or row["lang"] == language]
    found = tuple(
        Clip(row["file"], row["lang"], row["text"], _sound(base / row["file"])) for row in rows
    )
    files = (base / "manifest.tsv", *(base / row["file"] for row in rows))
    return _some(f"speech {language}".strip(), found, files, str(base))


def _pairs(base: Path, language: str, name: str, about: str) -> Labelled[Clip]:
    """Sound files with a text file each; the folder they lie in says the language."""
    found, files = [], []
    # Mandarin first: a hurried run may not come to the rest.
    every = sorted(base.rglob("*"), key=lambda file: (file.parent.name == "en", file))
    for file in filter(_has_text, every):
        spoken_in = "en" if file.parent.name == "en" else "zh"
        if language in ("", spoken_in):
            text = file.with_suffix(".txt").read_text("utf-8").strip()
            found.append(Clip(str(file.relative_to(base)), spoken_in, text, _sound(file)))
            files += [file, file.with_suffix(".txt")]
    return _some(f"{name} {language}".strip(), tuple(found), tuple(files), about)


def _has_text(file: Path) -> bool:
    return file.suffix.lower() in _SOUNDS and file.with_suffix(".txt").is_file()


def pictures(folder: Path | None) -> Labelled[Picture]:
    """Pictures with boxes."""
    base = _inside(folder, "vision")
    labels = [] if base is None else sorted(base.rglob("labels/*.txt"))
    if not labels:
        return _street()
    from edgeassist.devices.images import SUFFIXES, read_image
    from edgeassist.guide.classes import labels as names

    found, files = [], []
    for file in labels:
        beside = file.parent.parent / "images"
        paths = [beside / f"{file.stem}{suffix}" for suffix in sorted(SUFFIXES)]
        path = next((path for path in paths if path.is_file()), None)
        if path is None:
            continue
        image = read_image(path)
        truth = tuple(_yolo(file, image.shape[0], image.shape[1], names()))
        found.append(Picture(path.name, image, truth))
        files += [path, file]
    return _some("vision", tuple(found), tuple(files), str(base))


def _yolo(file: Path, height: int, width: int, names: Any) -> Iterator[Box]:
    for line in file.read_text("utf-8").splitlines():
        try:
            kind, x, y, w, h = (float(part) for part in line.split()[:5])
            label = names[int(kind)]
        except (ValueError, IndexError):
            raise InputError(
                str(file),
                t("is not a label file: {line}", line=line[:60]),
                fix=t("Write a line a thing: class x y width height, each from 0 to 1"),
            ) from None
        yield Box(
            label=label,
            score=1.0,
            x1=(x - w / 2) * width,
            y1=(y - h / 2) * height,
            x2=(x + w / 2) * width,
            y2=(y + h / 2) * height,
        )


def _street() -> Labelled[Picture]:
    from edgeassist.devices.paths import resolve
    from edgeassist.devices.videofile import open_video

    own = _OWN / "street.json"
    told = json.loads(own.read_text("utf-8"))
    path = resolve(told["video"])
    found = []
    with open_video(path) as video:
        for number, frame in enumerate(video.frames()):
            corners = told["pictures"].get(str(number))
            if corners is None:
                continue
            truth = tuple(
                Box(label="person", score=1.0, x1=x1, y1=y1, x2=x2, y2=y2)
                for x1, y1, x2, y2 in corners
            )
            found.append(
                Picture(f"{path.name} {number}", frame.image(), truth, frozenset(told["labels"]))
            )
            if len(found) == len(told["pictures"]):
                break
    return _some("demo-video, persons", tuple(found), (own, path), told["about"])


def frames(folder: Path | None, count: int) -> Labelled[NDArray[np.uint8]]:
    """The first pictures of a video."""
    from edgeassist.devices.paths import resolve
    from edgeassist.devices.videofile import open_video

    base = _inside(folder, "vision")
    files = [file for kind in _VIDEOS for file in sorted((base or _OWN).rglob(kind))]
    path = files[0] if files else resolve("model:demo-video/vtest.avi")
    with open_video(path) as video:
        found = tuple(frame.image() for frame in islice(video.frames(), count))
    return _some(path.name, found, (path,), str(path) if files else "the card demo-video")


def sentences(folder: Path | None) -> Labelled[Sentence]:
    """Sentences with readings."""
    base = _inside(folder, "braille")
    if base is not None and (base / "cpp_dev.tsv").is_file():
        path = base / "cpp_dev.tsv"
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
        _columns(path, rows, ("sentence", "index", "pinyin"))
        labelled = tuple(
            Sentence(row["sentence"], {int(row["index"]): row["pinyin"].strip().replace("v", "ü")})
            for row in rows
        )
        return _some("cpp_dev", labelled, (path,), str(path))
    own = base is None or not (base / "sentences.tsv").is_file()
    path = _OWN / "braille_zh.tsv" if own or base is None else base / "sentences.tsv"
    found = []
    for line in _lines(path):
        text, _, readings = line.partition("\t")
        syllables = readings.split()
        if len(syllables) != len(text):
            raise InputError(
                str(path),
                t("has not one syllable a character: {line}", line=line[:40]),
                fix=t("Write a sentence, a tab, and its syllables: 你好 ni3 hao3"),
            )
        found.append(Sentence(text, dict(enumerate(syllables))))
    return _some("everyday sentences" if own else "sentences", tuple(found), (path,), _about(path))


def spoken(folder: Path | None, language: str) -> Labelled[str]:
    """What a voice says."""
    base = _inside(folder, "speech")
    name = "sentences.txt" if language == "zh" else f"sentences_{language}.txt"
    if base is not None and (base / name).is_file():
        path = base / name
    else:
        path = _OWN / f"speech_{language}.txt"
    return _some(f"{path.stem}", tuple(_lines(path)), (path,), _about(path))


def check(folder: Path, modules: Iterable[str]) -> None:
    """Read all of a user's data once, so that mistakes in it are told before anything is measured.

    Raises `InputError` for the first one.
    """
    readers: dict[str, tuple[Callable[[], object], ...]] = {
        "captions": (lambda: clips(folder),),
        "guide": (lambda: pictures(folder), lambda: frames(folder, 1)),
        "speech": (lambda: spoken(folder, "zh"), lambda: spoken(folder, "en")),
        "braille": (lambda: sentences(folder),),
    }
    for module in modules:
        for read in readers[module]:
            read()


def _about(path: Path) -> str:
    return "written for this benchmark" if path.parent == _OWN else str(path)


def _inside(folder: Path | None, part: str) -> Path | None:
    """The user's folder for one kind of data, or their folder itself, or None."""
    if folder is None:
        return None
    if not folder.is_dir():
        raise InputError(str(folder), t("there is no such folder"), fix=t("Check the path"))
    if (folder / part).is_dir():
        return folder / part
    kinds = ("speech", "vision", "braille")
    return None if any((folder / kind).is_dir() for kind in kinds) else folder


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), t("cannot be read: {why}", why=error)) from None
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


def _columns(path: Path, rows: list[dict[str, str]], wanted: Iterable[str]) -> None:
    lacking = [name for name in wanted if not rows or rows[0].get(name) is None]
    if lacking:
        raise InputError(
            str(path),
            t("has no column {name}", name=", ".join(lacking)),
            fix=t("Its first line names the columns, with tabs between them"),
        )


def _some(name: str, items: tuple[T, ...], files: tuple[Path, ...], about: str) -> Labelled[T]:
    if not items:
        raise InputError(
            about, t("has nothing to measure on"), fix=t("See: edgeassist bench --help")
        )
    return Labelled(name, items, files, about)


def _sound(path: Path) -> NDArray[np.int16]:
    from edgeassist.devices.wav import open_audio

    with open_audio(path) as audio:
        return np.concatenate(list(audio.blocks()))
