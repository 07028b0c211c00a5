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


def main() -> None:
    """Serve until standard input ends."""
    # pyttsx3 prints "Audio saved to …": keep standard output for the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(**record: object) -> None:
        answers.write(json.dumps(record) + "\n")
        answers.flush()

    try:
        import pyttsx3

        engine = pyttsx3.init("espeak")
    except Exception as error:
        answer(error=f"{type(error).__name__}: {error}")
        return
    answer(ready=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            for name in ("voice", "rate", "volume"):
                engine.setProperty(name, request[name])
            engine.save_to_file(request["text"], request["path"])
            engine.runAndWait()
        except Exception as error:
            answer(error=f"{type(error).__name__}: {error}")
        else:
            answer(done=request["path"])


if __name__ == "__main__":
    main()
