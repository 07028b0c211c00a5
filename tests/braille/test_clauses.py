"""GF 0019-2018 §8, §12 and Annexes B and C by the standard's own signs and examples.

The letters, tones and short forms (§5 to §7, §9 to §11) are in test_cells.py.
"""

import pytest

from edgeassist.braille import translate

# Printed on pages 10 and 12 of the standard, each as one written word.
JOINED = {
    "12.2.1": "阅读 晚会 地震 年轻 签名 示威 扭转 船只 但是 叮咚 芙蓉 巧克力 电视机 图书馆",
    "12.2.2": "全国 走来 胆小 环保 公关",
    "12.2.4": "人人 来来往往 说说笑笑 清清楚楚 弯弯曲曲",
    "12.2.5": "超声波 无条件 半导体 科学性 手工业者 乘务员 艺术家 拖拉机手 孩子们",
    "12.2.6": "很好 山上 每年",
}


@pytest.mark.parametrize(
    ("clause", "word"),
    [(clause, word) for clause, words in JOINED.items() for word in words.split()],
)
def test_the_standards_examples_of_joined_words_are_joined(clause, word):
    assert [one.text for one in translate(word).words] == [word], clause


def test_a_repeated_word_of_two_syllables_is_two_words():
    assert [one.text for one in translate("研究研究").words] == ["研究", "研究"]  # 12.2.4


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("“好”", "⠘⠓⠖⠄⠘"),
        ("‘好’", "⠘⠘⠓⠖⠄⠘⠘"),
        ("［好］", "⠰⠆⠓⠖⠄⠰⠆"),
        ("【好】", "⠰⠆⠓⠖⠄⠰⠆"),
        ("好——好", "⠓⠖⠄⠠⠤⠓⠖⠄"),
        ("〈好〉", "⠐⠄⠓⠖⠄⠠⠂"),
        ("好·好", "⠓⠖⠄⠠⠄⠓⠖⠄"),
    ],
)
def test_the_signs_of_section_8_that_come_in_pairs_or_are_long(text, cells):
    assert translate(text).cells == cells


@pytest.mark.parametrize(
    ("text", "cells"),
    [("1234567890", "⠼⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚"), ("①", "⠼⠂"), ("⑩", "⠼⠂⠴")],
)
def test_digits_are_those_of_annex_b(text, cells):
    assert translate(text).cells == cells


@pytest.mark.parametrize(("text", "cells"), [("A", "⠠⠁"), ("x轴", "⠰⠭⠤⠌⠷⠂")])
def test_letters_bear_the_sign_of_their_case_by_annex_c(text, cells):
    assert translate(text).cells == cells
