"""In which encoding the text of a file is written: told by what it holds, or not told at all.

UTF-8 and UTF-16 show themselves. The code pages in which Excel saves a CSV do not: the same bytes are text in several of them. Each
is tried, and what comes out is weighed by how it reads in the languages that are written with it. Detectors were tried on
lines as files of returns have them, and were wrong on a third of them; see docs/decisions/reading-tables.md.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# What a person may choose, and what it is called in Excel and editors. The first ones are tried.
ENCODINGS = {
    "gb18030": "GB 18030 (简体中文)", "big5": "Big5 (繁體中文)", "cp932": "Shift-JIS (日本語)",
    "cp1252": "Windows-1252 (Western Europe)", "cp1250": "Windows-1250 (Central Europe)", "cp1258": "Windows-1258 (Tiếng Việt)",
    "cp874": "Windows-874 (ไทย)", "utf-8": "UTF-8", "utf-16": "UTF-16", "cp949": "Windows-949 (한국어)",
    "cp1251": "Windows-1251 (Кириллица)", "cp1253": "Windows-1253 (Ελληνικά)", "cp1254": "Windows-1254 (Türkçe)",
}  # fmt: skip
TRIED = ("gb18030", "big5", "cp932", "cp1252", "cp1250", "cp1258", "cp874")
GOOD_ENOUGH = 0.6
FAR_AHEAD = 0.1
MOST_WEIGHED = 4000  # characters outside ASCII

_LATIN = {
    "cp1252": ("äöüß", "éèêëàâçîïôûùüœæ", "áéíóúñü¿¡", "ãõáéíóúâêôàç", "àèéìíòóù", "åäöæøé", "éëïöüèáóê"),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "áäčďéíĺľňóôŕšťúýž", "äöüß"),
    "cp1258": ("àáâãèéêìíòóôõùúăđĩũơưýạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",),
}  # fmt: skip
_LONE = set("àéèóòáôyâêaeoiu")  # words of one letter
_PUNCTUATION = set("€£°²³½¼®™µ“”‘’„–—…«»·§×÷±\u00a0")
# The signs that are met most often in what is written about goods, shops and their returns.
_SIMPLIFIED = set(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事"
    "只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部"
    "正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才"
    "场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边"
    "共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近"
    "留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千"
    "片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏链拉尺码偏退款货换划伤漏破损裂"
    "缺错包装颜质差厂批号箱验检订单元寸松紧脏污味异响断掉线缝扣歪斜毛刺变形尺厚薄宽重客户买卖家评差瑕疵合格抽样外观壳盖杯瓶水热冷电池充灯"
)
_TRADITIONAL = set(
    "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她里後小麼心多天而能好都然沒日於起還發成事"
    "只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長知民樣現分將外但身些與高意進把法此實回二理美點月明其種聲全工己話兒者向情部"
    "正名定女問力機給等幾很業最間新什打便位因重被走電四第門相次東海口使再平真聽世氣信少關並內加化由卻代產入先五太水萬市體別處總才場書比員性通目"
    "報立數件安表原車白應路期叫常提感金何更反合放做系計或利受光果及務制解各任至清物台記邊接它許特直服題度統色字請交讓認算論百結指每管連資帶花快"
    "條變聯展該近留紅決周保達辦運半必強步完深區即求品轉量空輕程告語基滿式收錢未持取設始版雙商片容像找站改形單據失拿網香專包組造落離壞鍊鏈拉尺碼"
    "偏退款貨換劃刮傷漏破損裂缺錯裝顏質差廠批號箱驗檢訂寸鬆緊髒污味異響斷掉線縫扣歪斜毛刺厚薄寬客戶買賣評瑕疵格抽樣觀殼蓋杯瓶熱冷池充燈"
)
# Letters that hardly any Thai word has, and the signs that are none.
_RARE_THAI = set("ฃฅฆฌฎฏฐฑฒฬฦฤ฿๏๚๛๎ํ๐๑๒๓๔๕๖๗๘๙")
_COMMON_THAI = set("กนรอมยงสลวดทบคตปพหชจขผถเแโไใาะำิีืุู่้ั็์")
_LEADING_VOWELS, _MARKS = range(0x0E40, 0x0E45), {0x0E31, *range(0x0E34, 0x0E3B), *range(0x0E47, 0x0E4F)}


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in one encoding, and how well it reads, from 0 to 1."""

    encoding: str
    text: str
    weight: float


def marked(content: bytes) -> str | None:
    """The encoding that the first bytes show, or that is plain from where the zeros stand: UTF-8, UTF-16."""
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = content[:4096]
    if len(head) >= 4 and len(head) % 2 == 0 and b"\0" in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        half = len(head) // 2
        if odd > half * 0.4 and not even:
            return "utf-16-le"
        if even > half * 0.4 and not odd:
            return "utf-16-be"
    return None


def decode(content: bytes, encoding: str) -> str:
    """Text of one encoding. Raises UnicodeDecodeError.

    GB 18030 takes in the byte 80, with which Windows writes the euro sign; what Windows writes with marks behind the letter
    is put together.
    """
    if encoding == "gb18030":
        content = _euro_as_gb(content)
    text = content.decode({"big5": "cp950", "utf-8": "utf-8-sig"}.get(encoding, encoding))
    return unicodedata.normalize("NFC", text) if encoding == "cp1258" else text


def _euro_as_gb(content: bytes) -> bytes:
    """The byte 80 where it is no second byte, as the two that GB 18030 has for the euro sign."""
    if b"\x80" not in content:
        return content
    return re.sub(
        rb"[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|[\x81-\xfe][\x40-\x7e\x80-\xfe]|\x80",
        lambda found: b"\xa2\xe3" if found.group() == b"\x80" else found.group(),
        content,
    )


def readings_of(content: bytes) -> list[Reading]:
    """What bytes that are no UTF may say, best first; encodings that come to the same text are one."""
    found: dict[str, Reading] = {}
    for encoding in TRIED:
        try:
            text = decode(content, encoding)
        except UnicodeDecodeError:
            continue
        weight = _weigh(text, encoding)
        if text not in found or weight > found[text].weight:
            found[text] = Reading(encoding, text, weight)
    return sorted(found.values(), key=lambda reading: -reading.weight)


def is_told(readings: list[Reading]) -> bool:
    """Whether the first reads well, and clearly better than the second."""
    if not readings or readings[0].weight < GOOD_ENOUGH:
        return False
    return len(readings) == 1 or readings[0].weight - readings[1].weight >= FAR_AHEAD


def examples(text: str, most: int = 3) -> list[str]:
    """Words of a text in which a wrong encoding would be seen."""
    found = re.findall(r"[^\s,;|\t\"]*[^\x00-\x7f][^\s,;|\t\"]*", text[:200_000])
    return [word[:24] for word in dict.fromkeys(found)][:most]


def _weigh(text: str, encoding: str) -> float:
    if any(unicodedata.category(char) in ("Cc", "Cn", "Co") and char not in "\t\r\n" for char in set(text)):
        return 0
    weights = list(_weights(text, encoding))
    return sum(weights) / len(weights) if weights else 1


def _weights(text: str, encoding: str) -> Iterator[float]:
    words = list(dict.fromkeys(re.findall(r"[^\s,;|\t\"]*[^\x00-\x7f][^\s,;|\t\"]*", text)))
    chosen = words[:MOST_WEIGHED]
    if encoding in _LATIN:
        yield from _latin(chosen, _LATIN[encoding])
    elif encoding == "cp874":
        for word in chosen:
            yield from _thai(word)
    else:
        weigh = {"gb18030": _simplified, "big5": _traditional, "cp932": _japanese}[encoding]
        for word in chosen:
            foreign = [char for char in word if ord(char) > 127]
            # One sign alone, or among Latin letters, may be two bytes of something else.
            most = 0.5 if len(foreign) == 1 and not _is_common(foreign[0], encoding) else 1
            yield from (min(weigh(char), most) for char in foreign)


def _latin(words: list[str], alphabets: tuple[str, ...]) -> Iterator[float]:
    """By words: letters of one language among plain ones. The language that fits most of the text is the one."""
    texts = [
        part for word in words for part in re.findall(r"[µ°]\w?|[^\W\d_]+|[^\x00-\x7f]", word) if not part.isascii()
    ]
    best: list[float] = []
    for alphabet in alphabets:
        letters = set(alphabet) | set(alphabet.upper())
        weights = [_latin_word(part, letters) for part in texts]
        if sum(weights) > sum(best) or not best:
            best = weights
    yield from best


def _latin_word(word: str, letters: set[str]) -> float:
    foreign = [char for char in word if ord(char) > 127]
    if word[0] in _PUNCTUATION:
        return 0.8 if len(foreign) == 1 else 0
    if not word[0].isalpha():
        return 0
    if len(word) == 1:
        return 0.9 if word in _LONE & letters else 0.1
    if re.search(r"[^\W\d_A-Z]", word[0]) and word[0].islower() and any(char.isupper() for char in word[1:]):
        return 0  # a capital inside a word
    if word[1:] != word[1:].lower() and word != word.upper():
        return 0.1
    if len(foreign) > len(word) / 2 and not (word.islower() and len(word) < 6):
        return 0.1
    return sum(char in letters for char in foreign) / len(foreign)


def _is_common(char: str, encoding: str) -> bool:
    return char in {"gb18030": _SIMPLIFIED, "big5": _TRADITIONAL}.get(encoding, ()) or char == "€"


def _simplified(char: str) -> float:
    if char in _SIMPLIFIED:
        return 1
    if char in "，。、；：？！（）“”‘’《》【】￥…—·～％" or 0xFF10 <= ord(char) <= 0xFF5A:
        return 0.8
    if char in "€°±×÷":
        return 0.7
    lead = _lead(char, "gb2312")
    return 0.85 if 0xB0 <= lead <= 0xD7 else 0.4 if 0xD8 <= lead <= 0xF7 else 0


def _traditional(char: str) -> float:
    if char in _TRADITIONAL:
        return 1
    if char in "，。、；：？！（）「」『』《》【】…—·～％" or 0xFF10 <= ord(char) <= 0xFF5A:
        return 0.8
    lead = _lead(char, "big5")
    return 0.8 if 0xA4 <= lead <= 0xC6 else 0.3 if 0xC9 <= lead <= 0xF9 else 0


def _japanese(char: str) -> float:
    if 0x3041 <= ord(char) <= 0x30FE:
        return 1
    if char in "、。「」・！？（）～％" or 0xFF10 <= ord(char) <= 0xFF5A:
        return 0.8
    lead = _lead(char, "shift_jis")
    return (
        0.75
        if 0x88 <= lead <= 0x97
        else 0.3
        if 0x98 <= lead <= 0xEA and len(char.encode("shift_jis", "ignore")) == 2
        else 0
    )


@lru_cache(maxsize=20_000)
def _lead(char: str, encoding: str) -> int:
    """The first of the two bytes of a sign; 0 where the encoding has none."""
    encoded = char.encode(encoding, "ignore")
    return encoded[0] if len(encoded) == 2 else 0


def _thai(word: str) -> Iterator[float]:
    """Vowels and tones stand where they can: a mark behind a letter, a leading vowel before one."""
    is_mixed = re.search(r"[A-Za-z]", word) is not None
    has_vowel = any(ord(char) in _MARKS or ord(char) in _LEADING_VOWELS or char in "ะาำ" for char in word)
    for place, char in enumerate(word):
        code = ord(char)
        if code < 128:
            continue
        before, after = word[place - 1 : place], word[place + 1 : place + 2]
        if is_mixed or not 0x0E01 <= code <= 0x0E5B or char in _RARE_THAI:
            yield 0.0
        elif code in _MARKS:
            yield float(bool(before) and 0x0E01 <= ord(before) <= 0x0E4E and ord(before) not in _LEADING_VOWELS)
        elif code in _LEADING_VOWELS:
            yield float(bool(after) and 0x0E01 <= ord(after) <= 0x0E2E)
        else:
            yield (1.0 if char in _COMMON_THAI else 0.6) if has_vowel else 0.5
