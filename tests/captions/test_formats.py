"""Subtitle files that players read."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.captions.formats import CaptionFile, Cue, Format, cue, jsonl, record, srt, txt, vtt
from edgeassist.errors import InputError
from edgeassist.loop.events import Caption

TIME = r"\d{2,}:\d\d:\d\d[.,]\d{3}"


def test_subrip_as_players_expect_it():
    one = Cue(start_s=3661.0425, end_s=3662.5, text="你好，世界。")
    assert srt(7, one) == "7\n01:01:01,042 --> 01:01:02,500\n你好，世界。\n\n"


def test_webvtt_escapes_what_would_be_markup():
    one = Cue(start_s=0.0, end_s=59.9996, text="a < b --> c & d")
    assert vtt(1, one) == "1\n00:00:00.000 --> 00:01:00.000\na &lt; b --&gt; c &amp; d\n\n"


@given(st.text(), st.floats(0, 1e5), st.floats(0.5, 30))
def test_no_text_breaks_a_subtitle_file(text, start_s, seconds):
    one = Cue(start_s=start_s, end_s=start_s + seconds, text=text)
    for block in (srt(1, one), vtt(1, one)):
        lines = block.split("\n")
        assert len(lines) == 5
        assert lines[3:] == ["", ""]
        assert block.count("-->") == 1
        assert re.fullmatch(rf"{TIME} --> {TIME}", lines[1])
    assert txt(1, one).count("\n") == 1
    assert json.loads(jsonl(1, one))["text"] == text


def final(text: str, start_s: float, end_s: float) -> Caption:
    return Caption(
        captured_ns=0,
        utterance=1,
        text=text,
        final=True,
        stable_chars=len(text),
        start_s=start_s,
        end_s=end_s,
    )


def test_a_very_short_word_is_shown_long_enough_to_be_displayed():
    assert cue(final("好", 1.0, 1.1)).end_s == 1.5


def test_json_has_the_fields_scripts_depend_on():
    shown = record(final("好", 1.0, 1.1), 1.75)
    for key, value in {
        "type": "final",
        "text": "好",
        "start_s": 1.0,
        "end_s": 1.1,
        "shown_s": 1.75,
        "stable_chars": 1,
    }.items():
        assert shown[key] == value


def test_a_file_is_complete_up_to_the_last_caption(tmp_path):
    with CaptionFile(tmp_path / "a.vtt", Format.VTT) as file:
        file.add(Cue(start_s=0, end_s=1, text="一"))
        assert (tmp_path / "a.vtt").read_text("utf-8").endswith("一\n\n")


def test_a_full_disk_and_a_missing_folder_are_told_of_in_one_line(tmp_path):
    with pytest.raises(InputError, match=r"no/a\.srt"):
        CaptionFile(tmp_path / "no" / "a.srt", Format.SRT)
    file = CaptionFile(Path("/dev/full"), Format.SRT)
    with pytest.raises(InputError, match="room"):
        file.add(Cue(start_s=0, end_s=1, text="一"))
