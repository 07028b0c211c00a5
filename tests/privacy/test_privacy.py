"""A user sees all that is kept, and it is gone when they say so; nothing else is touched."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from needs import lacking_model

from edgeassist.chinese.cache import cache_dir
from edgeassist.config import load_config
from edgeassist.errors import ModelError
from edgeassist.modelstore import installed, models_folder
from edgeassist.privacy.places import Kind, about, places
from edgeassist.resources import data_dir

SENTENCE = "demo-speech/zh/nihao_shijie.wav"
MEDIA = (b"RIFF", b"OggS", b"fLaC", b"ID3", b"\x1aE\xdf\xa3", b"\x89PNG", b"\xff\xd8\xff", b"BM")
# The sources of the ready-made configs, and files that stand for them.
SOURCES = {
    "[modules.microphone]": '[modules.sound]\nplugin = "wav"\npath = "model:' + SENTENCE + '"',
    "[modules.camera]": (
        '[modules.pictures]\nplugin = "video"\npath = "model:demo-street/bikes.mp4"\nseconds = 2'
    ),
    # The voice that needs no model, so that this takes seconds.
    "[modules.captions]": '[modules.captions]\nengine = "vosk"',
}


class Home:
    """A user's home folder of its own, and the command run there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        models = models_folder()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("XDG_")},
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "EDGEASSIST_MODELS": str(models),
            "EDGEASSIST_LANG": "en",
        }
        (folder / "tmp").mkdir(parents=True)

    def run(self, *words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "edgeassist.cli.main", *map(str, words)],
            cwd=self.folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def files(self) -> set[Path]:
        return {path for path in self.folder.rglob("*") if not path.is_dir()}

    def kept(self, *words: str | Path) -> list[dict[str, object]]:
        done = self.run("privacy", *words, "--json")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture
def lived_in(home):
    """A home with one file of every kind in it, and files that are none of ours."""
    config = home.folder / ".config" / "edgeassist" / "own.toml"
    put = {
        config: (
            '[modules.captions]\ntranscript = "~/said.jsonl"\nhot_words_file = "~/words.txt"\n'
            '[modules.mqtt]\npassword_file = "~/secret"\n'
            '[modules.annotate]\npath = "~/film.mp4"\n[modules.brf]\npath = "~/said.brf"\n'
        ),
        home.folder / "said.jsonl": "{}",
        home.folder / "said.srt": "1",
        home.folder / "captions.jsonl": "{}",  # where the ready-made configs keep it
        home.folder / "words.txt": "林斐然",
        home.folder / "secret": "s3cret",
        home.folder / "film.mp4": "x",
        home.folder / "said.brf": "x",
        home.folder / ".local/state/edgeassist/places/a.json": "{}",
        home.folder / ".local/state/edgeassist/web-token": "abc",
        home.folder / ".local/state/edgeassist/bench/1/result.json": "{}",
        home.folder / ".local/state/edgeassist/last-good.toml": "x",
        home.folder / ".config/edgeassist/speech.toml": "rate = 200",
        home.folder / ".cache/edgeassist/phrases/1/a.wav": "x",
        home.folder / "tmp/edgeassist-abc/table": "x",
        home.folder / "demo-out/annotated.mp4": "x",
        home.folder / "demo-out/report.html": "x",
        home.folder / "tmp/someone-else": "x",
        home.folder / "Documents/letter.txt": "dear",
        home.folder / ".config/other/x.toml": "x",
    }
    for path, text in put.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (home.folder / "tmp" / "an-empty-folder-of-others").mkdir()
    return home


def test_everything_is_listed_with_place_size_age_and_what_is_in_it(lived_in):
    records = lived_in.kept()
    kinds = {record["kind"] for record in records}
    assert kinds == set(Kind) - {Kind.LOGS}
    found = {str(record["path"]) for record in records}
    for name in ("said.jsonl", "said.srt", "captions.jsonl", "words.txt", "secret", "film.mp4"):
        assert str(lived_in.folder / name) in found
    for record in records:
        assert record["files"] > 0
        assert record["bytes"] > 0
        assert 0 <= record["newest_s"] <= record["oldest_s"]
        assert record["about"]
    told = lived_in.run("privacy").stdout
    assert "word for word" in told
    assert "逐字" in lived_in.run("privacy", EDGEASSIST_LANG="zh").stdout


def test_another_config_s_files_are_found_when_it_is_named(home, tmp_path):
    config = tmp_path / "elsewhere.toml"
    config.write_text(f'[modules.ears]\nplugin = "captions"\ntranscript = "{tmp_path}/t.jsonl"\n')
    (tmp_path / "t.jsonl").write_text("{}")
    assert str(tmp_path / "t.jsonl") not in {one["path"] for one in home.kept()}
    assert str(tmp_path / "t.jsonl") in {one["path"] for one in home.kept("--config", config)}
    assert home.run("privacy", "--config", tmp_path / "none.toml").returncode == 2


def test_one_kind_is_deleted_and_the_rest_stays(lived_in):
    before = lived_in.files()
    done = lived_in.run("privacy", "delete", "transcripts", "--yes")
    assert done.returncode == 0, done.stderr
    gone = {path.name for path in before - lived_in.files()}
    assert gone == {"said.jsonl", "said.srt", "captions.jsonl"}
    assert f"Deleted: {lived_in.folder / 'said.jsonl'} (1 files)" in done.stdout


def test_all_is_everything_but_models_and_one_s_own_words(lived_in):
    before = lived_in.files()
    done = lived_in.run("privacy", "delete", "all", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    left = {path.relative_to(lived_in.folder).as_posix() for path in lived_in.files()}
    assert left == {"words.txt", "tmp/someone-else", "Documents/letter.txt", ".config/other/x.toml"}
    assert (lived_in.folder / "tmp" / "an-empty-folder-of-others").is_dir()
    assert (models_folder() / "vosk-ko").is_dir()
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(record["files"] for record in told) == len(before) - len(left)


def test_models_and_words_are_deleted_by_name(lived_in, tmp_path):
    model = tmp_path / "models" / "lm" / "x.bin"
    model.parent.mkdir(parents=True)
    model.write_text("x")
    elsewhere = {"EDGEASSIST_MODELS": str(tmp_path / "models")}
    lived_in.run("privacy", "delete", "words", "--yes", **elsewhere)
    assert not (lived_in.folder / "words.txt").exists()
    lived_in.run("privacy", "delete", "all", "--yes", **elsewhere)
    assert model.exists()
    lived_in.run("privacy", "delete", "models", "--yes", **elsewhere)
    assert not model.exists()


def test_nothing_is_deleted_unasked(lived_in):
    before = lived_in.files()
    done = lived_in.run("privacy", "delete", "all")
    assert done.returncode == 2
    assert "--yes" in done.stderr
    done = lived_in.run("privacy", "delete", "everything", "--yes")
    assert done.returncode == 2
    assert "transcripts" in done.stderr
    assert lived_in.files() == before


def test_a_link_is_deleted_and_not_what_it_leads_to(lived_in):
    letter, state = lived_in.folder / "Documents" / "letter.txt", ".local/state/edgeassist"
    (lived_in.folder / state / "link").symlink_to(letter)
    (lived_in.folder / state / "folder").symlink_to(letter.parent)
    lived_in.run("privacy", "delete", "all", "--yes")
    assert letter.read_text() == "dear"
    assert not (lived_in.folder / state).exists()


def test_a_folder_where_a_transcript_would_be_is_left_alone(lived_in):
    (lived_in.folder / "said.jsonl").unlink()
    (lived_in.folder / "said.jsonl" / "inner").mkdir(parents=True)
    (lived_in.folder / "said.jsonl" / "inner" / "letter").write_text("dear")
    done = lived_in.run("privacy", "delete", "transcripts", "--yes")
    assert done.returncode == 0
    assert (lived_in.folder / "said.jsonl" / "inner" / "letter").exists()


def test_every_kind_is_told_in_plain_words():
    assert {about(kind) for kind in Kind}
    assert len({place.path for place in places()}) >= 12


@pytest.mark.parametrize("name", ["captions", "guide", "braille", "braille-display"])
def test_a_ready_made_config_records_no_sound_and_no_picture_and_logs_no_word(name, home, tmp_path):
    try:
        for model in ("demo-speech", "demo-street", "vosk-ko", "centernet", "whisper-base"):
            installed(model)
    except ModelError as error:
        lacking_model(error)
    text = (data_dir("configs") / f"{name}.toml").read_text("utf-8")
    for source, file in SOURCES.items():
        text = text.replace(source, file)
    text = text.replace("keep_going = true\n", "").replace(
        "language =", "keep_going = true\nlanguage =", 1
    )
    config = tmp_path / "same.toml"
    config.write_text(text, "utf-8")
    load_config(config)
    # Dictionaries that take minutes to build anew come from where they are.
    shared = {"XDG_CACHE_HOME": str(cache_dir().parent)}
    before = home.files()
    events = tmp_path / "events.jsonl"
    done = home.run("run", config, "--json", events, EDGEASSIST_DEBUG="1", **shared)
    new = home.files() - before
    for path in new:
        start = path.read_bytes()[:12] if path.is_file() else b""
        assert not start.startswith(MEDIA), path
        assert start[4:8] != b"ftyp", path
    known = {str(record["path"]) for record in home.kept("--config", config)}
    lost = [path for path in new if not any(path.is_relative_to(one) for one in known)]
    assert not lost, "a file that `edgeassist privacy` does not know"
    said = [json.loads(line) for line in events.read_text("utf-8").splitlines()]
    finals = [one["text"] for one in said if one["type"] == "Caption" and one["text"]]
    if name != "guide":
        assert finals, done.stderr
        assert {path.name for path in new} >= {"captions.jsonl"}
    assert not [text for text in finals if text in done.stderr]
