"""What a loudspeaker is (plug-in kind "speakers")."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

BLOCKS_PER_S = 50  # 20 ms


@runtime_checkable
class Output(Protocol):
    """Plays int16 blocks of 20 ms; built by `(options, context)`, used from one thread.

    Speech comes as mono blocks, tones as stereo ones, shape (samples, 2): left, right. An output
    with one channel adds the two.
    """

    Options: ClassVar[type[Any]]  # a frozen dataclass

    def open(self, rate_hz: int) -> None:
        """Get the device; raises `DeviceError` where it is not there."""

    def write(self, block: NDArray[np.int16]) -> None:
        """Queue one block; waits while two are queued, so that a stop is quick.

        Raises `DeviceError` if the device is gone.
        """

    def stop(self) -> None:
        """Drop what is queued, now."""

    def drain(self) -> None:
        """Wait until what is queued has been heard."""

    def close(self) -> None:
        """Release the device; what is still queued is dropped."""
