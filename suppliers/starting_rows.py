"""The categories that every installation begins with, and the markets of data/markets.json; all can be edited in the
back office."""

from typing import Any

from suppliers.markets import load_markets

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


def insert(apps: Any, schema_editor: Any) -> None:
    """Called by the initial migration, with the models as they were then."""
    category, market = apps.get_model("suppliers", "Category"), apps.get_model("suppliers", "Market")
    category.objects.bulk_create(category(code=code, name=name, name_zh=name_zh) for code, name, name_zh in CATEGORIES)
    load_markets(market)
