"""Cards: the shipped ones are whole, a damaged one is refused with its file and its key."""

from __future__ import annotations

import pytest
from shelves import Shelf, described

from edgeassist.errors import ModelError
from edgeassist.modelstore import card, cards

SOURCE = '[sources.s]\nkind = "url"\nurl = "https://example.org/m"\n' + described(b"m")
FILE = '[[files]]\nname = "m"\nfrom = ["s"]\n' + described(b"m")


def test_the_modules_models_are_all_there_by_default() -> None:
    default = {one.name for one in cards().values() if one.default}
    assert default == {
        "whisper-base",
        "centernet",
        "kokoro",
        "zh-lm",
        "zh-words",
        "zh-titles",
        "vosk-ko",
        "demo-speech",
        "demo-street",
        "demo-video",
    }


def test_every_card_says_whose_it_is_and_under_which_licence() -> None:
    for one in cards().values():
        assert one.licence, one.name
        assert one.homepage.startswith("https://"), one.name
        assert one.upstream == (one.name in ("sherpa-zh-14m", "yolox-nano"))


def test_whisper_is_the_file_that_was_measured() -> None:
    (model,) = [file for file in card("whisper-base").files if file.name == "model.bin"]
    (content,) = model.contents
    assert content.bytes == 145_217_607
    assert content.sha256.startswith("905e5bf8")
    assert content.sha256.endswith("a60c1a57")


def test_an_unknown_name_lists_the_names() -> None:
    with pytest.raises(ModelError) as error:
        card("wisper-base")
    assert "whisper-base" in error.value.fix


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        (SOURCE + FILE + "[bogus]\n", "bogus", "means nothing here"),
        (SOURCE, "files", "is missing"),
        (FILE, "sources", "is missing"),
        (SOURCE + FILE.replace('["s"]', '["t"]'), "files[0].from", "no source t"),
        (SOURCE + FILE.replace('["s"]', '["s:x"]'), "files[0].from", "else source"),
        (SOURCE + FILE.replace('"m"', '"../m"'), "files[0].name", "plain path"),
        (SOURCE + FILE.replace('"m"', '"/etc/m"'), "files[0].name", "plain path"),
        (SOURCE + FILE.replace('"m"', '"."'), "files[0].name", "plain path"),
        (SOURCE + FILE.replace('"m"', '".edgeassist.json"'), "files[0].name", "plain path"),
        (SOURCE + FILE + FILE, "files: m", "twice"),
        (SOURCE + FILE.replace("bytes = 1", "bytes = -1"), "files[0].bytes", "above zero"),
        (SOURCE + FILE.replace("bytes = 1", "bytes = true"), "files[0].bytes", "above zero"),
        (SOURCE + FILE.replace('sha256 = "', 'sha256 = "x'), "files[0].sha256", "64 digits"),
        (SOURCE.replace("url", "ftp", 1) + FILE, "sources.s.kind", "pypi, npm, deb, url, file"),
        (SOURCE.replace("https:", "file:") + FILE, "sources.s.url", "https://"),
        ("default = 1\n" + SOURCE + FILE, "default", "true or false"),
        (SOURCE + FILE + "[convert]\n", "convert.with", "is missing"),
    ],
)
def test_a_damaged_card_names_the_file_and_the_key(
    shelf: Shelf, text: str, key: str, problem: str
) -> None:
    shelf.card("toy", text)

    with pytest.raises(ModelError) as error:
        card("toy")

    assert error.value.subject == f"{shelf.cards / 'toy.toml'}: {key}"
    assert problem in error.value.problem


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", b"", b'name = "other"'])
def test_a_card_that_is_no_card_is_refused(shelf: Shelf, content: bytes) -> None:
    (shelf.cards / "toy.toml").write_bytes(content)

    with pytest.raises(ModelError, match=r"toy\.toml"):
        card("toy")


def test_a_damaged_card_does_not_keep_other_models_from_being_used(shelf: Shelf) -> None:
    (shelf.cards / "toy.toml").write_bytes(b"?")

    assert card("whisper-base").name == "whisper-base"
