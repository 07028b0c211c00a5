"""Text that a speech model made up: subtitle credits, loops, words for noise.

Whisper learned from subtitled videos, so noise and music bring back what stands in their last
seconds: who made the subtitles, please subscribe. The phrases below were gathered from reports on
the model and from its own output on noise; they are data, tried against the whole text.
"""

from __future__ import annotations

import re

# Nobody says these to a person in the room, whatever else the text holds.
_CREDITS = re.compile(
    r"字幕(?:由|提供|製作|制作|志愿者|志願者|组|組|by)|(?:中文|简体|繁体)字幕|"
    r"amara\.org|(?:由|by)\s*amara|请不吝点赞|請不吝點贊|明镜与点点|明鏡與點點|"
    r"优优独播剧场|优优独播|yoyo television|打赏支持|"
    r"(?:点赞|點贊)[,，、 ]*(?:订阅|訂閱)[,，、 ]*(?:转发|轉發)|"
    r"(?:subtitles?|captions?|transcri(?:bed|ption))(?: \w+)* by\b|"
    r"www\.[\w-]+\.(?:com|org|net|tv|co)\b",
    re.IGNORECASE,
)
# People do say these; Whisper says them about noise, less sure of itself.
_FAREWELLS = re.compile(
    r"(?:谢谢|感谢)(?:大家|您的?|你们?的?)?(?:收看|观看|收听|聆听)?|(?:请)?(?:订阅|点赞|关注)(?:我们?的?)?(?:频道)?|"
    r"下(?:期|次)(?:再见|见)|再见|拜拜|"
    r"thank(?:s| you)(?: (?:so|very) much)?(?: for (?:watching|listening))?|"
    r"(?:please )?(?:like and )?subscribe(?: to my channel)?|bye(?:[ -]bye)?|you|okay|嗯|啊|哦",
    re.IGNORECASE,
)
_NOT_WORDS = re.compile(
    r"[(（\[【*♪♫]+[^)）\]】*♪♫]*[)）\]】*♪♫]+|[♪♫]+",
)
_WORD = re.compile(r"[^\W_]")
# Whisper base on noise, hum, chords, clicks: no-speech probability 0.65 to 0.97, mean log
# probability -0.8 to -3.7; on 67 clips of speech: at most 0.28, at least -0.81.
_UNSURE_LOG_PROBABILITY = -0.8
_UNSURE_NO_SPEECH = 0.35
_NOBODY_SPEAKS = 0.6
_NOBODY_LOG_PROBABILITY = -0.5
_BABBLE_LOG_PROBABILITY = -1.6
# Beyond the fastest speech: 7 syllables a second in Mandarin, 5 words in English.
_MOST_CHARACTERS_A_SECOND = {"zh": 9.0, "en": 28.0}
_SPARE_CHARACTERS = {"zh": 5, "en": 20}
# "对对对", "no, no, no" are said; four times in a row is a loop, but for "哈哈哈哈哈" and digits.
_LOOP = re.compile(r"(\w[\w\s'’-]{0,30}?\w\W*|\w\W+)(?:\1){3,}")
_TELLING_CHARACTERS, _TELLING_HANZI = 12, 6  # fewer may well be said twice on end
_LOOP_OF_ONE = re.compile(r"(\w)\1{8,}")


def believable(
    text: str,
    *,
    seconds: float,
    language: str,
    log_probability: float,
    no_speech: float,
    prompt: str = "",
) -> str:
    """What of `text`, heard in `seconds` of sound, was said; "" if nothing was.

    `log_probability` is the model's mean for a token, `no_speech` its probability that nobody
    speaks, `prompt` what it was told to go on from (a model may just repeat that).
    """
    text = _NOT_WORDS.sub(" ", text).strip()
    text = unlooped(text)
    bare = _bare(text)
    if not bare or _CREDITS.search(text):
        return ""
    if prompt and bare in _bare(prompt) and (len(bare) > 3 or no_speech > _UNSURE_NO_SPEECH):
        return ""
    unsure = log_probability < _UNSURE_LOG_PROBABILITY or no_speech > _UNSURE_NO_SPEECH
    if unsure and _FAREWELLS.fullmatch(bare):
        return ""
    if no_speech > _NOBODY_SPEAKS and log_probability < _NOBODY_LOG_PROBABILITY:
        return ""
    if log_probability < _BABBLE_LOG_PROBABILITY:
        return ""
    return _capped(text, seconds, language)


def unlooped(text: str) -> str:
    """`text` with a phrase that is repeated again and again kept once."""
    return _LOOP.sub(r"\1", _LOOP_OF_ONE.sub(r"\1\1\1", text))


def said_once(text: str) -> str:
    """`text` up to where it begins again and says the same to its end.

    Whisper does that where it is not sure that nothing follows; so do people, if rarely.
    """
    places = [at for at, character in enumerate(text) if _WORD.match(character)]
    bare = "".join(text[at].lower() for at in places)
    least = _TELLING_CHARACTERS if bare.isascii() else _TELLING_HANZI
    for start in range(least, len(bare) - least + 1):
        if bare.startswith(bare[start:]):
            return text[: places[start]].rstrip()
    return text


def looks_looped(text: str) -> bool:
    """Whether `text` repeats itself as hardly any speaker does."""
    return said_once(unlooped(text)) != text


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s'’]", "", text).split())


def _capped(text: str, seconds: float, language: str) -> str:
    language = language if language in _MOST_CHARACTERS_A_SECOND else "en"
    most = int(_MOST_CHARACTERS_A_SECOND[language] * seconds) + _SPARE_CHARACTERS[language]
    said = 0
    for at, character in enumerate(text):
        said += bool(_WORD.match(character))
        if said > most:
            return text[:at].rstrip()
    return text
