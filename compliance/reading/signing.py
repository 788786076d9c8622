"""Who signed a declaration, where, and which company declares."""

import re
from collections.abc import Iterator

from compliance.reading.proposal import COMPANY

SIGNATURE = re.compile(
    r"(?:signature|signed(?:\s+(?:by|for\s+[^:\n]{1,60}))?|signatory|签名|签字|签署|unterschrift|gezeichnet|firma\b|firmado|assinatura|podpis|署名|서명)"
    r"[ \t]*(?:[(（][^)）\n]{1,30}[)）]|[\u4e00-\u9fff]{1,8})?[ \t]*[:：][ \t]*(?P<name>[^\n]{2,80}|\n[ \t]*(?=[A-Z\u4e00-\u9fff])[^\n:：\d]{2,40}(?=\n|$))",
    re.IGNORECASE,
)
# What stands in its place where nobody has signed.
NO_NAME = re.compile(
    r"\W*(?:_{2,}|\.{4,}|…|-{3,}|n\.?/?a\b|none|nil|tbd|tba|pending|to\s+be\b|not\s+signed|unsigned|blank|(?:\w+\s+)?(?:signature|sign\s+here|name|title|stamp|seal|date|place)\b"
    r"|无|待签|签名|签字|盖章|日期|姓名|职务|datum|ort\b|name\b|fecha|lugar|lieu)|[\s\W\d_]*$",
    re.IGNORECASE,
)
LEFT_BLANK = re.compile(
    r"[^\n]*(?:_{4,}|\.{8,}|…{3,})[^\n]*(?:signature|sign|name|签)|(?:signature|signed|签名|签字)[^\n]{0,60}(?:_{4,}|\.{8,})",
    re.IGNORECASE,
)
PLACE = re.compile(
    r"(?:\bplace|\bort|\blieu|\blugar|\bluogo|\bplaats|地点|場所|\bfait à|\b(?:signed|issued|made|done|executed)\s+(?:at|in)\b)[^\n:：]{0,40}?[:：\s][ \t]*(?!of\b|and\b|where\b|der\b|et\b|y\b|e\b|[\d_.…:：-])[^\W\d_]{2,}"
    r"|[^\W\d_]{3,}(?:\s+[^\W\d_]{3,})?\s*[,，/]\s*(?:on\s+|the\s+|den\s+|le\s+)?(?:\d{1,2}\W{1,2}(?:\w{3,9}|\d{1,2})\W{1,2}\d{4}|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|[A-Z][a-z]{2,8}\s+\d{1,2},?\s+\d{4})",
    re.IGNORECASE,
)
MAKER = re.compile(
    r"(?:\bmanufacturer|\bmaker|\bhersteller|\bfabricante?|\bfabbricante|\bproducer|\bproduttore|\bproducent|制造商|生产商|製造者|\bwe,|\bwir,|\bnous,|\bauthori[sz]ed\s+representative|\bimporter|\bon\s+behalf\s+of|\bunder\s+our\b)"
    rf"[^\n]{{0,60}}?(?:\n[^\n]{{0,40}})?{COMPANY}",
    re.IGNORECASE,
)


def signatures_in(text: str) -> Iterator[re.Match[str]]:
    """Those behind which a name stands, and no line, remark or other label."""
    return (found for found in SIGNATURE.finditer(text) if not NO_NAME.match(found["name"].strip()))
