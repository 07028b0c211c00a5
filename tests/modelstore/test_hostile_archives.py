"""Archives made to do harm bring nothing in but the file that was asked for, or one error."""

import gzip
import io
import shutil
import stat
import subprocess
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from needs import lacking

from edgeassist.errors import ModelError
from edgeassist.modelstore.archives import member

WANTED = "package/model.bin"


def read(archive: Path, kind: str, most: int = 1000) -> bytes:
    with member(archive, kind, WANTED) as file:
        return file.read(most)


def tarball(folder: Path, fill: Callable[[tarfile.TarFile], None]) -> Path:
    path = folder / "evil.tgz"
    with tarfile.open(path, "w:gz") as tar:
        fill(tar)
    return path


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0):
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, link, size
    return made


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_a_link_or_a_device_by_the_wanted_name_is_no_file(tmp_path, kind):
    path = tarball(tmp_path, lambda tar: tar.addfile(entry(WANTED, kind, "/etc/passwd")))
    with pytest.raises(ModelError, match="package/model"):
        read(path, "tar")


def test_a_link_before_the_file_does_not_lead_it_astray(tmp_path):
    def fill(tar: tarfile.TarFile) -> None:
        tar.addfile(entry("package", tarfile.SYMTYPE, str(tmp_path)))
        tar.addfile(entry(WANTED, size=5), io.BytesIO(b"model"))
        tar.addfile(entry("../escaped", size=1), io.BytesIO(b"x"))
        tar.addfile(entry(str(tmp_path / "escaped"), size=1), io.BytesIO(b"x"))

    assert read(tarball(tmp_path, fill), "tar") == b"model"
    assert [path.name for path in tmp_path.rglob("*")] == ["evil.tgz"]


def test_a_header_that_swells_is_not_held_in_memory(tmp_path):
    path = tmp_path / "evil.tgz"
    size = 60_000_000
    head = entry("./PaxHeader", tarfile.XHDTYPE, size=size).tobuf(tarfile.USTAR_FORMAT)
    with gzip.open(path, "wb", 1) as file:
        file.write(head)
        for _ in range(size // 1_000_000):
            file.write(bytes(1_000_000))
    tracemalloc.start()
    with pytest.raises(ModelError, match="header of 60000000"):
        read(path, "tar")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_an_archive_without_end_is_left(tmp_path):
    path = tmp_path / "evil.tar"
    with path.open("wb") as file:
        file.write(entry("filler", size=5 << 30).tobuf(tarfile.GNU_FORMAT))
        file.seek(5 << 30, io.SEEK_CUR)  # a hole: it takes no room
        file.write(entry(WANTED, size=0).tobuf())
    with pytest.raises(ModelError, match="bytes before it"):
        read(path, "tar")


def test_a_wheel_with_a_password_or_a_link_in_it_is_one_error_or_just_bytes(tmp_path):
    path = tmp_path / "evil.whl"
    with zipfile.ZipFile(path, "w") as made:
        link = zipfile.ZipInfo(WANTED)
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    assert read(path, "zip") == b"/etc/passwd"  # the text of the link, never what it leads to
    data = bytearray(path.read_bytes())
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + at] |= 1  # "this is encrypted"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"evil\.whl"):
        read(path, "zip")


def test_a_wheel_that_swells_gives_no_more_than_is_asked_for(tmp_path):
    path = tmp_path / "bomb.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(WANTED, bytes(50_000_000))
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    assert len(read(path, "zip", 1000)) == 1000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_debian_package_with_links_out_of_it_writes_nothing(tmp_path):
    if shutil.which("dpkg-deb") is None:
        lacking("dpkg-deb", "dpkg")
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        "Package: evil\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n"
    )
    postinst = tree / "DEBIAN" / "postinst"
    postinst.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    postinst.chmod(0o755)
    (tree / "package").mkdir()
    (tree / "package" / "model.bin").symlink_to("/etc/passwd")
    path = tmp_path / "evil.deb"
    build = ["dpkg-deb", "--build", "--root-owner-group", tree, path]
    subprocess.run(build, check=True, capture_output=True)
    with pytest.raises(ModelError, match="package/model"):
        read(path, "deb")
    (tree / "package" / "model.bin").unlink()
    (tree / "package" / "model.bin").write_text("model")
    subprocess.run(build, check=True, capture_output=True)
    assert read(path, "deb") == b"model"
    assert not (tmp_path / "ran").exists()
