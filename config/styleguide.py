"""What the style guide shows in its parts: invented records, so that every variant stands beside the others."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

SHANGHAI = ZoneInfo("Asia/Shanghai")


class ExampleForm(forms.Form):
    number = forms.CharField(label=_("Batch number"), max_length=32)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, help_text=_("Units as packed, without spares."))
    kind = forms.ChoiceField(
        label=_("Sampling"), choices=[("", "---------"), ("single", _("Single")), ("all", _("100 %"))]
    )
    market = forms.MultipleChoiceField(
        label=_("Markets"), choices=[("US", "US"), ("DE", "DE")], widget=forms.CheckboxSelectMultiple, required=False
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    urgent = forms.BooleanField(label=_("Inspect before the others"), required=False)


class StyleguideView(TemplateView):
    template_name = "styleguide.html"

    def get_context_data(self, **kwargs):
        picture = {"url": "#main", "thumbnail": static("img/favicon.svg")}
        photos = [
            {**picture, "caption": _("unit 3 · 50.9 mm"), "defect": True},
            {**picture, "caption": _("golden sample · 50.0")},
            {"pending": True},
        ]
        return super().get_context_data(
            icons=icon_names(),
            stats=STATS,
            tabs=TABS,
            chips=CHIPS,
            search={"name": "q", "placeholder": _("Batch, SKU or supplier")},
            rows=ROWS,
            quantities=QUANTITIES,
            facts=FACTS,
            entries=ENTRIES,
            photos=photos,
            photo_pair=photos[:2],
            readings=[{"value": value, "state": state} for value, state in READINGS],
            units=range(1, 25),
            form=ExampleForm(auto_id="guide_%s"),
            form_with_errors=ExampleForm({"number": "B-2611-042", "quantity": "0"}, auto_id="guide_wrong_%s"),
            **kwargs,
        )


def icon_names() -> list[str]:
    """The ids of the symbols in static/img/icons.svg, in their order."""
    return re.findall(r'<symbol id="([a-z-]+)"', (settings.BASE_DIR / "static" / "img" / "icons.svg").read_text())


STATS = [
    {"label": _("Golden sample"), "value": "v3", "state": "approved", "state_label": _("approved"), "url": "#main"},
    {
        "label": _("On hold"),
        "value": 3,
        "note": _("oldest: 6 h 23 min"),
        "state": "on_hold",
        "state_label": _("stopped"),
    },
    {"label": _("Waiting for you"), "value": 12, "note": _("batches to inspect"), "url": "#main"},
    {"label": _("Last 24 batches"), "value": "23", "state": "tightened", "state_label": _("tightened")},
]
TABS = [
    {"label": _("Batches"), "url": "#main", "count": 12, "current": True},
    {"label": _("Inspections"), "url": "#main", "count": 48},
    {"label": _("Shipments"), "url": "#main"},
]
CHIPS = [
    {"label": _("All 312"), "url": "#main", "current": True},
    {"label": _("41 on hold"), "url": "#main", "state": "stopped"},
    {"label": _("26 awaiting"), "url": "#main", "state": "waiting"},
]
ROWS = [
    {"number": "B-2611-042", "product": "HL-KT17-W · Electric kettle 1.7 L", "supplier": "Hailan", "quantity": "1,000",
     "state": "on_hold", "label": _("1 hold"), "next": _("Release or return · quality · today")},
    {"number": "B-2611-039", "product": "BX-SERUM30 · Serum 30 ml", "supplier": "Baixi", "quantity": "5,000",
     "state": "awaiting", "label": _("awaiting inspection"), "next": _("Inspect 200 units · QC · tomorrow")},
    {"number": "B-2611-031", "product": "GA-HOOD-M · Heavy cotton hoodie", "supplier": "Guanda", "quantity": "800",
     "state": "accepted", "label": _("accepted"), "quiet": True, "next": _("Ship")},
]  # fmt: skip
QUANTITIES = {
    "total": 1000, "shipped": 300, "available": 0, "on_hold": 628, "set_aside": 12, "awaiting": 0, "returned": 40, "scrapped": 20,
}  # fmt: skip
FACTS = [
    {"label": _("Product"), "value": "HL-KT17-W", "url": "#main"},
    {"label": _("Supplier"), "value": "Hailan"},
    {"label": _("Made on"), "value": "18 Nov"},
    {"label": _("Severity"), "value": _("tightened")},
]
ENTRIES = [
    {"at": datetime(2026, 11, 20, 9, 42, tzinfo=SHANGHAI), "tone": "stopped", "title": _("Hold placed"),
     "text": _("Height 50.9 mm on unit 3, limit 50.5 · recorded on the floor")},
    {"at": datetime(2026, 11, 20, 9, 42, tzinfo=SHANGHAI), "title": _("Supplier told"), "text": _("by mail")},
    {"at": datetime(2026, 11, 21, 11, 15, tzinfo=SHANGHAI), "title": _("Supplier answered"), "url": "#main",
     "text": _("Die 4 worn; parts of 18 Nov sorted; 2 files")},
    {"at": datetime(2026, 11, 21, 16, 5, tzinfo=SHANGHAI), "tone": "accepted", "title": _("Round 2 accepted"),
     "text": _("0 critical, 1 of 3 major · waiting for your decision")},
]  # fmt: skip
READINGS = [
    ("50.1", ""), ("49.9", ""), ("50.9", "out"), ("50.0", ""), ("50.2", ""),
    ("49.8", ""), ("50.4", "near"), ("50.0", ""), ("50.1", ""), ("", "active"),
    *[("", "empty")] * 5,
]  # fmt: skip
