"""When a requirement applies, and from when until when a paper counts for it. Pure: no Django, no clock.

Category and market codes come as chains: the own code first, then its parent's, and so on. A market's parent hands its
requirements down: what the EU wants, EU-DE wants too.
"""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ALL = "*"


def day_in(zone: str, at: datetime) -> date:
    """The date in a market at a moment. `zone` is the market's, by whose days its papers run out."""
    return at.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """The moment at which a day begins in a market."""
    return datetime.combine(day, time.min, ZoneInfo(zone))


@dataclass(frozen=True, slots=True)
class PlatformRule:
    """What a platform wants of a paper in some markets, beyond the law."""

    platform: str
    markets: frozenset[str]
    max_age_days: int | None = None
    min_remaining_days: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What of a requirement decides when it applies and how long a paper counts. Field names as in the catalogue."""

    key: str
    categories: frozenset[str] = frozenset({ALL})
    categories_exclude: frozenset[str] = frozenset()
    markets: frozenset[str] = frozenset({ALL})
    traits_all: frozenset[str] = frozenset()
    traits_any: frozenset[str] = frozenset()
    group: str = ""
    applies_from: date | None = None
    applies_until: date | None = None
    validity_type: str = "no_expiry"
    validity_months: int | None = None
    policy_max_age_months: int | None = None
    platform_rules: tuple[PlatformRule, ...] = ()
    edition: str = ""
    edition_from: date | None = None

    @property
    def traits(self) -> frozenset[str]:
        return self.traits_all | self.traits_any


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rules look at: one product in one market. `traits` holds the answers; a key that is missing, or None,
    is not answered."""

    categories: Sequence[str]
    markets: Sequence[str]
    traits: Mapping[str, bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule applies: the category and the market that it names ("*": all), the traits that it wants and that are
    answered yes."""

    category: str
    market: str
    traits: tuple[str, ...]


def _named(named: frozenset[str], chain: Sequence[str]) -> str | None:
    """The nearest code of the chain that a rule names, "*" where it names all."""
    return next((code for code in chain if code in named), ALL if ALL in named else None)


def concerns(rule: Rule, subject: Subject) -> bool:
    """Whether category and market are a rule's, whatever the traits and the date."""
    return (
        _named(rule.categories, subject.categories) is not None
        and not any(code in rule.categories_exclude for code in subject.categories)
        and _named(rule.markets, subject.markets) is not None
    )


def in_force(rule: Rule, on: date) -> bool:
    return (rule.applies_from is None or rule.applies_from <= on) and (
        rule.applies_until is None or on <= rule.applies_until
    )


def applies(rule: Rule, subject: Subject, on: date) -> Reason | None:
    """Why a rule applies to a product in a market on a day, or None when it does not.

    Traits that are not answered make no rule apply: `unanswered` names them, and they block by themselves.
    """
    if not concerns(rule, subject) or not in_force(rule, on):
        return None
    yes = {key for key in rule.traits if subject.traits.get(key) is True}
    if not rule.traits_all <= yes or (rule.traits_any and not rule.traits_any & yes):
        return None
    category = _named(rule.categories, subject.categories)
    market = _named(rule.markets, subject.markets)
    return Reason(category or ALL, market or ALL, tuple(sorted(yes)))


def applicable(rules: Iterable[Rule], subject: Subject, on: date) -> dict[str, Reason]:
    """Rule key -> why it applies."""
    found = ((rule.key, applies(rule, subject, on)) for rule in rules)
    return {key: reason for key, reason in found if reason is not None}


def still_open(rule: Rule, answers: Mapping[str, bool | None]) -> frozenset[str]:
    """The unanswered traits on which it still turns whether the rule applies. One no among those that it wants all of settles
    the others, and so does one yes among those of which it wants one, or a no to each of these."""
    is_settled = any(answers.get(key) is False for key in rule.traits_all)
    has_one = any(answers.get(key) is True for key in rule.traits_any)
    has_none = bool(rule.traits_any) and all(answers.get(key) is False for key in rule.traits_any)
    if is_settled or has_none:
        return frozenset()
    wanted = rule.traits_all if has_one else rule.traits
    return frozenset(key for key in wanted if answers.get(key) is None)


def unanswered(rules: Iterable[Rule], subject: Subject, on: date) -> tuple[str, ...]:
    """Every trait that is neither yes nor no and on which a rule of this category and market still turns, sorted.

    Rules that are over are left out, those that begin later are not: their answer is wanted before they begin.
    """
    wanted = {
        key
        for rule in rules
        if concerns(rule, subject) and (rule.applies_until is None or on <= rule.applies_until)
        for key in still_open(rule, subject.traits)
    }
    return tuple(sorted(wanted))


def add_months(day: date, months: int) -> date:
    """The same day of the month some months later, the month's last where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Paper:
    """The dates that a paper prints, and the edition that it was tested to."""

    issued_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    edition: str = ""

    @property
    def begins_on(self) -> date | None:
        return self.valid_from or self.issued_on

    @property
    def dated_on(self) -> date | None:
        """The day from which its age is counted."""
        return self.issued_on or self.valid_from


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that ends a paper: `why` is printed, term, age, platform_age, platform_remaining, law or edition."""

    why: str
    last: date
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Validity:
    """The days on which a paper counts for a requirement in a market, the ends that were found, the nearest first."""

    first: date | None
    limits: tuple[Limit, ...]

    @property
    def last(self) -> date | None:
        return self.limits[0].last if self.limits else None

    def covers(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def _term(rule: Rule, paper: Paper) -> date | None:
    """The last day by the requirement's own term. A printed end stands for a fixed term and for a calendar year."""
    begins = paper.begins_on
    match rule.validity_type:
        case "months_from_issue" if rule.validity_months and paper.dated_on:
            return add_months(paper.dated_on, rule.validity_months)
        case "fixed_term" if rule.validity_months and begins and paper.valid_to is None:
            return add_months(begins, rule.validity_months)
        case "calendar_annual" if begins and paper.valid_to is None:
            return date(begins.year, 12, 31)
        case "calendar_biennial" if begins and paper.valid_to is None:
            return date(begins.year + begins.year % 2, 12, 31)
    return None


def is_edition(wanted: str, tested: str) -> bool:
    """Whether an edition is named in what a paper says it was tested to, whatever the spaces and hyphens."""
    plain = ["".join(c for c in text.casefold() if c.isalnum()) for text in (wanted, tested)]
    return plain[0] in plain[1]


def validity(rule: Rule, paper: Paper, markets: Sequence[str]) -> Validity:
    """From when until when a paper counts in a market.

    Three kinds of end, the nearest of which counts: the date printed (or the term that stands for it), the age that the
    team's policy or a platform allows, and the change of the law or of the edition.
    """
    limits = []
    if paper.valid_to:
        limits.append(Limit("printed", paper.valid_to))
    if term := _term(rule, paper):
        limits.append(Limit("term", term))
    if rule.policy_max_age_months and paper.dated_on:
        limits.append(Limit("age", add_months(paper.dated_on, rule.policy_max_age_months)))
    end = min((limit.last for limit in limits), default=None)
    for wish in rule.platform_rules:
        if _named(wish.markets, markets) is None:
            continue
        if wish.max_age_days is not None and paper.dated_on:
            limits.append(Limit("platform_age", paper.dated_on + timedelta(wish.max_age_days), wish.platform))
        if wish.min_remaining_days is not None and end:
            limits.append(Limit("platform_remaining", end - timedelta(wish.min_remaining_days), wish.platform))
    if rule.applies_until:
        limits.append(Limit("law", rule.applies_until))
    if rule.edition and rule.edition_from and not is_edition(rule.edition, paper.edition):
        limits.append(Limit("edition", rule.edition_from - timedelta(1)))
    return Validity(paper.begins_on, tuple(sorted(limits, key=lambda limit: limit.last)))


def dates_needed(rule: Rule, paper: Paper) -> tuple[str, ...]:
    """The date fields without which nobody can say until when a paper counts: issued_on, valid_to."""
    needed = []
    ages = rule.policy_max_age_months or any(wish.max_age_days is not None for wish in rule.platform_rules)
    if (ages or rule.validity_type == "months_from_issue") and paper.dated_on is None:
        needed.append("issued_on")
    if rule.validity_type in ("fixed_term", "calendar_annual", "calendar_biennial") and paper.valid_to is None:
        if rule.validity_months is None:
            needed.append("valid_to")
        elif paper.begins_on is None:
            needed.append("issued_on")
    return tuple(dict.fromkeys(needed))


def joined(spans: Iterable[tuple[date | None, date | None]], on: date) -> tuple[date | None, date | None] | None:
    """The unbroken run of days, of spans of (first, last), that holds `on`; None when none does."""
    runs: list[list[date]] = []
    for first, last in sorted((first or date.min, last or date.max) for first, last in spans):
        if runs and (runs[-1][1] == date.max or first <= runs[-1][1] + timedelta(1)):
            runs[-1][1] = max(runs[-1][1], last)
        else:
            runs.append([first, last])
    for first, last in runs:
        if first <= on <= last:
            return (None if first == date.min else first), (None if last == date.max else last)
    return None
