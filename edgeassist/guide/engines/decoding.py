"""What the outputs of YOLO-style networks mean, as pure functions of arrays.

Each decoder takes one output without its batch dimension, the number of classes, the input's
height and width in pixels and the least score; it returns boxes in pixels of the input, doubles
included, or None where the shape is not that of its kind of network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.detector import Floats, Found

STRIDES = (8, 16, 32)  # YOLOX: input pixels a cell
MOST_CANDIDATES = 1000  # looked at for overlaps

Decoder = Callable[[Floats, int, int, int, float], Found | None]


def yolox(raw: Floats, kinds: int, height: int, width: int, least: float) -> Found | None:
    """YOLOX undecoded: cells x (5 + classes): offsets, log sizes in strides; objectness; scores."""
    offsets, strides = _grid(height, width)
    if raw.shape != (len(strides), 5 + kinds):
        return None
    # The product is below either factor, so most cells are settled by one comparison.
    likely = np.flatnonzero(raw[:, 4] > least)
    cell, kind, scores = _best(raw[likely, 4:5] * raw[likely, 5:], least)
    cell = likely[cell]
    centre = (raw[cell, :2] + offsets[cell]) * strides[cell]
    return _around(centre, np.exp(raw[cell, 2:4]) * strides[cell], scores, kind)


def yolov5(raw: Floats, kinds: int, height: int, width: int, least: float) -> Found | None:
    """YOLOv5 to v7, or YOLOX decoded: n x (5 + classes): centre, size in pixels; objectness; …"""
    if raw.ndim != 2 or raw.shape[1] != 5 + kinds:
        return None
    likely = np.flatnonzero(raw[:, 4] > least)
    row, kind, scores = _best(raw[likely, 4:5] * raw[likely, 5:], least)
    row = likely[row]
    return _around(raw[row, :2], raw[row, 2:4], scores, kind)


def yolov8(raw: Floats, kinds: int, height: int, width: int, least: float) -> Found | None:
    """YOLOv8, v9, v11, v12: (4 + classes) x n, or the other way round: centre, size; scores."""
    if raw.ndim != 2 or 4 + kinds not in raw.shape:
        return None
    rows = raw.T if raw.shape[0] == 4 + kinds else raw
    row, kind, scores = _best(rows[:, 4:], least)
    return _around(rows[row, :2], rows[row, 2:4], scores, kind)


def yolov10(raw: Floats, kinds: int, height: int, width: int, least: float) -> Found | None:
    """End to end, overlaps settled, as YOLOv10: n x 6: corners in pixels, score, class.

    Rows of a class it does not know are padding.
    """
    if raw.ndim != 2 or raw.shape[1] != 6:
        return None
    kind = raw[:, 5].astype(np.int64)
    keep = np.flatnonzero((raw[:, 4] > least) & (kind >= 0) & (kind < kinds))
    keep = keep[np.argsort(-raw[keep, 4], kind="stable")]
    return Found(raw[keep, :4], raw[keep, 4], kind[keep])


def fastestdet(raw: Floats, kinds: int, height: int, width: int, least: float) -> Found | None:
    """FastestDet: (5 + classes) x rows x columns: objectness, offsets, sizes; one class a cell.

    As in its authors' example for ONNX Runtime; that for ncnn weighs the two factors of the score.
    """
    if raw.ndim != 3 or raw.shape[0] != 5 + kinds:
        return None
    rows, columns = raw.shape[1:]
    cells = raw.reshape(5 + kinds, -1).T
    best = cells[:, 5:].argmax(axis=1)
    classes = np.clip(cells[np.arange(len(cells)), 5 + best], 0, 1)
    scores = np.clip(cells[:, 0], 0, 1) * classes
    keep = np.flatnonzero(scores > least)
    keep = keep[np.argsort(-scores[keep], kind="stable")[:MOST_CANDIDATES]]
    cell = np.stack([keep % columns, keep // columns], axis=1)
    whole = np.array([width, height], np.float32)
    centre = (cell + np.tanh(cells[keep, 1:3])) * (whole / np.array([columns, rows], np.float32))
    size = whole / (1 + np.exp(-cells[keep, 3:5]))
    return _around(centre, size, scores[keep], best[keep])


def nanodet(raw: Floats, kinds: int, height: int, width: int, least: float) -> Found | None:
    """NanoDet: (classes + 4 x bins) x cells, before the sigmoid: scores; each side's distance.

    A distance is the mean of its bins' numbers, in strides, weighed by their softmax (Li et al.,
    Generalized Focal Loss, 2020).
    """
    offsets, strides = _grid(height, width)
    if raw.ndim != 2 or raw.shape[1] != len(strides) or raw.shape[0] < kinds + 8:
        return None
    if (raw.shape[0] - kinds) % 4:
        return None
    cell, kind, logits = _best(raw[:kinds].T, np.log(least / (1 - least)) if 0 < least < 1 else 0)
    bins = raw[kinds:, cell].reshape(4, (raw.shape[0] - kinds) // 4, len(cell))
    weights = np.exp(bins - bins.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    numbers = np.arange(bins.shape[1], dtype=np.float32)[None, :, None]
    left, top, right, bottom = (weights * numbers).sum(axis=1)
    x, y = offsets[cell].T + np.float32(0.5)
    corners = np.stack([x - left, y - top, x + right, y + bottom], axis=1) * strides[cell]
    scores = 1 / (1 + np.exp(-logits))
    return Found(corners.astype(np.float32), scores.astype(np.float32), kind)


DECODERS: Mapping[str, Decoder] = {
    decoder.__name__: decoder for decoder in (yolox, yolov5, yolov8, yolov10, fastestdet, nanodet)
}


def _best(scores: Floats, least: float) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Rows, columns and values of what of `scores` (boxes x classes) passes, surest first."""
    row, kind = np.nonzero(scores > least)
    order = np.argsort(-scores[row, kind], kind="stable")[:MOST_CANDIDATES]
    return row[order], kind[order], scores[row[order], kind[order]]


def _around(
    centre: NDArray[Any], size: NDArray[Any], scores: Floats, kinds: NDArray[np.int64]
) -> Found:
    corners = np.hstack([centre - size / 2, centre + size / 2]).astype(np.float32)
    return Found(corners, scores.astype(np.float32), kinds)


def _grid(height: int, width: int) -> tuple[Floats, Floats]:
    """Column and row of every output cell (n x 2), and its stride in pixels (n x 1)."""
    offsets, strides = [], []
    for stride in STRIDES:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        offsets.append(np.stack([columns.ravel(), rows.ravel()], axis=1))
        strides.append(np.full((rows.size, 1), stride))
    return np.concatenate(offsets).astype(np.float32), np.concatenate(strides).astype(np.float32)
