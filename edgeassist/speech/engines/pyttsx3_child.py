"""The child process of the pyttsx3 engine: renders texts to wav files, one JSON line each.

Run as ``python -m edgeassist.speech.engines.pyttsx3_child``. It says ``{"ready": true}``, then
answers each line ``{"text", "voice", "rate", "volume", "path"}`` with ``{"done": path}`` or
``{"error": why}``; it ends when its standard input does. Only `save_to_file` is used: `say` would
block in aplay, and after one `save_to_file` would write to its file as well (pyttsx3 2.99,
drivers/espeak.py).
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress

_HEADER_BYTES = 44
# On a busy machine the end of the last text is now and then taken for that of the new one, and
# the file has no sound.
_ATTEMPTS = 3


def main() -> None:
    """Serve until standard input ends."""
    # pyttsx3 prints "Audio saved to …": keep standard output for the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(**record: object) -> None:
        answers.write(json.dumps(record) + "\n")
        answers.flush()

    # pyttsx3 swallows every mistake (an unknown voice keeps the last one) but tells of it here.
    mistakes: list[str] = []

    def mistaken(name: object, exception: Exception) -> None:
        mistakes.append(f"{type(exception).__name__}: {exception}")

    try:
        import pyttsx3
        from pyttsx3.drivers import _espeak

        engine = pyttsx3.init("espeak")
        engine.connect("error", mistaken)
    except Exception as error:
        answer(error=f"{type(error).__name__}: {error}")
        return
    answer(ready=True)
    for line in sys.stdin:
        request = json.loads(line)
        for _ in range(_ATTEMPTS):
            mistakes.clear()
            with suppress(FileNotFoundError):
                os.unlink(request["path"])  # so that no old sound is taken for the new one
            try:
                for name in ("voice", "rate", "volume"):
                    engine.setProperty(name, request[name])
                engine.save_to_file(request["text"], request["path"])
                engine.runAndWait()
                _espeak.Synchronize()  # a long first clause is still being made when the loop ends
            except Exception as error:
                mistaken(None, error)
            if mistakes or _sounds(request["path"]):
                break
        if mistakes or not os.path.exists(request["path"]):
            answer(error="; ".join(mistakes) or "no sound was written")
        else:
            answer(done=request["path"])


def _sounds(path: str) -> bool:
    """Whether there is sound behind the header of a wav file."""
    return os.path.exists(path) and os.path.getsize(path) > _HEADER_BYTES


if __name__ == "__main__":
    main()
