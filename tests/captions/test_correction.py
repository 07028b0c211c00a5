"""What Mandarin captions say where the engine heard the sounds and missed the words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeassist.captions.correction import Corrector, Hypothesis, corrector
from edgeassist.captions.correction_network import network, readings, units
from edgeassist.captions.correction_sounds import near, toneless_distance
from edgeassist.captions.hotwords import hot_words
from edgeassist.errors import InputError


@pytest.fixture(scope="module")
def plain() -> Corrector:
    return corrector()


def corrected(of: Corrector, *texts: str, **options) -> str:
    hypotheses = [Hypothesis(text, -0.7 * place) for place, text in enumerate(texts)]
    return of.corrected(hypotheses, within_s=10.0, **options).text


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("要求撤回这个网也", "要求撤回这个网页"),  # another tone
        ("三星又怎么能停下追随的角步", "三星又怎么能停下追随的脚步"),  # the same sound
        ("我们去银行区钱", "我们去银行取钱"),
        ("中国防地产市场的泡沫", "中国房地产市场的泡沫"),
        ("西望你能来", "希望你能来"),
    ],
)
def test_right_sounds_become_the_right_characters(plain, heard, said):
    assert corrected(plain, heard) == said


def test_a_near_sound_gives_way_to_the_word_that_makes_sense(plain):
    assert corrected(plain, "人民生活水平不断提稿") == "人民生活水平不断提高"


def test_what_is_right_already_stays_with_its_punctuation(plain):
    text = "今天天气很好，我们一起去公园吧！你觉得呢？"
    assert corrected(plain, text) == text


@pytest.mark.parametrize(
    "text",
    [
        "我用Python写程序，版本是3.11。",
        "WiFi密码是20240501",
        "328万1138.48",
        "他6号来北京，坐G102次列车",
        "第3次",
    ],
)
def test_numbers_and_latin_words_stay_as_they_were_heard(plain, text):
    assert corrected(plain, text) == text


def test_a_number_is_not_mixed_from_two_hypotheses(plain):
    assert corrected(plain, "零点三三", "0.33", "0.3") == "0.33"
    assert corrected(plain, "一共328万1138.48元", "一共328.138.48元") == "一共328万1138.48元"


def test_a_word_only_the_second_hypothesis_has_right_is_taken_from_it(plain):
    assert corrected(plain, "他被掉销了执照", "他被吊销了执照") == "他被吊销了执照"


def test_traditional_characters_become_simplified_ones(plain):
    assert corrected(plain, "這個問題很重要") == "这个问题很重要"


def test_english_and_nothing_are_left_alone(plain):
    assert (
        corrected(plain, "Ask not what your country can do") == "Ask not what your country can do"
    )
    assert corrected(plain, "") == ""
    assert plain.corrected([]).text == ""


def test_the_engines_own_text_is_kept(plain):
    found = plain.corrected([Hypothesis("停下追随的角步")], within_s=10.0)
    assert (found.text, found.heard) == ("停下追随的脚步", "停下追随的角步")


def test_a_machine_without_time_shows_what_was_heard(plain):
    times = iter(range(100))
    late = plain.corrected(
        [Hypothesis("停下追随的角步")], within_s=0.5, clock_s=lambda: float(next(times))
    )
    assert late.text == "停下追随的角步"


def test_a_long_sentence_of_one_sound_ends(plain):
    assert len(corrected(plain, "是" * 120)) == 120


@settings(deadline=None)  # the first loads the model
@given(st.text(alphabet="我们是的事实十一二三，。Aa1 2点百%😀", max_size=24))
def test_any_text_is_corrected_without_losing_its_length_by_much(text):
    of = corrector()
    assert abs(len(corrected(of, text)) - len(text)) <= len(text) // 2 + 1


# Hot words.


def test_a_name_wins_over_the_words_it_sounds_like():
    heard = "新京报记者您非然报道"
    assert corrected(corrector(hot_words(["林斐然"])), heard) == "新京报记者林斐然报道"


def test_a_hot_word_wins_over_a_word_of_the_same_sound_but_not_where_that_makes_sense():
    of = corrector(hot_words(["武隆"]))
    assert corrected(of, "我们去武龙玩") == "我们去武隆玩"
    assert corrected(of, "春节有舞龙舞狮表演") == "春节有舞龙舞狮表演"


def test_hot_words_with_their_pinyin_come_from_the_dictionary_braille_uses(tmp_path):
    file = tmp_path / "words.tsv"
    file.write_text("单雄信\tshan4 xiong2 xin4\n", "utf-8")
    assert corrected(corrector(hot_words([], file)), "好汉山雄心来了") == "好汉单雄信来了"


def test_hot_words_one_a_line_and_those_of_no_use_are_told_of(tmp_path, caplog):
    file = tmp_path / "words.txt"
    file.write_text("林斐然\n\n武隆\nLoft\n", "utf-8")
    assert len(hot_words(["武隆", "王"], file)) == 2
    assert "王, Loft" in caplog.text


def test_a_missing_file_of_hot_words_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no\.txt"):
        hot_words([], tmp_path / "no.txt")


# Its parts.


def test_a_share_is_how_much_of_the_hypotheses_speaks_for_it():
    _, places = network([Hypothesis("好的", -1.0), Hypothesis("号的", -1.0)])
    assert places[0].shares == {("好", "hao3"): 0.5, ("号", "hao4"): 0.5}
    assert places[1].shares == {("的", "de5"): 1.0}


def test_a_character_only_one_hypothesis_has_may_stand_for_nothing():
    _, places = network([Hypothesis("你好吗", 0.0), Hypothesis("你好", 0.0)])
    assert places[2].shares == {("吗", "ma5"): 0.5, ("", ""): 0.5}


def test_marks_belong_to_the_unit_before_them():
    lead, found = units("“你好，GPT-4！")
    assert lead == "“"
    assert [(unit.text, unit.marks) for unit in found][:3] == [
        ("你", ""),
        ("好", "，"),
        ("GPT", "-"),
    ]


def test_every_character_has_one_reading():
    assert readings("银行a") == ["yin2", "hang2", ""]


@given(st.sampled_from(["zhong", "lan", "fen", "shi", "jing", "wang", "yu", "er"]))
def test_near_sounds_are_near_both_ways(letters):
    assert near(letters) or letters in ("er", "yu")
    for other in near(letters):
        assert letters in near(other)
        assert toneless_distance(letters, other) == toneless_distance(other, letters)
