"""What a product can afford: the sum, who may see it, and what is refused."""

from decimal import Decimal as D  # noqa: N817 amounts stand in every line

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from activity.errors import InvalidInput, NotAllowed
from inspections.models import MarginInputs
from inspections.pilot.reads import affordable_return_rate
from inspections.pilot.services.margins import set_margin
from inspections.rules.margins import Costs, prices_around, rates_around, what_if
from inspections.rules.money import Money, MoneyError, parse_money
from tests.caller import Caller, fields
from tests.factories import NOON, after, make_product

KETTLE = {
    "price": "29.90", "goods": "9.80", "platform_rate": "0.08", "channel_rate": "0.10", "logistics": "4.50",
    "packaging": "0.60", "payment_rate": "0.029", "payment_fee": "0.30", "service": "0.40", "promotion": "2.00",
    "reverse_logistics": "5.20", "resale_loss": "9.80", "commission_kept_rate": "0.2", "return_rate": "0.06",
}  # fmt: skip
COSTS = Costs(**{name: D(value) for name, value in KETTLE.items()})


# The sum


def test_the_margin_is_the_price_less_every_cost():
    # 29.90 - 9.80 - 5.382 - 4.50 - 0.60 - (0.8671 + 0.30) - 0.40 - 2.00
    assert COSTS.before_returns == D("6.0509")
    # 29.90 refunded - 0.8 x 5.382 of commission given back - 0 of goods that can be sold again + 5.20
    assert COSTS.cost_of_a_return == D("30.7944")
    assert COSTS.margin() == D("6.0509") - D("0.06") * D("30.7944")
    assert COSTS.returns_and_service == D("0.06") * D("30.7944") + D("0.40")


def test_the_affordable_rate_is_where_nothing_is_earned_and_rounds_down():
    assert COSTS.affordable_return_rate() == D("0.1964")  # 6.0509 / 30.7944 = 0.19649


def test_goods_that_can_be_sold_again_make_returns_affordable():
    resold = Costs(price=D(20), goods=D(10), resale_loss=D(2))

    assert (resold.cost_of_a_return, resold.affordable_return_rate()) == (D(12), D("0.8333"))


@pytest.mark.parametrize(
    ("costs", "rate"),
    [
        (Costs(price=D(10), goods=D(10)), D(0)),
        (Costs(price=D(10), goods=D(15)), D(0)),
        (Costs(price=D(10), goods=D(4)), D(1)),
    ],
    ids=["nothing earned", "a loss", "returning costs only what was earned"],
)
def test_the_affordable_rate_stays_between_none_and_all(costs, rate):
    assert costs.affordable_return_rate() == rate


amounts = st.decimals(min_value=0, max_value=1000, places=2)
shares = st.decimals(min_value=0, max_value=1, places=3)


@given(st.builds(Costs, price=amounts.filter(bool), goods=amounts, platform_rate=shares, logistics=amounts, resale_loss=st.just(D(0)), reverse_logistics=amounts))  # fmt: skip
def test_at_the_affordable_rate_a_unit_loses_nothing_and_just_above_it_does(costs):
    rate = costs.affordable_return_rate()

    assert rate == 0 or costs.margin(rate) >= 0
    assert rate == 1 or costs.margin(min(rate + D("0.0001"), D(1))) <= 0


def test_the_table_has_a_row_per_rate_and_a_column_per_price():
    table = what_if(COSTS, [D("29.90"), D("35.00")], [D(0), D("0.06")])

    assert table[0][0] == D("6.05")
    assert table[1][0] == D("4.20")  # 6.0509 - 1.847664
    assert [len(row) for row in table] == [2, 2]
    assert prices_around(D("0.01")) == [D("0.01")]
    assert rates_around(D("0.06"))[:4] == [D(0), D("0.02"), D("0.05"), D("0.06")]


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("12.90", Money(D("12.90"))),
        ("１２．９", Money(D("12.9"))),
        ("1,299.00", Money(D("1299.00"))),
        ("USD 12.90", Money(D("12.90"), "USD")),
        ("12.90 eur", Money(D("12.90"), "EUR")),
        ("CNY68", Money(D(68), "CNY")),
        ({"amount": "12.90", "currency": "GBP"}, Money(D("12.90"), "GBP")),
        (D("0.0001"), Money(D("0.0001"))),
    ],
)
def test_amounts_are_read_as_people_write_them(text, money):
    assert parse_money(text) == money


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-1", "negative"),
        ("USD -1.00", "negative"),
        ("$5", "not_an_amount"),
        ("12,9", "not_an_amount"),
        ("XYZ 5", "unknown_currency"),
        ("1.23456", "too_precise"),
        ("1000000000", "too_large"),
        ("NaN", "not_an_amount"),
        ({"amount": "1", "tax": 3}, "not_an_amount"),
        ({"amount": None}, "not_an_amount"),
        (True, "not_an_amount"),
    ],
)
def test_what_is_no_amount_says_why(text, code):
    with pytest.raises(MoneyError) as refusal:
        parse_money(text)
    assert refusal.value.code == code


# What is stored


@pytest.fixture
def kettle(product, merchandiser):
    return set_margin(product=product, currency="usd", values=KETTLE, actor=merchandiser, at=NOON)


@pytest.mark.django_db
def test_each_change_is_a_version_and_a_repeat_is_none(product, merchandiser, kettle, event_kinds):
    again = set_margin(product=product, currency="USD", values=KETTLE, actor=merchandiser, at=after(1))
    dearer = set_margin(product=product, currency="USD", values=KETTLE | {"price": "USD 34.90"}, actor=merchandiser, at=after(2))  # fmt: skip

    assert (again.pk, kettle.currency) == (kettle.pk, "USD")
    assert [(each.version, each.price) for each in MarginInputs.objects.order_by("version")] == [
        (1, D("29.90")), (2, D("34.90")),
    ]  # fmt: skip
    assert event_kinds(f"product:{product.sku}").count("margin.set") == 2
    assert affordable_return_rate(product) == dearer.costs.affordable_return_rate() > D("0.1964")


@pytest.mark.django_db
def test_a_product_of_which_nothing_was_said_has_no_rate(product):
    assert affordable_return_rate(product) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("currency", "change", "errors"),
    [
        ("USD", {"goods": "CNY 68"}, [("goods", "currency_mix")]),
        ("USD", {"price": "-29.90"}, [("price", "negative")]),
        ("USD", {"price": "0"}, [("price", "out_of_range")]),
        ("USD", {"price": None, "goods": ""}, [("price", "required"), ("goods", "required"), ("resale_loss", "out_of_range")]),
        ("USD", {"resale_loss": "9.81"}, [("resale_loss", "out_of_range")]),
        ("USD", {"return_rate": "6"}, [("return_rate", "out_of_range")]),
        ("USD", {"platform_rate": "much", "promotion": "1.23456"}, [("promotion", "too_precise"), ("platform_rate", "not_a_number")]),
        ("XYZ", {}, [("currency", "unknown_currency")]),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named_and_not_stored(product, merchandiser, currency, change, errors):
    with pytest.raises(InvalidInput) as refusal:
        set_margin(product=product, currency=currency, values=KETTLE | change, actor=merchandiser, at=NOON)

    assert [(error.field, error.code) for error in refusal.value.errors] == errors
    assert not MarginInputs.objects.exists()


@pytest.mark.django_db
def test_only_who_may_set_margins_does(product, inspector, supplier_user):
    for actor in (inspector, supplier_user):
        with pytest.raises(NotAllowed):
            set_margin(product=product, currency="USD", values=KETTLE, actor=actor, at=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inspections_margininputs SET price = 99",
        "DELETE FROM inspections_margininputs",
        "INSERT INTO inspections_margininputs ({names}) SELECT {values_negative} FROM inspections_margininputs",
        "INSERT INTO inspections_margininputs ({names}) SELECT {values_rate} FROM inspections_margininputs",
    ],
)
def test_the_database_refuses_what_goes_round_the_code(kettle, statement):
    names = [f.column for f in MarginInputs._meta.fields if f.column != "id"]
    changed = {"version": "version + 1"}
    text = statement.format(
        names=", ".join(names),
        values_negative=", ".join((changed | {"price": "-1"}).get(name, name) for name in names),
        values_rate=", ".join((changed | {"return_rate": "1.5"}).get(name, name) for name in names),
    )

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text)
    assert [each.price for each in MarginInputs.objects.all()] == [D("29.90")]


# The page


@pytest.mark.django_db
def test_the_page_shows_the_sum_and_what_it_affords(client, merchandiser, kettle, product):
    client.force_login(merchandiser)

    page = client.get(reverse("product-margin", args=[product.sku]), {"price": "31.50", "rate": "7.5"}).content.decode()

    for text in ("It can afford 19.64 % of returns", "4.20 USD", "30.79 USD", "31.50", "7.5 %", "asked"):
        assert text in page, text


@pytest.mark.django_db
def test_the_form_takes_percent_and_names_what_is_wrong(client, merchandiser, product):
    client.force_login(merchandiser)
    page = reverse("product-margin", args=[product.sku])
    key = client.get(page).context["form"]["key"].value()
    sent = {
        "key": key, "currency": "USD", **KETTLE, "platform_rate": "8", "channel_rate": "10", "payment_rate": "2.9",
        "commission_kept_rate": "20", "return_rate": "6",
    }  # fmt: skip

    refused = client.post(page, sent | {"goods": "CNY 68"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, ["goods"])
    assert 'value="CNY 68"' in refused.content.decode()

    assert client.post(page, sent).status_code == 302
    assert client.post(page, sent | {"price": "99"}).status_code == 302  # the same form once more
    assert {name: str(getattr(MarginInputs.objects.get(), name).normalize()) for name in ("price", "platform_rate")} == {
        "price": "29.9", "platform_rate": "0.08",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_tab_is_there_for_those_who_may(client, product, merchandiser, inspector, supplier_user):
    shown = {}
    for user in (merchandiser, inspector, supplier_user):
        client.force_login(user)
        page = client.get(reverse("product-detail", args=[product.sku])).content.decode()
        shown[user.username] = reverse("product-margin", args=[product.sku]) in page

    assert shown == {"merchandiser": True, "inspector": False, "supplier": False}


# The API


@pytest.mark.django_db
def test_the_api_sets_and_tells(product, merchandiser):
    caller = Caller(merchandiser)

    status, none = caller.send("GET", f"products/{product.sku}/margin/")
    assert (status, none["version"], none["contribution_margin"], none["history"]) == (200, 0, None, [])
    status, answer = caller.send("PUT", f"products/{product.sku}/margin/", {"currency": "USD", **KETTLE})
    assert (status, answer["version"], answer["affordable_return_rate"], answer["contribution_margin"]) == (
        200, 1, 0.1964, 4.2,
    )  # fmt: skip
    assert caller.send("PUT", f"products/{product.sku}/margin/", {"currency": "USD", **KETTLE})[1]["version"] == 1
    mixed = {"currency": "USD", **KETTLE, "goods": {"amount": "68", "currency": "CNY"}, "price": -1}
    status, answer = caller.send("PUT", f"products/{product.sku}/margin/", mixed)
    assert (status, fields(answer)) == (400, [("price", "negative"), ("goods", "currency_mix"), ("resale_loss", "out_of_range")][:2])  # fmt: skip
    assert len(caller.send("GET", f"products/{product.sku}/margin/")[1]["history"]) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("person", "status"),
    [("inspector", 403), ("manager", 200), ("merchandiser", 200), ("supplier_user", 403), ("rival_supplier", 404), ("admin", 200)],
)  # fmt: skip
def test_who_may_see_money_over_the_api(request, kettle, product, person, status):
    caller = Caller(request.getfixturevalue(person))

    assert caller.send("GET", f"products/{product.sku}/margin/")[0] == status
    body = {"currency": "USD", "price": "30", "goods": "5"}
    assert caller.send("PUT", f"products/{product.sku}/margin/", body)[0] == status


@pytest.mark.django_db
def test_the_rate_is_of_the_product_alone(product, kettle):
    assert affordable_return_rate(make_product(supplier=product.supplier)) is None
