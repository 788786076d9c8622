"""Who and what the demo is about."""

from typing import Any

from inspections.specification.services.versions import CharacteristicInput

PASSWORD = "holdfast-demo"  # noqa: S105 meant to be known
HAILAN, RIVAL = "HAILAN", "RIVAL"
# user name -> role and, for people of a supplier, its code
USERS = {
    "qc": ("qc", None),
    "manager": ("manager", None),
    "merchandiser": ("merchandiser", None),
    "supplier": ("supplier", HAILAN),
    "rival": ("supplier", RIVAL),
    "admin": ("admin", None),
}
SUPPLIERS = {
    HAILAN: ("Ningbo Hailan Electric", "宁波海岚电器"),
    RIVAL: ("Rival Works", "锐沃制造"),
}

KETTLE, OTHER_KETTLE, BOARD, COMPUTER, CANS, PRIMER, LAMP, BOX, RACK = (
    "HL-KT17-W",
    "RV-KT17",
    "HL-PCB-4",
    "HL-PC-A5",
    "RV-CAN-6OZ",
    "RV-PRIMER",
    "RV-LAMP-D2",
    "HL-BOX-20",
    "HL-RACK-3",
)
# SKU -> supplier, category, English name, Chinese name, markets
PRODUCTS = {
    KETTLE: (HAILAN, "electrical_appliance", "Electric kettle 1.7 L, white", "电热水壶 1.7 L 白色", ["US", "UK", "EU-DE"]),
    OTHER_KETTLE: (RIVAL, "electrical_appliance", "Electric kettle 1.7 L, second source", "电热水壶 1.7 L 第二货源", ["US"]),
    BOARD: (HAILAN, "consumer_electronics", "Printed circuit board, four layers", "四层印制电路板", ["US", "JP"]),
    COMPUTER: (HAILAN, "consumer_electronics", "Personal computer A5", "个人电脑 A5", ["US", "SG", "MY"]),
    CANS: (RIVAL, "food_contact", "Frozen-juice can, 6 oz", "冷冻果汁罐 6 盎司", ["US"]),
    PRIMER: (RIVAL, "household_chemicals", "Aircraft primer paint", "航空底漆", ["US", "EU-FR"]),
    LAMP: (RIVAL, "lighting", "Desk lamp D2", "台灯 D2", ["TH", "VN", "ID"]),
    BOX: (HAILAN, "home_general", "Storage box with bamboo lid, 20 L", "竹盖收纳箱 20 L", ["US", "UK", "SG", "MY"]),
    RACK: (HAILAN, "home_general", "Shoe rack, three shelves", "三层鞋架", ["US"]),
}  # fmt: skip

# The lamp has none: its specification is still to be written.
CHARACTERISTICS = {
    KETTLE: [
        CharacteristicInput(
            "LEAK", "No leak", "function", "critical", False, name_zh="不漏水",
            method="Fill to the mark, boil twice, leave on white paper for 10 minutes.",
            method_zh="加水至最高水位，煮沸两次，放在白纸上静置 10 分钟。",
        ),
        CharacteristicInput(
            "HEIGHT", "Body height", "dimension", "critical", True, "50.0", "49.5", "50.5", "mm", name_zh="壶座高度",
            method="Height gauge on the flat plate, at the handle.", method_zh="平板上用高度规在手柄侧测量。",
        ),
        CharacteristicInput("CORD", "Cord length", "dimension", "major", True, "75", "70", "80", "cm", name_zh="电源线长度"),
        CharacteristicInput("BOIL", "Time to boil 1 L", "performance", "major", True, None, None, "300", "s", {"aql": "1.0"}, name_zh="1 L 煮沸时间"),
        CharacteristicInput("LID", "Lid finish", "appearance", "major", False, name_zh="壶盖外观"),
        CharacteristicInput("MANUAL", "English manual in the box", "manual", "major", False, name_zh="英文说明书"),
        CharacteristicInput("PRINT", "Print of the box", "packaging", "minor", False, name_zh="彩盒印刷"),
    ],
    BOARD: [CharacteristicInput("SOLDER", "Assembly and solder joints", "function", "major", False, name_zh="装配与焊点")],
    COMPUTER: [CharacteristicInput("ASSEMBLY", "Final assembly", "function", "major", False, name_zh="整机装配")],
    CANS: [
        CharacteristicInput(
            "SEAM", "No leak at side seam or bottom joint", "function", "critical", False, name_zh="侧缝与罐底接缝不泄漏",
            method="A can that could leak at the side seam or the bottom joint is nonconforming.",
            method_zh="侧缝或罐底接缝可能泄漏的罐为不合格品。",
        )
    ],
    PRIMER: [CharacteristicInput("VISCOSITY", "Viscosity", "performance", "major", True, "34", "32.5", "35.5", name_zh="粘度")],
}  # fmt: skip

CHARACTERISTICS[OTHER_KETTLE] = CHARACTERISTICS[KETTLE]
CHARACTERISTICS[BOX] = CHARACTERISTICS[RACK] = [
    CharacteristicInput(
        "LOAD", "Carries 15 kg for an hour", "performance", "critical", False, name_zh="承重 15 kg 一小时",
        method="Load evenly; nothing may crack, bend or come off.", method_zh="均匀加载，不得开裂、弯曲或脱落。",
    ),
    CharacteristicInput("FINISH", "Surface and edges", "appearance", "major", False, name_zh="表面与边缘"),
]  # fmt: skip
# SKUs of one model are the same product made by several suppliers.
MODELS = {KETTLE: "KT17", OTHER_KETTLE: "KT17"}

SCHEMES: dict[str, dict[str, Any]] = {
    KETTLE: {
        "standard": "iso2859-1",
        "level": "II",
        "kind": "single",
        "aql": {"major": "2.5", "minor": "4.0"},
        "drift": "tighten",
    },
    OTHER_KETTLE: {"standard": "iso2859-1", "level": "II", "kind": "single", "aql": {"major": "2.5", "minor": "4.0"}},
    BOARD: {"kind": "fixed", "n": 100, "counts": "nonconformities", "acceptance": {"major": 25}},
    COMPUTER: {"kind": "fixed", "n": 5, "counts": "nonconformities", "acceptance": {"major": 14}},
    BOX: {"standard": "iso2859-1", "level": "II", "kind": "single", "aql": {"major": "2.5", "minor": "4.0"}},
    RACK: {"standard": "iso2859-1", "level": "II", "kind": "single", "aql": {"major": "2.5", "minor": "4.0"}},
    CANS: {"kind": "fixed", "n": 50},
    PRIMER: {"kind": "fixed", "n": 1},
}

# The kettle whose height creeps up.
BOILED = 35  # units that the variables plan of 1,000 takes
WORN_BY = 0.2  # mm, once the die has settled: what the batches of the last weeks show
