import django.db.models.deletion
import imports.kinds
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ColumnMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=imports.kinds.choices, max_length=16, verbose_name='kind')),
                ('fingerprint', models.CharField(help_text='imports.columns.fingerprint_of its header', max_length=64)),
                ('mapping', models.JSONField(help_text='Column -> title in the file')),
                ('options', models.JSONField(default=dict)),
                ('used_at', models.DateTimeField(verbose_name='used at')),
                ('used_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='used by')),
            ],
            options={
                'verbose_name': 'columns of a source',
                'verbose_name_plural': 'columns of sources',
                'constraints': [models.UniqueConstraint(fields=('kind', 'fingerprint'), name='columns_are_kept_once_per_header'), models.CheckConstraint(condition=models.Q(('kind', ''), _negated=True), name='columns_are_those_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('file', models.FileField(upload_to='imports/%Y/%m/', verbose_name='file')),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('language', models.CharField(max_length=10)),
                ('kind', models.CharField(blank=True, choices=imports.kinds.choices, max_length=16, verbose_name='kind')),
                ('status', models.CharField(choices=[('mapping', 'its columns are to be named'), ('checking', 'being checked'), ('checked', 'checked, nothing stored yet'), ('applying', 'being stored'), ('done', 'done'), ('refused', 'refused, nothing was stored')], default='checking', max_length=8, verbose_name='status')),
                ('rows_total', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('rows_done', models.PositiveIntegerField(default=0, verbose_name='rows done')),
                ('rows_passed', models.PositiveIntegerField(default=0, verbose_name='rows that are not stored')),
                ('mapping', models.JSONField(blank=True, default=dict, help_text='Column -> title in the file, where the user names them')),
                ('options', models.JSONField(blank=True, default=dict, help_text='What its kind asks for beside the columns')),
                ('notes', models.JSONField(blank=True, default=list, help_text='What of the file was not read: {line, code, detail}')),
                ('preview', models.JSONField(blank=True, default=list, help_text='The first rows: {line, cells: [{column, shown, stored}]}')),
                ('errors', models.JSONField(blank=True, default=list, verbose_name='errors')),
                ('left_out', models.JSONField(blank=True, default=list, help_text='Of the errors those whose rows somebody left out', verbose_name='rows left out')),
                ('row_notes', models.JSONField(blank=True, default=list, help_text='Rows that are not simply stored, by what is done with them and why')),
                ('counts', models.JSONField(blank=True, default=dict, help_text='Rows by what storing them does to the records')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('applied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='applied by')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'permissions': [('import_data', 'Imports batches and inspection results from files')],
                'indexes': [models.Index(condition=models.Q(('status__in', ['checking', 'applying'])), fields=['id'], name='import_that_waits')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status__in', ['done', 'refused'])), models.Q(models.Q(('status__in', ['done', 'refused']), _negated=True), ('ended_at', None)), _connector='OR'), name='import_has_ended_exactly_when_done_or_refused'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['applying', 'done']), _negated=True), ('applied_by__isnull', False), _connector='OR'), name='import_is_applied_by_someone'), models.CheckConstraint(condition=models.Q(('status', 'refused'), ('errors', []), _connector='OR'), name='import_with_errors_is_refused'), models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), _negated=True), ('status__in', ['checking', 'refused']), _connector='OR'), name='import_is_of_a_kind_once_it_is_checked')],
            },
        ),
    ]


# What makemigrations does not write; docs/how-to/change-the-schema.md says how to renew what is above.
from activity.tables_at_once import TablesAtOnce

Migration.operations = [TablesAtOnce(Migration.operations)]
