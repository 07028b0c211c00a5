"""Draws the pictures of docs/wiring.md, in English and Chinese: python docs/drawings/draw.py

Every line is told apart by its words and its dashes, not by its colour alone, and every picture has
a title and a description; the same stands in words and tables on the page. Pins and voltages are
named here once; tests/docs/test_drawings.py holds the page to them. What the pictures are said to
show is in texts.toml.
"""

import html
import math
import tomllib
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
LANGUAGES = ("en", "zh")
Words = tuple[str, str]  # English, Chinese

# GPIO number: its place on the 40-pin header, and what it is used for.
PINS: dict[int, tuple[int, Words]] = {
    2: (3, ("I2C data (SDA): VL53L1X", "I2C 数据（SDA）：VL53L1X")),
    3: (5, ("I2C clock (SCL): VL53L1X", "I2C 时钟（SCL）：VL53L1X")),
    23: (16, ("trigger of the HC-SR04", "HC-SR04 触发（Trig）")),
    24: (18, ("echo of the HC-SR04, divided", "HC-SR04 回声（Echo），经分压")),
    12: (32, ("left motor (through a driver)", "左马达（经驱动）")),
    13: (33, ("middle motor (through a driver)", "中间马达（经驱动）")),
    26: (37, ("right motor (through a driver)", "右马达（经驱动）")),
}
# Places on the header that are no GPIO.
SUPPLY: dict[int, Words] = {
    1: ("3.3 V: motors", "3.3 V：马达"),
    2: ("5 V: HC-SR04", "5 V：HC-SR04"),
    6: ("ground: HC-SR04", "地：HC-SR04"),
    9: ("ground: VL53L1X", "地：VL53L1X"),
    17: ("3.3 V: VL53L1X", "3.3 V：VL53L1X"),
    34: ("ground: motor driver", "地：马达驱动"),
}
DIVIDER_OHM = (330, 470)  # from the echo to the pin, from the pin to ground
# Raspberry Pi Camera Module 3, the whole sensor: 66° across, 41° up and down.
VIEW_DEG = 41
TILT_DEG = 10
HEIGHT_M = 1.3

POWER, GROUND, SIGNAL = ("#b00020", ""), ("#000", ""), ("#0b4fa0", "9 5")
STYLE = (
    "text{font-family:'Noto Sans','DejaVu Sans','Noto Sans CJK SC','WenQuanYi Zen Hei',sans-serif;"
    "font-size:18px;fill:#000}.small{font-size:15px}.head{font-size:22px;font-weight:bold}"
)


class Sheet:
    """One picture in one language."""

    def __init__(self, name: str, width: int, height: int, lang: str, **figures: object) -> None:
        self.width, self.height, self.lang = width, height, lang
        texts = tomllib.loads((HERE / "texts.toml").read_text("utf-8"))[name][lang]
        self.title, self.about = texts["title"], texts["about"].strip().format(**figures)
        self.parts: list[str] = []

    def said(self, words: Words | str) -> str:
        return words if isinstance(words, str) else words[LANGUAGES.index(self.lang)]

    def text(
        self, x: float, y: float, words: Words | str, at: str = "start", kind: str = ""
    ) -> None:
        kind = f' class="{kind}"' if kind else ""
        said = html.escape(self.said(words), quote=False)
        self.parts.append(f'<text x="{x:g}" y="{y:g}" text-anchor="{at}"{kind}>{said}</text>')

    def lines(self, x: float, y: float, words: list[Words], at: str = "start") -> None:
        """Lines of small text, one below the other."""
        for number, one in enumerate(words):
            self.text(x, y + 21 * number, one, at, "small")

    def box(
        self, x: float, y: float, wide: float, high: float, fill: str = "#fff", edge: int = 2
    ) -> None:
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" rx="5" fill="{fill}" '
            f'stroke="#000" stroke-width="{edge}"/>'
        )

    def wire(self, kind: tuple[str, str], *points: tuple[float, float]) -> None:
        colour, dash = kind
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        wide = 4 if kind is POWER else 2.5
        self.parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" '
            f'stroke-width="{wide}"{dashes}/>'
        )

    def dot(self, x: float, y: float, r: float = 5, fill: str = "#000") -> None:
        self.parts.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{fill}" '
            'stroke="#000" stroke-width="2"/>'
        )

    def shape(self, path: str, fill: str = "none", dash: str = "") -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<path d="{path}" fill="{fill}" stroke="#000" stroke-width="2.5"{dashes}/>'
        )

    def resistor(self, x: float, y: float, words: Words | str) -> None:
        """60 wide from (x, y) to the right."""
        self.box(x, y - 9, 60, 18)
        self.text(x + 30, y - 16, words, "middle", "small")

    def ground(self, x: float, y: float) -> None:
        self.shape(f"M{x - 14} {y}h28M{x - 9} {y + 6}h18M{x - 4} {y + 12}h8")

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'role="img" aria-labelledby="title about" xml:lang="{_tag(self.lang)}">\n'
            f'<title id="title">{html.escape(self.title)}</title>\n'
            f'<desc id="about">{html.escape(self.about)}</desc>\n'
            f"<style>{STYLE}</style>\n"
            f'<rect width="{self.width}" height="{self.height}" fill="#fff"/>\n'
            + "\n".join(self.parts)
            + "\n</svg>\n"
        )


def _tag(lang: str) -> str:
    return "zh-CN" if lang == "zh" else lang


def nearest_ground_m(tilt_deg: float, height_m: float = HEIGHT_M) -> float:
    """From where on a level ground is in the picture."""
    return height_m / math.tan(math.radians(tilt_deg + VIEW_DEG / 2))


def seen_up_to_m(tilt_deg: float, away_m: float, height_m: float = HEIGHT_M) -> float:
    """How high the picture's upper edge is, so far away."""
    return height_m + away_m * math.tan(math.radians(VIEW_DEG / 2 - tilt_deg))


def mount(lang: str) -> Sheet:
    """The camera on the body, from the side."""
    ground_m, up_m = nearest_ground_m(TILT_DEG), seen_up_to_m(TILT_DEG, 2)
    sheet = Sheet(
        "mount", 1000, 520, lang, camera=HEIGHT_M, tilt=TILT_DEG, ground=ground_m, up=up_m
    )
    scale, left, floor = 150.0, 175.0, 455.0

    def at(x_m: float, y_m: float) -> tuple[float, float]:
        return left + x_m * scale, floor - y_m * scale

    def ray(angle_deg: float, length_m: float) -> tuple[float, float]:
        angle = math.radians(angle_deg)
        return at(length_m * math.cos(angle), HEIGHT_M + length_m * math.sin(angle))

    half = VIEW_DEG / 2
    upper, lower = ray(half - TILT_DEG, 5.3), at(ground_m, 0)
    eye = at(0, HEIGHT_M)
    sheet.shape(
        f"M{eye[0]} {eye[1]:.1f}L{upper[0]:.1f} {upper[1]:.1f}L{at(5.3, 0)[0]:.1f} {floor}"
        f"L{lower[0]:.1f} {floor}Z",
        "#e3eefb",
        "6 5",
    )
    sheet.shape(f"M20 {floor}H980")
    # The walker: head, trunk, leg, arm.
    head = at(-0.16, 1.63)
    sheet.dot(*head, 20, "#ddd")
    chest, hip = at(-0.17, 1.49), at(-0.17, 0.88)
    sheet.shape(
        f"M{chest[0] - 22:g} {chest[1]:g}h44l-2 {hip[1] - chest[1]:g}h-40Z",
        "#f5f5f5",
    )
    sheet.shape(
        f"M{hip[0] + 8:g} {hip[1]:g}L{hip[0] + 24:g} {floor}h22"
        f"M{hip[0] - 8:g} {hip[1]:g}L{hip[0] - 30:g} {floor}h22"
    )
    sheet.box(eye[0] - 14, eye[1] - 12, 18, 24, "#ffd54d")
    sheet.box(eye[0] - 14, eye[1] - 29, 14, 14, "#bfe3c0")
    sheet.box(hip[0] - 4, hip[1] - 18, 40, 30, "#ddd")
    echo = at(0, HEIGHT_M + 0.15)
    up = at(1.0, HEIGHT_M + 0.15 + math.tan(math.radians(15)))
    sheet.wire(SIGNAL, echo, up)
    sheet.text(
        up[0] - 30, up[1] - 10, ("range sensor, 15° up", "测距传感器，向上 15°"), kind="small"
    )
    middle = ray(-TILT_DEG, 2.4)
    sheet.wire(("#000", "2 6"), eye, middle)
    sheet.text(middle[0] + 6, middle[1] - 8, (f"tilt {TILT_DEG}° down", f"向下倾斜 {TILT_DEG}°"))
    sheet.text(upper[0] - 10, upper[1] - 14, ("upper edge of the picture", "画面上缘"), "end")
    high = at(2, up_m)
    sheet.wire(("#000", ""), at(2, 0), high)
    sheet.dot(*high)
    sheet.text(
        high[0] + 10,
        high[1] + 46,
        (f"at 2 m: up to {up_m:.2f} m", f"2 米处：高至 {up_m:.2f} 米"),
    )
    sheet.text(
        lower[0], floor + 28, (f"ground from {ground_m:.1f} m", f"地面：{ground_m:.1f} 米起")
    )
    sheet.wire(("#000", "4 4"), (48, eye[1]), eye)
    sheet.wire(("#000", ""), (48, eye[1]), (48, floor))
    sheet.text(40, floor + 28, (f"camera {HEIGHT_M} m up", f"摄像头高 {HEIGHT_M} 米"))
    sheet.lines(
        24, 30, [("Pi and power bank at the hip (grey)", "树莓派和充电宝在腰间（灰色）"),
                 ("camera on the breastbone (yellow)", "摄像头在胸骨处（黄色）")]
    )  # fmt: skip
    return sheet


def overview(lang: str) -> Sheet:
    """What is joined to what."""
    left: list[tuple[Words, Words]] = [
        (("Camera Module 3", "Camera Module 3 摄像头"), ("ribbon cable, CAM 0", "排线，CAM 0")),
        (("USB microphone", "USB 麦克风"), ("USB", "USB")),
        (("braille display", "盲文点显器"), ("USB or Bluetooth, brltty", "USB 或蓝牙，brltty")),
        (("power bank, 5 V", "充电宝，5 V"), ("USB-C", "USB-C")),
    ]
    right: list[tuple[Words, Words]] = [
        (("bone-conduction headphones", "骨传导耳机"), ("USB sound adapter", "USB 声卡")),
        (
            ("3 vibration motors", "3 个振动马达"),
            ("GPIO 12, 13, 26 + driver", "GPIO 12、13、26＋驱动"),
        ),
        (("HC-SR04 (sound)", "HC-SR04（超声波）"), ("GPIO 23, 24 + divider", "GPIO 23、24＋分压")),
        (("VL53L1X (laser)", "VL53L1X（激光）"), ("I2C, pins 3 and 5", "I2C，3、5 脚")),
    ]
    sheet = Sheet("overview", 1000, 470, lang)
    sheet.box(410, 40, 180, 390, "#e6f2e6")
    sheet.text(500, 210, "Raspberry", "middle", "head")
    sheet.text(500, 238, "Pi 5", "middle", "head")
    sheet.text(500, 268, ("+ active cooler", "＋散热风扇"), "middle", "small")
    for side, things in ((0, left), (1, right)):
        for number, (thing, by) in enumerate(things):
            y = 40 + 100 * number
            x = 700 if side else 20
            needed = (side, number) in ((0, 0), (0, 3), (1, 0))
            sheet.box(x, y, 280, 90, *(("#fff3cd", 5) if needed else ()))
            sheet.text(x + 140, y + 38, thing, "middle")
            sheet.text(x + 140, y + 66, by, "middle", "small")
            kind = POWER if (side, number) == (0, 3) else SIGNAL
            sheet.wire(kind, (590, y + 45) if side else (300, y + 45),
                       (700, y + 45) if side else (410, y + 45))  # fmt: skip
    sheet.text(
        500,
        458,
        (
            "yellow, thick edge: needed for warnings · solid line: supply · dashed: data",
            "黄色粗框：障碍提醒必需 · 实线：供电 · 虚线：数据",
        ),
        "middle",
        "small",
    )
    return sheet


def header(lang: str) -> Sheet:
    """The 40-pin header, with what is used."""
    used = {place: (f"GPIO {gpio}", words) for gpio, (place, words) in PINS.items()}
    used |= {place: ("", words) for place, words in SUPPLY.items()}
    told = [
        "; ".join(
            f"{place} {name} {words[index]}".replace("  ", " ")
            for place, (name, words) in sorted(used.items())
        )
        for index in range(2)
    ]
    sheet = Sheet("header", 1000, 680, lang, used=told[LANGUAGES.index(lang)])
    sheet.text(500, 28, ("SD card end of the board", "电路板的 SD 卡槽一端"), "middle", "small")
    sheet.box(435, 40, 130, 610, "#eee")
    for place in range(1, 41):
        right = place % 2 == 0
        x, y = (530 if right else 470), 62 + 30 * ((place - 1) // 2)
        name, words = used.get(place, ("", ("", "")))
        fill = "#fff"
        if place in SUPPLY:
            fill = "#000" if SUPPLY[place][0].startswith("ground") else "#f28b82"
        elif name:
            fill = "#9ec5fe"
        if place == 1:
            sheet.box(x - 10, y - 10, 20, 20, fill)
        else:
            sheet.dot(x, y, 10, fill)
        at, edge = ("start", 590) if right else ("end", 410)
        if place in used:
            label = f"{sheet.said(words)}"
            number = f"{place} · {name} · " if name else f"{place} · "
            sheet.text(edge, y + 6, number + label, at, "small")
            sheet.wire(("#000", ""), (575 if right else 425, y), (584 if right else 416, y))
        else:
            sheet.text(edge - 5 if right else edge + 5, y + 6, str(place), at, "small")
    return sheet


def motors(lang: str) -> Sheet:
    """How a pin drives a motor."""
    sheet = Sheet("motors", 1000, 560, lang)
    sheet.text(230, 34, ("A. One transistor a motor", "甲、每个马达一个三极管"), "middle", "head")
    sheet.text(730, 34, ("B. One ULN2003A for all", "乙、一片 ULN2003A 带三个"), "middle", "head")
    sheet.wire(("#888", ""), (465, 20), (465, 515))
    # A: supply at the top, motor, transistor, ground.
    sheet.wire(POWER, (120, 80), (400, 80))
    sheet.text(110, 86, "3.3 V", "end")
    sheet.wire(POWER, (260, 80), (260, 130))
    sheet.dot(260, 165, 34, "#fff")
    sheet.text(260, 172, "M", "middle", "head")
    sheet.text(215, 128, "+", "middle")
    sheet.text(215, 212, "−", "middle")
    sheet.wire(SIGNAL, (260, 200), (260, 300))
    sheet.dot(260, 80)
    sheet.dot(260, 235)
    # The diode beside it: its ring (cathode) above.
    sheet.wire(("#000", ""), (360, 80), (360, 148))
    sheet.wire(("#000", ""), (360, 182), (360, 235), (260, 235))
    sheet.dot(360, 80)
    sheet.shape("M360 150L343 180H377Z", "#000")
    sheet.shape("M340 148H380")
    sheet.lines(388, 160, [("1N5819", "1N5819"), ("ring up", "环朝上")])
    # The transistor.
    sheet.dot(252, 335, 38, "#fff")
    sheet.shape("M236 310V360M236 325L260 300M236 345L260 370")
    sheet.shape("M260 370l-13 -4l7 -8Z", "#000")
    sheet.lines(300, 330, [("S8050", "S8050"), ("NPN", "NPN")])
    sheet.text(272, 296, "C", kind="small")
    sheet.text(200, 326, "B", kind="small")
    sheet.text(272, 392, "E", kind="small")
    sheet.wire(GROUND, (260, 370), (260, 430))
    sheet.ground(260, 430)
    sheet.wire(SIGNAL, (60, 335), (110, 335))
    sheet.resistor(110, 335, ("1 kΩ", "1 kΩ"))
    sheet.wire(SIGNAL, (170, 335), (236, 335))
    sheet.lines(
        24,
        380,
        [
            ("GPIO 12 left (pin 32)", "GPIO 12 左（32 脚）"),
            ("GPIO 13 middle (pin 33)", "GPIO 13 中（33 脚）"),
            ("GPIO 26 right (pin 37)", "GPIO 26 右（37 脚）"),
        ],
    )
    sheet.text(
        230, 500, ("three of these; grounds joined", "这样做三路，地线相连"), "middle", "small"
    )
    # B: the chip.
    sheet.box(650, 110, 150, 350, "#eee")
    sheet.text(725, 400, "ULN2003A", "middle")
    names: list[Words] = [("left", "左"), ("middle", "中"), ("right", "右")]
    for number, (gpio, name) in enumerate(zip((12, 13, 26), names, strict=True)):
        y = 150 + 85 * number
        place = PINS[gpio][0]
        sheet.wire(SIGNAL, (610, y), (650, y))
        sheet.lines(
            604, y + 5, [(f"GPIO {gpio} (pin {place})", f"GPIO {gpio}（{place} 脚）")], "end"
        )
        sheet.text(658, y + 6, str(number + 1), kind="small")
        sheet.text(792, y + 6, str(16 - number), "end", "small")
        sheet.wire(SIGNAL, (800, y), (850, y))
        sheet.dot(872, y, 22, "#fff")
        sheet.text(872, y + 7, "M", "middle")
        sheet.wire(POWER, (894, y), (940, y))
        sheet.text(872, y + 42, name, "middle", "small")
    sheet.wire(POWER, (940, 80), (940, 430), (800, 430))
    sheet.text(940, 70, "3.3 V", "middle")
    sheet.text(792, 436, "9 COM", "end", "small")
    sheet.wire(GROUND, (650, 430), (600, 430), (600, 450))
    sheet.text(658, 436, "8", kind="small")
    sheet.ground(600, 450)
    sheet.text(
        730,
        500,
        ("its resistors and diodes are inside", "电阻和二极管都在芯片内"),
        "middle",
        "small",
    )
    sheet.text(
        500,
        545,
        (
            "never a motor at a pin: a pin gives a few mA, a motor takes 80 mA",
            "马达不可直接接针脚：针脚只给几毫安，马达要约 80 毫安",
        ),
        "middle",
        "small",
    )  # fmt: skip
    return sheet


def sensors(lang: str) -> Sheet:
    """The range sensors."""
    first, second = DIVIDER_OHM
    volts = 5 * second / (first + second)
    sheet = Sheet("sensors", 1000, 430, lang, first=first, second=second, volts=volts)
    sheet.text(250, 34, "HC-SR04", "middle", "head")
    sheet.text(770, 34, "VL53L1X", "middle", "head")
    sheet.wire(("#888", ""), (540, 20), (540, 410))
    sheet.box(20, 70, 110, 230, "#eee")
    for number, name in enumerate(("VCC", "Trig", "Echo", "GND")):
        sheet.text(122, 106 + 60 * number, name, "end")
    sheet.wire(POWER, (130, 100), (330, 100))
    sheet.text(340, 106, ("5 V (pin 2)", "5 V（2 脚）"))
    sheet.wire(SIGNAL, (130, 160), (330, 160))
    sheet.text(340, 166, ("GPIO 23 (pin 16)", "GPIO 23（16 脚）"))
    sheet.wire(SIGNAL, (130, 220), (160, 220))
    sheet.resistor(160, 220, f"{first} Ω")
    sheet.wire(SIGNAL, (220, 220), (330, 220))
    sheet.text(340, 226, ("GPIO 24 (pin 18)", "GPIO 24（18 脚）"))
    sheet.dot(270, 220)
    sheet.wire(GROUND, (270, 220), (270, 245))
    sheet.box(261, 245, 18, 60)
    sheet.text(288, 280, f"{second} Ω", kind="small")
    sheet.wire(GROUND, (270, 305), (270, 340))
    sheet.wire(GROUND, (130, 280), (150, 280), (150, 340), (330, 340))
    sheet.dot(270, 340)
    sheet.text(340, 346, ("ground (pin 6)", "地（6 脚）"))
    sheet.text(
        250,
        395,
        (f"Echo: 5 V become {volts:.1f} V", f"Echo：5 V 分成 {volts:.1f} V"),
        "middle",
        "small",
    )
    sheet.box(570, 70, 110, 230, "#eee")
    rows: list[tuple[str, tuple[str, str], Words]] = [
        ("VIN", POWER, ("3.3 V (pin 17)", "3.3 V（17 脚）")),
        ("GND", GROUND, ("ground (pin 9)", "地（9 脚）")),
        ("SDA", SIGNAL, ("GPIO 2 (pin 3)", "GPIO 2（3 脚）")),
        ("SCL", SIGNAL, ("GPIO 3 (pin 5)", "GPIO 3（5 脚）")),
    ]
    for number, (name, kind, words) in enumerate(rows):
        y = 100 + 60 * number
        sheet.text(672, y + 6, name, "end")
        sheet.wire(kind, (680, y), (800, y))
        sheet.text(810, y + 6, words)
    sheet.text(770, 395, ("XSHUT, GPIO1: open", "XSHUT、GPIO1：悬空"), "middle", "small")
    return sheet


DRAWINGS: dict[str, Callable[[str], Sheet]] = {
    "mount": mount,
    "overview": overview,
    "header": header,
    "motors": motors,
    "sensors": sensors,
}


def file_name(name: str, lang: str) -> str:
    return f"{name}.svg" if lang == "en" else f"{name}.zh-CN.svg"


def main() -> None:
    for name, draw in DRAWINGS.items():
        for lang in LANGUAGES:
            (HERE / file_name(name, lang)).write_text(draw(lang).svg(), "utf-8")


if __name__ == "__main__":
    main()
