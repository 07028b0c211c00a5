"""Corrected captions of real recordings, as a user's config asks for them."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from recordings import character_errors, quiet, spoken

from edgeassist.captions.correction import corrected_final, corrector
from edgeassist.captions.node import Captions
from edgeassist.captions.recognizer import Language
from edgeassist.devices.wav import open_audio
from edgeassist.errors import ConfigError
from edgeassist.loop.events import Caption
from edgeassist.testing import audio_blocks, check_node

CLASSIC = "天地玄黄宇宙洪荒"  # what Whisper hears of it: 天地玄皇宇宙红皇


def finals(sound, **options) -> list[Caption]:
    blocks = audio_blocks(np.concatenate((sound, quiet(1))))
    given = check_node(Captions, Captions.Options(language=Language.ZH, **options), blocks)
    return [event for event in given if isinstance(event, Caption) and event.final]


def test_a_final_has_the_right_characters_and_the_transcript_what_was_heard(tmp_path):
    transcript = tmp_path / "talk.jsonl"
    (final,) = finals(spoken("zh/pangrama"), transcript=transcript)
    assert final.text.startswith(CLASSIC)
    assert final.heard
    assert not final.heard.startswith(CLASSIC)
    kept = json.loads(transcript.read_text("utf-8").splitlines()[-1])
    assert (kept["text"], kept["heard"]) == (final.text, final.heard)


def test_correction_can_be_switched_off():
    (final,) = finals(spoken("zh/pangrama"), correct=False)
    assert not final.text.startswith(CLASSIC)
    assert not final.heard


def test_hot_words_of_the_config_win_in_real_speech(tmp_path):
    words = tmp_path / "words.tsv"
    words.write_text("辰宿列\tchen2 su4 lie4\n", "utf-8")
    without = finals(spoken("zh/pangrama"))[0].text
    assert "辰宿列" not in without
    assert "辰宿列" in finals(spoken("zh/pangrama"), hot_words_file=words)[0].text


def test_english_does_not_change():
    sound = spoken("en/quick_brown_fox")
    texts = [
        [event.text for event in check_node(Captions, options, audio_blocks(sound))]
        for options in (Captions.Options(), Captions.Options(correct=False))
    ]
    assert texts[0] == texts[1] != []


def test_a_missing_file_of_hot_words_is_told_before_anything_runs(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.txt"):
        finals(quiet(1), hot_words_file=tmp_path / "none.txt")


def final_of(text: str, language: str = "zh") -> Caption:
    return Caption(
        captured_ns=1,
        utterance=1,
        text=text,
        final=True,
        stable_chars=len(text),
        start_s=0.0,
        end_s=2.0,
        language=language,
    )


def test_finals_of_any_engine_are_corrected_but_for_what_was_shown_as_stable():
    heard = final_of("他怎么能停下追随的角步")
    found = corrected_final(corrector(), heard, "他怎么能停下追")
    assert (found.text, found.heard) == ("他怎么能停下追随的脚步", heard.text)
    assert corrected_final(corrector(), heard, heard.text) == heard
    korean = final_of("안녕하세요", "ko")
    assert corrected_final(corrector(), korean, "") is korean


def test_a_name_whisper_does_not_know_is_right_with_hot_words():
    if not os.environ.get("EDGEASSIST_EVAL"):
        pytest.skip("EDGEASSIST_EVAL names no folder with recordings of speech")
    folder = Path(os.environ["EDGEASSIST_EVAL"]) / "speech"
    with (folder / "manifest.tsv").open(encoding="utf-8") as lines:
        rows = {row["file"]: row["text"] for row in csv.DictReader(lines, delimiter="\t")}
    file = next(file for file, text in rows.items() if "林斐然" in text)
    with open_audio(str(folder / file)) as audio:
        sound = np.concatenate(list(audio.blocks()))
    without, with_name = (
        "".join(final.text for final in finals(sound, hot_words=words))
        for words in ((), ("林斐然",))
    )
    assert "林斐然" not in without
    assert "林斐然" in with_name
    assert character_errors(rows[file], with_name) < character_errors(rows[file], without)
