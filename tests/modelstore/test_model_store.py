"""What is installed stays checked: damage is found, touched files are not mistaken for it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from shelves import Shelf, described, lines

from edgeassist.errors import ModelError
from edgeassist.modelstore import State, card, install, installed, look

BODY = b"a small model" * 1000


@pytest.fixture
def toy(shelf: Shelf, tmp_path: Path) -> Path:
    """An installed model from a file on this machine; its folder."""
    (tmp_path / "given.bin").write_bytes(BODY)
    source = '[sources.disk]\nkind = "file"\npath = "../given.bin"\n' + described(BODY)
    shelf.card(
        "toy", source + '[[files]]\nname = "sub/model.bin"\nfrom = ["disk"]\n' + described(BODY)
    )
    assert install(card("toy"))
    return installed("toy")


def test_a_changed_file_is_found_before_it_is_used(toy: Path) -> None:
    (toy / "sub/model.bin").write_bytes(BODY[:-1] + b"?")

    with pytest.raises(ModelError) as error:
        installed("toy")

    assert "damaged" in error.value.problem
    assert error.value.fix == "Run: edgeassist models install toy"


def test_a_missing_file_is_found_before_it_is_used(toy: Path) -> None:
    (toy / "sub/model.bin").unlink()

    with pytest.raises(ModelError, match=r"model\.bin: No such file"):
        installed("toy")


def test_a_damaged_model_is_made_whole_by_installing_again(toy: Path) -> None:
    (toy / "sub/model.bin").write_bytes(b"")

    assert install(card("toy"))
    assert (installed("toy") / "sub/model.bin").read_bytes() == BODY


def test_a_touched_file_is_hashed_once_and_accepted(toy: Path) -> None:
    before = (toy / ".edgeassist.json").read_text()
    os.utime(toy / "sub/model.bin", ns=(1, 1))

    assert installed("toy") == toy
    after = (toy / ".edgeassist.json").read_text()
    assert before != after
    installed("toy")
    assert (toy / ".edgeassist.json").read_text() == after


def test_only_verify_finds_a_change_that_hides_its_time(toy: Path, shelf: Shelf) -> None:
    path = toy / "sub/model.bin"
    times = path.stat()
    path.write_bytes(BODY[:-1] + b"?")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert look(card("toy")).state is State.INSTALLED

    done = shelf.run("verify", "toy", "--json")

    assert done.returncode == 2
    (record,) = lines(done)
    assert record["state"] == "damaged"
    assert "model.bin has changed" in str(record["why"])


@pytest.mark.parametrize(
    "stamp", ["", "{", "[]", '{"recipe": 1}', '{"recipe":"R","files":{"a":3}}']
)
def test_a_spoilt_stamp_is_damage_not_a_crash(toy: Path, stamp: str) -> None:
    text = stamp.replace("R", card("toy").recipe)
    (toy / ".edgeassist.json").write_text(text)

    assert look(card("toy")).state is State.DAMAGED


def test_a_new_version_of_the_card_asks_for_a_new_installation(
    toy: Path, shelf: Shelf, tmp_path: Path
) -> None:
    (tmp_path / "given.bin").write_bytes(b"newer")
    source = '[sources.disk]\nkind = "file"\npath = "../given.bin"\n' + described(b"newer")
    shelf.card(
        "toy", source + '[[files]]\nname = "sub/model.bin"\nfrom = ["disk"]\n' + described(b"newer")
    )
    assert look(card("toy")).state is State.OUTDATED

    assert install(card("toy"))

    assert (installed("toy") / "sub/model.bin").read_bytes() == b"newer"


def test_a_local_file_that_is_not_there_is_named(shelf: Shelf) -> None:
    known = described(b"x")
    source = f'[sources.disk]\nkind = "file"\npath = "nowhere.bin"\n{known}'
    shelf.card("toy", f'{source}[[files]]\nname = "m"\nfrom = ["disk"]\n{known}')

    done = shelf.run("install", "toy")

    assert done.returncode == 2
    assert "nowhere.bin: there is no such file" in done.stderr


def test_a_models_folder_that_is_a_file_is_one_clear_line(shelf: Shelf, toy: Path) -> None:
    done = shelf.run("install", "toy", EDGEASSIST_MODELS=str(toy / "sub/model.bin"))

    assert done.returncode == 2
    assert "Set EDGEASSIST_MODELS to a folder that can be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_asking_for_an_installed_model_is_quick(toy: Path) -> None:
    started = time.perf_counter()
    for _ in range(20):
        installed("toy")
    assert (time.perf_counter() - started) / 20 < 0.05
