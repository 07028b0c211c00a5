"""How well and how fast the detectors find what a walker may run into.

Run as ``python -m tests.measure.guide_detector [near] [plain] [speed] [memory]`` (all by default)
on a machine that does nothing else; EDGEASSIST_EVAL names a folder with vision/*/images and
vision/*/labels (YOLO's format), and may hold models/yolox_nano.onnx. One line of JSON a row.

near    Of the obstacles at least a quarter of the picture high, how many are found (IoU 0.5,
        whatever they are called) when a quarter of a false box a picture is allowed; with which
        share of right classes; at 0.1, 0.5 and 1 as well; AP50 over all classes.
plain   AP50 of the whole path against the same weights run by a few lines of NumPy on the same
        input, and on a square input with the picture's aspect kept, and bent.
speed   Pictures of 640 x 480 a second on one core, and the share of the bare network in the time,
        as process time in alternation, so that other processes disturb little.
memory  Peak RSS of `edgeassist guide` on the demo video.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edgeassist.bench import boxes as ap
from edgeassist.bench.data import Picture, pictures
from edgeassist.devices.videofile import open_video
from edgeassist.guide.classes import labels
from edgeassist.guide.detector import Detector, canvas
from edgeassist.guide.engines.centernet import LOOKS, CenterNet
from edgeassist.guide.engines.yolox import YoloX
from edgeassist.guide.tracker import iou
from edgeassist.inference import session
from edgeassist.loop.events import Box
from edgeassist.modelstore import installed

# What a walker may run into, among COCO's classes.
OBSTACLES = frozenset(
    {"person", "bicycle", "car", "motorcycle", "bus", "train", "truck", "traffic light"}
    | {"fire hydrant", "stop sign", "parking meter", "bench", "cat", "dog", "horse", "cow"}
    | {"backpack", "suitcase", "chair", "couch", "potted plant", "bed", "dining table", "toilet"}
    | {"tv", "refrigerator", "umbrella", "skateboard"}
)
NEAR = 0.25  # of the picture's height
LEAST = 0.02  # AP wants to see unsure boxes too
ALLOWED = (0.1, 0.25, 0.5, 1.0)  # false boxes a picture
SIZES = (320, 384, 448, 512, 640)
# The peak that the kernel reports of a child counts what its parent held: the child tells itself.
GUIDE_ALONE = """
import re, sys
from edgeassist.cli.main import main
main(["guide", sys.argv[1], "--json"])
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1], file=sys.stderr)
"""


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", help="near, plain, speed, memory")
    parser.add_argument("--eval", type=Path, default=os.environ.get("EDGEASSIST_EVAL"))
    args = parser.parse_args()
    cv2.setNumThreads(1)
    parts: dict[str, Callable[[Path], Iterator[dict[str, Any]]]] = {
        "near": near,
        "plain": plain,
        "speed": speed,
        "memory": memory,
    }
    if args.eval is None:
        parser.error("EDGEASSIST_EVAL is not set")
    for name in args.what or parts:
        for row in parts[name](Path(args.eval)):
            print(json.dumps({"what": name, **row}), flush=True)


def detectors(folder: Path, least: float) -> Iterator[tuple[str, Detector]]:
    """Every size of CenterNet, its two looks, and YOLOX-nano where there is a copy."""
    yield "centernet", CenterNet(CenterNet.Options(min_score=least))
    for size in SIZES:
        yield f"centernet {size}", CenterNet(CenterNet.Options(size=size, min_score=least))
    yolox = folder / "models" / "yolox_nano.onnx"
    if yolox.is_file():
        yield "yolox", YoloX(YoloX.Options(model=yolox, min_score=least))


def near(folder: Path) -> Iterator[dict[str, Any]]:
    """Recall of near obstacles, a row a detector."""
    items = pictures(folder).items
    for name, detector in detectors(folder, LEAST):
        found = [detector.detect(picture.image) for picture in items]
        yield {"detector": name, **recalls(items, found), "ap50": ap50(items, found)}


def recalls(items: Sequence[Picture], found: Sequence[Sequence[Box]]) -> dict[str, Any]:
    """How many near obstacles are found at each number of false boxes a picture."""
    events: list[tuple[float, bool, bool]] = []  # score, found a near one, of the right class
    wanted = 0
    for picture, given in zip(items, found, strict=True):
        least = NEAR * picture.image.shape[0]
        free = [box for box in picture.truth if box.label in OBSTACLES]
        wanted += sum(box.y2 - box.y1 >= least for box in free)
        for box in given:  # surest first
            if box.label not in OBSTACLES:
                continue
            best = max(free, key=lambda truth: iou(truth, box), default=None)
            if best is not None and iou(best, box) >= 0.5:
                free.remove(best)
                if best.y2 - best.y1 >= least:
                    events.append((box.score, True, box.label == best.label))
            elif box.y2 - box.y1 >= least:
                events.append((box.score, False, False))
    events.sort(key=lambda event: -event[0])
    rows: dict[str, Any] = {"near": wanted, "pictures": len(items)}
    hits = false = right = 0
    best_of: dict[float, tuple[float, float, float]] = {}
    for score, hit, same in events:
        hits, false, right = hits + hit, false + (not hit), right + same
        for allowed in ALLOWED:
            if false <= allowed * len(items):
                best_of[allowed] = (hits / wanted, right / max(hits, 1), score)
    for allowed, (recall, share, score) in best_of.items():
        rows[f"recall@{allowed}"] = round(recall, 3)
        if allowed == 0.25:
            rows |= {"class_right": round(share, 3), "score": round(score, 3)}
    return rows


def ap50(items: Sequence[Picture], found: Sequence[Sequence[Box]]) -> float:
    """COCO's AP at IoU 0.5."""
    matched = [ap.matches(one.truth, got, 0.5) for one, got in zip(items, found, strict=True)]
    return round(ap.average_precision(matched), 4)


def plain(folder: Path) -> Iterator[dict[str, Any]]:
    """Our path against the network's outputs read the plain way."""
    items = pictures(folder).items
    network = session(installed("centernet") / "centernet.onnx", 1)
    for size in (320, 384, 512):
        ours = CenterNet(CenterNet.Options(size=size, min_score=LEAST))
        row = {"size": size, "ours": ap50(items, [ours.detect(one.image) for one in items])}
        for form, fit in (("same", canvas), ("square", square), ("bent", bent)):
            got = [plainly(network, one.image, *fit(*one.image.shape[:2], size)) for one in items]
            row[form] = ap50(items, got)
        yield row


def square(height: int, width: int, size: int) -> tuple[int, int, int, int]:
    """The picture within a square, its aspect kept."""
    scale = size / max(height, width)
    return round(height * scale), round(width * scale), size, size


def bent(_height: int, _width: int, size: int) -> tuple[int, int, int, int]:
    """The picture bent to a square."""
    return size, size, size, size


def plainly(network: Any, image: Any, new_h: int, new_w: int, rows: int, columns: int) -> list[Box]:
    """CenterNet as its paper decodes it: max-pooling, the 100 highest peaks; doubles suppressed."""
    height, width = image.shape[:2]
    top, left = (rows - new_h) // 2, (columns - new_w) // 2
    feed = np.full((rows, columns, 3), 114, np.float32)
    feed[top : top + new_h, left : left + new_w] = cv2.resize(image, (new_w, new_h))[:, :, ::-1]
    heat, reach = (out[0] for out in network.run(["heatmap", "size"], {"image": feed[None]}))
    around = np.stack([cv2.dilate(one, np.ones((3, 3), np.uint8)) for one in heat])
    score = np.where((heat == around) & (heat > LEAST), heat, 0).ravel()
    order = np.argsort(-score, kind="stable")[:100]
    kinds, y, x = np.unravel_index(order[score[order] > 0], heat.shape)
    kept: list[Box] = []
    for kind, row, column in zip(kinds.tolist(), y.tolist(), x.tolist(), strict=True):
        to_left, up, to_right, down = reach[:, row, column]
        xs = np.array([4 * column - to_left, 4 * column + to_right])
        ys = np.array([4 * row - up, 4 * row + down])
        x1, x2 = ((xs - left) * width / new_w).clip(0, width).tolist()
        y1, y2 = ((ys - top) * height / new_h).clip(0, height).tolist()
        box = Box(
            label=labels()[kind], score=float(heat[kind, row, column]), x1=x1, y1=y1, x2=x2, y2=y2
        )
        if x2 > x1 and y2 > y1 and all(o.label != box.label or iou(o, box) <= 0.6 for o in kept):
            kept.append(box)
    return kept


def speed(folder: Path) -> Iterator[dict[str, Any]]:
    """One core: our path and the bare network by turns, on pictures of 640 x 480."""
    images = [cv2.resize(one.image, (640, 480)) for one in pictures(folder).items[:40]]
    network = session(installed("centernet") / "centernet.onnx", 1)
    outputs = ["heatmap", "size"]
    for size in (320, 384, 512, None):
        feeds = [noise(1, *canvas(480, 640, one)[2:], 3) for one in ([size] if size else LOOKS)]
        detector = CenterNet(CenterNet.Options(size=size, min_score=0.2))
        yield {"detector": "centernet", "size": size or "two looks"} | by_turns(
            detector,
            images,
            lambda feeds=feeds: [network.run(outputs, {"image": f}) for f in feeds],
        )
    yolox = folder / "models" / "yolox_nano.onnx"
    if yolox.is_file():
        bare, feed = session(yolox, 1), noise(1, 3, 416, 416)
        detector = YoloX(YoloX.Options(model=yolox, min_score=0.2))
        yield {"detector": "yolox", "size": 416} | by_turns(
            detector, images, lambda: bare.run(None, {"images": feed})
        )


def noise(*shape: int) -> Any:
    """A picture of noise as a network takes it."""
    return np.random.default_rng(0).random(shape, np.float32) * 255


def by_turns(
    detector: Detector, images: Sequence[Any], bare: Callable[[], object]
) -> dict[str, float]:
    """Median process time of both over the pictures, after three to warm up."""
    paths, bares = [], []
    for image in [*images[:3], *images]:
        began = time.process_time()
        detector.detect(image)
        between = time.process_time()
        bare()
        paths.append(between - began)
        bares.append(time.process_time() - between)
    ours, theirs = statistics.median(paths[3:]), statistics.median(bares[3:])
    return {
        "path_ms": round(ours * 1000, 2),
        "bare_ms": round(theirs * 1000, 2),
        "per_s": round(1 / ours, 1),
        "of_bare": round(theirs / ours, 3),
        "on_top": round(ours / theirs - 1, 3),
    }


def memory(_folder: Path) -> Iterator[dict[str, Any]]:
    """The guide alone, in a process of its own, on 10 s of the demo video."""
    with tempfile.TemporaryDirectory() as place:
        clip = Path(place) / "clip.avi"
        writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 10, (768, 576))
        with open_video(installed("demo-video") / "vtest.avi") as video:
            for number, frame in enumerate(video.frames()):
                writer.write(frame.image())
                if number == 100:
                    break
        writer.release()
        ended = subprocess.run(
            [sys.executable, "-c", GUIDE_ALONE, str(clip)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
    peak = int(ended.stderr.splitlines()[-1])
    yield {"frames": 101, "peak_rss_mb": round(peak / 1024, 1)}


if __name__ == "__main__":
    main()
