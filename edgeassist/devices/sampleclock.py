"""When the samples of a stream were captured, told from when its blocks arrive."""

from __future__ import annotations

from edgeassist.loop.clock import NS

_DRIFT = 0.005  # how far a card's crystal and our clock may part, with a wide margin


class SampleClock:
    """Stamps blocks of a stream that arrive in bursts and late, but never early.

    A block cannot arrive before its last sample was taken, so the block that came with the least
    delay so far tells where the stream's time line lies on ours. PortAudio's own stamps are of no
    use for this: through PulseAudio they are half a second off while a stream settles, and give
    all blocks of a burst the same time.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._samples = 0
        self._offset_ns: float | None = None  # our clock minus the stream's time line

    def stamp(self, arrived_ns: int, samples: int) -> int:
        """When the first of the next `samples`, which arrived now, was captured."""
        began_ns = self._samples * NS / self._rate_hz
        self._samples += samples
        length_ns = samples * NS / self._rate_hz
        latest_ns = arrived_ns - (began_ns + length_ns)
        if self._offset_ns is None:
            self._offset_ns = latest_ns
        # A line that was put too early moves on slowly: by drift, or after sound was lost.
        self._offset_ns = min(self._offset_ns + _DRIFT * length_ns, latest_ns)
        return round(began_ns + self._offset_ns)
