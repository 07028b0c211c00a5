"""GF 0019-2018 clause by clause, and Current Braille."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edgeassist.braille import Scheme, translate
from edgeassist.braille.cells import FINALS, INITIALS, omitted_tones
from edgeassist.braille.decode import SyllableToken, parse
from edgeassist.braille.encode import tone_clauses, word_cells
from edgeassist.chinese.syllables import Syllable, spell, split


def written(word: str, syllables: str, **options: object) -> str:
    return "".join(word_cells(word, tuple(syllables.split()), **options))  # type: ignore[arg-type]


CLAUSES = [
    ("9.1", "中国", "zhong1 guo2", "⠌⠲⠁⠛⠕⠂"),
    ("9.2", "知", "zhi1", "⠌⠁"),
    ("9.3", "爱", "ai4", "⠪"),
    ("10.2.1", "芬", "fen1", "⠋⠴"),
    ("10.2.2", "人", "ren2", "⠚⠴"),
    ("10.2.2 exception", "头", "tou2", "⠞⠷⠂"),
    ("10.2.2 neutral", "头", "tou5", "⠞⠷"),
    ("10.2.3", "坝", "ba4", "⠃⠔"),
    ("10.2.3 exception", "乐", "le4", "⠇⠢⠆"),
    ("10.2.3 exception", "字", "zi4", "⠵⠆"),
    ("10.2.3 neutral", "橘子", "ju2 zi5", "⠛⠬⠂⠵"),
    ("10.2.4", "育", "yu4", "⠬"),
    ("10.2.5", "我", "wo3", "⠕"),
    ("10.2.5", "沃", "wo4", "⠕⠆"),
    ("10.2.5", "一", "yi1", "⠊"),
    ("10.2.5", "意", "yi4", "⠊⠆"),
    ("10.2.6", "哦", "o2", "⠢"),
    ("10.2.6", "额", "e2", "⠢⠂"),
    ("10.2.7", "慈爱", "ci2 ai4", "⠉⠂⠪"),
    ("10.2.7", "事业", "shi4 ye4", "⠱⠆⠑⠆"),
    ("10.2.8", "问", "wen4", "⠒⠆"),
    ("10.2.8", "再", "zai4", "⠵⠪⠆"),
    ("10.2.8 against", "在", "zai4", "⠵⠪"),
    ("10.2.8", "地道", "di4 dao4", "⠙⠊⠙⠖⠆"),
    ("10.2.8 against", "街道", "jie1 dao4", "⠛⠑⠁⠙⠖"),
    ("11.1", "的", "de5", "⠙"),
    ("11.1 another reading", "的", "di2", "⠙⠊⠂"),
    ("11.1", "你", "ni3", "⠝"),
    ("11.1", "他们", "ta1 men5", "⠞⠍⠴"),
    ("11.1", "她们", "ta1 men5", "⠞⠁⠍⠴"),
    ("11.1", "它", "ta1", "⠈⠞"),
    ("11.1", "怎么", "zen3 me5", "⠵⠴⠄⠍"),
    ("11.2", "他用", "ta1 yong4", "⠞⠔⠹"),
    ("11.2", "它用", "ta1 yong4", "⠈⠞⠔⠹"),
    ("11.2", "么啊", "me5 a5", "⠍⠢⠔"),
    ("11.2", "你爱", "ni3 ai4", "⠝⠊⠄⠪"),
    ("11.2 她 always", "她用", "ta1 yong4", "⠞⠁⠹"),
    ("6 ueng", "翁", "weng1", "⠲⠁"),
    ("6 ü", "绿", "lü4", "⠇⠬"),
]


@pytest.mark.parametrize(("clause", "word", "syllables", "cells"), CLAUSES)
def test_gf0019_writes_a_word_by_the_clause(clause, word, syllables, cells):
    assert written(word, syllables) == cells, clause


def test_every_clause_of_tone_omission_names_itself():
    assert tone_clauses("事业", ("shi4", "ye4")) == ["10.2.7", "10.1"]
    assert tone_clauses("芬问坝", ("fen1", "wen4", "ba4")) == ["10.2.1", "10.2.8", "10.2.3"]


@pytest.mark.parametrize(
    ("word", "syllables", "cells"),
    [
        ("海浪", "hai3 lang4", "⠓⠪⠄⠇⠦⠆"),
        ("怎么", "zen3 me5", "⠵⠴⠄⠍⠢"),
        ("老马识途", "lao3 ma3 shi2 tu2", "⠇⠖⠄⠍⠔⠄⠱⠂⠞⠥⠂"),
    ],
)
def test_current_braille_with_full_tones(word, syllables, cells):
    assert written(word, syllables, scheme=Scheme.CURRENT, full_tones=True) == cells


def test_current_braille_leaves_tones_out_but_before_a_vowel():
    assert written("海浪", "hai3 lang4", scheme=Scheme.CURRENT) == "⠓⠪⠇⠦"
    assert written("食物", "shi2 wu4", scheme=Scheme.CURRENT) == "⠱⠂⠥"


@pytest.mark.parametrize(
    ("word", "syllables", "cells"),
    [
        ("因为", "yin1 wei4", "⠣⠁⠺"),
        ("已经", "yi3 jing1", "⠊⠄⠛⠡"),
        ("慈悲", "ci2 bei1", "⠉⠂⠃⠮"),
        ("一个", "yi1 ge4", "⠊⠛⠢"),
        ("我们", "wo3 men5", "⠕⠍⠴"),
        ("以", "yi3", "⠊⠄"),
        ("的", "de5", "⠙"),
    ],
)
def test_current_braille_writes_a_tone_where_printed_books_do(word, syllables, cells):
    assert written(word, syllables, scheme=Scheme.CURRENT) == cells


def test_learners_see_every_tone():
    assert written("芬", "fen1", full_tones=True) == "⠋⠴⠁"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("你好，", "⠝⠓⠖⠄⠐"),
        ("（书）", "⠰⠄⠱⠥⠁⠠⠆"),
        ("《书》", "⠐⠤⠱⠥⠁⠤⠂"),
        ("“书”", "⠘⠱⠥⠁⠘"),
        ("好！好？好。", "⠓⠖⠄⠰⠂⠓⠖⠄⠐⠄⠓⠖⠄⠐⠆"),
        ("好，好；好：好、好", "⠓⠖⠄⠐⠀⠓⠖⠄⠰⠀⠓⠖⠄⠤⠀⠓⠖⠄⠈⠀⠓⠖⠄"),
        ("好……", "⠓⠖⠄⠐⠐⠐"),
        ("123", "⠼⠁⠃⠉"),
        ("3.14", "⠼⠉⠂⠁⠙"),
        ("2014年", "⠼⠃⠚⠁⠙⠝⠩"),
        ("4月17日", "⠼⠙⠤⠾⠀⠼⠁⠛⠤⠚⠆"),
        ("第1版", "⠙⠊⠼⠁⠤⠃⠧⠄"),
        ("（1910—1996）", "⠰⠄⠼⠁⠊⠁⠚⠤⠼⠁⠊⠊⠋⠠⠆"),
        ("5.1.2", "⠼⠑⠼⠁⠼⠃"),
        ("①", "⠼⠂"),
        ("3kg", "⠼⠉⠰⠅⠛"),
        ("B超", "⠠⠃⠤⠟⠖⠁"),
        ("国家 通用 盲文", "⠛⠕⠂⠛⠫⠁⠀⠞⠲⠁⠹⠀⠍⠦⠒⠂"),
    ],
)
def test_punctuation_numbers_and_letters_by_section_8_and_printed_books(text, cells):
    assert translate(text).cells == cells


def _syllables() -> list[tuple[str, str]]:
    from edgeassist.chinese import reader

    known = reader()
    spelled = {
        reading[:-1]
        for code in range(0x4E00, 0x9FA6)
        for reading in known.readings(chr(code))
        if reading[:-1].isalpha()
    }
    # Interjections without cells of their own: see cells._SUBSTITUTES.
    rare = {"yo", "ng", "n", "m", "hm", "hng", "ê", "yai", "o", "lo", "eng"}
    pairs = [(initial, final) for initial in ("", *INITIALS) for final in ("", *FINALS)]
    return [
        (initial, final)
        for initial, final in pairs
        if (initial or final)
        and spell(initial, final) in spelled - rare
        and split(spell(initial, final)) == Syllable(initial, final, 5)
    ]


SYLLABLES = _syllables()
SEQUENCES = st.lists(
    st.lists(st.tuples(st.sampled_from(SYLLABLES), st.integers(1, 5)), min_size=1, max_size=5),
    min_size=1,
    max_size=5,
)


def test_mandarin_has_its_four_hundred_syllables():
    assert 395 <= len(SYLLABLES) <= 425


def runs_together(cells, words, *, within_words_only: bool) -> bool:
    """Whether a bare initial without tone stands before a vowel: ⠱⠔ is shi·a and sha.

    10.2.7 lets only the neutral tone do so within a word; without blanks words do it too.
    """
    groups = zip(cells, words, strict=True)
    if not within_words_only:
        groups = [([c for word in cells for c in word], [s for word in words for s in word])]
    return any(
        len(written) == 1 and not final and not following
        for group, sounds in groups
        for written, ((_, final), _), ((following, _), _) in zip(
            group, sounds, sounds[1:], strict=False
        )
    )


@pytest.mark.parametrize("scheme", [Scheme.GF0019, Scheme.CURRENT])
@pytest.mark.parametrize("blank", ["⠀", ""])
@given(words=SEQUENCES)
def test_any_syllables_written_and_parsed_are_the_same_syllables(words, blank, scheme):
    """Tones that the scheme leaves unwritten come back as the set it leaves unwritten."""
    written_words = [[spell(*sound) + str(tone) for sound, tone in word] for word in words]
    words_in_cells = [word_cells("字" * len(word), tuple(word), scheme) for word in written_words]
    assume(not runs_together(words_in_cells, words, within_words_only=bool(blank)))
    cells = blank.join("".join(word) for word in words_in_cells)
    tokens = list(parse(cells, scheme))
    assert all(isinstance(token, SyllableToken) for token in tokens), cells
    expected = [syllable for word in written_words for syllable in word]
    assert len(tokens) == len(expected)
    for token, syllable in zip(tokens, expected, strict=True):
        assert isinstance(token, SyllableToken)
        assert syllable[:-1] in token.letters
        assert syllable[-1] in token.tones
        if token.written:
            assert token.tones in (syllable[-1], "1")


@given(words=SEQUENCES)
def test_with_full_tones_nothing_but_the_neutral_tone_is_open(words):
    for word in words:
        spelled = tuple(spell(*sound) + str(tone) for sound, tone in word)
        cells = word_cells("字" * len(word), spelled, Scheme.CURRENT, full_tones=True)
        assume(not runs_together([cells], [word], within_words_only=True))
        for token, syllable in zip(parse("".join(cells), Scheme.CURRENT), spelled, strict=True):
            assert isinstance(token, SyllableToken)
            assert token.written == (syllable[-1] != "5")


def test_an_unwritten_tone_is_the_set_the_rules_omit():
    assert omitted_tones("f", "en") == (1, 5)
    assert omitted_tones("t", "ou") == (5,)
    assert omitted_tones("", "o") == (1, 2, 3, 4, 5)
    assert omitted_tones("b", "a") == (4, 5)
