"""What is shown as stable never changes, and finals go on from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.captions.policy import StablePrefix, continued, units

TEXT = st.text(alphabet="今天气很好，a b's1.5x ", max_size=12)


@given(st.lists(TEXT, max_size=8), TEXT, st.integers(1, 4), st.integers(0, 2))
def test_stable_text_never_changes_again_whatever_is_heard_next(texts, final, runs, hold_back):
    prefix = StablePrefix(runs, hold_back)
    stable = ""
    for text in texts:
        shown = prefix.update(text)
        assert shown.startswith(prefix.stable)
        assert prefix.stable.startswith(stable)
        stable = prefix.stable
    assert prefix.settle(final).startswith(stable)


@given(st.text(max_size=40))
def test_units_joined_are_the_text(text):
    assert "".join(units(text)) == text


def test_what_four_runs_agree_on_becomes_stable_but_for_the_last_word():
    prefix = StablePrefix(4)
    for text in ("今天", "今天天", "今天天气", "今天天汽很"):
        assert prefix.stable == ""
        shown = prefix.update(text)
    assert prefix.stable == "今天"
    assert shown == "今天天汽很"
    assert prefix.settle("今天天气很好。") == "今天天气很好。"


def test_half_a_word_never_becomes_stable():
    prefix = StablePrefix(2, 0)
    prefix.update("It was the first gre")
    prefix.update("It was the first great sorrow")
    assert prefix.stable == "It was the first"


def test_a_full_stop_where_the_sound_ended_is_not_shown():
    assert StablePrefix().update("我们现在还没有。") == "我们现在还没有"
    assert StablePrefix().update("It was...") == "It was"


@pytest.mark.parametrize(
    ("stable", "text", "expected"),
    [
        ("", "今天很好", "今天很好"),
        ("今天", "今天很好", "今天很好"),
        ("金天", "今天很好", "金天很好"),  # a wrong character stays, nothing is said twice
        ("今天汽", "今天气很好", "今天汽很好"),
        ("今天，", "今天很好", "今天，很好"),
        ("for all the", "For all the Chinese took", "for all the Chinese took"),
        ("And so", "And so, my fellow", "And so, my fellow"),
        ("今天很好", "", "今天很好"),
        ("今天很好", "今", "今天很好"),
    ],
)
def test_a_final_goes_on_from_what_was_shown_as_stable(stable, text, expected):
    assert continued(stable, text) == expected
