"""Two looks at one picture: what both see counts more than what one sees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from edgeassist.guide.detector import Found
from edgeassist.guide.engines.centernet import CenterNet, CenterNetOptions
from edgeassist.guide.fusion import AS_ONE_LOOK, fused, overlaps, rivals_lowered
from edgeassist.testing import check_detector

PERSON, DOG = 0, 16


def found(*rows: tuple[float, float, float, float, float, int]) -> Found:
    """Rows of x1, y1, x2, y2, score, class."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Found(table[:, :4], table[:, 4], table[:, 5].astype(np.int64))


def test_what_both_looks_see_keeps_its_score_and_takes_the_mean_place() -> None:
    far = found((100, 100, 140, 200, 0.4, PERSON))
    close = found((104, 100, 144, 200, 0.8, PERSON))
    both = fused([far, close], 0.1)
    assert both.scores == pytest.approx([0.6**AS_ONE_LOOK])
    x1 = (0.4 * 100 + 0.8 * 104) / 1.2
    assert both.corners[0] == pytest.approx([x1, 100, x1 + 40, 200], abs=1e-3)


def test_what_one_look_sees_counts_half() -> None:
    other = found((300, 100, 340, 200, 0.5, PERSON))
    alone = fused([found((100, 100, 140, 200, 0.4, PERSON)), other], 0.1)
    assert alone.scores.tolist() == pytest.approx([0.25**AS_ONE_LOOK, 0.2**AS_ONE_LOOK])
    assert len(fused([other, found()], 0.31).scores) == 0
    assert len(fused([other, found()], 0.29).scores) == 1
    assert len(fused([found(), found()], 0.3).scores) == 0


def test_a_class_is_not_seconded_by_another() -> None:
    place = (100, 100, 140, 200)
    two = fused([found((*place, 0.6, PERSON)), found((*place, 0.6, DOG))], 0.1)
    assert two.scores.tolist() == pytest.approx([0.3**AS_ONE_LOOK] * 2)


def test_a_second_opinion_on_one_thing_is_trusted_less_but_kept() -> None:
    given = found((0, 0, 10, 10, 0.6, PERSON), (0, 0, 10, 9, 0.5, DOG), (50, 0, 60, 9, 0.4, DOG))
    left = rivals_lowered(given)
    assert left.kinds.tolist() == [PERSON, DOG, DOG]
    assert left.scores.tolist() == pytest.approx([0.6, 0.4, 0.35])


ROW = st.tuples(
    st.integers(0, 80),
    st.integers(0, 80),
    st.integers(5, 40),
    st.integers(5, 40),
    st.floats(0.02, 1),
    st.sampled_from([PERSON, DOG]),
)
LOOK = st.lists(ROW, max_size=12).map(
    lambda rows: found(*((x, y, x + w, y + h, score, kind) for x, y, w, h, score, kind in rows))
)


@settings(max_examples=80, deadline=None)
@given(LOOK, LOOK, st.sampled_from([0.05, 0.2]))
def test_fusing_invents_nothing(one: Found, two: Found, least: float) -> None:
    both = fused([one, two], least)
    assert (both.scores > least).all()
    assert (np.diff(both.scores) <= 0).all()
    every = np.concatenate([one.corners, two.corners])
    kinds = np.concatenate([one.kinds, two.kinds])
    scores = np.concatenate([one.scores, two.scores])
    for corners, score, kind in zip(*both, strict=True):
        near = (overlaps(corners[None], every)[0] > 0.25) & (kinds == kind)
        assert near.any()
        assert score <= scores[near].max() ** AS_ONE_LOOK + 1e-6
    # A box that no other touches comes out as it went in, with half its score.
    for n in range(len(every)):
        half = (scores[n] / 2) ** AS_ONE_LOOK
        if (overlaps(every[n : n + 1], every)[0] > 0).sum() == 1 and half > least + 1e-6:
            same = np.abs(both.corners - every[n]).max(axis=1) < 1e-3
            assert both.scores[same] == pytest.approx([half])


def test_two_looks_find_people_no_single_one_is_sure_of(
    centernet: CenterNet, street: NDArray[np.uint8]
) -> None:
    twice = CenterNet(CenterNetOptions(min_score=0.3)).detect(street)
    once = CenterNet(CenterNetOptions(size=320, min_score=0.3)).detect(street)
    people = [sum(box.label == "person" for box in boxes) for boxes in (twice, once)]
    assert people[0] >= people[1]
    assert all(box.label in {"person", "car", "truck", "bicycle"} for box in twice[:4])


def test_looking_twice_keeps_the_contract(centernet: CenterNet, street: NDArray[np.uint8]) -> None:
    check_detector(CenterNet, CenterNetOptions(), street)
