"""Syllables back to characters."""

from __future__ import annotations

from edgeassist.chinese.decoder import Sound, decoder


def decoded(spelled: str, **known: str) -> str:
    sounds = [
        Sound((s[:-1],), s[-1], known.get(f"at{i}", "")) for i, s in enumerate(spelled.split())
    ]
    return "".join(word.text for word in decoder().decode(sounds))


def test_toned_syllables_become_the_likely_sentence():
    assert decoded("yin2 hang2 li3 de5 ren2 zhang3 da4 le5") == "银行里的人长大了"


def test_syllables_without_tones_become_a_sentence_too():
    sounds = [Sound((s,)) for s in ["jin", "tian", "tian", "qi", "hen", "hao"]]
    assert "".join(word.text for word in decoder().decode(sounds)) == "今天天气很好"


def test_a_fixed_character_stays():
    assert decoded("ta1 lai2 le5", at0="她") == "她来了"


def test_a_syllable_that_does_not_exist_is_kept_as_a_word_without_text():
    words = decoder().decode([Sound(("ni",), "3"), Sound(("blorp",), "1"), Sound(("hao",), "3")])
    assert [bool(word.text) for word in words] == [True, False, True]
    assert [word.start for word in words] == [0, 1, 2]


def test_nothing_gives_nothing():
    assert decoder().decode([]) == []


def test_a_number_before_makes_a_measure_word_of_what_follows():
    sounds = [Sound(("sui",), "4")]
    assert decoder().decode(sounds, after="十")[0].text == "岁"


def written_words(*words: str) -> str:
    sounds = [Sound((s[:-1],), s[-1]) for word in words for s in word.split()]
    ends = [0]
    for word in words:
        ends.append(ends[-1] + len(word.split()))
    return "".join(w.text for w in decoder().decode(sounds, frozenset(ends[1:-1])))


def test_a_name_that_is_in_no_dictionary_reads_as_a_name():
    assert written_words("wo3", "he2", "zheng4 tao1", "yi4 qi3", "qu4") == "我和郑涛一起去"


def test_a_name_that_is_also_a_word_stays_a_word():
    assert written_words("gao1 xing4", "de5", "ren2") == "高兴的人"


def test_a_syllable_joined_to_a_word_is_a_suffix():
    assert written_words("wu3 jin4 xian4", "ren2") == "武进县人"
