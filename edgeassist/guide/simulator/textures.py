"""What the simulated world is made of: paving, walls, boards, leaves, all drawn from a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.simulator.canvas import Pixels, Texture

Rng = np.random.Generator
Grey = NDArray[np.float32]


def cloudy(rng: Rng, height: int, width: int, coarsest: int = 4) -> Grey:
    """Noise of all sizes, mean 0, deviation 1, height x width; it repeats without a seam."""
    import cv2

    total = np.zeros((height, width), np.float32)
    cells, weight = coarsest, 1.0
    while cells <= max(height, width):
        rows, columns = min(cells, height), min(cells, width)
        grid = rng.normal(0, 1, (rows, columns)).astype(np.float32)
        grid = np.pad(grid, 2, mode="wrap")
        size = (round(width * (columns + 4) / columns), round(height * (rows + 4) / rows))
        big = cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR)
        top, left = round(size[1] * 2 / (rows + 4)), round(size[0] * 2 / (columns + 4))
        total += weight * big[top : top + height, left : left + width]
        cells, weight = cells * 2, weight * 0.72
    even: Grey = (total - total.mean()) / max(float(total.std()), 1e-6)
    return even


def coloured(grey: Grey, colour: NDArray[np.float64], contrast: float) -> Pixels:
    """A BGR picture around `colour`; `contrast` is the deviation in grey levels."""
    picture = colour[None, None] * (1 + grey[:, :, None] * contrast / max(colour.mean(), 20))
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def stone_colour(rng: Rng, low: float = 80, high: float = 190) -> NDArray[np.float64]:
    """Some grey, brown or sandy colour, BGR."""
    tone = float(rng.uniform(low, high))
    return np.clip(tone * np.array([rng.uniform(0.75, 1.02), rng.uniform(0.9, 1.0), 1.0]), 0, 255)


def paving(rng: Rng) -> Texture:
    """Four metres square of slabs, concrete or asphalt."""
    per_m, side = 96, 384
    speckle = rng.normal(0, 1, (side // 2, side // 2)).astype(np.float32)
    grey = 0.3 * cloudy(rng, side, side, 12) + np.kron(speckle, np.ones((2, 2), np.float32))
    kind = str(rng.choice(["slabs", "bricks", "asphalt", "concrete"], p=[0.5, 0.2, 0.2, 0.1]))
    colour = stone_colour(rng, 50, 110) if kind == "asphalt" else stone_colour(rng, 100, 190)
    if kind in ("slabs", "bricks", "concrete"):
        edge = {"slabs": int(rng.choice([48, 32])), "bricks": 16, "concrete": 192}[kind]
        rows = side // edge
        wide = edge * 2 if kind == "bricks" else edge
        tones = rng.normal(0, 0.9, (rows, side // wide)).astype(np.float32)
        each = np.kron(tones, np.ones((edge, wide), np.float32))
        joints = np.zeros((side, side), np.float32)
        joints[::edge] = -4
        for row in range(rows):
            shift = wide // 2 if kind == "bricks" and row % 2 else 0
            joints[row * edge : (row + 1) * edge, shift::wide] = -4
            each[row * edge : (row + 1) * edge] = np.roll(
                each[row * edge : (row + 1) * edge], shift, axis=1
            )
        grey = grey + each + joints
    return Texture.of(coloured(grey, colour, float(rng.uniform(6, 14))), per_m)


def facade(rng: Rng) -> Texture:
    """Twelve metres of houses, eight high, columns along the street: windows, doors, shop signs."""
    per_m, width, height = 48, 576, 384
    picture = coloured(cloudy(rng, height, width, 8), stone_colour(rng, 70, 210), 10)
    house = 192
    for left in range(0, width, house):
        colour = stone_colour(rng, 70, 215) * rng.uniform(0.92, 1.05, 3)
        wall = coloured(cloudy(rng, height, house, 8), np.clip(colour, 0, 255), 9)
        if rng.random() < 0.4:
            wall[::6] = (wall[::6] * 0.8).astype(np.uint8)
        picture[:, left : left + house] = wall
        columns = int(rng.integers(2, 5))
        for storey in range(3):
            ground = storey == 0
            bottom = height - 16 - storey * 130
            top = bottom - (100 if ground else int(rng.integers(60, 95)))
            for column in range(columns):
                middle = left + round(house * (column + 0.5) / columns)
                half = int(rng.integers(12, max(13, house // columns // 2 - 4)))
                _window(rng, picture, middle - half, max(2, top), middle + half, bottom)
            if ground and rng.random() < 0.6:
                sign = np.clip(stone_colour(rng, 40, 200) * rng.uniform(0.6, 1.3, 3), 0, 255)
                picture[top - 24 : top - 6, left + 8 : left + house - 8] = sign
                _writing(rng, picture[top - 21 : top - 9, left + 14 : left + house - 14])
    # Rows run along the street, columns up: what is long is painted forward.
    return Texture.of(np.ascontiguousarray(picture.transpose(1, 0, 2)[:, ::-1]), per_m)


def _window(rng: Rng, picture: Pixels, x1: int, y1: int, x2: int, y2: int) -> None:
    frame = stone_colour(rng, 40, 235).astype(np.uint8)
    picture[y1:y2, x1:x2] = frame
    glass = picture[y1 + 3 : y2 - 3, x1 + 3 : x2 - 3]
    if glass.size:
        shine = coloured(
            cloudy(rng, glass.shape[0], glass.shape[1]), stone_colour(rng, 25, 120), 12
        )
        glass[:] = shine
        glass[:, glass.shape[1] // 2 :][:, :2] = frame


def _writing(rng: Rng, place: Pixels) -> None:
    """Something like letters."""
    colour = rng.integers(0, 255, 3)
    x = 2
    while x < place.shape[1] - 8:
        cells = rng.random((5, 4)) < 0.5
        cells = np.kron(cells, np.ones((max(1, place.shape[0] // 6), 2), bool))
        letter = place[1 : 1 + cells.shape[0], x : x + cells.shape[1]]
        letter[cells[: letter.shape[0], : letter.shape[1]]] = colour
        x += int(rng.integers(9, 14))


def backdrop(rng: Rng) -> Texture:
    """The end of the street: sky over roofs and trees, 2 : 1, bottom row at the ground."""
    import cv2

    width, height = 768, 384
    rows = np.linspace(0, 1, height)[:, None, None]
    top, low = np.array([225, 185, 140.0]), np.array([235, 228, 220.0])
    sky = (top * (1 - rows) + low * rows) * rng.uniform(0.75, 1.0)
    sky = sky + cloudy(rng, height, width, 3)[:, :, None] * rng.uniform(2, 10)
    picture = np.clip(np.broadcast_to(sky, (height, width, 3)), 0, 255).astype(np.uint8).copy()
    x = 0
    while x < width:
        wide = int(rng.integers(20, 90))
        roof = height - int(rng.integers(40, 200))
        colour = stone_colour(rng, 60, 170) * 0.5 + 90
        part = picture[roof:, x : x + wide]
        part[:] = coloured(cloudy(rng, part.shape[0], part.shape[1], 8), colour, 8)
        part[4::9, 3::7] = part[4::9, 3::7] // 2
        x += wide
    leaves = cloudy(rng, height, width, 24)
    line = height - 55 - 25 * cloudy(rng, 1, width, 12)[0]
    green = (np.arange(height)[:, None] > line[None]) & (leaves > -0.6)
    picture[green] = coloured(leaves, np.array([60, 95, 75.0]), 18)[green]
    return Texture.of(cv2.GaussianBlur(picture, (3, 3), 0), 1.0)


def wall(rng: Rng, width_m: float, height_m: float) -> Texture:
    """A wall across the way: brick, plaster, boards or a hedge."""
    per_m = 128
    width, height = round(width_m * per_m), round(height_m * per_m)
    kind = str(rng.choice(["brick", "plaster", "boards", "hedge", "shutter"]))
    grey = cloudy(rng, height, width, 6)
    if kind == "hedge":
        leaves = rng.normal(0, 1, (height // 4 + 1, width // 4 + 1)).astype(np.float32)
        grey = 0.5 * grey + np.kron(leaves, np.ones((4, 4), np.float32))[:height, :width]
        return Texture.of(coloured(grey, np.array([50, 100, 65.0]), 22), per_m)
    colour = stone_colour(rng, 90, 200) * rng.uniform(0.85, 1.1, 3)
    grey = grey + rng.normal(0, 0.4, grey.shape).astype(np.float32)
    if kind == "brick":
        for row, top in enumerate(range(0, height, 10)):
            tones = rng.normal(0, 1.2, width // 32 + 2)
            line = np.repeat(tones, 32)[16 * (row % 2) :][:width].astype(np.float32)
            grey[top : top + 10] += line
            grey[top] = 3
            grey[top : top + 10, 16 * (row % 2) :: 32] = 3
    elif kind in ("boards", "shutter"):
        step = int(rng.integers(14, 30))
        lines = grey if kind == "shutter" else grey.T
        tones = np.repeat(rng.normal(0, 1, lines.shape[0] // step + 1), step)[: lines.shape[0]]
        lines += tones[:, None].astype(np.float32)
        lines[::step] -= 4
    picture = coloured(grey, np.clip(colour, 0, 255), float(rng.uniform(7, 14)))
    for _ in range(int(rng.integers(0, 4))):  # bills, a window, a house number
        x, y = (int(rng.integers(0, side - 60)) for side in (width, height))
        bill = picture[y : y + int(rng.integers(30, 90)), x : x + int(rng.integers(30, 90))]
        bill[:] = rng.integers(60, 255, 3)
        _writing(rng, bill)
    return Texture.of(picture, per_m)


def board(rng: Rng, width_m: float, height_m: float) -> Texture:
    """A shop sign."""
    per_m = 160
    shape = (round(height_m * per_m), round(width_m * per_m))
    colour = rng.integers(20, 250, 3).astype(np.float64)
    picture = coloured(cloudy(rng, *shape), colour, 5)
    picture[:3] = picture[-3:] = picture[:, :3] = picture[:, -3:] = rng.integers(0, 255, 3)
    for line in range(int(rng.integers(1, 3))):
        top = 8 + line * shape[0] // 2
        _writing(rng, picture[top : top + shape[0] // 3, 8:-8])
    return Texture.of(picture, per_m)


def branch(rng: Rng, width_m: float, height_m: float) -> Texture:
    """Twigs and leaves, see-through between them."""
    import cv2

    per_m = 160
    height, width = round(height_m * per_m), round(width_m * per_m)
    cover = np.zeros((height, width), np.uint8)
    colours = np.zeros((height, width, 3), np.uint8)
    for _ in range(6):
        ends = [(int(rng.integers(0, width)), int(rng.integers(0, height))) for _ in range(2)]
        cv2.line(cover, ends[0], ends[1], 255, 3, cv2.LINE_AA)
        cv2.line(colours, ends[0], ends[1], (40, 60, 80), 4, cv2.LINE_AA)
    for _ in range(round(170 * width_m * height_m / 0.3)):
        at = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        axes = (int(rng.integers(4, 9)), int(rng.integers(2, 5)))
        turn = float(rng.uniform(0, 180))
        green = rng.uniform(0.5, 1.4) * np.array([50, 120, 80])
        cv2.ellipse(cover, at, axes, turn, 0, 360, 255, -1, cv2.LINE_AA)
        cv2.ellipse(colours, at, axes, turn, 0, 360, green.tolist(), -1, cv2.LINE_AA)
    return Texture.of(premultiplied(colours, cover), per_m)


def pole(rng: Rng, width_m: float, height_m: float) -> Texture:
    """A round post: lamp, road sign or tree trunk."""
    per_m = 160
    width, height = max(8, round(width_m * per_m)), round(height_m * per_m)
    round_ = np.sqrt(np.clip(1 - np.linspace(-0.95, 0.75, width) ** 2, 0.05, 1))
    colour = stone_colour(rng, 50, 170)
    picture = coloured(cloudy(rng, height, width, 16), colour, 10) * round_[None, :, None]
    for _ in range(int(rng.integers(0, 5))):
        y = int(rng.integers(0, height - 40))
        band = picture[y : y + int(rng.integers(8, 40))]
        band[:] = band * rng.uniform(0.5, 1.6, 3)
    return Texture.of(np.clip(picture, 0, 255).astype(np.uint8), per_m)


def rider(rng: Rng, person: Texture) -> Texture:
    """A person on a bicycle that comes head-on: wheel, fork and handlebar before the legs.

    As high as 1.15 of the person, who sits that much higher.
    """
    import cv2

    cut = person.sizes[0]
    high, wide = cut.shape[:2]
    metre = high / 1.7  # pixels
    height, width = round(1.15 * high), max(wide, round(0.7 * metre))
    picture = np.zeros((height, width, 4), np.uint8)
    left = (width - wide) // 2
    picture[:high, left : left + wide] = cut
    middle = width // 2
    paint = (*(int(v) for v in rng.integers(20, 200, 3)), 255)
    dark, silver = (25, 25, 25, 255), (170, 175, 180, 255)
    ground = height - 2

    def up(metres: float) -> int:
        return int(ground - metres * metre)

    def line(x1: float, y1: int, x2: float, y2: int, colour: tuple[int, ...], m: float) -> None:
        ends = [(middle + round(x * metre), y) for x, y in ((x1, y1), (x2, y2))]
        cv2.line(picture, ends[0], ends[1], colour, max(1, round(m * metre)), cv2.LINE_AA)

    line(0, up(0.04), 0, up(0.64), dark, 0.05)  # the wheel
    for side in (-1, 1):
        line(0.05 * side, up(0.34), 0.05 * side, up(0.75), paint, 0.025)  # the fork
        line(0, up(1.0), 0.3 * side, up(1.02), silver, 0.03)  # the handlebar
        line(0.22 * side, up(1.02), 0.3 * side, up(1.02), dark, 0.045)  # its grips
    line(0, up(0.72), 0, up(1.0), paint, 0.045)
    return Texture.of(picture, 1.0)


def shadow() -> Texture:
    """The dark under whatever stands on the ground."""
    y, x = np.mgrid[-1:1:32j, -1:1:32j]
    cover = np.clip(1 - x**2 - y**2, 0, 1) * 130
    return Texture.of(premultiplied(np.zeros((32, 32, 3), np.uint8), cover.astype(np.uint8)), 32)


def premultiplied(colours: Pixels, cover: NDArray[np.uint8]) -> Pixels:
    """BGRA with colours multiplied by their cover (0 to 255), so that edges blend rightly."""
    blended = (colours.astype(np.uint16) * cover[:, :, None] // 255).astype(np.uint8)
    return np.dstack([blended, cover])
