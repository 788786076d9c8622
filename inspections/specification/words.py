"""A specification in sentences of the reader's language: its scheme, its limits, and what a new version changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from inspections.calculator import page as figures
from inspections.calculator.words.sampling import STANDARDS
from inspections.calculator.words.variables import plan_words
from inspections.models import Aspect, Characteristic, NonconformityClass, Specification
from inspections.rules.loosening import ADDED, GONE, MEANING, Difference, loosening
from inspections.sampling import Plan, SamplingError, Scheme
from inspections.sampling.own import ZERO, OwnRule
from inspections.sampling.schemes import VariablesRule, is_major_above_minor, is_zero
from inspections.sampling.variables import plan_by_rule
from inspections.specification.services.characteristics import FIELDS, Field
from inspections.specification.services.comparison import differences_between


def in_a_sentence(name: str) -> str:
    """ "Body height" inside a sentence is "body height"; "LED" and "USB-C plug" stay as they are."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


READING_WORDS = {
    "not_a_number": gettext_lazy("Unit %(unit)s: “%(value)s” is not a number."),
    "decimal_comma": gettext_lazy(
        "Unit %(unit)s: “%(value)s” has a comma. Write a decimal point, and nothing between thousands."
    ),
    "changed_digits": gettext_lazy(
        "Unit %(unit)s: “%(value)s” has digits that are not plain ones. Write the number out."
    ),
    "two_marks": gettext_lazy(
        "Unit %(unit)s: the column has decimal commas and decimal points (%(value)s). Write all its numbers the same way."
    ),
    "other_mark": gettext_lazy(
        "Unit %(unit)s: “%(value)s” has another decimal mark than its column. Write it the same way."
    ),
    "may_be_two": gettext_lazy(
        "Unit %(unit)s: “%(value)s” may be two numbers. Write a decimal point, and nothing between thousands."
    ),
    "other_unit": gettext_lazy("Unit %(unit)s: “%(value)s” is not in the unit of the specification. Convert it."),
    "undecided": gettext_lazy(
        "Unit %(unit)s: %(value)s does not tell whether the limits are kept. Measure it, or use a method that goes further."
    ),
    "not_a_value": gettext_lazy("Unit %(unit)s: %(value)s is no value, and the plan estimates from values."),
    "not_finite": gettext_lazy("Unit %(unit)s: “%(value)s” is not a finite number."),
    "too_large": gettext_lazy("Unit %(unit)s: %(value)s is too large to be a reading."),
    "too_precise": gettext_lazy("Unit %(unit)s: %(value)s has more than nine decimal places."),
}


KINDS = {
    "single": gettext_lazy("Single sampling"),
    "double": gettext_lazy("Double sampling"),
    "multiple": gettext_lazy("Multiple sampling"),
    "lq": gettext_lazy("Limiting quality (one-off batches)"),
    "c0": gettext_lazy("Zero acceptance (c = 0)"),
    "percentage": gettext_lazy("A percentage of the batch"),
    "fixed": gettext_lazy("A fixed number of units"),
    "all": gettext_lazy("Every unit"),
}


TABLED = ("single", "double", "multiple")


def plain(number: Decimal | None) -> str:
    """A decimal without trailing zeros and never in exponents: 50.000000 is "50"."""
    return "" if number is None else f"{number.normalize():f}"


def limits(characteristic: Characteristic) -> str:
    """ "49.5 – 50.5 mm, target 50"; "at most 0.3 mm"; empty for what is not measured."""
    lower, upper, target = (plain(n) for n in (characteristic.lower, characteristic.upper, characteristic.target))
    if lower and upper:
        text = f"{lower} – {upper} {characteristic.unit}".strip()
    elif lower or upper:
        text = (_("at least %(limit)s") if lower else _("at most %(limit)s")) % {
            "limit": f"{lower or upper} {characteristic.unit}".strip()
        }
    else:
        return ""
    return _("%(limits)s, target %(target)s") % {"limits": text, "target": target} if target else text


def scheme_sentences(scheme: dict) -> list[str]:
    """How the plan of every batch is found, a sentence per agreement."""
    return list(_scheme_sentences(scheme))


def _scheme_sentences(scheme: dict) -> Iterator[str]:
    kind = scheme.get("kind", "single")
    yield _how_many(kind, scheme)
    if kind in TABLED:
        aqls = [
            f"{c.label} {scheme['aql'][c.value]}"
            for c in NonconformityClass
            if c.value in scheme["aql"] and not is_zero(scheme["aql"][c.value])
        ]
        yield _("Acceptance quality limit (AQL): %(aqls)s.") % {"aqls": ", ".join(aqls)}
        yield from scheme_questions(scheme).values()
    elif acceptance := _acceptance(scheme.get("acceptance")):
        yield _("A batch may show: %(numbers)s.") % {"numbers": acceptance}
    else:
        yield _("A batch may show none.")
    yield _critical(scheme)
    if scheme.get("variables"):
        yield _(
            "Measured characteristics of the classes major and minor are estimated from their readings: %(plan)s."
        ) % {"plan": variables_words(VariablesRule.from_dict(scheme["variables"]))}
    if first := int(scheme.get("first_batches_in_full") or 0):
        yield ngettext(
            "The first batch is inspected in full.", "The first %(count)s batches are inspected in full.", first
        ) % {"count": first}
    if scheme.get("drift") == "tighten":
        yield _("While a characteristic drifts, the next batches are inspected tightened.")
    if scheme.get("counts") == "nonconformities":
        yield _("Nonconformities are counted: two on one unit count twice.")


def variables_words(rule: VariablesRule) -> str:
    """ "ANSI/ASQ Z1.9, level II, AQL 1.0, form M"."""
    return _("ANSI/ASQ Z1.9, level %(level)s, AQL %(aql)s, form %(form)s") % {
        "level": rule.level,
        "aql": rule.aql,
        "form": "k" if rule.form == 1 else "M",
    }


def how_judged(characteristic: Characteristic) -> str:
    """Its own variables plan in words; empty where the scheme decides."""
    return variables_words(VariablesRule.from_dict(characteristic.variables)) if characteristic.variables else ""


def own_words(rule: OwnRule) -> str:
    """ "special level S-2, with the AQL of its class"; "5 units, none of them nonconforming"."""
    if rule.n is not None:
        text = ngettext("%(n)s unit, which must conform", "%(n)s units, none of them nonconforming", rule.n)
        return text % {"n": number_format(rule.n, force_grouping=True)}
    text = _("special level %(level)s") if str(rule.level).startswith("S") else _("general level %(level)s")
    text %= {"level": rule.level}
    if rule.aql == ZERO:
        return _("%(level)s, none nonconforming") % {"level": text}
    if rule.aql:
        return _("%(level)s, AQL %(aql)s") % {"level": text, "aql": rule.aql}
    return _("%(level)s, with the AQL of its class") % {"level": text}


def how_sampled(characteristic: Characteristic) -> str:
    """Its own sampling in words; empty where the plan of its class judges it."""
    return own_words(characteristic.own_rule) if characteristic.own_rule else ""


def _how_many(kind: str, scheme: dict) -> str:
    match kind:
        case "lq":
            return _(
                "By limiting quality, each batch for itself: the sample is as large as it takes to accept a batch with so many "
                "nonconforming units at most %(risk)s %% of the time: %(limits)s."
            ) % {"limits": _limits_by_class(scheme["lq"]), "risk": _risk(scheme)}
        case "c0":
            return _(
                "Zero acceptance: the sample is as large as it takes to accept a batch with %(ltpd)s %% nonconforming "
                "units at most %(risk)s %% of the time."
            ) % {"ltpd": scheme["ltpd"], "risk": _risk(scheme)}
        case "percentage":
            text = _("%(percent)s %% of the batch") % {"percent": scheme["percent"]}
            if scheme.get("min"):
                text = _("%(what)s, at least %(n)s units") % {"what": text, "n": scheme["min"]}
            if scheme.get("max"):
                text = _("%(what)s, at most %(n)s units") % {"what": text, "n": scheme["max"]}
            return text + _(".")
        case "fixed":
            return _("%(n)s units of every batch.") % {"n": scheme["n"]}
        case "all":
            return _("Every unit of every batch.")
        case _:
            level = scheme.get("level", "II")
            text = _("%(kind)s by %(standard)s, general inspection level %(level)s.")
            if level.startswith("S-"):
                text = _("%(kind)s by %(standard)s, special inspection level %(level)s.")
            standard = scheme.get("standard") or ("iso2859-1" if kind == "single" else "ansi-z1.4")
            return text % {"kind": KINDS[kind], "standard": STANDARDS[standard], "level": level}


def scheme_questions(scheme: dict) -> dict[str, str]:
    """What may be meant and is worth asking about, code -> sentence."""
    if scheme.get("kind", "single") in TABLED and is_major_above_minor(scheme["aql"]):
        return {
            "aql_major_above_minor": _(
                "The AQL of major is above that of minor: what is graver may be found more often. Is it meant so?"
            )
        }
    return {}


def _risk(scheme: dict) -> str:
    return plain(Decimal(str(scheme.get("consumer_risk", "0.10"))) * 100)


def _limits_by_class(limits: Any) -> str:
    """ "major 5 %, minor 12.5 %", or one for all."""
    if not isinstance(limits, dict):
        return _("%(number)s %%") % {"number": limits}
    named = [(c.label, limits[c.value]) for c in NonconformityClass if c.value in limits]
    return ", ".join(_("%(class)s %(number)s %%") % {"class": label, "number": limit} for label, limit in named)


def _acceptance(acceptance: Any) -> str:
    if not isinstance(acceptance, dict):
        acceptance = dict.fromkeys(("major", "minor"), acceptance) if acceptance else {}
    return ", ".join(f"{c.label} {acceptance[c.value]}" for c in NonconformityClass if acceptance.get(c.value))


def _critical(scheme: dict) -> str:
    own = scheme.get("critical")
    if own is not None and not (set(own) == {"aql"} and is_zero(own["aql"])):
        own = {key: scheme[key] for key in ("kind", "standard", "level") if key in scheme} | own
        if not isinstance(own.get("aql", {}), dict):
            own["aql"] = {"critical": own["aql"]}
        text = _how_many(own["kind"], own)
        if own["kind"] in TABLED:
            text = f"{text} AQL {own['aql']['critical']}."
        return _("Critical has a plan of its own: %(plan)s") % {"plan": text}
    if not is_zero((scheme.get("aql") or {}).get("critical", ZERO)) and scheme.get("kind", "single") in TABLED:
        return _("Critical is sampled by its own AQL; one critical nonconformity holds the batch all the same.")
    return _("Critical accepts on zero, over the largest sample of the other classes.")


def stages(plan: Plan) -> str:
    """ "80 units: accept up to 5, reject from 6"; for several stages one after the other, numbers cumulative."""
    said = []
    for stage in plan.all_stages:
        facts = {
            "n": number_format(stage.sample_size, force_grouping=True),
            "ac": stage.acceptance,
            "re": stage.rejection,
        }
        text = _("%(n)s units: accept up to %(ac)s, reject from %(re)s")
        if stage.acceptance is None:
            text = _("%(n)s units: not to be accepted yet, reject from %(re)s")
        said.append(text % facts)
    return "; ".join(said)


def example(specification: Specification, lot_size: int) -> list[dict]:
    """The rows of `plans_of` for what a specification checks."""
    return plans_of(specification.sampling_scheme, specification.characteristics.all(), lot_size)


def plans_of(
    scheme: Scheme, characteristics: Iterable[Characteristic], lot_size: int, *, classes: Iterable[str] = ()
) -> list[dict]:
    """The plans under normal inspection of a batch of `lot_size` units, as rows of plan_table.html.

    First those of the classes in which something is counted, and of `classes`; then those of the characteristics that
    have a sampling of their own or are judged by variables.
    """
    counted, measured = set(classes), []
    for characteristic in characteristics:
        if own := characteristic.own_rule:
            name = characteristic.nonconformity_class
            own_plan = own.plan(scheme.rules.get(name), lot_size)
            told = {"name": characteristic.local_name, "source": own_words(own)}
            measured.append(_class_row(name, own_plan, lot_size) | told)
            continue
        rule = characteristic.variables_rule(scheme)
        plan = plan_by_rule(rule, lot_size) if rule else None
        if rule is None or plan is None:
            counted.add(characteristic.nonconformity_class)
            continue
        measured.append({
            "class": characteristic.nonconformity_class,
            "name": characteristic.local_name,
            "letter": plan.code_letter,
            "text": plan_words(plan),
            "measured": plan,
            "worth": figures.worth_words(plan),
            "source": variables_words(rule),
        })  # fmt: skip
    plans = scheme.plans(lot_size, classes=[name for name in NonconformityClass.values if name in counted])
    return [_class_row(name, plan, lot_size) for name, plan in plans.items()] + measured


def _class_row(name: str, plan: Plan, lot_size: int) -> dict:
    return {
        "class": name,
        "letter": plan.effective_letter or "",
        "text": stages(plan),
        "worth": figures.class_worth(plan, lot_size),
        "plan": plan,
    }


# What a check may be given beside the level II of workmanship, and for what.
USUAL: dict[str, tuple[dict[str, Any], Promise]] = {
    "tests": ({"level": "S-2"}, gettext_lazy("Tests on site: function, drop, transport")),
    "destructive": ({"n": 5}, gettext_lazy("Tests that use units up")),
    "measurements": ({"level": "S-3"}, gettext_lazy("Measurements")),
}


def usual_samplings(scheme: Scheme, lot_size: int) -> list[dict]:
    """What the usual samplings are worth in a lot of so many units, for the class major; first that of the class itself."""
    rule = scheme.rules.get("major")
    if rule is None:
        return []
    name = _("Workmanship: as the class, level %(level)s") % {"level": scheme.definition.get("level", "II")}
    rows = [_class_row("major", rule.plan(lot_size, "normal"), lot_size) | {"name": name}]
    for definition, label in USUAL.values():
        own = OwnRule.from_dict(definition)
        try:
            plan = own.plan(rule, lot_size)
        except SamplingError:
            continue  # a class without an AQL has no level
        rows.append(_class_row("major", plan, lot_size) | {"name": label, "source": own_words(own)})
    return rows


def usual_for(aspect: str, is_measured: bool, has_levels: bool) -> dict | None:
    """The usual sampling of a check; None for workmanship, which goes with its class."""
    if is_measured:
        return USUAL["measurements"][0] if has_levels else None
    if aspect in (Aspect.FUNCTION, Aspect.PERFORMANCE, Aspect.TRANSPORT):
        return USUAL["tests" if has_levels else "destructive"][0]
    return None


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what a version changes; whether it asks less than the version before."""

    text: str
    loosens: bool = False


# What of a scheme can loosen beside the plans of the classes.
LOOSER_PARTS = {
    "counts": gettext_lazy("Units are counted instead of nonconformities."),
    "variables": gettext_lazy(
        "Measured characteristics are estimated from their readings by a weaker plan, or not any more."
    ),
    "first_batches_in_full": gettext_lazy("Fewer first batches are inspected in full."),
    "drift": gettext_lazy("A drift tightens the next plans no more."),
}


def loosening_sentence(difference: Difference, names: dict[str, str]) -> str:
    """One thing that loosens, by itself; `names` are those of the characteristics by code."""
    if not difference.code:
        if difference.what in LOOSER_PARTS:
            return str(LOOSER_PARTS[difference.what])
        label = NonconformityClass(difference.what).label
        return _("The sampling plans of the class %(class)s are weaker, or cannot be compared.") % {"class": label}
    facts = {"code": difference.code, "name": names.get(difference.code, "")}
    if difference.what == GONE:
        return _("%(code)s %(name)s is no longer checked.") % facts
    field = next(field for field in FIELDS if field.name == difference.what)
    what = _("kind of check") if field.kind == "flag" else str(field.model_field.verbose_name)
    if field.name in MEANING:
        return _("%(code)s %(name)s: %(what)s is another. It may look at something else under the same code.") % (
            facts | {"what": what}
        )
    return _("%(code)s %(name)s: %(what)s asks less.") % (facts | {"what": what})


def loosening_sentences(before: Specification, after: Specification) -> list[tuple[Difference, str]]:
    names = {c.code: c.local_name for version in (before, after) for c in version.characteristics.all()}
    return [(each, loosening_sentence(each, names)) for each in loosening(differences_between(before, after))]


def changes(before: Specification | None, after: Specification) -> list[Change]:
    """What `after` asks that `before` did not, and the other way round, a sentence each; empty when nothing differs."""
    if before is None:
        return []
    old = {c.code: c for c in before.characteristics.all()}
    new = {c.code: c for c in after.characteristics.all()}
    looser = loosening(differences_between(before, after))
    codes = {each.code for each in looser if each.what not in (ADDED, GONE)}
    said = [
        Change(
            _("%(code)s %(name)s is added (%(class)s).")
            % {"code": c.code, "name": c.local_name, "class": c.get_nonconformity_class_display()}
        )
        for code, c in new.items()
        if code not in old
    ]
    said += [
        Change(_("%(code)s %(name)s is no longer checked.") % {"code": c.code, "name": c.local_name}, loosens=True)
        for code, c in old.items()
        if code not in new
    ]
    for code, c in new.items():
        if code in old and (differences := list(_differences(old[code], c))):
            said.append(Change(f"{code} {c.local_name}: {'; '.join(differences)}.", loosens=code in codes))
    if [code for code in old if code in new] != [code for code in new if code in old]:
        said.append(Change(_("The order of the checks is another.")))
    was, now = scheme_sentences(before.scheme), scheme_sentences(after.scheme)
    before_now = [_("Sampling before: %(sentence)s") % {"sentence": each} for each in was if each not in now]
    before_now += [_("Sampling now: %(sentence)s") % {"sentence": each} for each in now if each not in was]
    said += map(Change, before_now)
    said += [Change(loosening_sentence(each, {}), loosens=True) for each in looser if not each.code]
    return said


def _differences(old: Characteristic, new: Characteristic) -> Iterator[str]:
    told = set()
    for field in FIELDS:
        was, now = field.value_of(old), field.value_of(new)
        if was == now:
            continue
        if field.kind == "picture":
            yield _picture_changed(was, now)
        elif field.declared.changed:
            if (sentence := str(field.declared.changed)) not in told:
                told.add(sentence)
                yield sentence
        else:
            before, after = _told(field, old), _told(field, new)
            if before != after:
                yield _("%(what)s %(before)s → %(after)s") % {
                    "what": _("kind of check") if field.kind == "flag" else field.model_field.verbose_name,
                    "before": before or _("none"),
                    "after": after or _("none"),
                }


def _told(field: Field, characteristic: Characteristic) -> str:
    """The value of a field in the reader's words."""
    value = field.value_of(characteristic)
    match field.kind:
        case "choice":
            return str(dict(field.choices)[value])
        case "flag":
            return _("measured") if value else _("conforms or not")
        case "number":
            return plain(value)
        case "plan":
            return how_judged(characteristic)
        case "sampling":
            return how_sampled(characteristic)
    return str(value)


def _picture_changed(was: str, now: str) -> str:
    if was and now:
        return _("the reference picture is another")
    return _("it has a reference picture") if now else _("it has no reference picture any more")
