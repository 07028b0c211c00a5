"""Who may speak: SSIP's priorities as a pure policy, without threads, sound or clock.

===========  =======================================  =======================================
priority     when it comes                            when something more urgent comes
===========  =======================================  =======================================
danger       at once, in the middle of a syllable     (there is nothing more urgent; dangers
                                                      are said in the order they came)
message      after dangers and earlier messages, at   resumes at the clause it was cut in:
             the next clause end of anything lower    it is never lost
text         after dangers, messages, earlier texts   resumes at the clause it was cut in
notification only if nothing of its own priority or   is dropped: by a danger at once, by the
             above is speaking or waiting             others at its clause end
progress     as a notification, below it              as a notification
===========  =======================================  =======================================

An utterance whose time is over is dropped unsaid. One with the `merge_key` of a waiting one takes
its place; one that says what is being said, or what already waits, is dropped as merged. The
ladder is SSIP's (speech-dispatcher), with two differences for people who read by ear: a message
pauses a text instead of cancelling it, and a text never cancels a text.

A person who pauses wants quiet, not to walk into something: dangers and messages are said all the
same, texts wait (and resume at their clause), notifications and progress are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from edgeassist.loop.events import Priority, Spoken, SpokenHow, Utterance
from edgeassist.speech.clauses import clauses

_ONLY_NOW = (Priority.NOTIFICATION, Priority.PROGRESS)  # worth saying at once or not at all


@dataclass(frozen=True, slots=True)
class Piece:
    """One clause of one utterance: what is synthesised and played in one go."""

    utterance: Utterance
    serial: int  # of the utterance
    number: int  # of the clause
    text: str

    @property
    def priority(self) -> Priority:
        """The utterance's priority."""
        return self.utterance.priority


@dataclass(slots=True, eq=False)
class _Job:
    utterance: Utterance
    serial: int
    clauses: tuple[str, ...]
    at: int = 0  # the clause to say next, or being said
    started_ns: int | None = None

    @property
    def piece(self) -> Piece:
        return Piece(self.utterance, self.serial, self.at, self.clauses[self.at])

    def expired(self, now_ns: int) -> bool:
        expires_ns = self.utterance.expires_ns
        return expires_ns is not None and now_ns >= expires_ns

    def same(self, other: Utterance) -> bool:
        """Whether `other` says the same; two lines of a text may be equal and both be wanted."""
        mine = self.utterance
        return mine.priority is not Priority.TEXT and (
            (mine.text, mine.language, mine.priority)
            == (other.text, other.language, other.priority)
        )

    def cuts_off(self, speaking: _Job) -> bool:
        """Whether it may interrupt what is being said in the middle."""
        danger = Priority.DANGER
        return self.utterance.priority is danger and speaking.utterance.priority is not danger

    def replaced_by(self, other: Utterance) -> bool:
        """Whether `other` is news of the same thing, and at least as urgent."""
        key = self.utterance.merge_key
        news = key is not None and key == other.merge_key
        return self.same(other) or (news and other.priority <= self.utterance.priority)


@dataclass(slots=True)
class Arbiter:
    """Holds what is to be said and decides, block by block, what sounds now.

    A player calls `due` before each block; when the piece it gets is another one than before, it
    drops what it has queued and begins the new one. It calls `begun` and `ended` per piece.
    """

    _jobs: list[_Job] = field(default_factory=list)  # waiting, in the order to say them in
    _now: _Job | None = None  # speaking
    _outcomes: list[Spoken] = field(default_factory=list)
    _count: int = 0
    paused: bool = False

    def pause(self, now_ns: int) -> None:
        """Say nothing but dangers and messages until `resume`."""
        self.paused = True
        if self._now is not None and not self._may_sound(self._now):
            self._give_way(now_ns)
        for job in [job for job in self._jobs if job.utterance.priority in _ONLY_NOW]:
            self._jobs.remove(job)
            self._over(job, SpokenHow.EXPIRED, now_ns)

    def resume(self) -> None:
        """Go on, at the clause that was cut."""
        self.paused = False

    def say(self, utterance: Utterance, now_ns: int) -> None:
        """One more thing to say."""
        self._count += 1
        whole = utterance.priority is Priority.DANGER  # never interrupted, so never resumed
        parts = (utterance.text,) if whole else clauses(utterance.text)
        job = _Job(utterance, self._count, parts)
        if job.expired(now_ns):
            self._over(job, SpokenHow.EXPIRED, now_ns)
        elif self._being_said(job):
            self._over(job, SpokenHow.MERGED, now_ns)
        elif self._takes_place(job, now_ns):
            pass
        elif utterance.priority in _ONLY_NOW and (self.paused or self._busy(utterance.priority)):
            self._over(job, SpokenHow.EXPIRED, now_ns)
        else:
            self._queue(job)
            self._drop_lower(job, now_ns)

    def due(self, now_ns: int) -> Piece | None:
        """What sounds in the block that begins now; None for silence."""
        for job in [job for job in self._jobs if job.expired(now_ns)]:
            self._jobs.remove(job)
            begun = job.started_ns is not None
            self._over(job, SpokenHow.INTERRUPTED if begun else SpokenHow.EXPIRED, now_ns)
        first = self._jobs[0] if self._jobs and self._may_sound(self._jobs[0]) else None
        if first is not None and (self._now is None or first.cuts_off(self._now)):
            self._give_way(now_ns)
            self._jobs.remove(first)
            self._now = first
        return None if self._now is None else self._now.piece

    def begun(self, piece: Piece, now_ns: int) -> None:
        """The first block of a piece was handed to the speaker."""
        job = self._now
        if job is not None and job.serial == piece.serial and job.started_ns is None:
            job.started_ns = now_ns

    def ended(self, piece: Piece, now_ns: int, *, failed: bool = False) -> None:
        """A piece has sounded to its end, or could not be made to sound."""
        job = self._now
        if job is None or (job.serial, job.at) != (piece.serial, piece.number):
            return
        job.at += 1
        if failed:
            self._finish_now(SpokenHow.FAILED, now_ns)
        elif job.at == len(job.clauses):
            self._finish_now(SpokenHow.SAID, now_ns)
        elif self._jobs and self._jobs[0].utterance.priority < job.utterance.priority:
            self._give_way(now_ns)

    def upcoming(self) -> list[Piece]:
        """What will sound next as things stand, soonest first: for rendering ahead."""
        coming = [job.piece for job in self._jobs]
        if self._now is None:
            return coming
        now = self._now
        rest = [
            Piece(now.utterance, now.serial, number, now.clauses[number])
            for number in range(now.at, len(now.clauses))
        ]
        urgent = [piece for piece in coming if piece.priority < now.utterance.priority]
        others = [piece for piece in coming if piece.priority >= now.utterance.priority]
        if urgent and urgent[0].priority is Priority.DANGER:
            return [*urgent, *rest, *others]
        return [*rest[:1], *urgent, *rest[1:], *others]

    def outcomes(self) -> list[Spoken]:
        """What became of utterances since this was last asked."""
        told, self._outcomes = self._outcomes, []
        return told

    def drop_all(self, now_ns: int, how: SpokenHow = SpokenHow.INTERRUPTED) -> None:
        """Give up everything that is being said or waits."""
        for job in [*([] if self._now is None else [self._now]), *self._jobs]:
            self._over(job, how, now_ns)
        self._now = None
        self._jobs.clear()

    @property
    def idle(self) -> bool:
        """Whether nothing is being said and nothing waits."""
        return self._now is None and not self._jobs

    @property
    def settled(self) -> bool:
        """Whether it is idle and all outcomes were told."""
        return self.idle and not self._outcomes

    def _may_sound(self, job: _Job) -> bool:
        return not self.paused or job.utterance.priority <= Priority.MESSAGE

    def _being_said(self, job: _Job) -> bool:
        """Whether the same is being said, or was begun and will be resumed."""
        begun = [other for other in self._jobs if other.started_ns is not None]
        if self._now is not None:
            begun.append(self._now)
        return any(other.same(job.utterance) for other in begun)

    def _busy(self, priority: Priority) -> bool:
        known = [*([] if self._now is None else [self._now]), *self._jobs]
        return any(job.utterance.priority <= priority for job in known)

    def _takes_place(self, job: _Job, now_ns: int) -> bool:
        """Whether it took the place of a waiting one that it repeats or replaces.

        The newer one is kept: it was captured later and expires later.
        """
        for place, other in enumerate(self._jobs):
            if other.started_ns is not None or not other.replaced_by(job.utterance):
                continue
            self._over(other, SpokenHow.MERGED, now_ns)
            if other.utterance.priority is job.utterance.priority:
                self._jobs[place] = job
                return True
            del self._jobs[place]
            return False
        return False

    def _queue(self, job: _Job, *, first: bool = False) -> None:
        """Put it behind (or, to be resumed, before) its equals."""
        priority = job.utterance.priority
        place = sum(
            other.utterance.priority < priority
            or (not first and other.utterance.priority == priority)
            for other in self._jobs
        )
        self._jobs.insert(place, job)

    def _drop_lower(self, job: _Job, now_ns: int) -> None:
        """Waiting notifications and progress do not outlive something more urgent."""
        for other in list(self._jobs):
            priority = other.utterance.priority
            if priority in _ONLY_NOW and priority > job.utterance.priority:
                self._jobs.remove(other)
                self._over(other, SpokenHow.EXPIRED, now_ns)

    def _give_way(self, now_ns: int) -> None:
        """What speaks stops for something more urgent: to be resumed, or dropped."""
        job, self._now = self._now, None
        if job is None:
            return
        if job.utterance.priority in _ONLY_NOW:
            self._over(job, SpokenHow.INTERRUPTED, now_ns)
        else:
            self._queue(job, first=True)

    def _finish_now(self, how: SpokenHow, now_ns: int) -> None:
        job, self._now = self._now, None
        if job is not None:
            self._over(job, how, now_ns)

    def _over(self, job: _Job, how: SpokenHow, now_ns: int) -> None:
        self._outcomes.append(
            Spoken(
                captured_ns=job.utterance.captured_ns,
                text=job.utterance.text,
                language=job.utterance.language,
                priority=job.utterance.priority,
                how=how,
                started_ns=job.started_ns,
                ended_ns=now_ns,
            )
        )
