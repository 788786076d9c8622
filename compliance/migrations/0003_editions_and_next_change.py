from django.conf import settings
from django.db import migrations, models

# Who uploaded a file is no second pair of eyes on it, whoever submitted it as evidence.
CHECKED_BY_ANOTHER = """
CREATE FUNCTION guard_evidence_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.checked_by_id = (SELECT uploaded_by_id FROM compliance_document WHERE id = NEW.document_id) THEN
        RAISE EXCEPTION 'evidence %: who uploaded the document does not check it', NEW.uid
            USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_is_checked_by_another_than_its_uploader';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evidence_is_checked_by_another BEFORE INSERT OR UPDATE ON compliance_evidence
    FOR EACH ROW WHEN (NEW.checked_by_id IS NOT NULL) EXECUTE FUNCTION guard_evidence_check();
"""
UNDO = """
DROP TRIGGER evidence_is_checked_by_another ON compliance_evidence;
DROP FUNCTION guard_evidence_check;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0002_rules_kept_by_the_database"),
        ("suppliers", "0002_categories_and_markets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="checklist",
            name="changes_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When a day begins that makes an item differ",
                null=True,
                verbose_name="changes by itself at",
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="edition",
            field=models.CharField(
                blank=True,
                help_text="What a paper must have been tested to, e.g. F963-23.",
                max_length=60,
                verbose_name="edition",
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="edition_from",
            field=models.DateField(blank=True, null=True, verbose_name="edition counts from"),
        ),
        migrations.AddIndex(
            model_name="checklist",
            index=models.Index(
                condition=models.Q(("changes_at__isnull", False)), fields=["changes_at"], name="checklist_by_change"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked_by", None),
                    models.Q(("checked_by", models.F("submitted_by")), _negated=True),
                    _connector="OR",
                ),
                name="evidence_is_checked_by_another_than_its_uploader",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("edition_from", None), models.Q(("edition", ""), _negated=True), _connector="OR"),
                name="requirement_names_the_edition_that_counts",
            ),
        ),
        migrations.RunSQL(sql=CHECKED_BY_ANOTHER, reverse_sql=UNDO),
    ]
