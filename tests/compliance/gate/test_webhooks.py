import json

import pytest

from activity import webhooks
from activity.models import WebhookDelivery
from activity.published import published_kinds
from tests.factories import NOON, after, inspect, make_batch

pytestmark = pytest.mark.django_db


def test_each_change_of_a_gate_is_told_with_what_keeps_it_closed(product, inspector, manager, settings):
    settings.WEBHOOKS_MAY_BE_LOCAL = True
    kinds = [kind for kind, _label in published_kinds() if kind.startswith(("gate.", "listing."))]
    webhooks.create_webhook(name="lister", url="http://127.0.0.1:9/", kinds=kinds, actor=manager, at=NOON)

    inspect(make_batch(product=product), actor=inspector, at=after(1), LEAK=[3])

    [said] = [json.loads(webhooks.body_of(delivery)) for delivery in WebhookDelivery.objects.select_related("event")]
    assert (said["type"], said["data"]["product"], said["data"]["market"]) == ("gate.changed", "HL-KT17-W", "US")
    assert {"code": "open_holds", "before": "pass", "state": "fail"} in said["data"]["turned"]
    assert "open_holds" in {reason["code"] for reason in said["data"]["reasons"]}
