"""The categories and markets that every installation begins with; all of them can be edited in the back office."""

from typing import Any

# (code, English, Chinese)
CATEGORIES = [
    ("electrical_appliance", "Electrical appliance", "家用电器"),
    ("consumer_electronics", "Consumer electronics", "消费电子"),
    ("beauty_cosmetics", "Beauty cosmetics", "美妆个护"),
    ("beauty_device", "Beauty device", "美容仪器"),
    ("toys", "Toys", "玩具"),
    ("childrens_products", "children's products", "儿童用品"),
    ("apparel_textile", "Apparel textile", "服装纺织"),
    ("food_contact", "Food contact", "食品接触"),
    ("jewelry_accessories", "Jewelry accessories", "饰品"),
    ("batteries_power", "Batteries power", "电池电源"),
    ("lighting", "Lighting", "灯具"),
    ("laser_products", "Laser products", "激光产品"),
    ("medical_device", "Medical device", "医疗器械"),
    ("supplements_food", "Supplements food", "保健食品"),
    ("furniture", "Furniture", "家具"),
    ("home_general", "Home general", "家居日用"),
    ("micromobility", "Micromobility", "电动出行"),
    ("household_chemicals", "Household chemicals", "家用化学品"),
]
# (code, the market that it is part of, English, Chinese)
MARKETS = [
    ("US", None, "United States", "美国"),
    ("UK", None, "United Kingdom (Great Britain)", "英国"),
    ("EU", None, "European Union", "欧盟"),
    ("EU-DE", "EU", "Germany", "德国"),
    ("EU-FR", "EU", "France", "法国"),
    ("EU-IT", "EU", "Italy", "意大利"),
    ("EU-ES", "EU", "Spain", "西班牙"),
    ("SG", None, "Singapore", "新加坡"),
    ("MY", None, "Malaysia", "马来西亚"),
    ("TH", None, "Thailand", "泰国"),
    ("VN", None, "Vietnam", "越南"),
    ("PH", None, "Philippines", "菲律宾"),
    ("ID", None, "Indonesia", "印度尼西亚"),
    ("JP", None, "Japan", "日本"),
    ("SA", None, "Saudi Arabia", "沙特阿拉伯"),
]


def insert(apps: Any, schema_editor: Any) -> None:
    """Called by the initial migration, with the models as they were then."""
    category, market = apps.get_model("suppliers", "Category"), apps.get_model("suppliers", "Market")
    category.objects.bulk_create(category(code=code, name=name, name_zh=name_zh) for code, name, name_zh in CATEGORIES)
    made: dict[str | None, Any] = {None: None}
    for code, parent, name, name_zh in MARKETS:
        made[code] = market.objects.create(code=code, parent=made[parent], name=name, name_zh=name_zh)
