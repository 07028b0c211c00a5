"""Keeps the process small with what glibc's allocator offers; elsewhere does nothing.

Modules run on threads of their own, and glibc gives threads heaps of their own, in which pictures
and networks' intermediate results come and go between small things that stay: with nine modules
the gaps grew by 170 MB an hour (`python -m tests.measure.soak`). Large blocks of their own pages,
given back when freed, leave no gaps; they cost 0 to 1 % of a decode's or a detection's time.
"""

from __future__ import annotations

import ctypes

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_LARGE_BYTES = 512 * 1024  # smaller than a small picture; glibc would raise it to 32 MB by itself


def use_one_heap() -> None:
    """One heap for all threads begun from now on, and none of the large blocks in it."""
    if hasattr(_library, "mallopt"):
        _library.mallopt(_M_ARENA_MAX, 1)
        _library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


def give_back() -> None:
    """Return the heap's free pages to the system; 5 ms."""
    if hasattr(_library, "malloc_trim"):
        _library.malloc_trim(0)


_library = ctypes.CDLL(None)
