"""The captions module in a loop."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from recordings import quiet, spoken

from edgeassist.captions.node import Captions
from edgeassist.captions.transcript import read_journal
from edgeassist.errors import EdgeAssistError
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Caption, Gap
from edgeassist.testing import audio_blocks, check_node


def greeting():
    return audio_blocks(np.concatenate((spoken("zh/nihao_shijie"), quiet(1))))


def test_the_captions_module_keeps_the_contract_of_a_node(tmp_path):
    transcript = tmp_path / "talks" / "today.jsonl"
    given = check_node(Captions, Captions.Options(transcript=transcript), greeting())
    assert [event.text for event in given if isinstance(event, Caption)] == ["你好世界。"]
    (session,) = read_journal(transcript)
    assert [cue.text for cue in session.cues] == ["你好世界。"]
    assert "你好世界。" in transcript.with_suffix(".srt").read_text("utf-8")


def test_another_engine_can_be_named(tmp_path):
    given = check_node(Captions, Captions.Options(engine="vosk"), greeting())
    assert all(isinstance(event, Caption) and event.language == "ko" for event in given)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"engine_options": {"beam": 99}}, "beam"),
        ({"engine_options": {"beams": 5}}, "Did you mean beam|beam"),
        ({"engine": "nobody"}, "nobody"),
        ({"engine_options": {"model": "nothing"}}, "nothing"),
    ],
)
def test_wrong_options_are_told_before_anything_runs(options, told):
    with pytest.raises(EdgeAssistError, match=told):
        check_node(Captions, Captions.Options(**options), greeting())


def test_a_busy_machine_that_loses_sound_again_and_again_says_so_once():
    lost_at_s = (1.0, 2.0, 3.5, 30.0)
    gaps = [Gap(captured_ns=round(at * NS), start_s=at, seconds=0.5) for at in lost_at_s]
    events = [
        event
        for gap in gaps
        for event in (*audio_blocks(quiet(0.5), start_s=gap.start_s - 0.5), gap)
    ]
    given = check_node(Captions, Captions.Options(), events)
    told = [event for event in given if isinstance(event, Caption) and event.text]
    assert [caption.text for caption in told] == ["…", "…"]
    assert told[1].end_s > 29


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_captions_module import greeting
from edgeassist.captions.node import Captions
from edgeassist.loop.events import AudioBlock, Caption, Status
from edgeassist.loop.graph import Graph, Module
from edgeassist.loop.node import Pace
from edgeassist.profile import Profile
from edgeassist.testing import ReplayOptions, replay
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
def tap(name, event):
    if isinstance(event, Caption) or (isinstance(event, Status) and event.why):
        print(event.text if isinstance(event, Caption) else f"told: {event.lost}{event.why}")
options = Captions.Options(transcript=Path(sys.argv[1]))
source = Module(
    name="ear", plugin=replay(AudioBlock), options=ReplayOptions(events=tuple(greeting()))
)
captions = Module(name="captions", plugin=Captions, options=options)
Graph([source, captions], profile=Profile(), pace=Pace.FAST, taps=[tap]).run()
"""


def test_captions_go_on_without_room_for_the_transcript(tmp_path):
    transcript = tmp_path / "talk.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(transcript), str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "EDGEASSIST_LANG": "en"},
    )
    told, text, *_ = done.stdout.splitlines()
    assert told.startswith(f"told: {transcript}: the transcript cannot be written")
    assert text == "你好世界。"
    assert transcript.read_bytes() == b""
