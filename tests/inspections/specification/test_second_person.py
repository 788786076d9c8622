"""Who ever drafted what a version loosens does not sign it, whoever wrote the draft last (R13)."""

from dataclasses import replace

import pytest

from accounts.roles import Role
from inspections.models import Specification
from inspections.specification.services.comparison import digest_of
from inspections.specification.services.versions import DrafterMayNotSign, draft_specification, sign_specification
from tests.factories import KETTLE, LEAK, NOON, SCHEME, after, make_user
from tests.inspections.models.test_rules_by_sql import refused

pytestmark = pytest.mark.django_db
WITHOUT_LEAK = [c for c in KETTLE if c is not LEAK]


def sign(draft, actor):
    return sign_specification(
        specification=draft,
        reason="The seal is gone",
        signature="token",
        digest=digest_of(draft),
        actor=actor,
        at=after(5),
    )


def draft(product, characteristics, actor, at=NOON):
    return draft_specification(product=product, characteristics=characteristics, scheme=SCHEME, actor=actor, at=at)


def test_who_wrote_it_before_somebody_else_saved_it_again(product, manager, merchandiser):
    draft(product, WITHOUT_LEAK, manager)
    renamed = [replace(WITHOUT_LEAK[0], name="Height of the body"), *WITHOUT_LEAK[1:]]
    second = draft(product, renamed, merchandiser, after(1))

    with pytest.raises(DrafterMayNotSign):
        sign(second, manager)
    rule = refused(
        "UPDATE inspections_specification SET signed_by_id = %s, signed_reason = 'x', signature = 'token' WHERE id = %s",
        manager.pk,
        second.pk,
    )
    assert rule == "specification_is_signed_by_nobody_who_ever_drafted_it"
    other = make_user(Role.MANAGER, "second")
    assert sign(second, other).signed_by == other


def test_who_drafted_only_what_tightens_may(product, manager, merchandiser):
    draft(product, KETTLE, manager)
    second = draft(product, WITHOUT_LEAK, merchandiser, after(1))

    assert sign(second, manager).signed_by == manager
    assert Specification.objects.get(pk=second.pk).status == "active"
