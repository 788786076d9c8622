import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Unknown is never open: a listing has a gate from the moment it is there, closed until it is worked out.
GATE_COMES_WITH_ITS_LISTING = """
CREATE FUNCTION make_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO compliance_gate (listing_id, state, live, checks, failing, unmet, acts_next, sku, market, words,
                                 planned_on, next_change_at)
    SELECT NEW.id, 'closed', 'never', '[]', '{}', '{}', '', p.sku, m.code, lower(p.sku), NEW.planned_on, now()
    FROM suppliers_product p, suppliers_market m WHERE p.id = NEW.product_id AND m.id = NEW.market_id;
    RETURN NULL;
END $$;
CREATE TRIGGER gate_comes_with_its_listing AFTER INSERT ON suppliers_listing
    FOR EACH ROW EXECUTE FUNCTION make_gate();
INSERT INTO compliance_gate (listing_id, state, live, checks, failing, unmet, acts_next, sku, market, words, planned_on,
                             next_change_at)
SELECT l.id, 'closed', 'never', '[]', '{}', '{}', '', p.sku, m.code, lower(p.sku), l.planned_on, now()
FROM suppliers_listing l JOIN suppliers_product p ON p.id = l.product_id JOIN suppliers_market m ON m.id = l.market_id;
"""

# The board reads many gates and the checks of few: out of line, they are not in its way.
CHECKS_ARE_STORED_APART = "ALTER TABLE compliance_gate SET (toast_tuple_target = 256);"

GATE_IS_OPEN_ONLY_WHEN_ALL_CHECKS_ARE_MET = """
ALTER TABLE compliance_gate ADD CONSTRAINT gate_is_open_only_when_all_checks_are_met CHECK (
    state = 'closed' OR (jsonb_array_length(checks) = 9
        AND NOT jsonb_path_exists(checks, '$[*] ? (!(@.state == "pass" || @.state == "waived"))')));
"""

# R4: inserting a decision is the only way to be live, and it is refused while the gate is closed.
LIVE_ONLY_BY_DECISION = """
CREATE FUNCTION require_open_gate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    g compliance_gate;
BEGIN
    SELECT * INTO g FROM compliance_gate WHERE listing_id = NEW.listing_id FOR NO KEY UPDATE;
    IF g.state IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION 'the gate of listing % is closed', NEW.listing_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'go_live_needs_an_open_gate';
    END IF;
    IF g.live = 'live' THEN
        RAISE EXCEPTION 'listing % is live already', NEW.listing_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'go_live_is_decided_once_at_a_time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER go_live_needs_an_open_gate BEFORE INSERT ON compliance_golivedecision
    FOR EACH ROW EXECUTE FUNCTION require_open_gate();

CREATE FUNCTION open_the_market() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE compliance_gate SET live = 'live', decision_id = NEW.id WHERE listing_id = NEW.listing_id;
    RETURN NULL;
END $$;
CREATE TRIGGER go_live_opens_the_market AFTER INSERT ON compliance_golivedecision
    FOR EACH ROW EXECUTE FUNCTION open_the_market();
CREATE TRIGGER go_live_is_written_once BEFORE UPDATE OR DELETE ON compliance_golivedecision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION guard_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.live = 'live' AND OLD.live <> 'live' AND NOT (
        NEW.decision_id > coalesce(OLD.decision_id, 0)
        AND EXISTS (SELECT FROM compliance_golivedecision d WHERE d.id = NEW.decision_id AND d.listing_id = NEW.listing_id))
    THEN
        RAISE EXCEPTION 'listing % goes live by a new decision alone', NEW.listing_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'live_only_by_a_new_decision';
    END IF;
    IF NEW.live = 'never' AND OLD.live <> 'never' OR NEW.listing_id <> OLD.listing_id
       OR OLD.decision_id IS NOT NULL AND NEW.decision_id IS DISTINCT FROM OLD.decision_id AND NEW.live <> 'live' THEN
        RAISE EXCEPTION 'the gate of listing % keeps what was decided', NEW.listing_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'gate_keeps_its_decision';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER live_only_by_a_new_decision BEFORE UPDATE ON compliance_gate
    FOR EACH ROW EXECUTE FUNCTION guard_gate();
"""

# R4, whoever writes and by whatever way: where a transaction leaves a hold open and a gate of its product too, the gate
# closes with it, and is worked out at once.
HOLD_CLOSES_THE_GATE = """
CREATE FUNCTION close_gates_of_held_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE compliance_gate g
    SET state = 'closed', failing = '{open_holds}', unmet = '{open_holds}', changed_at = now(), next_change_at = now(),
        live = CASE g.live WHEN 'live' THEN 'suspended' ELSE g.live END
    FROM suppliers_listing l JOIN inspections_batch b ON b.product_id = l.product_id
    WHERE b.id = NEW.batch_id AND g.listing_id = l.id AND g.state = 'open'
      AND EXISTS (SELECT FROM inspections_hold h WHERE h.id = NEW.id AND h.status = 'open');
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER hold_closes_the_gate AFTER INSERT OR UPDATE ON inspections_hold
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'open')
    EXECUTE FUNCTION close_gates_of_held_batch();
"""

UNDO = """
DROP TRIGGER gate_comes_with_its_listing ON suppliers_listing;
DROP TRIGGER go_live_needs_an_open_gate ON compliance_golivedecision;
DROP TRIGGER go_live_opens_the_market ON compliance_golivedecision;
DROP TRIGGER go_live_is_written_once ON compliance_golivedecision;
DROP TRIGGER live_only_by_a_new_decision ON compliance_gate;
DROP TRIGGER hold_closes_the_gate ON inspections_hold;
ALTER TABLE compliance_gate DROP CONSTRAINT gate_is_open_only_when_all_checks_are_met;
ALTER TABLE compliance_gate RESET (toast_tuple_target);
DROP FUNCTION make_gate, require_open_gate, open_the_market, guard_gate, close_gates_of_held_batch;
"""


class Migration(migrations.Migration):
    """The gate of each listing, the decisions to go live, and the rules of both that the database keeps (R4)."""

    dependencies = [
        ("compliance", "0003_editions_and_next_change"),
        ("inspections", "0002_rules_kept_by_the_database"),
        ("suppliers", "0002_categories_and_markets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GateDefect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("found_at", models.DateTimeField(verbose_name="found at")),
                (
                    "stored",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        help_text="field -> value, of the fields that differ",
                        verbose_name="what was stored",
                    ),
                ),
                (
                    "computed",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="what it should have been"
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="suppliers.listing",
                        verbose_name="listing",
                    ),
                ),
            ],
            options={
                "verbose_name": "defect of a gate",
                "verbose_name_plural": "defects of gates",
            },
        ),
        migrations.CreateModel(
            name="GoLiveDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("on", models.DateField(verbose_name="goes live on")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "evaluation",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        help_text="{day, checks, facts} as they were",
                        verbose_name="evaluation",
                    ),
                ),
                (
                    "signature",
                    models.CharField(
                        choices=[("password", "password"), ("token", "API token")],
                        max_length=8,
                        verbose_name="signed by",
                    ),
                ),
                ("decided_at", models.DateTimeField(verbose_name="decided at")),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="suppliers.listing",
                        verbose_name="listing",
                    ),
                ),
            ],
            options={
                "verbose_name": "go-live decision",
                "verbose_name_plural": "go-live decisions",
            },
        ),
        migrations.CreateModel(
            name="Gate",
            fields=[
                (
                    "listing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="gate",
                        serialize=False,
                        to="suppliers.listing",
                        verbose_name="listing",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("closed", "closed")],
                        default="closed",
                        max_length=6,
                        verbose_name="state",
                    ),
                ),
                (
                    "live",
                    models.CharField(
                        choices=[
                            ("never", "not live yet"),
                            ("live", "live"),
                            ("suspended", "suspended"),
                            ("withdrawn", "taken off the market"),
                        ],
                        default="never",
                        max_length=9,
                        verbose_name="on the market",
                    ),
                ),
                ("checks", models.JSONField(default=list, verbose_name="checks")),
                (
                    "failing",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        default=list,
                        size=None,
                        verbose_name="failing checks",
                    ),
                ),
                (
                    "unmet",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        default=list,
                        size=None,
                        verbose_name="checks that are not met",
                    ),
                ),
                ("acts_next", models.CharField(blank=True, max_length=12, verbose_name="acts next")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                ("planned_on", models.DateField(blank=True, null=True, verbose_name="planned go-live")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("next_change_at", models.DateTimeField(blank=True, null=True, verbose_name="next change at")),
                ("changed_at", models.DateTimeField(blank=True, null=True, verbose_name="changed at")),
                ("sku", models.CharField(max_length=60, verbose_name="SKU")),
                ("market", models.CharField(max_length=10, verbose_name="market")),
                ("words", models.TextField(blank=True, help_text="In lower case", verbose_name="words to find it by")),
                (
                    "standing",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(live="live", then=models.Value("live")),
                            models.When(live="suspended", then=models.Value("suspended")),
                            models.When(state="open", then=models.Value("open")),
                            models.When(failing__len=0, then=models.Value("waiting")),
                            default=models.Value("closed"),
                        ),
                        output_field=models.CharField(
                            choices=[
                                ("open", "open"),
                                ("live", "live"),
                                ("closed", "closed"),
                                ("waiting", "waiting"),
                                ("suspended", "suspended"),
                            ],
                            max_length=9,
                            verbose_name="standing",
                        ),
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="compliance.golivedecision",
                        verbose_name="decision",
                    ),
                ),
            ],
            options={
                "verbose_name": "gate",
                "verbose_name_plural": "gates",
                "permissions": [("take_live", "Takes listings live and off the market")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "query",
                    models.CharField(
                        blank=True, help_text="The query string of the board", max_length=1000, verbose_name="filters"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="board_views",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feeds",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar feed",
                "verbose_name_plural": "calendar feeds",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)), fields=("user",), name="calendar_feed_is_one_per_user"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="golivedecision",
            index=models.Index(fields=["listing", "-id"], name="go_live_by_listing"),
        ),
        migrations.AddIndex(
            model_name="gate",
            index=models.Index(models.F("standing"), models.F("sku"), models.F("market"), name="gate_by_standing"),
        ),
        migrations.AddIndex(
            model_name="gate",
            index=models.Index(fields=["sku", "market"], name="gate_by_sku"),
        ),
        migrations.AddIndex(
            model_name="gate",
            index=models.Index(fields=["market", "sku"], name="gate_by_market"),
        ),
        migrations.AddIndex(
            model_name="gate",
            index=models.Index(fields=["planned_on", "sku", "market"], name="gate_by_plan"),
        ),
        migrations.AddIndex(
            model_name="gate",
            index=models.Index(
                condition=models.Q(("valid_until__isnull", False)), fields=["valid_until"], name="gate_by_end"
            ),
        ),
        migrations.AddIndex(
            model_name="gate",
            index=models.Index(
                condition=models.Q(("next_change_at__isnull", False)), fields=["next_change_at"], name="gate_due"
            ),
        ),
        migrations.AddIndex(
            model_name="gate",
            index=django.contrib.postgres.indexes.GinIndex(fields=["unmet"], name="gate_by_unmet"),
        ),
        migrations.AddConstraint(
            model_name="gate",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("live", "live"), _negated=True), ("state", "open"), _connector="OR"),
                name="gate_of_a_live_listing_is_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="gate",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "closed"), models.Q(("failing", []), ("unmet", [])), _connector="OR"),
                name="gate_is_open_only_without_unmet_checks",
            ),
        ),
        migrations.AddConstraint(
            model_name="gate",
            constraint=models.CheckConstraint(
                condition=models.Q(("live", "never"), ("decision__isnull", False), _connector="OR"),
                name="gate_was_live_only_by_a_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(fields=("user", "name"), name="saved_view_is_named_once_per_user"),
        ),
        migrations.RunSQL(
            sql=GATE_COMES_WITH_ITS_LISTING
            + CHECKS_ARE_STORED_APART
            + GATE_IS_OPEN_ONLY_WHEN_ALL_CHECKS_ARE_MET
            + LIVE_ONLY_BY_DECISION
            + HOLD_CLOSES_THE_GATE,
            reverse_sql=UNDO,
        ),
    ]
