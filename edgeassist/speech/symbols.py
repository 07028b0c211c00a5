"""Web and mail addresses, emoji and signs that are no words, as they are said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_DOMAINS = "com|cn|org|net|edu|gov|io|info|tv|cc|me|uk|de|jp|hk|tw|app|dev|ai"
_HOST = rf"(?:[A-Za-z0-9-]+\.)+(?:{_DOMAINS})"
_PATH = r"(?::\d+)?(?:[/?#][\w./?=&%#~+@:-]*[\w/=])?"
_ADDRESS = re.compile(
    rf"(?P<scheme>(?:https?|ftp)://)?(?:"
    rf"(?<![\w.-])[\w.+-]+@{_HOST}(?![\w-])|(?<![\w.@-])(?:{_HOST}(?![\w-])){_PATH})",
    re.IGNORECASE | re.ASCII,
)
_BARE_URL = re.compile(r"(?:https?|ftp)://[\w./?=&%#~+@:-]*[\w/]", re.IGNORECASE | re.ASCII)

_IN_ADDRESS = {
    ".": ("点", "dot"),
    "/": ("斜杠", "slash"),
    "-": ("杠", "dash"),
    "_": ("下划线", "underscore"),
    "@": ("艾特", "at"),
    ":": ("冒号", "colon"),
    "?": ("问号", "question mark"),
    "=": ("等于", "equals"),
    "&": ("和", "and"),
    "#": ("井号", "hash"),
    "%": ("百分号", "percent"),
    "~": ("波浪号", "tilde"),
    "+": ("加", "plus"),
}

# Their names in Unicode are English; these are the ones people use most.
_EMOJI_ZH = {
    "😀": "笑脸",
    "😃": "笑脸",
    "😄": "笑脸",
    "😊": "微笑",
    "🙂": "微笑",
    "😂": "笑哭",
    "🤣": "大笑",
    "😭": "大哭",
    "😢": "流泪",
    "😡": "生气",
    "😍": "喜欢",
    "😘": "飞吻",
    "😅": "苦笑",
    "🤔": "思考",
    "👍": "点赞",
    "👎": "踩",
    "👏": "鼓掌",
    "🙏": "双手合十",
    "💪": "加油",
    "👌": "没问题",
    "❤": "爱心",
    "💔": "心碎",
    "🌹": "玫瑰",
    "🎉": "庆祝",
    "🎂": "蛋糕",
    "🎁": "礼物",
    "🔥": "火",
    "⚠": "注意",
    "✅": "对勾",
    "❌": "叉",
    "☀": "晴",
    "🌧": "雨",
}
_EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]?(?:\u200d[\u2600-\u27bf\U0001f000-\U0001faff]\ufe0f?)*)"
)
_UNHEARD = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u00ad]")
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_POWER = re.compile("[" + "".join(_SUPERSCRIPTS) + "]+")
_VULGAR = re.compile("[¼½¾⅐-⅞]")


def plain_signs(text: str) -> str:
    """`text` without invisible signs, with ½ as 1/2, H₂O as H2O and 10⁶ as 10^6."""
    text = _UNHEARD.sub("", text).translate(_SUBSCRIPTS)
    for typed, sign in ((">=", "≥"), ("<=", "≤"), ("!=", "≠")):
        text = text.replace(typed, sign)
    text = _VULGAR.sub(_fraction, text)
    # m², km³: units keep their sign
    return re.sub(
        rf"(?<![A-Za-z㎡])({_POWER.pattern})",
        lambda m: "^" + "".join(_SUPERSCRIPTS[sign] for sign in m[1]),
        text,
    )


def _fraction(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1 : match.start()]
    written = unicodedata.normalize("NFKC", match[0]).replace("\u2044", "/")
    return f" {written}" if before.isdecimal() else written


def without_addresses(text: str, language: str, digits: Callable[[str], str]) -> str:
    """Web and mail addresses spelt out by their parts; `digits` says figures one by one.

    >>> without_addresses("www.abc.com/a", "en", str)
    'www dot abc dot com slash a'
    """
    place = 0 if language == "zh" else 1
    space = "" if language == "zh" else " "

    def said(match: re.Match[str]) -> str:
        address = re.sub(r"^\w+://", "", match[0])
        for sign, names in _IN_ADDRESS.items():
            address = address.replace(sign, f"\0{names[place]}\0")
        address = re.sub(r"\d+", lambda m: f"\0{digits(m[0])}\0", address)
        return space.join(part for part in address.split("\0") if part)

    return _BARE_URL.sub(said, _ADDRESS.sub(said, text))


def without_emoji(text: str, language: str) -> str:
    """Emoji by their names (in Chinese the common ones, others are left out), set off by commas."""

    def said(match: re.Match[str]) -> str:
        first = match[0][0]
        if language == "zh":
            name = _EMOJI_ZH.get(first, "")
            return f"，{name}，" if name else ""
        flag = "\U0001f1e6" <= first <= "\U0001f1ff"
        name = "" if flag else unicodedata.name(first, "").lower()
        return f", {name}, " if name else ""

    named = _EMOJI.sub(said, text)
    if named == text:
        return text
    if language == "zh":
        return re.sub("，*([，。！？；：、…]|$)", r"\1", re.sub("，+", "，", named)).strip("，")
    return re.sub(r"[ ,]*, *([,.!?;:]|$)", r"\1", re.sub(r" +,", ",", named)).strip(", ")
