"""What is known of gauges, for whoever shows or judges a characteristic."""

from accounts.models import User
from inspections.models import GaugeStudy
from suppliers.models import Product


def studies_of(product: Product, user: User) -> dict[str, GaugeStudy]:
    """The study that counts of each characteristic, by code. One query; none, and nothing, for who is not of the team."""
    if not user.has_perm("suppliers.see_all"):
        return {}
    return {
        study.code: study
        for study in GaugeStudy.objects.filter(product=product).select_related("product").newest_of_each()
    }
