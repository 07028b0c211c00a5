"""Models from a web server that is slow, cut off, wrong, or gone."""

from __future__ import annotations

import json
import resource
import signal
import socket
import subprocess
import zipfile
from pathlib import Path

import pytest
from shelves import Shelf, Site, described, lines, one_line

from edgeassist.errors import ModelError
from edgeassist.modelstore import State, card, installed, look

BODY = bytes(range(256)) * 4000  # 1 MB


def test_a_model_is_there_after_pull_and_not_before(shelf: Shelf, site: Site) -> None:
    site.files["/m.bin"] = BODY
    shelf.from_url("toy", f"{site.url}/m.bin", BODY)
    with pytest.raises(ModelError) as error:
        installed("toy")
    assert error.value.fix == "Run: edgeassist models pull toy"

    done = shelf.run("pull", "toy", "--json")

    assert done.returncode == 0, done.stderr
    (record,) = lines(done)
    assert (record["state"], record["new"]) == ("installed", True)
    assert (installed("toy") / "model.bin").read_bytes() == BODY
    assert lines(shelf.run("pull", "toy", "--json"))[0]["new"] is False
    assert site.ranges == [""]


def test_a_cut_connection_goes_on_where_it_broke(shelf: Shelf, site: Site) -> None:
    site.files["/m.bin"] = BODY
    site.cut_after = [300_000, 200_001]
    shelf.from_url("toy", f"{site.url}/m.bin", BODY)

    done = shelf.run("pull", "toy")

    assert done.returncode == 0, done.stderr
    assert site.ranges == ["", "bytes=300000-", "bytes=500001-"]
    assert (installed("toy") / "model.bin").read_bytes() == BODY


def test_a_server_that_cannot_resume_sends_everything_again(shelf: Shelf, site: Site) -> None:
    site.files["/m.bin"] = BODY
    site.resumes = False
    site.cut_after = [300_000]
    shelf.from_url("toy", f"{site.url}/m.bin", BODY)

    assert shelf.run("pull", "toy").returncode == 0
    assert (installed("toy") / "model.bin").read_bytes() == BODY


def test_what_arrived_before_the_server_fell_silent_is_kept(shelf: Shelf, site: Site) -> None:
    site.files["/m.bin"] = BODY
    site.cut_after = [300_000, 0]
    shelf.from_url("toy", f"{site.url}/m.bin", BODY)

    done = shelf.run("pull", "toy")

    assert done.returncode == 2
    assert "300000 of 1024000 bytes are kept" in done.stderr
    assert look(card("toy")).state is State.MISSING
    assert shelf.run("pull", "toy").returncode == 0
    assert site.ranges[-1] == "bytes=300000-"


def test_a_wrong_file_is_never_installed(shelf: Shelf, site: Site) -> None:
    site.files["/m.bin"] = BODY[:-1] + b"x"
    shelf.from_url("toy", f"{site.url}/m.bin", BODY)

    done = shelf.run("pull", "toy", "--json")

    assert done.returncode == 2
    assert lines(done)[0]["state"] == "failed"
    assert "sha256" in done.stderr
    one_line(done)
    assert look(card("toy")).state is State.MISSING
    site.files["/m.bin"] = BODY
    assert shelf.run("pull", "toy").returncode == 0
    assert site.ranges == ["", ""]  # the wrong bytes were not resumed


def test_a_file_of_another_length_is_refused_before_it_is_read(shelf: Shelf, site: Site) -> None:
    site.files["/m.bin"] = BODY + b"more"
    shelf.from_url("toy", f"{site.url}/m.bin", BODY)

    done = shelf.run("pull", "toy")

    assert done.returncode == 2
    assert "has 1024004 bytes, expected 1024000" in done.stderr


def test_a_file_that_is_gone_is_said_to_be_gone(shelf: Shelf, site: Site) -> None:
    shelf.from_url("toy", f"{site.url}/m.bin", BODY)

    done = shelf.run("pull", "toy")

    assert done.returncode == 2
    assert "no such file any more (HTTP 404)" in done.stderr
    one_line(done)


def test_without_a_network_one_line_says_so(shelf: Shelf) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shelf.from_url("toy", f"http://127.0.0.1:{port}/m.bin", BODY)

    done = shelf.run("pull", "toy")

    assert done.returncode == 2
    assert "Check the network connection" in done.stderr
    one_line(done)


def test_pulling_one_absent_model_does_not_keep_another_away(shelf: Shelf, site: Site) -> None:
    site.files["/b.bin"] = BODY
    shelf.from_url("absent", f"{site.url}/a.bin", BODY)
    shelf.from_url("present", f"{site.url}/b.bin", BODY)

    done = shelf.run("pull", "absent", "present", "--json")

    assert done.returncode == 2
    assert [record["state"] for record in lines(done)] == ["failed", "installed"]


def test_a_killed_installation_leaves_nothing_and_goes_on_later(shelf: Shelf, site: Site) -> None:
    site.files["/m.bin"] = BODY
    site.stall_after = 400_000
    shelf.from_url("toy", f"{site.url}/m.bin", BODY)
    with subprocess.Popen(
        shelf.command("pull", "toy"), env=shelf.environment, stderr=subprocess.PIPE
    ) as child:
        assert site.stalled.wait(60)
        for line in child.stderr or ():
            if b"30 %" in line:  # these bytes have reached the disk or its cache
                break
        child.send_signal(signal.SIGKILL)
    assert [path.name for path in shelf.models.iterdir()] == [".work"]

    site.stall_after = None
    done = shelf.run("pull", "toy")

    assert done.returncode == 0, done.stderr
    assert site.ranges[-1].startswith("bytes=")
    assert (installed("toy") / "model.bin").read_bytes() == BODY


def test_two_installing_at_once_download_once(shelf: Shelf, site: Site) -> None:
    site.files["/m.bin"] = BODY
    shelf.from_url("toy", f"{site.url}/m.bin", BODY)
    children = [
        subprocess.Popen(
            shelf.command("pull", "toy", "--json"),
            env=shelf.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]

    records = [json.loads(child.communicate(timeout=60)[0]) for child in children]

    assert sorted(record["new"] for record in records) == [False, False, True]
    assert site.ranges == [""]
    assert (installed("toy") / "model.bin").read_bytes() == BODY


def test_a_full_disk_is_one_clear_line(shelf: Shelf, site: Site) -> None:
    site.files["/m.bin"] = BODY
    shelf.from_url("toy", f"{site.url}/m.bin", BODY)

    def small_disk() -> None:  # the kernel refuses to write more, as it does on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))

    done = subprocess.run(
        shelf.command("pull", "toy"),
        env=shelf.environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=small_disk,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert "the disk is full" in done.stderr
    one_line(done)
    assert look(card("toy")).state is State.MISSING


def test_a_model_larger_than_the_disk_is_refused_before_the_download(
    shelf: Shelf, site: Site
) -> None:
    known = f'bytes = {10**18}\nsha256 = "{"0" * 64}"\n'
    source = f'[sources.site]\nkind = "url"\nurl = "{site.url}/m.bin"\n{known}'
    shelf.card("huge", f'{source}[[files]]\nname = "m"\nfrom = ["site"]\n{known}')

    done = shelf.run("pull", "huge")

    assert done.returncode == 2
    assert "MB free" in done.stderr
    assert site.ranges == []


def test_an_archive_writes_nothing_outside_and_nothing_unnamed(
    shelf: Shelf, site: Site, tmp_path: Path
) -> None:
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as evil:
        evil.writestr("../../escaped.txt", "out")
        evil.writestr(f"{tmp_path}/absolute/escaped.txt", "out")
        evil.writestr("../../model.bin", "the model")
        evil.writestr("surprise.py", "print()")
    site.files["/evil.zip"] = archive.read_bytes()
    source = f'[sources.z]\nkind = "url"\narchive = "zip"\nurl = "{site.url}/evil.zip"\n'
    shelf.card(
        "slip",
        source
        + described(archive.read_bytes())
        + '[[files]]\nname = "model.bin"\nfrom = ["z:../../model.bin"]\n'
        + described(b"the model"),
    )

    assert shelf.run("pull", "slip").returncode == 0

    names = {path.name for path in installed("slip").iterdir()}
    assert names == {"model.bin", ".edgeassist.json"}
    assert not list(tmp_path.rglob("escaped.txt"))


def test_an_archive_that_swells_is_stopped_at_what_the_card_allows(
    shelf: Shelf, site: Site, tmp_path: Path
) -> None:
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("model.bin", bytes(50_000_000))
    site.files["/bomb.zip"] = archive.read_bytes()
    source = f'[sources.z]\nkind = "url"\narchive = "zip"\nurl = "{site.url}/bomb.zip"\n'
    file = '[[files]]\nname = "model.bin"\nfrom = ["z:model.bin"]\n' + described(b"small")
    shelf.card("bomb", source + described(archive.read_bytes()) + file)

    done = shelf.run("pull", "bomb")

    assert done.returncode == 2
    assert "longer than the 5 bytes its card allows" in done.stderr
    one_line(done)
    assert not (shelf.models / "bomb").exists()
