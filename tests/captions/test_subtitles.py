"""Subtitles that can be read: short lines, enough time, nothing lost, and by other programs."""

import io
from itertools import pairwise

import pysubs2
import pytest
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeassist.captions.formats import CaptionFile, Cue, Format, srt, vtt
from edgeassist.captions.subtitles import LONGEST_S, SHORTEST_S, columns, limits, subtitles

LONG = (
    "期末考试从六月二十八号开始，一共三天，上午考语文和英语，下午考数学；请各位家长帮助孩子准备好文具，"
    "注意休息，按时到校，不要迟到。"
)
ENGLISH = (
    "The quick brown fox jumps over the lazy dog, and then it's time for everybody to go home "
    "because the self-driving bus won't wait any longer."
)
words = st.lists(
    st.sampled_from(
        [*"我们今天去北京看长城，。！《》（）", "hello ", "well-known ", "3.5% ", "x" * 60]
    )
)
spoken = st.lists(
    st.tuples(words.map("".join), st.floats(0, 5), st.floats(0, 20), st.sampled_from(["zh", "en"])),
    max_size=8,
)


def cues(given) -> list[Cue]:
    at_s, made = 0.0, []
    for text, pause_s, seconds, language in given:
        at_s += pause_s
        made.append(Cue(start_s=at_s, end_s=at_s + seconds, text=text, language=language))
        at_s += seconds
    return made


def bare(text: str) -> str:
    return "".join(text.split())


@settings(deadline=None)  # the first case loads the dictionary of words
@given(spoken)
def test_no_word_is_lost_no_line_too_long_and_no_time_runs_back(given):
    said = cues(given)
    shown = subtitles(said)
    assert bare("".join(one.text for one in shown)) == bare("".join(one.text for one in said))
    for one in shown:
        lines = one.text.split("\n")
        assert 1 <= len(lines) <= 2
        assert all(line and columns(line) <= limits(one.language).columns for line in lines)
        assert 0 < one.end_s - one.start_s <= LONGEST_S + 0.001
    for one, after in pairwise(shown):
        assert one.end_s <= after.start_s
        assert one.end_s - one.start_s >= min(SHORTEST_S, after.start_s - one.start_s) - 0.002


def test_a_long_sentence_is_parted_where_a_clause_ends():
    shown = subtitles([Cue(start_s=10.0, end_s=26.0, text=LONG)])
    assert all(one.text[-1] in "，；。" for one in shown)
    assert shown[0].start_s == 10.0
    assert shown[-1].end_s >= 26.0 - LONGEST_S
    for one in shown:
        assert all(columns(line) <= 32 for line in one.text.split("\n"))
        assert not any(line[0] in "，。；、" for line in one.text.split("\n"))


def test_english_is_parted_between_words():
    shown = subtitles([Cue(start_s=0.0, end_s=9.0, text=ENGLISH, language="en")])
    lines = [line for one in shown for line in one.text.split("\n")]
    assert " ".join(lines) == ENGLISH
    assert all(len(line) <= 42 for line in lines)


def test_chinese_words_stay_whole():
    text = "他在中华人民共和国中央人民政府门前站了整整一个上午等待他的朋友"
    (one,) = subtitles([Cue(start_s=0.0, end_s=6.0, text=text)])
    first, second = one.text.split("\n")
    assert first + second == text
    assert not first.endswith(("中华", "中央", "人民政"))
    assert columns(first) <= 32


def test_a_short_word_stays_long_enough_to_be_read_if_nobody_goes_on():
    alone, before_another = subtitles(
        [Cue(start_s=1.0, end_s=1.2, text="好"), Cue(start_s=9.0, end_s=9.1, text="好")]
    )
    assert alone.end_s - alone.start_s == pytest.approx(SHORTEST_S, abs=0.001)
    assert before_another.end_s - before_another.start_s == pytest.approx(SHORTEST_S, abs=0.001)
    first, second = subtitles(
        [Cue(start_s=1.0, end_s=1.2, text="好"), Cue(start_s=1.5, end_s=2.5, text="走吧")]
    )
    assert first.end_s <= second.start_s == 1.5


@settings(deadline=None)  # the first case loads the dictionary of words
@given(spoken)
def test_players_read_what_was_written(given):
    shown = subtitles(cues(given))
    as_srt = "".join(srt(number, one) for number, one in enumerate(shown, 1))
    as_vtt = "WEBVTT\n\n" + "".join(vtt(number, one) for number, one in enumerate(shown, 1))
    wanted = [bare(one.text) for one in shown]
    read = pysubs2.SSAFile.from_string(as_srt, format_="srt") if shown else []
    assert [bare(one.plaintext) for one in read] == wanted
    assert [one.start for one in read] == [round(one.start_s * 1000) for one in shown]
    assert [one.end for one in read] == [round(one.end_s * 1000) for one in shown]
    assert [bare(one.text) for one in webvtt.from_buffer(io.StringIO(as_vtt))] == wanted


def test_a_caption_file_written_live_never_runs_back_either(tmp_path):
    path = tmp_path / "live.srt"
    with CaptionFile(path, Format.SRT) as file:
        file.add(Cue(start_s=0.0, end_s=16.0, text=LONG))
        file.add(Cue(start_s=15.9, end_s=16.4, text="好。"))
        file.add(Cue(start_s=17.0, end_s=18.0, text="再见。"))
    read = list(pysubs2.load(str(path)))
    assert len(read) >= 5
    assert all(one.end <= after.start for one, after in pairwise(read))
    assert bare("".join(one.plaintext for one in read)) == LONG + "好。再见。"
