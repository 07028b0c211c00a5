"""Plain calls of the libraries below ours, and of what others use: what our code costs and buys.

Every peer works on the queries of the load it stands beside, in the same process, in turns.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.bench.data import Clip
from edgeassist.bench.loads import Done, Load, Quality
from edgeassist.bench.loads import captions as captions_load
from edgeassist.bench.loads import speech as speech_load
from edgeassist.bench.points import Measured, Point
from edgeassist.errors import PluginError
from edgeassist.loop.events import RATE_HZ

NAMES = {
    Measured.GUIDE: ("onnxruntime",),
    Measured.CAPTIONS: ("faster-whisper",),
    Measured.SPEECH: ("espeak-ng",),
    Measured.BRAILLE: ("liblouis", "pypinyin"),
}


def open_peer(point: Point, load: Load) -> Load:
    """The peer that the point's option `peer` names; raises `EdgeAssistError` if it is missing."""
    match point.options["peer"]:
        case "onnxruntime":
            return PlainSession(point, load)
        case "faster-whisper":
            return PlainWhisper(point, load)
        case "espeak-ng":
            return PlainEspeak(load)
        case _:
            from edgeassist.bench.loads.braille import Writing
            from edgeassist.bench.loads.braille_peers import open_braille_peer

            assert isinstance(load, Writing)
            return open_braille_peer(point.options["peer"], load)


class _Peer:
    """What the peers share."""

    def __init__(self, load: Load) -> None:
        self.queries: Sequence[Any] = load.queries
        self.data = load.data
        self.models = load.models
        self.rate = load.rate

    def quality(self, answers: dict[int, Any]) -> Quality:
        """Nothing of its own: it finds what ours finds."""
        return Quality()

    def close(self) -> None:
        """Nothing to release."""


class PlainSession(_Peer):
    """ONNX Runtime's `run` with a ready-made input: no picture is prepared, no box is read.

    Its defaults but for the number of threads, so that ratios show what our set-up costs, too.
    """

    def __init__(self, point: Point, load: Load) -> None:
        import onnxruntime

        super().__init__(load)
        from edgeassist.bench.onnx_files import model_path

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = point.threads
        options.log_severity_level = 3
        path = model_path(point.options["detector"], point.options.get("model"))
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0]
        self._size: int = point.options.get("size") or 416
        self._feeds: dict[tuple[int, ...], NDArray[Any]] = {}

    def do(self, query: NDArray[np.uint8]) -> Done:
        """The network alone, on a picture of the size that ours gives it."""
        height, width = query.shape[:2]
        if (height, width) not in self._feeds:
            self._feeds[height, width] = self._feed(height, width)
        return Done(answer=self._session.run(None, {self._input.name: self._feeds[height, width]}))

    def _feed(self, height: int, width: int) -> NDArray[Any]:
        """Noise in the shape of the input."""
        from edgeassist.guide.detector import canvas

        shape = list(self._input.shape)
        free = [n for n, side in enumerate(shape) if not isinstance(side, int)]
        sides = canvas(height, width, self._size)[2:]
        spatial = [n for n in free if n > 0]
        for n, side in zip(spatial[-2:], sides, strict=False):
            shape[n] = side
        whole = [side if isinstance(side, int) else 1 for side in shape]
        kind = np.uint8 if "uint8" in self._input.type else np.float32
        return (np.random.default_rng(0).random(whole) * 255).astype(kind)


class PlainWhisper(_Peer):
    """faster-whisper's `transcribe` as its README calls it, with the beam of ours."""

    def __init__(self, point: Point, load: Load) -> None:
        from faster_whisper import WhisperModel

        from edgeassist.captions.engines.models import model_folder

        super().__init__(load)
        folder = model_folder(captions_load.model_of(point))
        self._model = WhisperModel(str(folder), compute_type="int8", cpu_threads=point.threads)
        self._beam: int = point.options.get("beam", 5)

    def do(self, query: Clip) -> Done:
        """One recording."""
        segments, _ = self._model.transcribe(
            query.sound.astype(np.float32) / 32768, language=query.language, beam_size=self._beam
        )
        text = "".join(segment.text for segment in segments)
        return Done(answer=text, amount=len(query.sound) / RATE_HZ)

    def quality(self, answers: dict[int, Any]) -> Quality:
        """Errors on the recordings it came to."""
        places = sorted(answers)
        items = [self.queries[place] for place in places]
        return captions_load.score(items, [answers[n] for n in places], peer="peer_")


class PlainEspeak(_Peer):
    """A process of espeak-ng a sentence, given our pinyin: what a shell script would do."""

    def __init__(self, load: Load) -> None:
        super().__init__(load)
        assert isinstance(load, speech_load.Saying)
        self._language = load.language
        self._rate_hz = 22_050

    def do(self, query: str) -> Done:
        """One sentence, written to a pipe."""
        from edgeassist.speech.pinyin import spoken_pinyin

        chinese = self._language == "zh"
        voice, text = ("cmn-latn-pinyin", spoken_pinyin(query)) if chinese else ("en", query)
        try:
            done = subprocess.run(
                ["espeak-ng", "-v", voice, "--stdout", "--", text], capture_output=True, check=True
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise PluginError(
                "espeak-ng", str(error), fix="Run: sudo apt install espeak-ng"
            ) from error
        sound = np.frombuffer(done.stdout[44:], np.int16)
        return Done(answer=sound, amount=len(sound) / self._rate_hz)
