"""Who may do what: the roles as groups, written after every migration from this one table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    QC = "qc", _("QC")
    MANAGER = "manager", _("Quality manager")
    MERCHANDISER = "merchandiser", _("Merchandiser")
    SUPPLIER = "supplier", _("Supplier")
    ADMIN = "admin", _("Administrator")


# `see_all` is what separates the team from suppliers: without it a user sees the records of its own suppliers only (R5).
_TEAM = {"suppliers.see_all"}
PERMISSIONS: dict[str, set[str]] = {
    Role.QC: _TEAM
    | {
        "inspections.inspect",
        "inspections.register_batch",
        "inspections.place_hold",
        "inspections.check_sample",
        "inspections.run_pilot",
        "inspections.report_returns",
        "compliance.upload_evidence",
        "compliance.check_evidence",
        "compliance.read_formulas",
        "compliance.answer_traits",
    },
    Role.MANAGER: _TEAM
    | {
        "inspections.inspect",
        "inspections.register_batch",
        "inspections.place_hold",
        "inspections.decide_hold",
        "inspections.ship",
        "inspections.specify",
        "imports.import_data",
        "inspections.check_sample",
        "inspections.decide_sample",
        "inspections.run_pilot",
        "inspections.set_margin",
        "inspections.see_doubts",
        "inspections.report_returns",
        "suppliers.manage",
        "compliance.upload_evidence",
        "compliance.check_evidence",
        "compliance.read_formulas",
        "compliance.answer_traits",
        "compliance.sign_waiver",
        "compliance.take_live",
        "activity.manage_webhooks",
    },
    Role.MERCHANDISER: _TEAM
    | {
        "inspections.run_pilot",
        "inspections.set_margin",
        "inspections.report_returns",
        "compliance.upload_evidence",
        "compliance.answer_traits",
        "compliance.sign_waiver",
        "compliance.take_live",
        "inspections.register_batch",
        "inspections.ship",
        "inspections.specify",
        "imports.import_data",
        "suppliers.manage",
    },
    Role.SUPPLIER: {"inspections.respond_to_hold", "compliance.upload_evidence"},
}
PERMISSIONS[Role.ADMIN] = set().union(*PERMISSIONS.values()) | {"compliance.edit_catalogue", "activity.see_operations"}


_APPS = {permission.partition(".")[0] for permissions in PERMISSIONS.values() for permission in permissions}


def write_roles(*, app_config, using: str, **kwargs) -> None:
    """Make the groups as the table says, after the migration of each app that brings permissions; others are skipped."""
    if app_config.label not in _APPS:
        return
    from django.contrib.auth.models import Group, Permission  # late: models are not there yet when roles are read

    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.using(using).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for role, permissions in PERMISSIONS.items():
        group, _created = Group.objects.using(using).get_or_create(name=role)
        group.permissions.set([known[name] for name in permissions if name in known])
