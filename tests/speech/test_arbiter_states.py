"""Every pair of priorities in the states that `test_arbiter` leaves out.

They are: rendering, between clauses, in the last one, interrupted, resumed, paused, stopped.
"""

from __future__ import annotations

from itertools import groupby

import pytest

from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import Priority, SpokenHow, Utterance
from edgeassist.speech.arbiter import Arbiter, Piece
from edgeassist.speech.clauses import clauses

DANGER, MESSAGE, TEXT, NOTIFICATION, PROGRESS = Priority
PAIRS = [(first, second) for first in Priority for second in Priority]
FLEETING = (NOTIFICATION, PROGRESS)


class Ear:
    """Hears what the arbiter lets through; clauses last three blocks, rendering as many as told."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.arbiter = Arbiter()
        self.heard: list[str] = []
        self.ends: dict[str, SpokenHow] = {}
        self._piece: Piece | None = None
        self._at = 0

    def say(self, priority: Priority, text: str) -> None:
        now_ns = self.clock.now_ns()
        utterance = Utterance(captured_ns=now_ns, text=text, language="zh", priority=priority)
        self.arbiter.say(utterance, now_ns)

    def play(self, blocks: int, *, rendered: bool = True) -> None:
        for _ in range(blocks):
            now_ns = self.clock.now_ns()
            piece = self.arbiter.due(now_ns)
            if piece != self._piece:
                self._piece, self._at = piece, 0
            if piece is not None and rendered:
                self.heard.append(piece.text)
                self.arbiter.begun(piece, now_ns)
                self._at += 1
                if self._at == 3:
                    self.arbiter.ended(piece, now_ns)
                    self._piece = None
            self.clock.advance(0.02)
            self.ends |= {spoken.text: spoken.how for spoken in self.arbiter.outcomes()}

    def play_out(self) -> list[str]:
        """Play until nothing sounds any more; what was heard, each run of blocks once."""
        quiet = 0
        while quiet < 2:
            before = len(self.heard)
            self.play(1)
            quiet = quiet + 1 if len(self.heard) == before else 0
        return [text for text, _ in groupby(self.heard)]


def cut(priority: Priority, text: str) -> list[str]:
    return [text] if priority is DANGER else list(clauses(text))


FIRST, SECOND = "先来的第一句，先来的第二句。", "后来的第一句，后来的第二句。"


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_what_comes_while_the_first_is_still_being_rendered(first, second):
    ear = Ear()
    ear.say(first, FIRST)
    ear.play(2, rendered=False)
    ear.say(second, SECOND)
    order = ear.play_out()
    mine, others = cut(first, FIRST), cut(second, SECOND)
    dropped = first in FLEETING and second < first
    if second is DANGER and first is not DANGER:
        assert order == [*others, *([] if dropped else mine)], "it is not waited for"
    elif second < first:
        assert order == [mine[0], *others, *([] if dropped else mine[1:])]
    elif second in FLEETING:
        assert order == mine
        assert ear.ends[SECOND] is SpokenHow.EXPIRED
    else:
        assert order == [*mine, *others]


@pytest.mark.parametrize("second", list(Priority))
@pytest.mark.parametrize("first", [MESSAGE, TEXT])
def test_what_comes_while_the_first_was_cut_off_and_waits_to_be_resumed(first, second):
    ear = Ear()
    ear.say(first, FIRST)
    ear.play(1)
    ear.say(DANGER, "危险。")
    ear.play(1)
    ear.say(second, SECOND)
    order = ear.play_out()
    mine, others = cut(first, FIRST), cut(second, SECOND)
    if second in FLEETING:
        assert order == [mine[0], "危险。", *mine]
        assert ear.ends[SECOND] is SpokenHow.EXPIRED
    elif second < first:
        assert order == [mine[0], "危险。", *others, *mine]
    else:
        assert order == [mine[0], "危险。", *mine, *others], "the interrupted goes first"


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_what_comes_while_the_person_has_paused_the_voice(first, second):
    ear = Ear()
    ear.say(first, FIRST)
    ear.play(1)
    ear.arbiter.pause(ear.clock.now_ns())
    ear.say(second, SECOND)
    order = ear.play_out()
    mine, others = cut(first, FIRST), cut(second, SECOND)
    urgent = (DANGER, MESSAGE)
    said = set(mine) if first in urgent else {mine[0]}
    assert set(order) == (said | set(others) if second in urgent else said)
    assert ear.ends.get(FIRST) == (
        SpokenHow.SAID if first in urgent else SpokenHow.INTERRUPTED if first in FLEETING else None
    )
    assert ear.ends.get(SECOND) == (
        SpokenHow.SAID if second in urgent else SpokenHow.EXPIRED if second in FLEETING else None
    )
    ear.heard.clear()
    ear.arbiter.resume()
    waited = [*(mine if first is TEXT else []), *(others if second is TEXT else [])]
    assert ear.play_out() == waited
    assert ear.arbiter.settled


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_what_comes_between_two_clauses_of_the_first(first, second):
    ear = Ear()
    ear.say(first, FIRST)
    ear.play(3)  # its first clause, to the end
    ear.say(second, SECOND)
    order = ear.play_out()
    mine, others = cut(first, FIRST), cut(second, SECOND)
    if first is DANGER:
        assert order == [*mine, *others], "it was over"
    elif second is DANGER:
        assert order == [mine[0], *others, *([] if first in FLEETING else mine[1:])]
    elif second in FLEETING and second >= first:
        assert order == mine
        assert ear.ends[SECOND] is SpokenHow.EXPIRED
    else:
        assert order == [*mine, *others], "whatever is no danger waits for the end of a clause"


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_what_comes_during_the_last_clause_of_the_first(first, second):
    ear = Ear()
    ear.say(first, FIRST)
    mine, others = cut(first, FIRST), cut(second, SECOND)
    ear.play(3 * len(mine) - 2)
    ear.say(second, SECOND)
    order = ear.play_out()
    if second is DANGER and first is not DANGER:
        assert order == [*mine, *others, *([] if first in FLEETING else mine[-1:])]
        assert ear.ends[FIRST] is (SpokenHow.INTERRUPTED if first in FLEETING else SpokenHow.SAID)
    elif second in FLEETING and second >= first:
        assert order == mine
        assert ear.ends[SECOND] is SpokenHow.EXPIRED
    else:
        assert order == [*mine, *others]
        assert set(ear.ends.values()) == {SpokenHow.SAID}


@pytest.mark.parametrize("second", list(Priority))
@pytest.mark.parametrize("first", [MESSAGE, TEXT])
def test_what_comes_while_the_first_was_resumed_and_sounds_again(first, second):
    ear = Ear()
    ear.say(first, FIRST)
    ear.play(1)
    ear.say(DANGER, "危险。")
    ear.play(3 + 1)
    ear.say(second, SECOND)
    order = ear.play_out()
    mine, others = cut(first, FIRST), cut(second, SECOND)
    before = [mine[0], "危险。", mine[0]]
    if second is DANGER:
        assert order == [*before, *others, *mine]
    elif second < first:
        assert order == [*before, *others, *mine[1:]]
    elif second in FLEETING:
        assert order == [*before, *mine[1:]]
        assert ear.ends[SECOND] is SpokenHow.EXPIRED
    else:
        assert order == [*before, *mine[1:], *others]
    assert ear.ends[FIRST] is SpokenHow.SAID


@pytest.mark.parametrize("first", list(Priority))
def test_everything_is_dropped_at_once_when_one_says_stop(first):
    for second in Priority:
        ear = Ear()
        ear.say(first, FIRST)
        ear.play(1)
        ear.say(second, SECOND)
        ear.arbiter.drop_all(ear.clock.now_ns())
        ear.play(5)
        assert ear.heard == [cut(first, FIRST)[0]]
        assert set(ear.ends) == {FIRST, SECOND}
        assert ear.arbiter.settled


def test_a_paused_voice_is_silent_from_the_next_block_on():
    ear = Ear()
    ear.say(TEXT, FIRST)
    ear.play(1)
    ear.arbiter.pause(ear.clock.now_ns())
    ear.play(10)
    assert len(ear.heard) == 1
    assert not ear.arbiter.idle
