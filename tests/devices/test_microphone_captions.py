"""The whole way from a microphone to captions: a real PortAudio stream, the real recogniser."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import unicodedata
from pathlib import Path

import numpy as np
import pulse
from needs import lacking_model

from edgeassist.devices.wav import open_audio
from edgeassist.errors import EdgeAssistError
from edgeassist.modelstore import installed

CONFIG = """
language = "en"
[modules.microphone]
[modules.captions]
engine = "whisper"
language = "en"
"""


def words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign if sign.isalnum() else " " for sign in plain).split()


def test_what_is_said_to_the_microphone_is_captioned(sound: pulse.Pulse, tmp_path: Path):
    try:
        installed("whisper-base")
        recordings = installed("demo-speech")
    except EdgeAssistError as error:
        lacking_model(error)
    with open_audio(recordings / "en" / "quick_brown_fox.wav") as audio:
        spoken = np.concatenate(list(audio.blocks()))
    config = tmp_path / "captions.toml"
    config.write_text(CONFIG)
    program = subprocess.Popen(
        [
            *(sys.executable, "-m", "edgeassist.cli.main", "run", str(config)),
            *("--seconds", "8", "--json", "-"),
        ],
        env={**sound.env, "EDGEASSIST_LANG": "en"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    listening = (
        record
        for record in map(json.loads, program.stdout)
        if record.get("module") == "microphone" and record.get("state") == "running"
    )
    assert next(listening, None), "the program ended before it listened"
    player = threading.Thread(target=sound.play, args=(np.pad(spoken, (8_000, 24_000)),))
    player.start()
    records = [json.loads(line) for line in program.stdout]
    player.join()
    assert program.wait(10) == 0
    finals = [record for record in records if record["type"] == "Caption" and record["final"]]
    said = words(" ".join(record["text"] for record in finals))
    wanted = ["the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog"]
    assert sum(word in said for word in wanted) >= 7, said
