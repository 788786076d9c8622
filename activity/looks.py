"""What an identifier looks like: texts that a person cannot tell apart have one look. Pure.

The letters of other scripts that look like a Latin letter or a digit, in either case, are those of Unicode's table of
confusables (UTS #39, confusables.txt, under the Unicode License v3), as far as they are single letters. The decimal digits
of every script are what they count. Latin letters and digits among each other (0 and O, 1 and l) stay what they are when a
code is looked up; what reads the same with them is refused when a code is made (`reading_of`).

The database has the same as `look_of` in accounts/rules_sql, for its unique indexes: `look_table` makes both.
"""

import sys
import unicodedata
from functools import cache

# Latin letter or digit -> small letters of other scripts that look like it, themselves or as capitals.
LOOKALIKES = {
    "0": "〇",
    "2": "ƨϩᒿꙅꝛ",
    "3": "ȝɜʒзӡⳍꝫ𑣊𖼻",
    "4": "ꮞ𑣏",
    "5": "ƽ𑣛",
    "6": "бⳓꮾ",
    "7": "𐓺",
    "8": "ȣ𐌚",
    "9": "ⳋꝯ𑣌𑣖",
    "a": "ɑαаᗅꓮꭺ𐊠𖽀",
    "b": "ƅβвьᏼᑲᖯᗷᲀꓐꞵꮟ𐊂𐊡𐌁",
    "c": "сᲃᴄⲥꓚꮯ𐊢𐌂𐐽𐔜",
    "d": "ԁᑯᗞᗪꓒꓓꭰꮷ",
    "e": "εеҽⴹꓰꬲꭼ𐊆𑣆𑣎",
    "f": "ϝքᖴẝꓝꞙꬵ𐊇𐊥𐔥𑣂",
    "g": "ƍɡԍցᏻᶃꓖꮐ",
    "h": "ηнһհᕼⲏꓧꮋꮒ𐋏",
    "i": "ıǀɩɪιіӏᛁⲓⵏꓲꙇꭵ𐊊𐌉𖼨〡ㄧ丨ᅵ│∣",
    "j": "ʝϳјᒍꓙꭻ",
    "k": "κкᛕⲕꓗꮶ𐔘",
    "l": "ᒪⳑꓡꮮ𐑃𐔦𑣃𑣒𖼖",
    "m": "μϻмᗰᛖⲙꓟꮇ𐊰𐌑",
    "n": "νոռⲛꓠ𐔓",
    "o": "ʘοσоօଠഠဝჿዐᲂᴏᴑⲟⵔꓳꬽ𐊒𐊫𐐬𐓪𐔖𑣈𑣕𑣗",
    "p": "ρрᑭⲣꓑꮲ𐊕",
    "q": "ԛգզⵕ",
    "r": "ʀгᖇᴦⲅꓣꭇꭈꭱꮁꮢ𐓜𖼵",
    "s": "ѕտꓢꜱꮥꮪ𐊖𐑈𑣁𖼺",
    "t": "τтᲄᲅⲧꓔꭲ𐊗𐊱𐌕𑣜𖼊",
    "u": "ʋսሀᑌᴜꓴꞟꭎꭒ𐓶𑣘𖽂",
    "v": "ѵᐯᴠⴸꓦꛟꮩ𐔝𑜆𑣀𖼈",
    "w": "ɯѡԝաᴡꓪꮃꮤ𑜊𑜎𑜏",
    "x": "χхᕁᕽᚷⲭⵝꓫꭓ𐊐𐊴𐌗𐔧",
    "y": "ɣʏγυуүყᶌỿⲩꓬꭚꭹꮍ𐊲𑣄𖽃",
    "z": "ζᴢꓜꮓ𑣉",
}  # fmt: skip
# Seen by nobody: default ignorable code points (Unicode, DerivedCoreProperties.txt), but for those not assigned yet.
IGNORED = [
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xE0001, 0xE0001), (0xE0020, 0xE007F), (0xE0100, 0xE01EF),
]  # fmt: skip
# What is written for a hyphen: all dashes, the minus, and the letters and lines of other scripts that are one stroke (一 ー ᅳ ꟷ ㇐).
DASHES = (
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\u301c\u3030\ufe58\ufe63\uff0d"
    "\u02d7\u058a\u05be\u06d4\u1173\u1400\u1806\u23af\u2500\u2501\u2796\u2cba\u2e17\u2e1a\u2e40\u30a0\u30fc\u31d0\u4e00\ua7f7"
    "\U00010110\U00010191\U00010ead"
)
# Latin letters and signs that read as a digit, as a small letter or a capital.
READ_AS = {"o": "0", "i": "1", "l": "1", "|": "1"}


@cache
def look_table() -> dict[str, str]:
    """Character -> what it counts as, "" for what is not seen. Of characters as NFKC leaves them."""
    table = {}
    for number in range(sys.maxunicode + 1):
        char = chr(number)
        if not char.isascii() and (count := unicodedata.decimal(char, None)) is not None:
            table[char] = str(count)
        elif char != (small := char.lower()) and len(small) == 1 and unicodedata.normalize("NFKC", char) == char:
            table[char] = small
    for latin, others in LOOKALIKES.items():
        for small in others:
            for char in {small, small.upper(), *(one for one, low in table.items() if low == small)}:
                if len(char) == 1:
                    table[char] = latin
    table |= dict.fromkeys(DASHES, "-")
    return table | {chr(number): "" for first, last in IGNORED for number in range(first, last + 1)}


@cache
def _translation() -> dict[int, str]:
    return str.maketrans(look_table())


def look_of(text: str) -> str:
    """The same for all texts that look the same: full-width or not, in whichever case, dash and script."""
    return unicodedata.normalize("NFKC", text).translate(_translation()).strip(" ")


def reading_of(text: str) -> str:
    """The same for all texts that a person may take for each other: A10 and AlO."""
    return look_of(text).translate(str.maketrans(dict[str, str | int | None](READ_AS)))


def as_sql() -> str:
    """The function of the database that says the same, as accounts/rules_sql keeps it."""
    seen = {char: said for char, said in look_table().items() if said}
    unseen = "".join(char for char, said in look_table().items() if not said)
    return f"""-- What looks the same is one identifier. activity/looks.py makes this file: `python -m activity.looks`.

CREATE FUNCTION look_of(identifier text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(translate(normalize(identifier, NFKC),
{_literal("".join(seen) + unseen)},
{_literal("".join(seen.values()))}))
$$;
"""


def _literal(text: str) -> str:
    parts = [text[start : start + 20] for start in range(0, len(text), 20)]
    return "\n        || ".join(["        U&''", *(f"U&'{''.join(map(_escaped, part))}'" for part in parts)])


def _escaped(char: str) -> str:
    if char.isascii():
        return char
    return f"\\{ord(char):04X}" if ord(char) < 0x10000 else f"\\+{ord(char):06X}"


if __name__ == "__main__":
    sys.stdout.write(as_sql())
