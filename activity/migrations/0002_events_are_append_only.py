from django.db import migrations


class Migration(migrations.Migration):
    """R6: what happened is written once and never changed."""

    dependencies = [("activity", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% of % is refused: these rows are written once', TG_OP, TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END $$;
            CREATE TRIGGER event_is_written_once BEFORE UPDATE OR DELETE ON activity_event
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            reverse_sql="""
            DROP TRIGGER event_is_written_once ON activity_event;
            DROP FUNCTION refuse_change();
            """,
        )
    ]
