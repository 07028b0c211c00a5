"""How likely each reading of a 多音字 is in its sentence: the g2pM network, run fast.

The weights come with the package g2pM (Park & Lee 2020, Apache-2.0): an embedding of 64, one
bidirectional LSTM of 32, two dense layers. The package's own code takes 50 µs a character; here
both directions run as one batch and the input projections of all characters are made once.
"""

from __future__ import annotations

import importlib.util
import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.errors import PluginError
from edgeassist.locale import t

_UNITS = 32
_LONGEST = 512  # characters the network looks at together


class Polyphones:
    """The readings of characters, and their probabilities where there are several."""

    def __init__(self) -> None:
        spec = importlib.util.find_spec("g2pM")
        if spec is None or spec.origin is None:
            raise PluginError("g2pM", t("is not installed"), fix=t("Run: pip install g2pM"))
        folder = Path(spec.origin).parent
        self._index: dict[str, int] = _unpickle(folder / "char2idx.pkl")
        classes: dict[str, int] = _unpickle(folder / "class2idx.pkl")
        readings: dict[str, list[str]] = _unpickle(folder / "digest_cedict.pkl")
        weights: dict[str, NDArray[np.float32]] = _unpickle(folder / "np_ckpt.pkl")

        self.single = {c: _ours(r[0]) for c, r in readings.items() if len(r) == 1}
        self._classes = {
            c: [(_ours(reading), classes[reading]) for reading in r if reading in classes]
            for c, r in readings.items()
            if len(r) > 1
        }
        self._unknown = self._index["<UNK>"]
        self._start, self._end = self._index["시"], self._index["끝"]

        # sigmoid(x) = tanh(x / 2) / 2 + 1 / 2: with the i, f and o gates halved in the weights,
        # one tanh serves all four gates.
        half = np.repeat(np.array([0.5, 0.5, 1, 0.5], np.float32), _UNITS)
        embedding = weights["embedding.weight"]
        self._inputs = tuple(
            (
                embedding @ weights[f"lstm.weight_ih_l0{way}"].T
                + weights[f"lstm.bias_ih_l0{way}"]
                + weights[f"lstm.bias_hh_l0{way}"]
            )
            * half
            for way in ("", "_reverse")
        )
        self._recurrent = np.stack(
            [weights[f"lstm.weight_hh_l0{way}"].T * half for way in ("", "_reverse")]
        )
        self._dense = weights["logit_layer.0.weight"].T.copy(), weights["logit_layer.0.bias"]
        self._output = weights["logit_layer.2.weight"].T.copy(), weights["logit_layer.2.bias"]

    def ambiguous(self, character: str) -> bool:
        """Whether it has several readings."""
        return character in self._classes

    def readings(self, character: str) -> tuple[str, ...]:
        """All readings the network knows of."""
        if character in self._classes:
            return tuple(reading for reading, _ in self._classes[character])
        return (self.single[character],) if character in self.single else ()

    def probabilities(self, text: str, positions: list[int]) -> list[dict[str, float]]:
        """The probability of each reading of the characters of `text` at `positions`."""
        if not positions:
            return []
        if len(text) > _LONGEST:
            return self._long(text, positions)
        scores = self._scores(text, [position + 1 for position in positions])
        return [self._softmax(text[p], row) for p, row in zip(positions, scores, strict=True)]

    def _long(self, text: str, positions: list[int]) -> list[dict[str, float]]:
        found: list[dict[str, float]] = []
        for start in range(0, len(text), _LONGEST):
            inside = [p - start for p in positions if start <= p < start + _LONGEST]
            found += self.probabilities(text[start : start + _LONGEST], inside)
        return found

    def _softmax(self, character: str, row: NDArray[np.float32]) -> dict[str, float]:
        classes = self._classes[character]
        top = max(float(row[index]) for _, index in classes)
        odds = [math.exp(float(row[index]) - top) for _, index in classes]
        total = sum(odds)
        return {reading: p / total for (reading, _), p in zip(classes, odds, strict=True)}

    def _scores(self, text: str, rows: list[int]) -> NDArray[np.float32]:
        known, unknown = self._index, self._unknown
        ids = [self._start, *(known.get(character, unknown) for character in text), self._end]
        steps = len(ids)
        inputs = np.stack([self._inputs[0][ids], self._inputs[1][ids[::-1]]])
        state: NDArray[np.float32] = np.zeros((2, 1, _UNITS), np.float32)
        cell: NDArray[np.float32] = np.zeros((2, _UNITS), np.float32)
        states = np.empty((2, steps, _UNITS), np.float32)
        for step in range(steps):
            gates: NDArray[np.float32] = np.tanh(inputs[:, step] + (state @ self._recurrent)[:, 0])
            doors = gates * np.float32(0.5) + np.float32(0.5)
            cell = doors[:, 32:64] * cell + doors[:, :32] * gates[:, 64:96]
            out = doors[:, 96:] * np.tanh(cell)
            states[:, step] = out
            state = out[:, None]
        both = np.concatenate([states[0], states[1, ::-1]], axis=1)[rows]
        hidden = np.maximum(both @ self._dense[0] + self._dense[1], 0)
        scores: NDArray[np.float32] = hidden @ self._output[0] + self._output[1]
        return scores


def _unpickle(path: Path) -> Any:
    # A file of an installed package: as trustworthy as that package's code.
    with path.open("rb") as file:
        return pickle.load(file)


def _ours(reading: str) -> str:
    reading = reading.replace("u:", "ü")
    return "er5" if reading == "r5" else reading
