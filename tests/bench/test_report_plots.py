"""What the pictures of a report show is what was measured."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edgeassist.bench.report_plots import Choice, best_choices
from edgeassist.bench.report_time import spells, thinned
from edgeassist.pages.svg import SHAPES, mark, scale

POSITIVE = st.floats(1e-6, 1e9)


@given(st.lists(POSITIVE, min_size=1), st.booleans(), st.booleans())
def test_every_value_lies_in_the_picture_and_the_order_is_kept(values, log, zero):
    found = scale(values, log=log, zero=zero)
    assert found.low <= min(values) * 1.000001
    assert found.high >= max(values) * 0.999999
    places = [found.at(value) for value in sorted(values)]
    assert all(0 <= place <= 1 for place in places)
    assert all(one <= other for one, other in pairwise(places))


@given(st.lists(POSITIVE, min_size=1), st.booleans())
def test_an_axis_has_a_few_round_values_within_it(values, log):
    found = scale(values, log=log)
    ticks = found.ticks()
    assert 1 <= len(ticks) <= 5
    assert all(found.low * 0.99 <= tick <= found.high * 1.01 for tick in ticks)
    assert all(one < other for one, other in pairwise(ticks))


def test_values_that_are_nothing_stand_at_the_end_of_a_logarithmic_axis():
    assert scale([0.0, 1.0, 10.0], log=True).at(0.0) == 0.0


CHOICES = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 10)), min_size=1, max_size=30).map(
    lambda pairs: [
        Choice(number=number, shape=0, latency_ms=ms, quality=right / 10, doubtful=False)
        for number, (ms, right) in enumerate(pairs, 1)
    ]
)


@given(CHOICES, st.booleans())
def test_the_best_choices_are_those_that_nothing_beats(choices, higher):
    def beats(one, other):
        better = one.quality - other.quality if higher else other.quality - one.quality
        quicker = other.latency_ms - one.latency_ms
        return min(better, quicker) >= 0 and max(better, quicker) > 0

    best = best_choices(choices, higher_is_better=higher)
    assert not any(beats(one, other) for one in choices for other in best)
    same = {(one.latency_ms, one.quality) for one in best}
    for left_out in choices:
        if (left_out.latency_ms, left_out.quality) not in same:
            assert any(beats(one, left_out) for one in best)


@given(st.lists(st.floats(20, 90), min_size=1, max_size=2000))
def test_the_hottest_moment_of_a_long_run_is_shown(degrees):
    places = [(float(at_s), value) for at_s, value in enumerate(degrees)]
    shown = thinned(places)
    assert len(shown) <= 150
    assert set(shown) <= set(places)
    assert max(value for _, value in shown) == max(degrees)
    assert min(value for _, value in thinned(places, least=True)) == min(degrees)


@given(st.lists(st.booleans()))
def test_each_throttled_moment_lies_in_one_spell_and_no_other_does(states):
    found = spells([(float(at_s), so) for at_s, so in enumerate(states)])
    for at_s, so in enumerate(states):
        assert sum(begin <= at_s <= end for begin, end in found) == so


def test_models_are_told_apart_without_colour():
    assert len({mark(number, 0, 0, "empty") for number in range(SHAPES)}) == SHAPES
