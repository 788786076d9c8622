"""Every cell of every table, by the structure that the standard's tables have.

Not asserted, because it is false: that reduced inspection accepts more often than normal at the AQL (104 of the 416 ISO
cells accept less often there, by up to 0.049).
"""

import pytest
from scipy.stats import beta, binom, chi2, poisson

from inspections.sampling.standard import (
    AQLS,
    ISO,
    LETTERS,
    LEVELS,
    SEVERITIES,
    Z14,
    code_letters,
    master_table,
    read_table,
)

SINGLE = [(standard, "single", severity) for standard in (ISO, Z14) for severity in SEVERITIES]
STAGED = [(Z14, kind, severity) for kind in ("double", "multiple") for severity in SEVERITIES]
EVERY = SINGLE + STAGED
SIZES = dict(zip(LETTERS, (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000), strict=True))


def cells(*table):
    """The 416 cells that a code letter of table 1 can lead to."""
    answer = {key: cell for key, cell in master_table(*table).items() if key[0] in LETTERS}
    assert len(answer) == len(LETTERS) * len(AQLS)
    return answer


def printed(*table):
    """The cells that hold a plan, not an arrow."""
    return {key: cell for key, cell in master_table(*table).items() if cell.arrow == "plan"}


def diagonal(key):
    letter, aql = key
    return (LETTERS + "S").index(letter) + AQLS.index(aql)


def accepts(cell, p, *, aql):
    """P(acceptance) of a single plan at the fraction p: binomial up to an AQL of 10, Poisson above."""
    ((n, ac, _),) = cell.stages
    return poisson.cdf(ac, n * p) if float(aql) > 10 else binom.cdf(ac, n, p)


def quality_at(cell, pa, *, aql):
    """The fraction nonconforming that a single plan accepts with probability pa."""
    ((n, ac, _),) = cell.stages
    return chi2.ppf(1 - pa, 2 * (ac + 1)) / 2 / n if float(aql) > 10 else beta.ppf(1 - pa, ac + 1, n - ac)


@pytest.mark.parametrize("table", EVERY)
def test_an_arrow_leads_to_the_first_plan_in_its_direction_and_takes_all_of_it(table):
    all_cells = master_table(*table)
    letters = LETTERS + "S"
    for (letter, aql), cell in cells(*table).items():
        step = {"plan": 0, "down": 1, "up": -1}[cell.arrow]
        place = letters.index(letter)
        while all_cells[letters[place], aql].arrow != "plan":
            assert all_cells[letters[place], aql].arrow == cell.arrow, "no column has facing arrows on one path"
            place += step
        target = all_cells[letters[place], aql]
        assert (cell.effective_letter, cell.kind, cell.stages) == (letters[place], target.kind, target.stages)


@pytest.mark.parametrize("table", EVERY)
def test_a_column_runs_down_then_plans_then_up_but_for_the_gap_after_accept_on_zero(table):
    for aql in AQLS:
        arrows = [cells(*table)[letter, aql].arrow for letter in LETTERS]
        plans = [place for place, arrow in enumerate(arrows) if arrow == "plan"]
        assert set(arrows[: plans[0]]) <= {"down"}
        assert set(arrows[plans[-1] + 1 :]) <= {"up", "down"}
        assert "up,down" not in ",".join(arrows[plans[-1] :])


@pytest.mark.parametrize("table", EVERY)
def test_acceptance_numbers_are_constant_along_a_diagonal(table):
    """Rows A and B of the reduced tables are excepted: their n is that of C."""
    numbers = {}
    for key, cell in printed(*table).items():
        if table[2] == "reduced" and key[0] in "AB":
            continue
        acceptance = tuple((ac, re) for _, ac, re in cell.stages)
        numbers.setdefault((diagonal(key), len(acceptance)), set()).add(acceptance)
    assert all(len(found) == 1 for found in numbers.values())
    assert len(numbers) > 8


@pytest.mark.parametrize("table", SINGLE)
def test_sample_size_belongs_to_the_letter(table):
    for (letter, _), cell in printed(*table).items():
        ((n, _, _),) = cell.stages
        if table[2] != "reduced":
            assert n == (SIZES | {"S": 3150})[letter]
        elif letter >= "E":
            assert n == SIZES[LETTERS[LETTERS.index(letter) - 2]], "reduced is two letters up"
        else:
            assert n == {"A": 2, "B": 2, "C": 2, "D": 3}[letter]


@pytest.mark.parametrize("table", STAGED)
def test_staged_plans_take_the_sample_sizes_of_an_earlier_letter(table):
    """Each sample of a double plan is that of the letter before the single plan's, of a multiple plan three before."""
    for (letter, aql), cell in printed(*table).items():
        if cell.kind == table[1]:
            single = (SIZES | {"S": 3150})[letter]
            earlier = [*SIZES.values()].index(single) if single in SIZES.values() else len(SIZES)
            earlier -= {"double": 1, "multiple": 3}[cell.kind] + (2 if table[2] == "reduced" else 0)
            assert cell.stages[0][0] == [*SIZES.values()][max(earlier, 0)], (letter, aql)


@pytest.mark.parametrize("table", STAGED)
def test_stages_grow_evenly_and_end_in_a_decision(table):
    for cell in cells(*table).values():
        sizes = [n for n, _, _ in cell.stages]
        assert sizes == [sizes[0] * stage for stage in range(1, len(sizes) + 1)]
        assert len(sizes) == {"single": 1, "double": 2, "multiple": 7}[cell.kind]
        acceptances = [-1 if ac is None else ac for _, ac, _ in cell.stages]
        rejections = [re for _, _, re in cell.stages]
        assert acceptances == sorted(acceptances)
        assert rejections == sorted(rejections)
        assert all(ac + 1 < re for ac, re in zip(acceptances[:-1], rejections[:-1], strict=True))
        if table[2] != "reduced":
            assert rejections[-1] == acceptances[-1] + 1


@pytest.mark.parametrize("table", [table for table in SINGLE if table != (Z14, "single", "reduced")])
def test_single_plans_leave_no_gap_between_acceptance_and_rejection(table):
    for cell in cells(*table).values():
        ((_, ac, re),) = cell.stages
        assert re == ac + 1


def test_only_the_reduced_plans_of_z14_leave_a_gap():
    gaps = [re - ac for ((_, ac, re),) in (cell.stages for cell in cells(Z14, "single", "reduced").values())]

    assert min(gaps) == 1
    assert max(gaps) > 2


def test_the_standards_share_normal_inspection_and_differ_in_one_tightened_cell():
    assert cells(ISO, "single", "normal") == cells(Z14, "single", "normal")
    iso, z14 = cells(ISO, "single", "tightened"), cells(Z14, "single", "tightened")
    assert [key for key in iso if iso[key].stages != z14[key].stages] == [("A", "10")]


@pytest.mark.parametrize("standard", [ISO, Z14])
def test_tightened_is_never_looser_than_normal_at_the_aql(standard):
    normal, tightened = (cells(standard, "single", severity) for severity in ("normal", "tightened"))
    for key in normal:
        p = float(key[1]) / 100
        assert accepts(tightened[key], p, aql=key[1]) <= accepts(normal[key], p, aql=key[1]) + 1e-12


def test_quality_at_the_aql_is_accepted_most_of_the_time_under_normal_inspection():
    chances = [
        poisson.cdf(cell.stages[0][1], cell.stages[0][0] * float(aql) / 100)
        for (_, aql), cell in cells(ISO, "single", "normal").items()
    ]

    assert 0.878 < min(chances) < max(chances) < 0.9945


@pytest.mark.parametrize("pa", [0.5, 0.1])
def test_reduced_lets_worse_quality_pass_than_normal_does(pa):
    normal, reduced = (cells(ISO, "single", severity) for severity in ("normal", "reduced"))
    stricter = {
        key
        for key in normal
        if quality_at(reduced[key], pa, aql=key[1]) < quality_at(normal[key], pa, aql=key[1]) - 1e-12
    }

    assert stricter == ({("B", "25"), ("B", "65")} if pa == 0.5 else set())


def test_code_letters_are_those_of_table_1():
    lot_maxima, letters = code_letters()

    assert lot_maxima == (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
    assert {level: "".join(letters[level]) for level in LEVELS} == {
        "S-1": "AAAABBBBCCCCDDD",
        "S-2": "AAABBBCCCDDDEEE",
        "S-3": "AABBCCDDEEFFGGH",
        "S-4": "AABCCDEEFGGHJJK",
        "I": "AABCCDEFGHJKLMN",
        "II": "ABCDEFGHJKLMNPQ",
        "III": "BCDEFGHJKLMNPQR",
    }


@pytest.mark.parametrize("severity", SEVERITIES)
def test_the_double_tables_repeat_the_single_plan_where_they_have_none(severity):
    sent_on = [row for row in read_table(f"double_{severity}_z14") if row["use"] == "single"]

    assert len(sent_on) > 100
    for row in sent_on:
        cell = master_table(Z14, "single", severity)[row["letter"], row["aql"]]
        assert (int(row["n1"]), int(row["ac1"]), int(row["re1"])) == cell.stages[0]


# Quality in percent accepted with probability 0.99, 0.95, 0.90, 0.75, 0.50, 0.25, 0.10, 0.05, 0.01:
# MIL-STD-105D table X-J, normal inspection, percent nonconforming.
TABLE_X_J = {
    "0.15": (0.0126, 0.0641, 0.132, 0.359, 0.863, 1.72, 2.84, 3.68, 5.59),
    "0.65": (0.187, 0.444, 0.666, 1.20, 2.09, 3.33, 4.78, 5.80, 8.00),
    "1.0": (0.550, 1.03, 1.38, 2.16, 3.33, 4.84, 6.52, 7.66, 10.1),
    "1.5": (1.05, 1.73, 2.20, 3.18, 4.57, 6.31, 8.16, 9.39, 12.0),
    "2.5": (2.30, 3.32, 3.98, 5.30, 7.06, 9.14, 11.3, 12.7, 15.6),
    "4.0": (3.72, 5.06, 5.91, 7.50, 9.55, 11.9, 14.2, 15.8, 18.9),
}
# n times the fraction nonconforming accepted with probability 0.95, 0.50, 0.10 by Poisson: J. M. Cameron, Tables for
# constructing and for computing the operating characteristics of single-sampling plans, 1952.
CAMERON = {
    0: (0.051, 0.693, 2.303),
    1: (0.355, 1.678, 3.890),
    2: (0.818, 2.674, 5.322),
    3: (1.366, 3.672, 6.681),
    5: (2.613, 5.670, 9.275),
    7: (3.981, 7.669, 11.771),
    10: (6.169, 10.668, 15.407),
    14: (9.246, 14.668, 20.128),
}


@pytest.mark.parametrize("aql", TABLE_X_J)
def test_the_plans_of_letter_j_have_the_published_operating_characteristic(aql):
    cell = cells(ISO, "single", "normal")["J", aql]
    for pa, percent in zip((0.99, 0.95, 0.90, 0.75, 0.50, 0.25, 0.10, 0.05, 0.01), TABLE_X_J[aql], strict=True):
        assert 100 * quality_at(cell, pa, aql=aql) == pytest.approx(percent, rel=0.01)


def test_every_normal_plan_above_an_aql_of_10_has_the_published_unity_values():
    checked = 0
    for (_, aql), cell in cells(ISO, "single", "normal").items():
        ((n, ac, _),) = cell.stages
        if float(aql) > 10 and ac in CAMERON:
            for pa, unity in zip((0.95, 0.50, 0.10), CAMERON[ac], strict=True):
                assert n * quality_at(cell, pa, aql=aql) == pytest.approx(unity, abs=6e-4)
            checked += 1
    assert checked > 30
