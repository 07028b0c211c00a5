"""Chinese text as it is spoken: figures, units and signs written out in characters.

Each rule is a pattern with the words it becomes; they apply in order. What no rule knows is left
as it is. `edgeassist.speech.english` does the same for English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from edgeassist.speech.numerals import called, cardinal, one_by_one, roman
from edgeassist.speech.symbols import plain_signs, without_addresses, without_emoji
from edgeassist.speech.units import MONEY, UNITS

__all__ = ["cardinal", "one_by_one", "spoken_chinese"]

# Measure words before which 2 is said 两, not 二.
_LIANG = (
    "个米条位只次点分秒步块台辆人张本件种天层遍双头棵把家口句岁元部座间份组封周倍瓶杯碗包袋箱盒罐根"
    "片颗粒朵首篇幅盘壶串套架艘匹吨斤章场所款届批名盏扇支枝则项门幢栋千万亿"
)
_LIANG_LONG = "小时|公里|公斤|分钟|千克|毫米|厘米|平方|立方|星期|英里|英尺|毫升|年(?!级)"
_SIGNS = {
    "+": "加",
    "=": "等于",
    "×": "乘",
    "÷": "除以",
    "&": "和",
    "@": "艾特",
    "≈": "约等于",
    "≠": "不等于",
    "≥": "大于等于",
    "≤": "小于等于",
    "±": "正负",
    "√": "根号",
    "∞": "无穷大",
    "%": "百分号",
    "‰": "千分号",
    "™": "",
    "®": "",
    "©": "",
}
_NARROWED = "％＋＝＠＄＆＃＊／～．－＜＞"
_CODE_WORDS = (
    "验证码|密码|校验码|取件码|编号|号码|证件号|身份证号?|证号|卡号|账号|帐号|订单号|单号|车牌号?|邮编|"
    "邮政编码|QQ号?|微信号?|房间?号|航班号?|尾号|工号|学号|代码|热线|电话|手机号?|传真|客服|拨打?|致电|座机|分机号?"
)

_INT = r"\d+(?:,\d{3})*"
_NUM = rf"{_INT}(?:\.\d+)?"
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_COINS = "|".join(re.escape(sign) for sign in MONEY)
_LETTER_COINS = "|".join(sign for sign in MONEY if sign.isalpha())
_SIZES = "(?:[百千]?万亿?|[十百千]|亿)"
_ALONE = r"(?<![\d.A-Za-z])"
_WORD_END = r"(?![A-Za-z])"
_TO = r"\s*(?:[-–—~～]|——)\s*"
_HAN = "零一二三四五六七八九十百千万亿两半"
_PER = (
    "小时|分钟|公斤|千克|平方米|立方米|天|日|月|年|周|秒|次|人|斤|个|吨|升|米|张|件|名|户|位|度|分"
)

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def spoken_chinese(text: str) -> str:
    """`text` with figures, units and signs in characters, full-width forms made plain.

    >>> spoken_chinese("前方1.5米，2024年3月5日8:05，占50%，2个")
    '前方一点五米，二零二四年三月五日八点零五分，占百分之五十，两个'
    """
    text = plain_signs("".join(map(_narrow, text)))
    text = without_addresses(without_emoji(text, "zh"), "zh", one_by_one)
    for pattern, words in _RULES:
        text = pattern.sub(words, text)
    return text


def _narrow(sign: str) -> str:
    """Full-width letters, digits and arithmetic made plain; punctuation stays Chinese."""
    code = ord(sign)
    if (0xFF10 <= code <= 0xFF5A and sign.isalnum()) or sign in _NARROWED:
        return unicodedata.normalize("NFKC", sign)
    if 0x2160 <= code <= 0x217F:  # Ⅳ
        value = roman(unicodedata.normalize("NFKC", sign).upper())
        return cardinal(str(value)) if value else sign
    if sign.isdecimal() and not sign.isascii():
        return str(unicodedata.decimal(sign))
    return sign


def _number(digits: str) -> str:
    whole, _, part = digits.partition(".")
    words = cardinal(whole)
    # 二千 is written so, but said 两千; 二十 and 二百 stay.
    if words[0] == "二" and words[1:2] in tuple("千万亿"):
        words = "两" + words[1:]
    return words + (f"点{one_by_one(part)}" if part else "")


def _amount(digits: str) -> str:
    """A number before a measure word: 2 is 两."""
    return "两" if digits == "2" else _number(digits)


def _signed(digits: str) -> str:
    return ("负" if digits[0] in "-−" else "") + _amount(digits.lstrip("-−+"))


def _time(match: re.Match[str]) -> str:
    hour, minute, second = match["h"], match["m"], match["s"]
    half = (match["half"] or "").lower().replace(".", "")
    said = {"am": "上午", "pm": "下午"}.get(half, "")
    said += _amount(hour.removeprefix("0") or "0") + "点"
    if minute != "00" or second:
        said += f"{_padded(minute)}分"
    return said + (f"{_padded(second)}秒" if second else "")


def _hour(match: re.Match[str]) -> str:
    half = {"a": "上午", "p": "下午"}[match["half"][0].lower()]
    return half + _amount(match["h"]) + "点"


def _padded(two: str) -> str:
    return "零" + cardinal(two[1]) if two[0] == "0" and two != "00" else cardinal(str(int(two)))


def _date(match: re.Match[str]) -> str:
    month, day = (cardinal(str(int(match[name]))) for name in ("m", "d"))
    return f"{one_by_one(match['y'])}年{month}月{day}日"


def _money(match: re.Match[str]) -> str:
    return (
        _signed((match["minus"] or "") + match["n"]) + (match["size"] or "") + MONEY[match["c"]][0]
    )


def _phone(match: re.Match[str]) -> str:
    """Groups as they are written, a breath between them."""
    plus, digits = ("加", match[0][1:]) if match[0][0] == "+" else ("", match[0])
    return plus + "，".join(called(group) for group in re.split(r"[-()（）\s]+", digits) if group)


def _code(match: re.Match[str]) -> str:
    return match["word"] + re.sub(r"\d+", lambda m: called(m[0]), match["code"]).replace("-", "杠")


def _roman(match: re.Match[str]) -> str:
    value = roman(match["r"])
    return match[0] if value is None else cardinal(str(value))


def _over(match: re.Match[str]) -> str:
    whole = match["whole"]
    said = f"{cardinal(match['low'])}分之{cardinal(match['high'])}"
    return f"{cardinal(whole)}又{said}" if whole else said


def _rule(pattern: str, words: Callable[[re.Match[str]], str]) -> Rule:
    return re.compile(pattern), words


_RULES: tuple[Rule, ...] = (
    # .5
    _rule(r"(?<![\d.A-Za-z])\.(?=\d)", lambda m: "0."),
    # ①
    _rule(
        "[①-⑳]",
        lambda m: (
            ("，" if m.string[: m.start()][-1:].isalnum() else "")
            + f"{cardinal(str(ord(m[0]) - 0x245F))}，"
        ),
    ),
    # 138-0013-8000, +86 13800138000, 010-62781234, 400-800-1234; 1 is said yao
    _rule(r"(?<![\d.])(?:\+?86[-\s]?)?1[3-9]\d([-\s]?)\d{4}\1\d{4}(?![\d.])", _phone),
    _rule(r"(?<![\d.])(?:[(（]0\d{2,3}[)）]\s*|0\d{2,3}[-\s])[2-9]\d{6,7}(?!\d)", _phone),
    _rule(r"(?<![\d.-])[48]00-?\d{3}-?\d{4}(?!\d)", _phone),
    # an identity card, a bank card in groups
    _rule(r"(?<![\dA-Za-z])\d{17}[Xx](?![\dA-Za-z])", lambda m: called(m[0]) + m[0][-1]),
    _rule(r"(?<!\d)\d{4}(?:\s\d{4}){2,4}(?:\s\d{1,3})?(?!\d)", _phone),
    # 验证码是482913, 拨打120, 订单号A-2031
    _rule(
        rf"(?P<word>(?:{_CODE_WORDS})(?:[是为：:\s]|请)*)"
        r"(?P<code>[A-Za-z0-9-]*\d[A-Za-z0-9-]*)(?![\d.:%个次元年月天分])",
        _code,
    ),
    _rule(r"(?<![\d.])(\d{3,8})(?=热线|专线|客服|报警电话|急救电话)", lambda m: called(m[1])),
    # G1234次, CA1501航班, 京A12345
    _rule(
        r"(?P<word>(?<![A-Za-z])[A-Z]{1,2})(?P<code>\d{1,5})(?=次|航班|列车|号?线路)",
        _code,
    ),
    _rule(r"(?P<word>[\u4e00-\u9fff][A-Z]·?)(?P<code>[A-Z0-9]*\d[A-Z0-9]{3,5})(?![A-Z0-9])", _code),
    # 3-502室, 5-2-301
    _rule(
        r"(?<![\d-])(\d+(?:-\d+)*)-(\d{3,4})(?=室|房|号房)",
        lambda m: "杠".join([*map(cardinal, m[1].split("-")), called(m[2])]),
    ),
    _rule(r"(?<![\d.])(\d{3,4})(?=室|房间|号房|包间)", lambda m: called(m[1])),
    _rule(r"(?<=单元)(\d{3,4})(?![\d.:个户人米元])", lambda m: called(m[1])),
    # 110报警, 911事件, 90后
    _rule(r"(?<![\d.])(1(?:10|19|20|22))(?=报警|火警|急救|救护车)", lambda m: called(m[1])),
    _rule(r"(?<![\d.])(911|315|618)(?=事件|晚会|大促)", lambda m: one_by_one(m[1])),
    _rule(r"(?<![\d.])([05-9][05])(?=后(?:[的们和、，。！？]|$))", lambda m: one_by_one(m[1])),
    # 第3/5页, 1m75, 500.00元
    _rule(r"第(\d+)/(\d+)([页张])", lambda m: f"第{_number(m[1])}{m[3]}，共{_number(m[2])}{m[3]}"),
    _rule(
        r"(?<![\d.])([12])[m米](\d[1-9]|[1-9]0)(?![\d.]|[个条只年月日点分秒])",
        lambda m: f"{_amount(m[1])}米{one_by_one(m[2].rstrip('0'))}",
    ),
    _rule(r"(?<=\d)\.00(?=\s*[元块])", lambda m: ""),
    _rule(rf"((?:{_COINS})\s*{_INT})\.00(?!\d)", lambda m: m[1]),
    # 2024-11-22, 2024/11/22, 2024.11.22; 2024-11
    _rule(
        r"(?<!\d)(?P<y>\d{4})(?P<sep>[-/.])(?P<m>0?[1-9]|1[0-2])(?P=sep)"
        r"(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)",
        _date,
    ),
    _rule(
        r"(?<![\d-])((?:19|20)\d\d)-(0[1-9]|1[0-2])(?![\d-])",
        lambda m: f"{one_by_one(m[1])}年{cardinal(str(int(m[2])))}月",
    ),
    # 192.168.1.1, version 1.2.3
    _rule(
        r"(?<![\d.])\d+(?:\.\d+){2,}(?![\d.])",
        lambda m: "点".join(map(one_by_one, m[0].split("."))),
    ),
    # 1990-2024年, 2024年, 公元前221年, 2022届
    _rule(
        rf"(?<![\d.])([12]\d{{3}})年?{_TO}([12]\d{{3}})(?=年(?!前|后|来|间)|学年|赛季|财年)",
        lambda m: f"{one_by_one(m[1])}到{one_by_one(m[2])}",
    ),
    _rule(r"(?<![\d.])(\d{4})(?=年(?!前|后|来|间|级的历史)|年代)", lambda m: one_by_one(m[1])),
    _rule(
        r"(?<![\d.])((?:19|20)\d\d)(?=届|级|款|版|赛季|财年|学年|年度|春|夏季|秋|冬季|奥运|世界杯)",
        lambda m: one_by_one(m[1]),
    ),
    _rule(r"(?<=公元)(前?)(\d{1,4})(?=年)", lambda m: m[1] + one_by_one(m[2])),
    # 比分21:15, 16:9, 1:1000
    _rule(
        r"(?P<why>(?:比分|击败|战胜|负于|胜|输|赢|比例|平)\D{0,6})"
        r"(?P<a>\d{1,3})\s*[:：]\s*(?P<b>\d{1,3})(?![\d:])",
        lambda m: f"{m['why']}{cardinal(m['a'])}比{cardinal(m['b'])}",
    ),
    # 08:30, 8:30:15, 8:30pm, 8 am
    _rule(
        r"(?<![\d:.])(?P<h>[01]?\d|2[0-4])[:：](?P<m>[0-5]\d)(?:[:：](?P<s>[0-5]\d))?(?![\d:])"
        r"(?:\s*(?P<half>[AaPp]\.?[Mm]\.?)(?![A-Za-z]))?",
        _time,
    ),
    _rule(r"(?<![\d:.])(?P<h>1[0-2]|[1-9])\s*(?P<half>[AaPp]\.?[Mm]\.?)(?![A-Za-z])", _hour),
    _rule(rf"(?<=[点分秒]){_TO}(?=[{_HAN}\d]+点)", lambda m: "到"),
    _rule(r"(?<=[年月日号周岁楼层])[-–—~～](?=第?[\d一二三四五六七八九十])", lambda m: "到"),
    _rule(
        r"(?<![\d:.])(\d+)\s*[:：]\s*(\d+)(?![\d:])",
        lambda m: f"{_number(m[1])}比{_number(m[2])}",
    ),
    # 20%-30%, 20-30%, -5%
    _rule(
        rf"({_NUM})\s*(%?){_TO}({_NUM})\s*%",
        lambda m: f"百分之{_number(m[1])}到{'百分之' if m[2] else ''}{_number(m[3])}",
    ),
    _rule(
        rf"(?:(?<![\d)A-Za-z])(?P<minus>[-−]))?(?P<n>{_NUM})\s*(?P<of>[%‰])",
        lambda m: (
            ("负" if m["minus"] else "")
            + ("百分之" if m["of"] == "%" else "千分之")
            + ("百" if (m["n"], m["of"]) == ("100", "%") else _number(m["n"]))
        ),
    ),
    # ¥5, -$3.20, $1.5万, 100USD
    _rule(
        rf"(?P<minus>(?<![\dA-Za-z])[-−])?(?P<c>{_COINS})\s*(?P<n>{_NUM})\s*(?P<size>{_SIZES})?元?",
        _money,
    ),
    _rule(
        rf"(?P<minus>(?<![\dA-Za-z])[-−])?(?P<n>{_NUM})\s*(?P<size>{_SIZES})?\s*"
        rf"(?P<c>{_LETTER_COINS}|[€£$]){_WORD_END}",
        _money,
    ),
    # 3×10^8, 1920x1080
    _rule(
        r"\^(?P<minus>-?)(?P<n>\d+)",
        lambda m: (
            "平方" if m[0] == "^2" else f"的{'负' if m['minus'] else ''}{cardinal(m['n'])}次方"
        ),
    ),
    _rule(r"(?<=\d)\s*[x*×X]\s*(?=\d)", lambda m: "乘"),
    _rule(r"(?<=\d)\s*[-−]\s*(?=\d[\d.]*\s*=)", lambda m: "减"),
    _rule(r"(?<=[A-Za-z])\+\+", lambda m: "加加"),
    # 3-5米, 3~5
    _rule(
        rf"(?<![\d.A-Za-z-])([-−]?{_NUM})((?:{_UNIT})?){_TO}(-?{_NUM})(?![-–/\d])",
        lambda m: f"{m[1]}{m[2]}到{m[3]}",
    ),
    # -5; 零下
    _rule(r"(?<![\dA-Za-z零一二三四五六七八九十点])[-−](?=\d)", lambda m: "负"),
    _rule(r"(?<![\dA-Za-z])\+(?=\d)", lambda m: "正"),
    # a blood pressure
    _rule(
        r"(?<![\d/.])(?P<a>1?\d\d)/(?P<b>1?\d\d)(?=\s*(?:mmHg|毫米汞柱))(?:\s*mmHg)?|"
        r"(?<=血压)(?P<why>\D{0,4})(?P<c>\d{2,3})/(?P<d>\d{2,3})(?![\d/])",
        lambda m: (
            f"{cardinal(m['a'])}，{cardinal(m['b'])}毫米汞柱"
            if m["a"]
            else f"{m['why']}{cardinal(m['c'])}，{cardinal(m['d'])}"
        ),
    ),
    # 3/4, 1 1/2; 100元/月
    _rule(
        r"(?<![\d/.])(?:(?P<whole>\d{1,3})\s+)?(?P<high>\d{1,3})/(?P<low>\d{1,3})(?![\d/])",
        _over,
    ),
    # 1.5 km, 20元/kg, 60次/分
    _rule(
        rf"(?<![A-Za-z]\s)(?<![\d.A-Za-z])({_NUM})((?:到-?{_NUM})?)\s*({_UNIT}){_WORD_END}",
        lambda m: (_amount(m[1]) + ("到" + _signed(m[2][1:]) if m[2] else "")) + UNITS[m[3]][0],
    ),
    _rule(
        rf"(?<=[元块角分次个人圈转步克吨升斤度米里包件])/({_UNIT}){_WORD_END}",
        lambda m: "每" + UNITS[m[1]][0],
    ),
    _rule(rf"(?<=[元块角分次个人圈转步克吨升斤度米里包件])/(?={_PER})", lambda m: "每"),
    # No.5, №5
    _rule(r"(?<![A-Za-z])(?:[Nn][Oo]\.|№)\s*(?=\d)", lambda m: "第"),
    # 第III章, 伊丽莎白II世
    _rule(r"(?<![A-Za-z])(?P<r>[IVXLC]+)(?=[章节卷部册期级型类季篇]|世(?!纪))", _roman),
    _rule(r"(?<=第)(?P<r>[IVXLC]+)(?![A-Za-z])", _roman),
    # A380, MP3, Windows 11, 5G: long figures behind letters are said one by one
    _rule(r"(?<=[A-Za-z])-?(\d{3,})(?![\d.])", lambda m: called(m[1])),
    _rule(r"(?<=[A-Za-z])-(\d{1,2})(?!\d)", lambda m: cardinal(m[1])),
    # 2个, 2米, 2到3个; but 第2个, 2两, 12个
    _rule(
        rf"(?<![\d.第初A-Za-z])2(?P<three>、3)?(?=(?:到\d+)?(?:[{_LIANG}]|{_LIANG_LONG}))",
        lambda m: "两三" if m["three"] else "两",
    ),
    _rule(_NUM, lambda m: _number(m[0])),
    _rule(r"<(?=[零一二三四五六七八九十负])", lambda m: "小于"),
    _rule(r">(?=[零一二三四五六七八九十负])", lambda m: "大于"),
    _rule(r"#(?=[零一二三四五六七八九十])", lambda m: "井号"),
    _rule("[" + re.escape("".join(_SIGNS)) + "]", lambda m: _SIGNS[m[0]]),
    _rule("²", lambda m: "平方"),
    _rule("³", lambda m: "立方"),
    _rule(rf"(?<=[{_HAN}])[-–](?=[{_HAN}])", lambda m: "杠"),
    _rule(r"(?<=[\u4e00-\u9fff])/(?=[\u4e00-\u9fff])", lambda m: "、"),
    _rule(r"[#*_^|~`\\<>{}★☆■□●○◆◇▲△▼▽→←↑↓♪]+", lambda m: " " if len(m[0]) < 4 else "，"),
)
