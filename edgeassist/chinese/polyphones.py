"""How likely each reading of a 多音字 is in its sentence: the g2pM network, run fast.

The weights come with the package g2pM (Park & Lee 2020, Apache-2.0): an embedding of 64, one
bidirectional LSTM of 32, two dense layers. The package's own code takes 50 µs a character; here
both directions run as one batch, and the input projections of all characters are made once and
for all. All lies in memory-mapped tables: of 5,400 characters a text needs few.
"""

from __future__ import annotations

import importlib.util
import json
import math
import pickle
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.chinese.cache import compiled, edition, mapped
from edgeassist.errors import PluginError
from edgeassist.locale import t

_UNITS, _HIDDEN = 32, 32
_LONGEST = 512  # characters the network looks at together
_FORMAT = 1
_START, _END, _UNKNOWN = "시", "끝", "<UNK>"  # the package's names for what is no character
_SEVERAL = " several"  # the key of the characters with several readings
_NO_ID = -1


class Polyphones:
    """The readings of characters, and their probabilities where there are several."""

    def __init__(self) -> None:
        import marisa_trie

        self._characters: Any = marisa_trie.BytesTrie()
        mapped(self._characters, lambda: _table("characters"))
        # For each reading its place in what the network answers.
        self._classes: dict[str, list[tuple[str, int]]] = json.loads(self._characters[_SEVERAL][0])
        self._ids: dict[str, int] = {}  # of the characters met so far
        self._unknown = self._id(_UNKNOWN)
        self._inputs, self._recurrent, self._dense, self._output = _parted(np.asarray(_weights()))

    def ambiguous(self, character: str) -> bool:
        """Whether it has several readings."""
        return character in self._classes

    def readings(self, character: str) -> tuple[str, ...]:
        """All readings the network knows of."""
        if character in self._classes:
            return tuple(reading for reading, _ in self._classes[character])
        only = self.only(character)
        return (only,) if only else ()

    def only(self, character: str) -> str:
        """The reading of a character that has one; "" for others."""
        return self._known(character)[1]

    def _known(self, character: str) -> tuple[int, str]:
        found = self._characters.get(character) if "\0" not in character else None
        if not found:
            return _NO_ID, ""
        number, _, only = found[0].decode().partition(" ")
        return int(number), only

    def _id(self, character: str) -> int:
        number = self._ids.get(character)
        if number is None:
            number = self._known(character)[0]
            number = self._ids[character] = self._unknown if number == _NO_ID else number
        return number

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
        ids = [self._id(character) for character in (_START, *text, _END)]
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


def _weights() -> Any:
    """The weights, mapped; a file that a power cut left damaged is built anew."""
    path = _table("weights")
    try:
        return np.load(path, mmap_mode="r")
    except (ValueError, OSError, EOFError):
        path.unlink(missing_ok=True)
    return np.load(_table("weights"), mmap_mode="r")


def _table(part: str) -> Path:
    """A table of the package's, as it is used; raises `PluginError` without the package."""
    if importlib.util.find_spec("g2pM") is None:
        raise PluginError("g2pM", t("is not installed"), fix=t("Run: pip install g2pM"))
    notice = t("Preparing the dictionary of readings (only this once)…")
    name = f"{_FORMAT}-{edition('g2pM', 'numpy')}"
    return compiled(f"polyphones-{part}", name, notice, f"{__name__}:{part}")


def characters(path: Path) -> None:
    """Write of each character its number for the network and its reading if it has but one."""
    import marisa_trie

    numbers: dict[str, int] = _unpickle("char2idx.pkl")
    classes: dict[str, int] = _unpickle("class2idx.pkl")
    readings: dict[str, list[str]] = _unpickle("digest_cedict.pkl")
    several = {
        c: [(_ours(reading), classes[reading]) for reading in r if reading in classes]
        for c, r in readings.items()
        if len(r) > 1
    }

    def entries() -> Iterator[tuple[str, bytes]]:
        for character in {**numbers, **readings}:
            known = readings.get(character, [])
            only = _ours(known[0]) if len(known) == 1 else ""
            yield character, f"{numbers.get(character, _NO_ID)} {only}".encode()
        yield _SEVERAL, json.dumps(several).encode()

    marisa_trie.BytesTrie(entries()).save(str(path))


def weights(path: Path) -> None:
    """Write the network's numbers one after the other, as `_parted` takes them apart."""
    given: dict[str, NDArray[np.float32]] = _unpickle("np_ckpt.pkl")
    # sigmoid(x) = tanh(x / 2) / 2 + 1 / 2: with the i, f and o gates halved in the weights,
    # one tanh serves all four gates.
    half = np.repeat(np.array([0.5, 0.5, 1, 0.5], np.float32), _UNITS)
    embedding = given["embedding.weight"]
    ways = ("", "_reverse")
    parts = [
        *(
            (
                embedding @ given[f"lstm.weight_ih_l0{way}"].T
                + given[f"lstm.bias_ih_l0{way}"]
                + given[f"lstm.bias_hh_l0{way}"]
            )
            * half
            for way in ways
        ),
        *(given[f"lstm.weight_hh_l0{way}"] * half[:, None] for way in ways),
        given["logit_layer.0.weight"].T,
        given["logit_layer.0.bias"],
        given["logit_layer.2.weight"].T,
        given["logit_layer.2.bias"],
    ]
    sizes = np.array([len(embedding), len(given["logit_layer.2.bias"])], np.float32)
    with path.open("wb") as file:
        np.save(file, np.concatenate([sizes, *(part.reshape(-1) for part in parts)]))


Layer = tuple[NDArray[np.float32], NDArray[np.float32]]


def _parted(
    numbers: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32], Layer, Layer]:
    """Inputs and recurrence of both directions, and two dense layers."""
    known, answers = (int(size) for size in numbers[:2])
    shapes = (
        (2, known, 4 * _UNITS),
        (2, 4 * _UNITS, _UNITS),
        (2 * _UNITS, _HIDDEN),
        (_HIDDEN,),
        (_HIDDEN, answers),
        (answers,),
    )
    ends = np.cumsum([2, *(math.prod(shape) for shape in shapes)])
    inputs, recurrent, dense, dense_bias, output, output_bias = (
        numbers[begin:end].reshape(shape)
        for (begin, end), shape in zip(pairwise(ends), shapes, strict=True)
    )
    return inputs, recurrent.swapaxes(1, 2), (dense, dense_bias), (output, output_bias)


def _unpickle(name: str) -> Any:
    # A file of an installed package: as trustworthy as that package's code.
    spec = importlib.util.find_spec("g2pM")
    with Path((spec and spec.origin) or "").with_name(name).open("rb") as file:
        return pickle.load(file)


def _ours(reading: str) -> str:
    reading = reading.replace("u:", "ü")
    return "er5" if reading == "r5" else reading
