"""The same product by other suppliers, or under other SKUs, laid over a ladder. Nothing that a supplier may see."""

from collections.abc import Sequence

import numpy as np

from inspections.ladder.reads.rungs import rungs_of, values_of
from inspections.models import Characteristic
from inspections.rules.ladder import NONCONFORMITIES
from suppliers.models import Product


def relatives_of(product: Product) -> list[Product]:
    """The same product by other suppliers, or under other SKUs. One statement."""
    if not product.model_code:
        return []
    same = Product.objects.filter(model_code=product.model_code).exclude(pk=product.pk)
    return list(same.select_related("supplier").order_by("sku"))


def overlays_of(
    relatives: Sequence[Product], newest: Sequence[Characteristic]
) -> dict[str, tuple[tuple[str, np.ndarray], ...]]:
    """Code -> (SKU, levels) of each relative that checks it in the same way and unit. Three statements."""
    if not relatives:
        return {}
    wanted = {c.code: c for c in newest}
    rungs = rungs_of(relatives)
    every = list(
        Characteristic.objects.filter(
            specification__in={rung.specification for of_one in rungs.values() for rung in of_one}, code__in=wanted
        ).select_related("specification")
    )
    alike = {
        (c.specification_id, c.code): c
        for c in every
        if (c.is_measured, c.unit) == (wanted[c.code].is_measured, wanted[c.code].unit)
    }
    values = values_of([rung for of_one in rungs.values() for rung in of_one], list(alike.values()))
    found: dict[str, tuple[tuple[str, np.ndarray], ...]] = {}
    for code, characteristic in wanted.items():
        lines = []
        for relative in relatives:
            levels = []
            for rung in rungs[relative.pk]:
                then = alike.get((rung.specification, code))
                row = values.get((rung.pk, then.pk)) if then else None
                if then and row:
                    mean, _sd, _low, _high, bad, several = row
                    found_on_it = several if rung.counts(then) == NONCONFORMITIES else bad
                    levels.append(mean if characteristic.is_measured else found_on_it / rung.sample_size(then))
            if levels:
                lines.append((f"{relative.sku} · {relative.supplier.local_name}", np.array(levels, float)))
        if lines:
            found[code] = tuple(lines)
    return found
