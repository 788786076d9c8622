"""Writing the catalogue: loading a file, editing, confirming, and what a change would newly affect."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, RuleBroken
from activity.services import record_event
from activity.transactions import one_transaction
from compliance.catalogue.services.reference import apply_to_entry
from compliance.checklist.services import CHUNK, Catalogue, Chains, refresh_checklists, traits_by_product
from compliance.loosening.services import AskerMayNotSign, Cause
from compliance.loosening.words import both_languages
from compliance.models import (
    CatalogueVersion,
    LooseningCause,
    ProposalStatus,
    ProposedChange,
    Requirement,
    RequirementRevision,
    RevisionSource,
    Trait,
)
from compliance.paper.services import recheck
from compliance.paper.services.examinations import owe_examinations
from compliance.paper.services.recheck import touched_by_requirement
from compliance.reading.facts import problems_of
from compliance.rules.loosening import asks_less, loosens
from compliance.rules.requirements import applies, concerns, day_in
from compliance.waiver.services import end_waivers_of_ban
from suppliers.models import Category, Listing, Market

FILE = Path(__file__).parents[2] / "data" / "catalogue.json"
# What a requirement says: the fields that an edit may change and that its history keeps.
SAID = (
    "name",
    "name_zh",
    "kind",
    "categories",
    "categories_exclude",
    "markets",
    "jurisdiction",
    "traits_all",
    "traits_any",
    "group",
    "legal_basis",
    "evidence",
    "fields",
    "validity_type",
    "validity_months",
    "policy_max_age_months",
    "validity_verification",
    "validity_note",
    "platform_rules",
    "edition",
    "edition_from",
    "asks",
    "number_format",
    "renewal_lead_days",
    "renewal_lead_basis",
    "severity",
    "is_ban",
    "applies_from",
    "applies_until",
    "verification",
    "verified_scope",
    "source",
    "notes",
)
DATES = ("edition_from", "applies_from", "applies_until")


def snapshot(requirement: Requirement) -> dict[str, Any]:
    """What a requirement says now, as JSON holds it."""
    said = {name: getattr(requirement, name) for name in SAID}
    return said | {name: said[name] and said[name].isoformat() for name in DATES}


def _restored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the model holds them, from those that JSON does."""
    return {name: date.fromisoformat(value) if name in DATES and value else value for name, value in values.items()}


def _from_file(row: Mapping[str, Any], platform_rules: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A requirement of the file in our fields, as JSON holds them."""
    validity = row["validity"]
    plain = {name: row[name] for name in SAID if name in row}
    texts = (
        "group",
        "legal_basis",
        "number_format",
        "renewal_lead_basis",
        "verified_scope",
        "source",
        "notes",
        "edition",
    )
    return (
        plain
        | {name: row.get(name) or "" for name in texts}
        | {
            "name": row["name_en"],
            "validity_type": validity["type"],
            "validity_months": validity["months"],
            "policy_max_age_months": validity["policy_max_age_months"],
            "validity_verification": validity["verification"],
            "validity_note": validity["note"],
            "platform_rules": [
                {name: wish[name] for name in ("platform", "markets", "max_age_days", "min_remaining_days",
                                               "verification", "source")}
                for wish in platform_rules
                if row["key"] in wish["requirement_keys"]
            ],
            "is_ban": row.get("is_ban", False),
            "edition_from": row.get("edition_from"),
        }
    )  # fmt: skip


@one_transaction()
def load_catalogue(*, path: Path = FILE, at: datetime) -> CatalogueVersion:
    """Load a file of requirements; a file that is loaded already is left as it is.

    The first file makes the catalogue. What a later one says otherwise than its predecessor becomes a proposed change,
    so that edits stay, and nothing about a listing changes before somebody has seen what it affects.
    """
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    data = json.loads(content)
    version, is_new = CatalogueVersion.objects.get_or_create(
        sha256=sha256, defaults={"as_of": date.fromisoformat(data["meta"]["as_of"]), "loaded_at": at}
    )
    if not is_new:
        return version
    for trait in data["traits"]:
        texts = {"name": trait["label_en"], "name_zh": trait["label_zh"]}
        Trait.objects.get_or_create(key=trait["code"], defaults=texts)
    rows = {row["key"]: _from_file(row, data["platform_validity_rules"]) for row in data["requirements"]}
    if Requirement.objects.exists():
        _propose(rows, version)
    else:
        _create(rows, version, at=at)
        refresh_checklists(list(Listing.objects.values_list("pk", flat=True)), at=at)
    return version


def _create(rows: Mapping[str, Mapping[str, Any]], version: CatalogueVersion, *, at: datetime) -> None:
    made = Requirement.objects.bulk_create(Requirement(key=key, **_restored(said)) for key, said in rows.items())
    RequirementRevision.objects.bulk_create(
        RequirementRevision(
            requirement=requirement,
            number=1,
            source=RevisionSource.FILE,
            data=snapshot(requirement),
            version=version,
            actor=None,
            at=at,
        )
        for requirement in made
    )


def _propose(rows: Mapping[str, Mapping[str, Any]], version: CatalogueVersion) -> None:
    """A proposal for each requirement of which the file says something that neither its predecessors nor we do."""
    current = {requirement.key: snapshot(requirement) for requirement in Requirement.objects.all()}
    told: dict[str, dict[str, Any]] = {}
    files = RequirementRevision.objects.filter(source=RevisionSource.FILE).order_by("requirement", "number")
    for key, data in files.values_list("requirement__key", "data"):
        told[key] = data
    for key, values in ProposedChange.objects.filter(entry=None).order_by("id").values_list("key", "values"):
        told.setdefault(key, {}).update(values)
    proposals = []
    for key, said in rows.items():
        before, now = told.get(key, {}), current.get(key, {})
        absent = object()
        news = {
            name: value
            for name, value in said.items()
            if before.get(name, absent) != value and now.get(name, absent) != value
        }
        if news:
            proposals.append(ProposedChange(key=key, version=version, values=news))
    ProposedChange.objects.bulk_create(proposals)


@dataclass(frozen=True, slots=True)
class Affected:
    """Listings (ids) that a change brings a new item, that lose one, and that get a trait to answer."""

    gained: tuple[int, ...]
    lost: tuple[int, ...]
    asked: tuple[int, ...]


def preview_papers(key: str, values: Mapping[str, Any], *, at: datetime) -> recheck.Affected:
    """What it would mean for the papers there are if a requirement said otherwise."""
    before = Requirement.objects.filter(key=key).first()
    said = _restored({**(snapshot(before) if before else {}), **values})
    after = Requirement(pk=before.pk if before else None, key=key, **said)
    return recheck.preview_requirement(before, after, at=at)


def preview(key: str, values: Mapping[str, Any], *, at: datetime) -> Affected:
    """What it would mean for the listings there are if a requirement said otherwise. `values` as JSON holds them.

    A key that is not known yet is a new requirement.
    """
    before = Requirement.objects.filter(key=key).first()
    after = Requirement(key=key, **_restored({**(snapshot(before) if before else {}), **values}))
    rule_before, rule_after = before.rule if before else None, after.rule
    others = {rule.key: rule for rule in Catalogue().rules if rule.key != key}.values()
    chains = Chains()
    gained, lost, asked = [], [], []
    listings = Listing.objects.select_related("product").order_by("pk").iterator(chunk_size=CHUNK)
    traits = traits_by_product(set(Listing.objects.values_list("product", flat=True)))
    new_traits = rule_after.traits - (rule_before.traits if rule_before else frozenset())
    for listing in listings:
        answers = traits.get(listing.product_id, {})
        subject = chains.subject(listing, answers)
        today = day_in(chains.zones[listing.market_id], at)
        day = max(today, listing.planned_on or today)
        was = rule_before is not None and applies(rule_before, subject, day) is not None
        will = applies(rule_after, subject, day) is not None
        if will and not was:
            gained.append(listing.pk)
        elif was and not will:
            lost.append(listing.pk)
        if concerns(rule_after, subject):
            was_concerned = rule_before is not None and concerns(rule_before, subject)
            wanted = {k for k in (new_traits if was_concerned else rule_after.traits) if answers.get(k) is None}
            if wanted and not wanted <= {k for rule in others if concerns(rule, subject) for k in rule.traits}:
                asked.append(listing.pk)
    return Affected(tuple(gained), tuple(lost), tuple(asked))


class RequirementMeanwhileChanged(RuleBroken):
    code = "requirement_meanwhile_changed"
    detail = gettext_lazy("Somebody changed this requirement meanwhile. Look at what it says now, and change it again.")


def check_values(values: Mapping[str, Any]) -> None:
    """Raises InvalidInput naming each field that names an unknown code, or whose dates are the wrong way round."""
    known = {
        "categories": {*Category.objects.values_list("code", flat=True), "*"},
        "categories_exclude": set(Category.objects.values_list("code", flat=True)),
        "markets": {*Market.objects.values_list("code", flat=True), "*"},
        "traits_all": set(Trait.objects.values_list("key", flat=True)),
        "traits_any": set(Trait.objects.values_list("key", flat=True)),
    }
    errors = [
        FieldError(name, "unknown_code", _("%(code)s is not known here.") % {"code": code})
        for name, codes in known.items()
        for code in values.get(name, ())
        if code not in codes
    ]
    errors += [
        FieldError("asks", "not_asked", _("“%(path)s” is nothing that can be looked for in a paper.") % {"path": path})
        for path in problems_of(values.get("asks", {}))
    ]
    begins, ends = values.get("applies_from"), values.get("applies_until")
    if begins and ends and ends < begins:
        errors.append(FieldError("applies_until", "date_order", _("It ends before it begins.")))
    if errors:
        raise InvalidInput(errors)


@one_transaction()
def edit_requirement(
    *, key: str, values: Mapping[str, Any], reason: str, revision: int, actor: User, at: datetime
) -> Requirement | ProposedChange:
    """Let a requirement say otherwise, or (`revision` 0) add one. `values`: field -> value as JSON holds it.

    One that asks less than what is in force changes nothing yet: it waits as a ProposedChange for another person (R13).
    `revision` is the one that the editor saw. A confirmation ends with what it confirmed. The checklists that it
    concerns are worked out in the same transaction, and its papers compared anew after it. Raises InvalidInput, RequirementMeanwhileChanged, NotAllowed.
    """
    require(actor, "compliance.edit_catalogue")
    if not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say why, and where it can be read."))
    changed, before, changes = _as_it_would_be(key, values, revision)
    if not _asks_less(before, changed):
        return _change(key, values, reason, revision, RevisionSource.EDIT, None, actor, at)
    news = {name: after for name, (_before, after) in changes.items()}
    proposal = ProposedChange.objects.create(key=key, values=news, asked_by=actor, asked_at=at, reason=reason.strip())
    _tell_asked(changed, changes, reason, actor=actor, at=at)
    return proposal


def _tell_asked(changed: Requirement, changes: Mapping[str, list], reason: str, *, actor: User, at: datetime) -> None:
    facts = {"name": changed.name, "name_zh": changed.name_zh, "changes": changes, "reason": reason}
    record_event("requirement.asked", f"requirement:{changed.key}", at=at, actor=actor, **facts)


def _asks_less(before: Mapping[str, Any], changed: Requirement) -> bool:
    """Whether less is asked than now. What is new does where it joins the group of others: any of them meets it."""
    if not before:
        return changed.group != "" and Requirement.objects.filter(group=changed.group).exists()
    return asks_less(before, snapshot(changed)) or loosens(changed.as_said(before).rule, changed.rule)


def _change(
    key: str,
    values: Mapping[str, Any],
    reason: str,
    revision: int,
    source: RevisionSource,
    version: CatalogueVersion | None,
    actor: User,
    at: datetime,
) -> Requirement:
    requirement, before, changes = _as_it_would_be(key, values, revision)
    affected = preview(key, snapshot(requirement), at=at)
    cause = _cause(requirement, before, changes, actor)
    requirement.save()
    _keep_revision(requirement, source, changes, reason, version, actor, at)
    record_event(
        "requirement.changed",
        f"requirement:{key}",
        at=at,
        actor=actor,
        name=requirement.name,
        name_zh=requirement.name_zh,
        fields=sorted(changes),
        changes=changes,
        reason=reason,
        gained=len(affected.gained),
        lost=len(affected.lost),
    )
    if requirement.is_ban:
        end_waivers_of_ban(requirement=requirement, actor=actor, at=at)
    refresh_checklists(_concerned(requirement, before), at=at, causes=[cause])
    why = {"what": "requirement", "name": key, "reason": reason}
    owe_examinations(touched_by_requirement(requirement), why=why, at=at)
    return requirement


def _as_it_would_be(
    key: str, values: Mapping[str, Any], revision: int
) -> tuple[Requirement, dict[str, Any], dict[str, list]]:
    """The requirement with these values, not saved; what it says now; and field -> [before, after] of what differs."""
    requirement = Requirement.objects.select_for_update().filter(key=key).first()
    before = snapshot(requirement) if requirement else {}
    if revision != (requirement.revision if requirement else 0):
        raise RequirementMeanwhileChanged
    if unknown := set(values) - set(SAID):
        raise InvalidInput([FieldError(name, "unknown_field", _("There is no such field.")) for name in unknown])
    requirement = requirement or Requirement(key=key, revision=0)
    for name, value in _restored(values).items():
        setattr(requirement, name, value)
    after = snapshot(requirement)
    check_values(after)
    changes = {name: [before.get(name), after[name]] for name in SAID if before.get(name) != after[name]}
    if not changes:
        raise InvalidInput.one("reason", "unchanged", _("Nothing was changed."))
    requirement.confirmed_by = requirement.confirmed_at = None
    requirement.revision += 1
    try:
        requirement.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise InvalidInput(
            [
                FieldError(name, "invalid", message)
                for name, messages in error.message_dict.items()
                for message in messages
            ]
        ) from None
    return requirement, before, changes


def _cause(requirement: Requirement, before: Mapping[str, Any], changes: Mapping[str, list], actor: User) -> Cause:
    """Of a requirement that says otherwise now; what is sold is judged by what it said until that is signed too."""
    was = requirement.as_said(before) if before else None
    if was:
        was.revision = requirement.revision - 1
    said = [
        both_languages(partial(_label, name)) | {"before": old, "after": new} for name, (old, new) in changes.items()
    ]
    return Cause(LooseningCause.REQUIREMENT, requirement.key, actor, said=said, before=was)


def _label(name: str) -> str:
    return str(Requirement._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _keep_revision(
    requirement: Requirement,
    source: RevisionSource,
    changes: dict,
    reason: str,
    version: CatalogueVersion | None,
    actor: User,
    at: datetime,
) -> None:
    RequirementRevision.objects.create(
        requirement=requirement,
        number=requirement.revision,
        source=source,
        data=snapshot(requirement),
        changes=changes,
        reason=reason,
        version=version,
        actor=actor,
        at=at,
    )


def _concerned(requirement: Requirement, before: Mapping[str, Any]) -> list[int]:
    """The listings (ids) of the categories and markets of a requirement as it is now or was before."""
    rules = [requirement.rule]
    if before:
        rules.append(Requirement(key=requirement.key, **_restored(before)).rule)
    chains = Chains()
    listings = Listing.objects.select_related("product").order_by("pk").iterator(chunk_size=CHUNK)
    return [listing.pk for listing in listings if any(concerns(rule, chains.subject(listing, {})) for rule in rules)]


@one_transaction()
def confirm_requirement(*, key: str, note: str, revision: int, actor: User, at: datetime) -> Requirement:
    """Say with one's name that a requirement is right as it stands. `note` says where that was read."""
    require(actor, "compliance.edit_catalogue")
    if not note.strip():
        raise InvalidInput.one("note", "required", _("Say where you read it: a law, a page, a letter."))
    requirement = Requirement.objects.select_for_update().get(key=key)
    if revision != requirement.revision:
        raise RequirementMeanwhileChanged
    requirement.confirmed_by, requirement.confirmed_at = actor, at
    requirement.revision += 1
    requirement.save()
    _keep_revision(requirement, RevisionSource.CONFIRMATION, {}, note, None, actor, at)
    names = {"name": requirement.name, "name_zh": requirement.name_zh}
    record_event("requirement.confirmed", f"requirement:{key}", at=at, actor=actor, note=note, **names)
    return requirement


class ProposalDecided(RuleBroken):
    code = "proposal_decided"
    detail = gettext_lazy("Somebody has decided on this proposed change already.")


@one_transaction()
def decide_proposal(
    *, proposal: ProposedChange, apply: bool, revision: int, actor: User, at: datetime
) -> ProposedChange:
    """Take over what a newer file or another person says, or leave it. `revision` is that of the requirement, or of the
    entry of a table, which was seen (0: none). Of a file that asks less than what is in force the first to take it over
    asks for it, and the proposal stays open for another person (R13). Raises AskerMayNotSign for who asked for it.
    """
    require(actor, "compliance.edit_catalogue")
    related = ProposedChange.objects.select_related("version", "entry")
    proposal = related.select_for_update(of=("self",)).get(pk=proposal.pk)
    if proposal.status != ProposalStatus.OPEN:
        raise ProposalDecided
    if apply and proposal.asked_by == actor:
        raise AskerMayNotSign
    if apply and proposal.entry:
        apply_to_entry(proposal.entry, proposal, revision=revision, actor=actor, at=at)
    elif apply and proposal.version:
        changed, before, changes = _as_it_would_be(proposal.key, proposal.values, revision)
        if proposal.asked_by is None and _asks_less(before, changed):
            proposal.asked_by, proposal.asked_at = actor, at
            proposal.save()
            _tell_asked(changed, changes, "", actor=actor, at=at)
            return proposal
        reason = _("As the file of %(date)s says.") % {"date": proposal.version.as_of.isoformat()}
        _change(proposal.key, proposal.values, reason, revision, RevisionSource.FILE, proposal.version, actor, at)
    elif apply:
        _change(proposal.key, proposal.values, proposal.reason, revision, RevisionSource.EDIT, None, actor, at)
    proposal.status = ProposalStatus.APPLIED if apply else ProposalStatus.DISMISSED
    proposal.decided_by, proposal.decided_at = actor, at
    proposal.save()
    return proposal
