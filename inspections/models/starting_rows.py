"""The complaint points, norms and limits that every installation begins with; all can be edited in the back office."""

from decimal import Decimal
from typing import Any

# (group, English, Chinese, [(point, English, Chinese)])
COMPLAINTS = [
    ("appearance", "Appearance", "外观", [
        ("scratched", "Scratched or dented", "划痕或凹陷"),
        ("stained", "Stained or dirty", "污渍或脏污"),
        ("colour_uneven", "Colour uneven or fading", "颜色不均或掉色"),
        ("finish_poor", "Poor finish or workmanship", "做工粗糙"),
    ]),
    ("function", "Function", "功能", [
        ("does_not_work", "Does not work on arrival", "到手无法使用"),
        ("stops_working", "Stops working after a while", "使用一段时间后失效"),
        ("weak", "Weaker or slower than expected", "性能低于预期"),
        ("noisy", "Too loud", "噪音过大"),
        ("leaks", "Leaks", "漏水或漏液"),
        ("battery_short", "Battery does not last", "续航不足"),
    ]),
    ("safety", "Safety", "安全", [
        ("hot", "Gets too hot", "过热"),
        ("shock", "Electric shock or sparks", "触电或打火"),
        ("sharp", "Sharp edge or splinter", "锐边或毛刺"),
        ("skin_reaction", "Skin reaction or irritation", "皮肤过敏或刺激"),
        ("small_part", "Part comes off that a child could swallow", "小零件脱落，儿童可能误吞"),
    ]),
    ("material", "Material", "材质", [
        ("smell", "Smells", "有异味"),
        ("feels_cheap", "Feels cheap or thin", "手感廉价或单薄"),
        ("breaks", "Breaks or tears", "断裂或破损"),
    ]),
    ("fit", "Size and fit", "尺寸与适配", [
        ("too_small", "Too small", "偏小"),
        ("too_large", "Too large", "偏大"),
        ("does_not_fit", "Does not fit its counterpart", "与配套不匹配"),
    ]),
    ("packaging", "Packaging", "包装", [
        ("box_crushed", "Box crushed or open", "包装压坏或开裂"),
        ("badly_padded", "Badly padded", "缓冲不足"),
        ("not_a_gift", "Not fit to be given away", "包装不适合送礼"),
    ]),
    ("completeness", "Completeness", "配件", [
        ("part_missing", "Part or accessory missing", "缺少配件"),
        ("wrong_variant", "Wrong colour, size or model", "发错颜色、尺码或型号"),
    ]),
    ("manual", "Manual", "说明书", [
        ("manual_missing", "Manual missing", "缺少说明书"),
        ("manual_unclear", "Manual hard to understand", "说明书看不懂"),
        ("manual_language", "Manual not in the buyer's language", "说明书没有买家的语言"),
    ]),
    ("description", "Description", "描述", [
        ("not_as_in_video", "Looks different from the video", "与视频不符"),
        ("does_less_than_said", "Does less than was said", "功能与宣传不符"),
        ("size_not_as_said", "Size differs from the page", "尺寸与页面不符"),
    ]),
    ("delivery", "Delivery", "配送", [
        ("late", "Came late", "送达太晚"),
        ("left_outside", "Left in the wrong place", "放错地点"),
        ("opened", "Came opened or used", "收到时已拆封或使用过"),
    ]),
]  # fmt: skip

# No published norm exists for a shop's own mix; each is an assumption until it is replaced by what was measured.
NORMS = {"quality": "0.30", "not_as_described": "0.25", "logistics": "0.15", "usage": "0.10", "changed_mind": "0.20"}
# A run of 60 units without a damaged one just proves 5 %; what a product can afford replaces the return rate.
LIMITS = {"damage": "0.05", "complaint": "0.08", "return_rate": "0.10"}
ASSUMED = "Starting assumption"


def insert(apps: Any, schema_editor: Any) -> None:
    """Called by the initial migration, with the models as they were then."""
    point = apps.get_model("inspections", "ComplaintPoint")
    position = 0
    for code, name, name_zh, points in COMPLAINTS:
        group = point.objects.create(code=code, name=name, name_zh=name_zh, position=(position := position + 1))
        for point_code, point_name, point_zh in points:
            point.objects.create(
                code=point_code, name=point_name, name_zh=point_zh, parent=group, position=(position := position + 1)
            )
    norm = apps.get_model("inspections", "ReturnNorm")
    norm.objects.bulk_create(
        norm(reason=reason, share=Decimal(share), source=ASSUMED) for reason, share in NORMS.items()
    )
    limits = {name: Decimal(limit) for name, limit in LIMITS.items()}
    apps.get_model("inspections", "PilotLimit").objects.create(**limits, source=ASSUMED)
