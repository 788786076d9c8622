"""What a product can afford: the margin that one unit contributes, and the rate of returns at which it is used up. Pure.

Money is decimal, in one currency; rates are fractions (0.06 is 6 %).

    margin = price - (goods + commissions + logistics + packaging + payment fee + returns and service + promotion)

Returns cost `rate` times what one return costs: the refunded price, less the commission that is given back with it and
the worth of the goods that come back, plus the way back. What was spent to sell and send the unit is spent either way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

ZERO, ONE = Decimal(0), Decimal(1)
CENT = Decimal("0.01")
RATE_STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Costs:
    """What one unit brings and costs. All are amounts per unit sold but those whose names end in `_rate`.

    platform_rate, channel_rate, payment_rate: fractions of the price
    reverse_logistics, resale_loss: per returned unit; the loss is what the goods lose by coming back, at most `goods`
    commission_kept_rate: the fraction of the commissions that is not given back when the price is refunded
    return_rate: what is expected; 0 where nothing is known yet
    """

    price: Decimal
    goods: Decimal
    platform_rate: Decimal = ZERO
    channel_rate: Decimal = ZERO
    logistics: Decimal = ZERO
    packaging: Decimal = ZERO
    payment_rate: Decimal = ZERO
    payment_fee: Decimal = ZERO
    service: Decimal = ZERO
    promotion: Decimal = ZERO
    reverse_logistics: Decimal = ZERO
    resale_loss: Decimal = ZERO
    commission_kept_rate: Decimal = ZERO
    return_rate: Decimal = ZERO

    @property
    def commission(self) -> Decimal:
        """Of platform and channel."""
        return self.price * (self.platform_rate + self.channel_rate)

    @property
    def payment(self) -> Decimal:
        return self.price * self.payment_rate + self.payment_fee

    @property
    def before_returns(self) -> Decimal:
        """What a unit contributes that is not returned."""
        spent = self.goods + self.commission + self.logistics + self.packaging + self.payment
        return self.price - spent - self.service - self.promotion

    @property
    def cost_of_a_return(self) -> Decimal:
        """What a returned unit contributes less than a kept one. Negative where returning would pay."""
        given_back = self.commission * (ONE - self.commission_kept_rate)
        return self.price - given_back - (self.goods - self.resale_loss) + self.reverse_logistics

    def margin(self, rate: Decimal | None = None) -> Decimal:
        """The contribution margin per unit sold, at the expected rate of returns or another one."""
        rate = self.return_rate if rate is None else rate
        return self.before_returns - rate * self.cost_of_a_return

    @property
    def returns_and_service(self) -> Decimal:
        return self.return_rate * self.cost_of_a_return + self.service

    def affordable_return_rate(self) -> Decimal:
        """The highest rate of returns at which a unit still loses nothing, from 0 to 1, rounded down to 0.01 %.

        0 where a unit loses money even if none comes back.
        """
        if self.before_returns <= 0:
            return ZERO
        if self.before_returns >= self.cost_of_a_return:
            return ONE
        return (self.before_returns / self.cost_of_a_return).quantize(RATE_STEP, ROUND_DOWN)


# Without these nobody knows what a return costs. 0 is an answer; nothing said is none.
DECISIVE = ("platform_rate", "channel_rate", "logistics", "reverse_logistics", "resale_loss")
NAMES = tuple(field.name for field in fields(Costs))
RATES = tuple(name for name in NAMES if name.endswith("_rate"))
AMOUNTS = tuple(name for name in NAMES if name not in RATES)


def what_if(costs: Costs, prices: Sequence[Decimal], rates: Sequence[Decimal]) -> list[list[Decimal]]:
    """The margin per unit, to the cent: a row per rate of returns, a column per price."""
    at_price = [replace(costs, price=price) for price in prices]
    return [[each.margin(rate).quantize(CENT, ROUND_HALF_EVEN) for each in at_price] for rate in rates]


def prices_around(price: Decimal) -> list[Decimal]:
    """Prices from 20 % below to 20 % above, to the cent, each once."""
    steps = (price * (ONE + Decimal(percent) / 100) for percent in (-20, -10, -5, 0, 5, 10, 20))
    return sorted({step.quantize(CENT, ROUND_HALF_EVEN) for step in steps})


def rates_around(*known: Decimal) -> list[Decimal]:
    """Round rates of returns up to 30 %, and among them those that are known for the product."""
    return sorted({Decimal(percent) / 100 for percent in (0, 2, 5, 8, 10, 15, 20, 30)} | set(known))
