"""What is shown mostly stays, what is stable always, and finals go on from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.captions.policy import GrowingText, Rules, continued, pieces

TEXT = st.text(alphabet="今天气很好，a b's1.5x -", max_size=12)
SURE = st.floats(0, 1)
RULES = st.builds(
    Rules,
    sure=st.lists(SURE, min_size=1, max_size=4).map(tuple),
    repeated=SURE,
    first=SURE,
    contradicted=st.integers(1, 4),
    stable_runs=st.integers(1, 4),
    stable_sure=SURE,
    hold_back=st.integers(0, 2),
)


def shown_after(*runs: tuple[str, float] | str, rules: Rules | None = None) -> list[str]:
    growing = GrowingText(rules)
    return [growing.update(*((run, 1.0) if isinstance(run, str) else run)) for run in runs]


@given(RULES, st.lists(TEXT, max_size=10), TEXT, st.data())
def test_stable_text_never_changes_again_whatever_is_heard_next(rules, texts, final, data):
    growing = GrowingText(rules)
    stable = ""
    for text in texts:
        sure = data.draw(st.lists(SURE, min_size=len(text), max_size=len(text)))
        shown = growing.update(text, sure)
        assert shown == growing.shown
        assert shown.startswith(growing.stable)
        assert growing.stable.startswith(stable)
        stable = growing.stable
    assert growing.settle(final).startswith(stable)


@given(st.lists(TEXT, max_size=10), st.data())
def test_shown_text_only_grows_while_the_runs_do_not_insist_on_another(texts, data):
    growing = GrowingText(Rules(contradicted=99))
    before = ""
    for text in texts:
        sure = data.draw(st.lists(SURE, min_size=len(text), max_size=len(text)))
        shown = growing.update(text, sure)
        assert shown.startswith(before)
        assert shown == "" or shown.rstrip()[-1].isalnum(), "no mark at the growing end"
        before = shown


@given(TEXT)
def test_a_text_the_engine_is_sure_of_is_shown_whole_but_for_the_mark_at_its_end(text):
    (shown,) = shown_after(text)
    assert text.startswith(shown)
    assert not any(map(str.isalnum, text[len(shown) :]))


@given(st.text(max_size=40))
def test_pieces_joined_are_the_text(text):
    assert "".join(pieces(text)) == text


def test_the_word_at_the_end_waits_until_it_is_certain():
    assert shown_after("", ("今天", 0.8), ("今天天", 0.8)) == ["", "今", "今天"]
    assert shown_after(("今天", 0.95)) == ["今天"]


def test_an_unsure_word_is_shown_when_enough_words_follow_it():
    growing = GrowingText()
    assert growing.update("荷塘月色", [0.97, 0.3, 0.9, 0.9]) == "荷"
    assert growing.update("荷塘月色很美", [0.97, 0.3, 0.9, 0.9, 0.9, 0.97]) == "荷塘月色很美"


def test_something_is_shown_soon_even_if_the_engine_is_not_sure():
    assert shown_after(("香", 0.2)) == ["香"]
    assert shown_after(("香", 0.01), ("香", 0.01)) == ["", ""]


def test_one_run_that_hears_something_else_changes_nothing():
    assert shown_after("今天天气", "今天填起", "今天天气很好") == [
        "今天天气",
        "今天天气",
        "今天天气很好",
    ]


def test_what_run_after_run_contradicts_is_replaced():
    assert (
        shown_after("Howdy Mary", *3 * ["Had he married a woman"])[-1] == "Had he married a woman"
    )
    assert shown_after("金天", "今天", "今天很", "今天很好")[-1] == "今天很好"


def test_nothing_is_added_to_a_word_by_a_run_that_hears_another_word_there():
    assert shown_after("Watch", "Why do you", "What your country")[-1] == "Watch"
    assert shown_after("Watch", "Why do you", "Watch your step")[-1] == "Watch your step"


def test_runs_that_contradict_each_other_too_replace_nothing():
    assert shown_after("金天", "今天", "近天", "经天")[-1] == "金天"


def test_marks_between_words_come_with_the_word_after_them():
    assert shown_after("我们，", "我们，现在") == ["我们", "我们，现在"]
    assert shown_after("It was...") == ["It was"]


def test_a_number_grows_digit_by_digit_but_half_of_it_is_never_stable():
    growing = GrowingText(Rules(stable_runs=2, hold_back=0))
    assert [growing.update(text) for text in ("我有1", "我有13", "我有135")] == [
        "我有1",
        "我有13",
        "我有135",
    ]
    assert growing.stable == "我有"


def test_what_three_sure_runs_agree_on_becomes_stable_but_for_the_last_word():
    growing = GrowingText()
    for text in ("今天", "今天天", "今天天气"):
        assert growing.stable == ""
        growing.update(text)
    assert growing.stable == "今天"
    assert growing.settle("今天天气很好。") == "今天天气很好。"
    assert growing.settle("金天天气很好。") == "今天天气很好。"


def test_what_the_engine_is_unsure_of_is_not_stable_however_often_it_is_heard():
    growing = GrowingText()
    for _ in range(10):
        growing.update("今天天气很好", [0.9, 0.9, 0.4, 0.9, 0.9, 0.9])
    assert growing.shown == "今天天气很好"
    assert growing.stable == "今天"


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
