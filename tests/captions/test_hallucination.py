"""Text nobody said is not shown; odd things people do say are."""

import pytest

from edgeassist.captions.hallucination import believable, looks_looped, said_once, unlooped

PROMPT = "以下是普通话的句子。"


def heard(text: str, seconds: float = 4.0, sure: float = -0.2, no_speech: float = 0.02) -> str:
    return believable(
        text,
        seconds=seconds,
        language="en" if text.isascii() else "zh",
        log_probability=sure,
        no_speech=no_speech,
        prompt=PROMPT,
    )


@pytest.mark.parametrize(
    "text",
    [
        "字幕由Amara.org社区提供",
        "字幕志愿者 李宗盛",
        "中文字幕志愿者 杨茜茜",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "优优独播剧场——YoYo Television Series Exclusive",
        "Subtitles by the Amara.org community",
        "Transcription by CastingWords",
        "♪♪♪",
        "(音乐)",
        "[Music]",
        "以下是普通话的句子",
        "。。。。",
        "",
    ],
)
def test_credits_music_and_the_prompt_itself_are_not_captions(text):
    assert heard(text) == ""


@pytest.mark.parametrize(
    "text", ["谢谢观看", "谢谢大家", "Thank you.", "you", "Thanks for watching!"]
)
def test_farewells_count_only_when_the_engine_is_sure(text):
    assert heard(text) == text
    assert heard(text, sure=-1.0) == ""
    assert heard(text, no_speech=0.5) == ""


@pytest.mark.parametrize(
    "text",
    [
        "对对对",
        "不不不，不是这样",
        "哈哈哈哈哈",
        "一一九，一一零",
        "no, no, no",
        "一三三六九四五二四四七",
    ],
)
def test_what_people_repeat_stays(text):
    assert heard(text) == text
    assert not looks_looped(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我们的我们的我们的我们的我们的我们的", "我们的"),
        ("然后我知道 然后我知道 然后我知道 然后我知道 ", "然后我知道"),
        (
            "And then I know. And then I know. And then I know. And then I know. ",
            "And then I know.",
        ),
        ("啊" * 40, "啊啊啊"),
    ],
)
def test_a_loop_is_kept_once(text, expected):
    assert unlooped(text).strip() == expected
    assert looks_looped(text)


def test_words_for_noise_are_not_captions():
    # What Whisper base gives for hum, chords, clicks and white noise, with its own figures.
    for text, sure, no_speech in (
        ("诶诶诶诶诶诶诶", -0.81, 0.9),
        ("这位是普通话的句子。", -1.13, 0.89),
        ("试试", -2.17, 0.89),
        (" I don't know what to do.", -1.69, 0.65),
        (" Oh, yeah.", -2.22, 0.84),
    ):
        assert heard(text, sure=sure, no_speech=no_speech) == ""


def test_more_text_than_anybody_can_say_is_cut():
    text = "这是一个说得比任何人都快的很长很长的句子而且它还没有完没有完"
    assert len(heard(text, seconds=1.0)) == 14
    assert heard(text, seconds=5.0) == text


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("市场内外对此高度关注。市场内外对此高度关注。", "市场内外对此高度关注。"),
        ("市场内外对此高度关注。市场内外对此高度关注。市场内外", "市场内外对此高度关注。"),
        ("He might have been? He might have been", "He might have been?"),
    ],
)
def test_a_sentence_that_begins_again_is_said_once(text, once):
    assert said_once(text) == once


@pytest.mark.parametrize(
    "text",
    [
        "对对对",
        "慢点慢点慢点",
        "",
        "好。",
        "no, no, no, no",
        "市场内外对此高度关注，市场内外都很好。",
    ],
)
def test_what_people_say_twice_stays(text):
    assert said_once(text) == text
