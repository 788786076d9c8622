"""What products are made of, for pages and the API."""

from compliance.models import ChecklistItem, DeclarationKind, DeclarationLine, RequirementKind
from compliance.reading.declared import Row
from suppliers.models import Product

FORMULAS = {RequirementKind.INGREDIENT_DECLARATION, RequirementKind.MATERIAL_DECLARATION}


def formulas_needed(product: Product) -> list[str]:
    """The kinds of declaration that its listings ask for, or that there are already."""
    asked = ChecklistItem.objects.filter(listing__product=product, requirement__kind__in=FORMULAS)
    kinds = set(asked.values_list("requirement__kind", flat=True))
    kinds |= set(product.declarations.values_list("kind", flat=True))
    return [kind for kind in DeclarationKind.values if kind in kinds]


def row_of(line: DeclarationLine) -> Row:
    """A line as it is typed."""
    if line.low is None or line.high is None:
        share = ""
    elif line.low == line.high:
        share = f"{line.high.normalize():f}"
    else:
        share = f"{line.low.normalize():f}-{line.high.normalize():f}"
    return Row(name=line.name, cas=line.cas, ec=line.ec, percent=share, function=line.function, part=line.part)
