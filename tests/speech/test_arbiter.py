"""Who may speak: every pair of priorities, in every state of what is being said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import Priority, SpokenHow, Utterance
from edgeassist.speech.arbiter import Arbiter, Piece
from edgeassist.speech.clauses import clauses

DANGER, MESSAGE, TEXT, NOTIFICATION, PROGRESS = Priority
BLOCK_S = 0.02
BLOCKS = 3  # that every clause lasts

TWO_CLAUSES = {
    DANGER: "前方一米，有台阶。",
    MESSAGE: "电量不足，请充电。",
    TEXT: "第一句话，第二句话。",
    NOTIFICATION: "网络已连接，信号良好。",
    PROGRESS: "百分之十，继续。",
}


@dataclass
class Room:
    """What is heard when a player follows the arbiter block by block."""

    clock: ManualClock = field(default_factory=ManualClock)
    arbiter: Arbiter = field(default_factory=Arbiter)
    heard: list[str] = field(default_factory=list)  # one clause a block, "" for silence
    ends: dict[str, list[SpokenHow]] = field(default_factory=dict)
    _piece: Piece | None = None
    _at: int = 0

    def say(
        self,
        priority: Priority,
        text: str | None = None,
        *,
        expires_s: float | None = None,
        key: str | None = None,
    ) -> None:
        now_ns = self.clock.now_ns()
        expires_ns = None if expires_s is None else now_ns + round(expires_s * 1e9)
        self.arbiter.say(
            Utterance(
                captured_ns=now_ns,
                text=text or TWO_CLAUSES[priority],
                language="zh",
                priority=priority,
                expires_ns=expires_ns,
                merge_key=key,
            ),
            now_ns,
        )

    def play(self, blocks: int) -> None:
        for _ in range(blocks):
            now_ns = self.clock.now_ns()
            piece = self.arbiter.due(now_ns)
            if piece != self._piece:
                self._piece, self._at = piece, 0
            self.heard.append(piece.text if piece else "")
            if piece is not None:
                self.arbiter.begun(piece, now_ns)
                self._at += 1
                if self._at == BLOCKS * len(clauses(piece.text)):
                    self.arbiter.ended(piece, now_ns)
                    self._piece = None
            self.clock.advance(BLOCK_S)
            for spoken in self.arbiter.outcomes():
                self.ends.setdefault(spoken.text, []).append(spoken.how)

    def play_out(self) -> None:
        while not self.arbiter.settled:
            self.play(1)

    def order(self) -> list[str]:
        """What was heard, each run of equal blocks once, silence left out."""
        return [text for text, _ in groupby(self.heard) if text]


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    yield room
    room.play_out()
    assert room.arbiter.idle


def parts(priority: Priority) -> list[str]:
    text = TWO_CLAUSES[priority]
    return [text] if priority is DANGER else list(clauses(text))


def interrupts(speaking: Priority, coming: Priority) -> bool:
    return coming is DANGER and speaking is not DANGER


def takes_turn(speaking: Priority, coming: Priority) -> bool:
    """Whether it is heard at the end of the clause that sounds."""
    return coming < speaking and not interrupts(speaking, coming)


PAIRS = [(speaking, coming) for speaking in Priority for coming in Priority]


@pytest.mark.parametrize(("speaking", "coming"), PAIRS)
def test_what_comes_while_something_else_is_being_said(room, speaking, coming):
    room.say(speaking)
    room.play(1)
    room.say(coming, "另一件事。" if coming is speaking else None)
    other = "另一件事。" if coming is speaking else TWO_CLAUSES[coming]
    others = ["另一件事。"] if coming is speaking else parts(coming)
    mine = parts(speaking)
    room.play_out()
    order = room.order()
    dropped = speaking in (NOTIFICATION, PROGRESS)
    if interrupts(speaking, coming):
        assert room.heard[1] == other, "a danger is heard in the very next block"
        assert order == [mine[0], other, *([] if dropped else mine)]
    elif takes_turn(speaking, coming):
        assert order == [mine[0], *others, *([] if dropped else mine[1:])]
    elif coming in (NOTIFICATION, PROGRESS):
        assert order == mine
        assert room.ends[other] == [SpokenHow.EXPIRED]
    else:
        assert order == [*mine, *others]
    if coming not in (NOTIFICATION, PROGRESS) or takes_turn(speaking, coming):
        assert room.ends[other] == [SpokenHow.SAID]
    if dropped and coming < speaking:
        assert room.ends[TWO_CLAUSES[speaking]] == [SpokenHow.INTERRUPTED]
    else:
        assert room.ends[TWO_CLAUSES[speaking]] == [SpokenHow.SAID]


@pytest.mark.parametrize(("waiting", "coming"), PAIRS)
def test_what_comes_while_a_danger_is_said_and_something_else_waits(room, waiting, coming):
    room.say(DANGER, "危险。")
    room.play(1)
    room.say(waiting, "先来的。")
    room.say(coming, "后来的。")
    room.play_out()
    said = [text for text in room.order() if text != "危险。"]
    refused = {NOTIFICATION, PROGRESS}
    wanted = sorted(
        (priority, place, text)
        for place, (priority, text) in enumerate([(waiting, "先来的。"), (coming, "后来的。")])
        if priority not in refused
    )
    assert said == [text for _, _, text in wanted]
    for priority, text in ((waiting, "先来的。"), (coming, "后来的。")):
        how = SpokenHow.EXPIRED if priority in refused else SpokenHow.SAID
        assert room.ends[text] == [how]


@pytest.mark.parametrize("priority", list(Priority))
def test_anything_is_said_when_nothing_else_is(room, priority):
    room.say(priority)
    room.play_out()
    assert room.order() == parts(priority)
    assert room.ends[TWO_CLAUSES[priority]] == [SpokenHow.SAID]


@pytest.mark.parametrize("priority", list(Priority))
def test_what_is_too_old_is_never_said(room, priority):
    room.say(priority, expires_s=0.0)
    room.play(2)
    assert room.heard == ["", ""]
    assert room.ends[TWO_CLAUSES[priority]] == [SpokenHow.EXPIRED]


@pytest.mark.parametrize("priority", [DANGER, MESSAGE, TEXT])
def test_what_gets_too_old_while_it_waits_is_dropped_unsaid(room, priority):
    room.say(DANGER, "危险。")
    room.play(1)
    room.say(priority, expires_s=0.03)
    room.play_out()
    assert room.order() == ["危险。"]
    assert room.ends[TWO_CLAUSES[priority]] == [SpokenHow.EXPIRED]


def test_a_reading_resumes_at_the_clause_it_was_cut_in(room):
    text = "一二三，四五六，七八九。"
    room.say(TEXT, text)
    room.play(BLOCKS + 1)
    room.say(DANGER, "停。")
    room.play_out()
    assert room.order() == ["一二三，", "四五六，", "停。", "四五六，", "七八九。"]
    assert room.ends[text] == [SpokenHow.SAID]


def test_a_message_survives_any_number_of_dangers(room):
    room.say(MESSAGE)
    for number in range(5):
        room.play(1)
        room.say(DANGER, f"危险{number}号。")
    room.play_out()
    assert room.ends[TWO_CLAUSES[MESSAGE]] == [SpokenHow.SAID]
    assert room.order()[-2:] == parts(MESSAGE)


def test_news_of_the_same_obstacle_replaces_what_still_waits(room):
    room.say(DANGER, "危险。")
    room.play(1)
    room.say(DANGER, "前方三米，行人", key="行人 7")
    room.say(DANGER, "前方两米，行人", key="行人 7")
    room.play_out()
    assert room.order() == ["危险。", "前方两米，行人"]
    assert room.ends["前方三米，行人"] == [SpokenHow.MERGED]


def test_less_urgent_news_does_not_replace_a_danger(room):
    room.say(DANGER, "危险。")
    room.play(1)
    room.say(DANGER, "前方一米，行人", key="行人 7")
    room.say(MESSAGE, "行人走开了", key="行人 7")
    room.play_out()
    assert room.order() == ["危险。", "前方一米，行人", "行人走开了"]


def test_an_alert_that_is_being_said_is_not_said_again(room):
    room.say(DANGER)
    room.play(1)
    room.say(DANGER)
    room.play_out()
    assert room.order() == parts(DANGER)
    assert sorted(room.ends[TWO_CLAUSES[DANGER]]) == [SpokenHow.MERGED, SpokenHow.SAID]


def test_of_equal_waiting_alerts_the_one_that_stays_true_longest_is_kept(room):
    room.say(DANGER, "危险。")
    room.play(1)
    room.say(DANGER, "台阶", expires_s=0.01)
    room.say(DANGER, "台阶", expires_s=10.0)
    room.play_out()
    assert room.order() == ["危险。", "台阶"]


def test_a_line_of_a_poem_may_come_twice(room):
    room.say(TEXT, "归去来兮。")
    room.say(TEXT, "归去来兮。")
    room.play_out()
    assert room.ends["归去来兮。"] == [SpokenHow.SAID, SpokenHow.SAID]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Priority)),
            st.integers(0, 4),
            st.none() | st.floats(0, 0.3),
            st.none() | st.sampled_from("ab"),
            st.integers(0, 7),
        ),
        max_size=25,
    )
)
def test_whatever_comes_everything_ends_once_and_no_message_is_lost(arrivals):
    room = Room()
    for priority, text, expires_s, key, blocks in arrivals:
        room.say(priority, f"第{text}个，{priority.name}。", expires_s=expires_s, key=key)
        room.play(blocks)
    room.play_out()
    ends = [how for hows in room.ends.values() for how in hows]
    assert len(ends) == len(arrivals)
    for text, hows in room.ends.items():
        if any(name in text for name in ("DANGER", "MESSAGE", "TEXT")):
            assert set(hows) <= {SpokenHow.SAID, SpokenHow.MERGED, *_may_expire(text, arrivals)}
    assert SpokenHow.FAILED not in ends


def _may_expire(text: str, arrivals: list[tuple]) -> set[SpokenHow]:
    can = any(
        expires_s is not None and f"第{number}个，{priority.name}。" == text
        for priority, number, expires_s, _, _ in arrivals
    )
    return {SpokenHow.EXPIRED, SpokenHow.INTERRUPTED} if can else set()
