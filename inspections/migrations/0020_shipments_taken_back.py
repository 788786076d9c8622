import uuid
from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BATCH_IS_ACCEPTED = """
CREATE FUNCTION last_accepted_at(batch bigint) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT submitted_at FROM (
        SELECT verdict, submitted_at FROM inspections_inspection
        WHERE batch_id = batch AND status <> 'open' AND (status = 'submitted' OR hold_id IS NOT NULL)
        ORDER BY round DESC LIMIT 1
    ) AS last_round
    WHERE verdict = 'accepted' AND NOT EXISTS (
        SELECT FROM inspections_disposition d JOIN inspections_hold h ON h.id = d.hold_id
        WHERE h.batch_id = batch AND d.kind = 'rework' AND d.decided_at > last_round.submitted_at)
$$;
CREATE FUNCTION freed_of(batch bigint) RETURNS bigint LANGUAGE sql AS $$
    SELECT coalesce(sum(d.freed), 0) FROM inspections_disposition d JOIN inspections_hold h ON h.id = d.hold_id
    WHERE h.batch_id = batch
$$;
"""

# As before, but for what was taken back of the shipments.
QUANTITIES_REST_ON_RECORDS = """
CREATE OR REPLACE FUNCTION require_records_for_quantities() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b inspections_batch;
BEGIN
    SELECT * INTO b FROM inspections_batch WHERE id = NEW.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF b.shipped <> (SELECT coalesce(sum(quantity), 0) FROM inspections_shipment WHERE batch_id = b.id)
                  - (SELECT coalesce(sum(r.quantity), 0) FROM inspections_reversal r
                     JOIN inspections_shipment s ON s.id = r.shipment_id WHERE s.batch_id = b.id) THEN
        RAISE EXCEPTION 'batch %: what is shipped is not the sum of its shipments', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_ships_by_shipments_alone';
    END IF;
    IF b.on_hold <> (SELECT coalesce(sum(remaining), 0) FROM inspections_hold
                     WHERE batch_id = b.id AND status = 'open') THEN
        RAISE EXCEPTION 'batch %: what is on hold is not what its open hold covers', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_holds_what_its_hold_covers';
    END IF;
    IF b.available > 0 AND last_accepted_at(b.id) IS NULL AND b.available > freed_of(b.id) THEN
        RAISE EXCEPTION 'batch %: % units are available without an accepted round or a signed disposition',
            b.number, b.available
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_is_available_only_when_accepted_or_freed';
    END IF;
    RETURN NULL;
END $$;
"""
AS_BEFORE = (
    import_module("inspections.migrations.0002_rules_kept_by_the_database")
    .QUANTITIES_REST_ON_RECORDS.partition("CREATE CONSTRAINT TRIGGER")[0]
    .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
)

# R2: what is taken back goes where the rules have it now. An open hold covers it. Else it is available where the batch is
# still accepted, or where signed dispositions freed as many units as ever left or may leave; on a deviation only while the
# others of it are there, with their last day. Else it awaits inspection. While an inspection is open its lot is fixed.
REVERSAL_PUTS_BACK = """
CREATE FUNCTION put_shipment_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sent inspections_shipment;
    b inspections_batch;
    accepted_at timestamptz;
BEGIN
    SELECT * INTO sent FROM inspections_shipment WHERE id = NEW.shipment_id;
    SELECT * INTO b FROM inspections_batch WHERE id = sent.batch_id FOR UPDATE;
    IF NEW.quantity + (SELECT coalesce(sum(quantity), 0) FROM inspections_reversal WHERE shipment_id = sent.id)
       > sent.quantity THEN
        RAISE EXCEPTION 'shipment %: no more than what was shipped can be taken back', NEW.shipment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_takes_back_what_was_shipped';
    END IF;
    IF EXISTS (SELECT FROM inspections_inspection WHERE batch_id = b.id AND status = 'open') THEN
        RAISE EXCEPTION 'batch %: its units are being inspected, nothing joins them', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_waits_for_the_inspection';
    END IF;
    accepted_at := last_accepted_at(b.id);
    UPDATE inspections_hold SET quantity = quantity + NEW.quantity, remaining = remaining + NEW.quantity
        WHERE batch_id = b.id AND status = 'open';
    IF FOUND THEN
        NEW.place := 'on_hold';
    ELSIF (accepted_at IS NOT NULL OR b.available + b.shipped <= freed_of(b.id))
       AND (b.deviation_until IS NOT NULL OR NOT EXISTS (
            SELECT FROM inspections_disposition d JOIN inspections_hold h ON h.id = d.hold_id
            WHERE h.batch_id = b.id AND d.kind = 'accept_on_deviation'
              AND d.decided_at > coalesce(accepted_at, '-infinity'))) THEN
        NEW.place := 'available';
    ELSE
        NEW.place := 'awaiting';
    END IF;
    UPDATE inspections_batch SET
        shipped = shipped - NEW.quantity,
        on_hold = on_hold + CASE NEW.place WHEN 'on_hold' THEN NEW.quantity ELSE 0 END,
        available = available + CASE NEW.place WHEN 'available' THEN NEW.quantity ELSE 0 END,
        awaiting = awaiting + CASE NEW.place WHEN 'awaiting' THEN NEW.quantity ELSE 0 END
    WHERE id = b.id;
    RETURN NEW;
END $$;
CREATE TRIGGER reversal_puts_back_what_was_shipped BEFORE INSERT ON inspections_reversal
    FOR EACH ROW EXECUTE FUNCTION put_shipment_back();
CREATE TRIGGER reversal_is_written_once BEFORE UPDATE OR DELETE ON inspections_reversal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
UNDO = """
DROP TRIGGER reversal_puts_back_what_was_shipped ON inspections_reversal;
DROP TRIGGER reversal_is_written_once ON inspections_reversal;
DROP FUNCTION put_shipment_back, last_accepted_at, freed_of;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0018_doubts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="inspection",
            name="inspector",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inspections",
                to=settings.AUTH_USER_MODEL,
                verbose_name="inspector",
            ),
        ),
        migrations.AlterField(
            model_name="inspection",
            name="previous",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inspections.inspection",
                verbose_name="previous round",
            ),
        ),
        migrations.CreateModel(
            name="Reversal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("not_left", "did not leave the warehouse"), ("unopened", "came back unopened")],
                        max_length=8,
                        verbose_name="what happened",
                    ),
                ),
                ("quantity", models.PositiveIntegerField(verbose_name="quantity")),
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "place",
                    models.CharField(
                        editable=False, help_text="available, on_hold or awaiting", max_length=9, verbose_name="now"
                    ),
                ),
                ("reversed_at", models.DateTimeField(verbose_name="taken back at")),
                (
                    "reversed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="inspections.shipment",
                        verbose_name="shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "shipment taken back",
                "verbose_name_plural": "shipments taken back",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity__gte", 1)), name="reversal_is_not_empty"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="reversal_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            sql=BATCH_IS_ACCEPTED + QUANTITIES_REST_ON_RECORDS + REVERSAL_PUTS_BACK, reverse_sql=AS_BEFORE + UNDO
        ),
    ]
