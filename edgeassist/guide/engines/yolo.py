"""Any YOLO-style ONNX whose decoding is stated: by a card, by name, or in a TOML file."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge, Le

from edgeassist.errors import ModelError
from edgeassist.guide.detector import (
    STRIDE,
    Found,
    Image,
    boxes,
    check_image,
    inside,
    open_session,
    shrink,
    without_doubles,
    wrong_make,
)
from edgeassist.guide.engines.decoding import DECODERS
from edgeassist.guide.engines.input_size import NUMBERS, session_at
from edgeassist.guide.engines.recipe import NONE, RECIPES, WHOLE, Recipe, recipe_from, recipe_of
from edgeassist.locale import t
from edgeassist.loop.events import Box
from edgeassist.plugins import Missing

log = logging.getLogger("edgeassist.guide")
_USUAL_SIZE = 416


@dataclass(frozen=True, slots=True, kw_only=True)
class YoloOptions:
    """As `DetectorOptions`; without a size it is the model's own, 416 for one that takes any."""

    size: Annotated[int, Ge(64), Le(2048)] | None = None
    threads: Annotated[int, Ge(1)] = 1
    min_score: Annotated[float, Ge(0), Le(1)] = 0.3
    model: Path | None = None  # an ONNX file, or the name of a card with a [detector] table
    decode: str | None = None  # a name in `RECIPES`, or a TOML file; for a card it is known


class Yolo:
    """Runs an ONNX file by its `Recipe`; the first output of the right shape is decoded.

    The input may be 1 x 3 x h x w or 1 x h x w x 3, float32, float16 or uint8 (then as it is).
    """

    Options: ClassVar[type[YoloOptions]] = YoloOptions
    requires: ClassVar[dict[str, str]] = {}

    def __init__(self, options: YoloOptions) -> None:
        """Raises `ModelError` where the file is missing or does not do what the recipe says."""
        self._options = options
        self._path, self._recipe = _found(options)
        self._decoder = DECODERS[self._recipe.decode]
        self._session = open_session(self._path, options.threads)
        self._read_input()
        self._which: int | None = None
        grey = np.full((self._height, self._width, 3), self._recipe.grey, np.uint8)
        self.detect(grey)  # a wrong recipe is told now rather than at the first picture

    @classmethod
    def check(cls) -> Missing | None:
        """The model is the user's own: what it lacks is told when it is opened."""
        return None

    def detect(self, image: Image) -> list[Box]:
        """What is in the picture, surest first."""
        check_image(image)
        feed, scale, shift = self._fit(image)
        try:
            outputs = self._session.run(None, {self._input: feed})
        except Exception as error:  # onnxruntime's own exceptions share no base class
            raise self._wrong() from error
        found = self._decoded(outputs)
        corners = (found.corners - np.tile(shift, 2)) * np.tile(scale, 2)
        found = inside(Found(corners.astype(np.float32), found.scores, found.kinds), image)
        if self._recipe.overlap < 1:
            found = without_doubles(found, self._recipe.overlap)
        return boxes(found, self._recipe.names)

    def close(self) -> None:
        """Let the model go."""
        del self._session

    def _read_input(self) -> None:
        inputs = self._session.get_inputs()
        shape = list(inputs[0].shape)
        if len(inputs) != 1 or len(shape) != 4 or inputs[0].type not in NUMBERS:
            raise wrong_make(self._path, t("one input, a picture"))
        self._input = inputs[0].name
        self._number = NUMBERS[inputs[0].type]
        self._channels_last = shape[1] != 3 and shape[3] == 3
        sides = shape[1:3] if self._channels_last else shape[2:]
        free = -(-(self._options.size or _USUAL_SIZE) // STRIDE) * STRIDE
        own = [side if isinstance(side, int) else free for side in sides]
        if self._options.size and max(own) != free:
            own = self._resized(free) or own
        self._height, self._width = own

    def _resized(self, side: int) -> list[int] | None:
        """The model opened anew for another picture size; None where it has but its own."""
        try:
            self._session = session_at(self._path, self._options.threads, side)
        except ModelError as error:
            log.warning("%s", error)
            return None
        return [side, side]

    def _fit(self, image: Image) -> tuple[Any, Any, Any]:
        """The network's input; how input pixels become the picture's: (xy - shift) * scale."""
        import cv2

        height, width = image.shape[:2]
        recipe = self._recipe
        if recipe.fit == "stretch":
            new_h, new_w = self._height, self._width
        else:
            ratio = min(self._height / height, self._width / width)
            new_h, new_w = max(1, round(height * ratio)), max(1, round(width * ratio))
        top, left = (
            ((self._height - new_h) // 2, (self._width - new_w) // 2)
            if recipe.fit == "centre"
            else (0, 0)
        )
        small: Any = shrink(image, new_h, new_w)
        if recipe.colours == "rgb":
            small = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
        number = np.uint8 if self._number is np.uint8 else np.float32
        rows, columns = slice(top, top + new_h), slice(left, left + new_w)
        if self._channels_last:
            feed = np.full((1, self._height, self._width, 3), recipe.grey, number)
            feed[0, rows, columns] = small
        else:
            feed = np.full((1, 3, self._height, self._width), recipe.grey, number)
            for channel, plane in enumerate(cv2.split(small)):
                feed[0, channel, rows, columns] = plane
        if number is np.float32:
            shape = (1, 1, 3) if self._channels_last else (3, 1, 1)
            if recipe.mean != NONE:
                feed -= np.array(recipe.mean, np.float32).reshape(shape)
            if recipe.std != WHOLE:
                feed *= np.float32(1) / np.array(recipe.std, np.float32).reshape(shape)
        scale = np.array([width / new_w, height / new_h])
        return feed.astype(self._number, copy=False), scale, np.array([left, top], np.float32)

    def _decoded(self, outputs: list[Any]) -> Found:
        kinds = len(self._recipe.names)
        chosen = range(len(outputs)) if self._which is None else [self._which]
        for which in chosen:
            raw = np.asarray(outputs[which], np.float32)
            # A batch of one goes; end-to-end exports may have no batch dimension at all.
            raw = raw[0] if raw.ndim > 2 and raw.shape[0] == 1 else raw
            found = self._decoder(raw, kinds, self._height, self._width, self._options.min_score)
            if found is not None:
                self._which = which
                return found
        raise self._wrong([list(output.shape) for output in outputs])

    def _wrong(self, shapes: list[list[int]] | None = None) -> ModelError:
        recipe = self._recipe
        wanted = t("{decode} of {n} classes", decode=recipe.decode, n=len(recipe.names))
        if shapes is None:
            problem = t("does not run as {wanted}", wanted=wanted)
        else:
            given = ", ".join(" x ".join(map(str, shape)) for shape in shapes)
            problem = t("is not {wanted}: it gives {shapes}", wanted=wanted, shapes=given)
        return ModelError(
            str(self._path),
            problem,
            fix=t("Choose another --decode: {names}", names=", ".join(RECIPES)),
        )


def _found(options: YoloOptions) -> tuple[Path, Recipe]:
    """The ONNX file and its recipe; raises `ModelError` where either is missing."""
    from edgeassist.modelstore import card, cards, installed

    if options.model is None:
        raise ModelError(
            "yolo",
            t("no model is given"),
            fix=t("Add --model FILE.onnx --decode NAME, or --model CARD"),
        )
    name = str(options.model)
    if options.model.suffix or options.model.is_file() or name not in cards():
        if options.decode is None:
            raise ModelError(
                name,
                t("its decoding is not stated"),
                fix=t("Add --decode: {names}", names=", ".join([*RECIPES, t("or a TOML file")])),
            )
        return options.model, recipe_of(options.decode)
    known = card(name)
    if options.decode is None and not known.detector:
        raise ModelError(
            name, t("its decoding is not stated"), fix=t("Add a [detector] table to the card")
        )
    recipe = recipe_from(known.detector, name) if not options.decode else recipe_of(options.decode)
    folder: Path = installed(name)
    files = [file.name for file in known.files if file.name.endswith(".onnx")]
    return folder / (files[0] if files else f"{name}.onnx"), recipe
