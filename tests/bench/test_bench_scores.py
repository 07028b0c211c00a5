"""How right something is: texts, boxes, intervals, live captions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeassist.bench import boxes, captions_seen, text_errors
from edgeassist.bench.data import Clip
from edgeassist.bench.loads.braille import same_hanzi
from edgeassist.bench.statistics import distribution, rate_of_sums, ratio_of_medians, share
from edgeassist.loop.events import RATE_HZ, Box, Caption


@pytest.mark.parametrize(
    ("wanted", "heard"),
    [
        ("我有二十五块钱。", "我有25塊錢"),
        ("一九四九年", "1949年"),
        ("百分之三十", "30%"),
        ("你好，世界！", "你好 世界"),
    ],
)
def test_what_sounds_the_same_is_no_error(wanted, heard):
    assert text_errors.characters(wanted) == text_errors.characters(heard)


def test_english_is_compared_by_words_without_case_and_marks():
    assert text_errors.words("It's 25, I say!") == ["it's", "twenty", "five", "i", "say"]


TEXTS = st.text(alphabet="银行走路abc", max_size=12)


@given(TEXTS, TEXTS, TEXTS)
def test_edit_distance_is_a_distance(one, two, three):
    assert text_errors.distance(one, one) == 0
    assert text_errors.distance(one, two) == text_errors.distance(two, one)
    assert text_errors.distance(one, two) >= abs(len(one) - len(two))
    assert text_errors.distance(one, three) <= text_errors.distance(
        one, two
    ) + text_errors.distance(two, three)


def box(label, score, x):
    return Box(label=label, score=score, x1=x, y1=0, x2=x + 10, y2=10)


def test_average_precision_of_known_cases():
    truth = [box("person", 1, 0), box("person", 1, 100)]

    def ap(found, overlap=0.5):
        return boxes.average_precision([boxes.matches(truth, found, overlap)])

    assert ap(truth) == 1
    assert ap([]) == 0
    # The surest box is wrong, the second right, a person is missed: half of the recalls at 1/2.
    assert ap([box("person", 0.9, 50), box("person", 0.8, 0)]) == pytest.approx(0.5 * 51 / 101)
    # A second box on the same person is an error.
    assert ap([box("person", 0.9, 0), box("person", 0.8, 1)]) == pytest.approx(51 / 101)
    # A class that does not occur counts for nothing, one that is missed counts.
    assert ap([*truth, box("dog", 0.99, 0)]) == 1
    two = [*truth, box("dog", 1, 0)]
    assert boxes.average_precision([boxes.matches(two, truth, 0.5)]) == 0.5


@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0.1, 0.9)), max_size=8))
def test_what_is_less_sure_and_wrong_never_raises_precision(found):
    truth = [box("person", 1, 0), box("person", 1, 100), box("person", 1, 200)]
    given_ = [box("person", score, x) for x, score in found]
    before = boxes.average_precision([boxes.matches(truth, given_, 0.5)])
    wrong = [*given_, box("person", 0.05, 1000)]
    assert boxes.average_precision([boxes.matches(truth, wrong, 0.5)]) <= before + 1e-12


def test_recall_and_precision_are_told_at_a_threshold():
    truth = [box("person", 1, 0), box("person", 1, 100)]
    found = [box("person", 0.9, 0), box("person", 0.15, 100), box("dog", 0.5, 0)]
    assert boxes.found_and_missed([boxes.matches(truth, found, 0.5)], 0.2) == (1, 2, 2)


def test_intervals_are_those_of_the_textbook():
    part, low, high = share(9, 10)
    assert (part, round(low, 3), round(high, 3)) == (0.9, 0.596, 0.982)  # Wilson, 95 %
    assert share(0, 5)[1] == 0
    assert share(5, 5)[2] == pytest.approx(1)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0.001, 1e4), min_size=1, max_size=60))
def test_quantiles_lie_in_their_intervals(values):
    found = distribution(values)
    assert found["n"] == len(values)
    for name in ("p50", "p90", "p99"):
        assert found[f"{name}_low"] <= found[name] <= found[f"{name}_high"]
        assert found["min"] <= found[name] <= found["max"]


def test_a_long_measurement_keeps_few_samples_and_its_quantiles():
    values = np.random.default_rng(1).gamma(3, 10, 50_000)
    found = distribution(values)
    assert len(found["samples"]) <= 400
    assert found["p50"] == pytest.approx(np.median(values), rel=1e-3)
    assert found["p50_high"] - found["p50_low"] < 1


def test_rates_and_ratios_have_intervals_around_them():
    rate, low, high = rate_of_sums([1, 0, 2, 1] * 20, [10, 10, 10, 10] * 20)
    assert low < rate == 0.1 < high
    ratio, least, most = ratio_of_medians([1.0, 1.1, 0.9] * 10, [2.0, 2.2, 1.8] * 10)
    assert ratio == pytest.approx(2)
    assert least <= ratio <= most


def test_a_long_comparison_that_began_slowly_keeps_its_ratio_within_its_interval():
    ours, theirs = [5.0] * 3000 + [1.0] * 6000, [2.0] * 9000
    ratio, least, most = ratio_of_medians(ours, theirs)
    assert ratio == 2.0
    assert 1.9 < least <= ratio <= most < 2.1


def test_characters_come_back_in_their_places():
    assert same_hanzi("银行，走路", "银行，跑路") == 3
    assert same_hanzi("银行走路", "银行路") == 3


def caption(text, utterance, start_s, end_s, *, final=False, stable=0):
    return Caption(
        captured_ns=0,
        utterance=utterance,
        text=text,
        final=final,
        stable_chars=len(text) if final else stable,
        start_s=start_s,
        end_s=end_s,
    )


def test_lateness_of_live_captions_is_counted_from_speech_to_text():
    # A loud buzz is no speech to the detector: then the whole recording counts as spoken.
    quiet = np.zeros(2 * RATE_HZ, np.int16)
    clips = [Clip("a", "zh", "你好", quiet), Clip("b", "zh", "再见", quiet)]
    shown = [
        (0.5, caption("你号", 1, 0.1, 0.4)),
        (0.9, caption("你好", 1, 0.1, 0.8)),
        (2.3, caption("你好。", 1, 0.1, 2.0, final=True)),
        (4.4, caption("再", 2, 4.2, 4.3)),
        (6.5, caption("再见。", 2, 4.2, 6.0, final=True)),
    ]
    seen = captions_seen.follow(clips, shown)
    assert seen.distributions["first_partial"]["p50"] == pytest.approx(450)  # of 500 and 400
    assert seen.distributions["final"]["p50"] == pytest.approx(400)  # of 300 and 500
    assert seen.figures["utterances"]["value"] == 2
    assert seen.figures["rewritten_chars"]["value"] == 0.5
    assert seen.figures["stable_broken"]["value"] == 0
    assert captions_seen.finals(clips, shown) == ["你好。", "再见。"]


def test_a_broken_promise_of_stable_text_is_counted():
    clip = Clip("a", "zh", "你好", np.zeros(RATE_HZ, np.int16))
    shown = [
        (0.5, caption("你号", 1, 0.1, 0.4, stable=2)),
        (1.2, caption("你好", 1, 0.1, 1.0, final=True)),
    ]
    assert captions_seen.follow([clip], shown).figures["stable_broken"]["value"] == 1
