"""Fuzz targets that read files: sound, video, pictures, archives, networks, books, configs."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import tarfile
import wave
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Parse = Callable[[bytes], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A parser: real small `seeds`, `words` its format knows, how many `cases` a full run has.

    `prepare(folder)` makes what takes one case; that returns, or raises an `EdgeAssistError`.
    """

    name: str
    seeds: Callable[[Path], list[bytes]]
    prepare: Callable[[Path], Parse]
    cases: int
    words: tuple[bytes, ...] = ()


def in_file(name: str, read: Callable[[Path], object]) -> Callable[[Path], Parse]:
    """A parser of a file of that name."""

    def prepare(folder: Path) -> Parse:
        path = folder / name

        def parse(data: bytes) -> None:
            path.write_bytes(data)
            read(path)

        return parse

    return prepare


def use_up(things: Iterable[object], most: int = 5000) -> int:
    """Go through all that a parser gives."""
    return sum(1 for _ in itertools.islice(things, most))


def _tone(samples: int, channels: int = 1) -> bytes:
    at = np.arange(samples * channels)
    return (9000 * np.sin(at / 7)).astype("<i2").tobytes()


def _wav(rate_hz: int, channels: int, samples: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(_tone(samples, channels))
    return file.getvalue()


def wavs(folder: Path) -> list[bytes]:
    """Plain ones, and one that is left to the decoder (32-bit floats)."""
    floats = bytearray(_wav(16_000, 1, 200))
    floats[20:22], floats[34:36] = b"\x03\x00", b"\x20\x00"
    return [_wav(16_000, 1, 700), _wav(8_000, 2, 300), _wav(44_100, 6, 100), bytes(floats)]


def sounds(folder: Path) -> list[bytes]:
    """Compressed sound in the containers people have."""
    return [
        _encoded("flac", "flac"),
        _encoded("ogg", "libopus", 48_000),
        _encoded("mp3", "libmp3lame", 48_000),
        _encoded("mp4", "aac", 48_000),
    ]


def _encoded(form: str, codec: str, rate_hz: int = 16_000) -> bytes:
    import av

    file = io.BytesIO()
    with av.open(file, "w", format=form) as out:
        stream = out.add_stream(codec, rate=rate_hz)
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate_hz)
        samples = np.frombuffer(_tone(3000), np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = rate_hz
        for piece in resampler.resample(frame):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return file.getvalue()


def films(folder: Path) -> list[bytes]:
    """Six small pictures each, in three containers."""
    return [_film("mp4", "mpeg4"), _film("matroska", "mpeg4"), _film("avi", "mjpeg")]


def _film(form: str, codec: str) -> bytes:
    import av

    file = io.BytesIO()
    with av.open(file, "w", format=form) as out:
        stream = out.add_stream(codec, rate=10)
        stream.width, stream.height = 32, 32
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number in range(6):
            picture = np.full((32, 32, 3), 40 * number, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    return file.getvalue()


def pictures(folder: Path) -> list[bytes]:
    """One picture in the formats people have."""
    import cv2

    image = np.random.default_rng(1).integers(0, 255, (24, 24, 4), np.uint8)
    return [
        cv2.imencode(ending, image[..., : 4 if ending == ".png" else 3])[1].tobytes()
        for ending in (".jpg", ".png", ".bmp", ".webp", ".tiff", ".ppm")
    ]


def wheels(folder: Path) -> list[bytes]:
    """A zip with the wanted member between others, and one with a name that leads out."""
    found = []
    for name in ("model.bin", "../../model.bin"):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("other.txt", "nothing")
            out.writestr(name, bytes(range(256)) * 4)
        found.append(file.getvalue())
    return found


def tarballs(folder: Path) -> list[bytes]:
    """A tar as npm packs it: gzip, xz, and as it is."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as out:
        for name, size in (("package/package.json", 20), ("package/model.bin", 1024)):
            info = tarfile.TarInfo(name)
            info.size = size
            out.addfile(info, io.BytesIO(bytes(size)))
        link = tarfile.TarInfo("package/link.bin")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        out.addfile(link)
    import lzma

    raw = file.getvalue()
    return [gzip.compress(raw, mtime=0), lzma.compress(raw), raw]


def debs(folder: Path) -> list[bytes]:
    """A Debian package."""
    tree = folder / "deb"
    (tree / "DEBIAN").mkdir(parents=True, exist_ok=True)
    (tree / "DEBIAN/control").write_text(
        "Package: a\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: a\n"
    )
    (tree / "model.bin").write_bytes(bytes(1024))
    subprocess.run(["dpkg-deb", "--build", tree, folder / "a.deb"], check=True, capture_output=True)
    shutil.rmtree(tree)
    return [(folder / "a.deb").read_bytes()]


def member(kind: str) -> Callable[[Path], object]:
    """Reads the wanted member of an archive of that kind."""

    def read(path: Path) -> object:
        from edgeassist.modelstore.archives import member

        with member(path, kind, "*model.bin") as file:
            return use_up(iter(lambda: file.read(65_536), b""))

    return read


def graphs(folder: Path) -> list[bytes]:
    """A TensorFlow.js graph with its weights behind it, parted by a zero byte."""
    dim = [{"size": str(size)} for size in (1, 8, 8, 3)]
    weights = np.arange(81, dtype=np.float16).tobytes()
    described = {
        "name": "w",
        "shape": [3, 3, 3, 3],
        "dtype": "float32",
        "quantization": {"dtype": "float16", "original_dtype": "float32"},
    }
    nodes = [
        {"name": "x", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": dim}}}},
        {"name": "w", "op": "Const"},
        {
            "name": "c",
            "op": "Conv2D",
            "input": ["x", "w"],
            "attr": {
                "strides": {"list": {"i": ["1", "2", "2", "1"]}},
                "dilations": {"list": {"i": ["1", "1", "1", "1"]}},
                "padding": {"s": "U0FNRQ=="},
            },
        },
        {"name": "y", "op": "Relu", "input": ["c"]},
    ]
    topology = {
        "modelTopology": {"node": nodes},
        "weightsManifest": [{"paths": ["a.bin"], "weights": [described]}],
    }
    return [json.dumps(topology).encode() + b"\0" + weights]


def convert_graph(folder: Path) -> Parse:
    """The converter."""
    from edgeassist.modelstore.tfjs import convert

    def parse(data: bytes) -> None:
        graph, _, weights = data.partition(b"\0")
        convert(graph, weights, {"y": "out"}, input_name="image", subject="fuzz")

    return parse


_CHAPTER = """<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">
<head><title>一</title></head><body><h1>第一章</h1><p>你好，<ruby>世界<rt>shìjiè</rt></ruby>。</p>
<p>Second &amp; last.</p></body></html>"""


def books(folder: Path) -> list[bytes]:
    """A small EPUB, packed and not."""
    found = []
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", packing) as out:
            out.writestr("mimetype", "application/epub+zip")
            out.writestr(
                "META-INF/container.xml",
                '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
                '<rootfile full-path="b.opf"/></rootfiles></container>',
            )
            out.writestr(
                "b.opf",
                '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
                '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
                '<spine><itemref idref="a"/></spine></package>',
            )
            out.writestr("a.xhtml", _CHAPTER)
        found.append(file.getvalue())
    return found


def _audio(path: Path) -> object:
    from edgeassist.devices.audiofile import open_audio

    with open_audio(path) as audio:
        return use_up(audio.blocks())


def _video(path: Path) -> object:
    from edgeassist.devices.videofile import open_video

    with open_video(path) as video:
        return use_up((frame.image() for frame in video.frames()), 50)


def _image(path: Path) -> object:
    from edgeassist.devices.images import read_image

    return read_image(path)


def _book(path: Path) -> object:
    from edgeassist.speech.reading import clauses_of_file

    return clauses_of_file(path)


def _card(path: Path) -> object:
    from edgeassist.modelstore import card

    return card(path.stem)


def card_reader(folder: Path) -> Parse:
    """A card of one's own."""
    os.environ["EDGEASSIST_CARDS"] = str(folder)
    return in_file("fuzz.toml", _card)(folder)


def _cards(folder: Path) -> list[bytes]:
    """The shipped ones, as if they were of one model."""
    return [
        re.sub(rb'(?m)^name = ".*?"', b'name = "fuzz"', one, count=1)
        for one in shipped("models")(folder)
    ]


def shipped(kind: str) -> Callable[[Path], list[bytes]]:
    """The files of that kind that come with the product."""

    def read(folder: Path) -> list[bytes]:
        from edgeassist.resources import data_dir

        return [path.read_bytes() for path in sorted(data_dir(kind).glob("*.toml"))]

    return read


def _config(path: Path) -> object:
    from edgeassist.config import load_config

    return load_config(path)


def _profile(path: Path) -> object:
    from edgeassist.config import load_profile

    return load_profile(path)


def _recipe(path: Path) -> object:
    from edgeassist.guide.engines.recipe import recipe_of

    return recipe_of(str(path))


def _recipes(folder: Path) -> list[bytes]:
    return [
        b'[detector]\ndecode = "yolov8"\ncolours = "bgr"\nmean = [1, 2.5, 3]\nfit = "corner"\n',
        'decode = "yolox"\nstd = [1, 1, 1]\noverlap = 0.5\nlabels = ["人", "车"]\n'.encode(),
    ]


FILES = (
    Target(name="wav", seeds=wavs, prepare=in_file("a.wav", _audio), cases=5_000),
    Target(name="sound", seeds=sounds, prepare=in_file("a.bin", _audio), cases=3_000),
    Target(name="video", seeds=films, prepare=in_file("a.mp4", _video), cases=3_000),
    Target(name="picture", seeds=pictures, prepare=in_file("a.jpg", _image), cases=5_000),
    Target(name="wheel", seeds=wheels, prepare=in_file("a.whl", member("zip")), cases=8_000),
    Target(name="tarball", seeds=tarballs, prepare=in_file("a.tgz", member("tar")), cases=8_000),
    Target(name="deb", seeds=debs, prepare=in_file("a.deb", member("deb")), cases=600),
    Target(name="tfjs", seeds=graphs, prepare=convert_graph, cases=4_000, words=(b"Conv2D",)),
    Target(name="epub", seeds=books, prepare=in_file("a.epub", _book), cases=8_000),
    Target(
        name="config", seeds=shipped("configs"), prepare=in_file("a.toml", _config), cases=3_000
    ),
    Target(
        name="profile", seeds=shipped("devices"), prepare=in_file("a.toml", _profile), cases=5_000
    ),
    Target(name="card", seeds=_cards, prepare=card_reader, cases=8_000),
    Target(name="recipe", seeds=_recipes, prepare=in_file("a.toml", _recipe), cases=8_000),
)
