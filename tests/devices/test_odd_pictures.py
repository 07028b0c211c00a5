"""Pictures and films as phones and programs make them: turned, mirrored, odd in depth or size."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.devices.images import is_damaged, read_image
from edgeassist.devices.videofile import open_video, upright
from edgeassist.errors import InputError
from edgeassist.guide.annotate import Film

RED, GREEN, BLUE, WHITE = (0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255)
ONE = 1 << 16
FLAG = np.zeros((96, 160, 3), np.uint8)  # red green / blue white
for name, rows, columns in (
    (RED, slice(0, 48), slice(0, 80)),
    (GREEN, slice(0, 48), slice(80, 160)),
    (BLUE, slice(48, 96), slice(0, 80)),
    (WHITE, slice(48, 96), slice(80, 160)),
):
    FLAG[rows, columns] = name
# What stands at the corners, from top left by rows, for each EXIF orientation.
CORNERS = {1: "RGBW", 2: "GRWB", 3: "WBGR", 4: "BWRG", 5: "RBGW", 6: "BRWG", 7: "WGBR", 8: "GWRB"}
# The same turns as a film's display matrix: a, b, u, c, d.
MATRICES = {
    1: (ONE, 0, 0, 0, ONE),
    2: (-ONE, 0, 0, 0, ONE),
    3: (-ONE, 0, 0, 0, -ONE),
    4: (ONE, 0, 0, 0, -ONE),
    5: (0, ONE, 0, ONE, 0),
    6: (0, ONE, 0, -ONE, 0),
    7: (0, -ONE, 0, -ONE, 0),
    8: (0, -ONE, 0, ONE, 0),
}


def corners(image: np.ndarray) -> str:
    """The colours of the four quarters."""
    high, wide = image.shape[:2]
    names = {RED: "R", GREEN: "G", BLUE: "B", WHITE: "W"}
    quarters = [image[high * y // 4, wide * x // 4] for y in (1, 3) for x in (1, 3)]
    return "".join(
        names[min(names, key=lambda colour: int(np.abs(one.astype(int) - colour).sum()))]
        for one in quarters
    )


def exif(orientation: int) -> bytes:
    head = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"
    return head + bytes([orientation, 0, 0, 0]) + bytes(4)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg(orientation: int) -> bytes:
    data, turn = cv2.imencode(".jpg", FLAG)[1].tobytes(), b"Exif\0\0" + exif(orientation)
    return data[:2] + b"\xff\xe1" + (len(turn) + 2).to_bytes(2, "big") + turn + data[2:]


def png(orientation: int, pixels: np.ndarray = FLAG) -> bytes:
    data = cv2.imencode(".png", pixels)[1].tobytes()
    return data[:33] + chunk(b"eXIf", exif(orientation)) + data[33:]


def raw_png(width: int, height: int, depth: int, kind: int, row: bytes, more: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress((b"\0" + row) * height))
    return b"\x89PNG\r\n\x1a\n" + head + more + rows + chunk(b"IEND", b"")


@pytest.mark.parametrize("orientation", CORNERS)
def test_a_photo_stands_upright_however_the_phone_was_held(tmp_path, orientation):
    for file, data in (("a.jpg", jpeg(orientation)), ("a.png", png(orientation))):
        (tmp_path / file).write_bytes(data)
        assert corners(read_image(tmp_path / file)) == CORNERS[orientation], file


def test_what_is_transparent_in_a_turned_photo_turns_with_it(tmp_path):
    clear = np.dstack((FLAG, np.full(FLAG.shape[:2], 255, np.uint8)))
    clear[:48, :, 3] = 0  # red and green are not there
    for orientation in (1, 3, 6):
        (tmp_path / "a.png").write_bytes(png(orientation, clear))
        wanted = CORNERS[orientation].replace("R", "W").replace("G", "W")
        assert corners(read_image(tmp_path / "a.png")) == wanted


@pytest.mark.parametrize("orientation", MATRICES)
def test_a_film_stands_upright_and_is_no_mirror_image(tmp_path, orientation):
    path = tmp_path / "a.mp4"
    film = Film(path)
    film.write(FLAG, 0.0)
    film.close()
    data = bytearray(path.read_bytes())
    at = data.find(b"tkhd") + 4
    struct.pack_into(">5i", data, at + (40 if data[at] == 0 else 52), *MATRICES[orientation])
    path.write_bytes(data)
    with open_video(path) as video:
        assert corners(next(video.frames()).image()) == CORNERS[orientation]


@given(st.sampled_from(sorted(MATRICES)), st.integers(1, 9), st.integers(1, 9))
def test_turning_loses_no_pixel(orientation, height, width):
    image = np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)
    turned = upright(image, np.array([*MATRICES[orientation], 0, 0, 0, 0], np.int32).tobytes())
    assert sorted(turned.ravel().tolist()) == sorted(image.ravel().tolist())


def test_palettes_grey_with_alpha_and_single_bits_become_colours(tmp_path):
    palette = chunk(b"PLTE", bytes([255, 0, 0, 0, 0, 255])) + chunk(b"tRNS", bytes([255, 0]))
    for data, wanted in (
        (raw_png(2, 2, 8, 3, bytes([0, 1]), palette), [RED, WHITE]),
        (raw_png(2, 2, 8, 4, bytes([100, 255, 100, 0])), [(100, 100, 100), WHITE]),
        (raw_png(2, 2, 1, 0, bytes([0b10000000])), [WHITE, (0, 0, 0)]),
    ):
        (tmp_path / "a.png").write_bytes(data)
        image = read_image(tmp_path / "a.png")
        assert image.dtype == np.uint8
        assert image[0].tolist() == [list(one) for one in wanted]


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (16, 16), (4320, 7680)])
def test_tiny_and_huge_pictures_are_read(tmp_path, shape):
    (tmp_path / "a.jpg").write_bytes(cv2.imencode(".jpg", np.full(shape, 90, np.uint8))[1])
    assert read_image(tmp_path / "a.jpg").shape == (*shape, 3)


@pytest.mark.parametrize("kind", ["claims", "checksum", "float"])
def test_a_bad_picture_is_one_line_and_no_library_adds_its_own(tmp_path, capfd, kind):
    path = tmp_path / ("bad.tiff" if kind == "float" else "bad.png")
    if kind == "claims":  # a hundred bytes that would unpack to ten gigabytes
        path.write_bytes(raw_png(100_000, 100_000, 8, 0, b"")[:2_000_000])
    elif kind == "checksum":
        data = bytearray(png(1))
        data[200] ^= 0x55
        path.write_bytes(data)
    else:
        path.write_bytes(cv2.imencode(".tiff", FLAG.astype(np.float32))[1].tobytes())
    with pytest.raises(InputError, match=path.name) as raised:
        read_image(path)
    assert "\n" not in str(raised.value)
    assert capfd.readouterr().err == ""


@given(st.data())
def test_no_changed_byte_of_a_png_goes_unnoticed(data):
    good = cv2.imencode(".png", FLAG)[1].tobytes()
    assert not is_damaged(good)
    place = data.draw(st.integers(8, len(good) - 1))
    changed = bytearray(good)
    changed[place] ^= data.draw(st.integers(1, 255))
    assert is_damaged(bytes(changed))


def test_a_file_without_the_right_to_read_it_is_told_of(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(jpeg(1))
    code = """
import os, sys
from edgeassist.devices.images import read_image
from edgeassist.devices.videofile import open_video
from edgeassist.errors import InputError
if os.geteuid() == 0:  # who may read everything
    os.setuid(65534)
for read in (read_image, open_video):
    try:
        read(sys.argv[1])
    except InputError as error:
        print(error)
"""
    folder.chmod(0)
    told = subprocess.run(
        [sys.executable, "-c", code, str(folder / "a.jpg")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "EDGEASSIST_LANG": "en"},
    )
    folder.chmod(0o700)
    assert told.stderr == ""
    lines = told.stdout.splitlines()
    assert len(lines) == 2
    assert all("mine/a.jpg: cannot be read: Permission denied" in line for line in lines)
