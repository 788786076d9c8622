import activity.identifiers
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('suppliers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CatalogueVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('as_of', models.DateField(verbose_name='as of')),
                ('loaded_at', models.DateTimeField(verbose_name='loaded at')),
            ],
            options={
                'verbose_name': 'version of the catalogue',
                'verbose_name_plural': 'versions of the catalogue',
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('file', models.FileField(upload_to='documents/%Y/%m/', verbose_name='file')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('content_type', models.CharField(max_length=40, verbose_name='content type')),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('pages', models.PositiveIntegerField(blank=True, null=True, verbose_name='pages')),
                ('problems', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='problems')),
                ('status', models.CharField(choices=[('waiting', 'being scanned'), ('ready', 'ready'), ('refused', 'refused')], default='waiting', max_length=8, verbose_name='status')),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded at')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='suppliers.supplier', verbose_name='supplier')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'permissions': [('upload_evidence', 'Uploads documents and submits evidence'), ('read_formulas', 'Reads papers that hold a formula')],
            },
        ),
        migrations.CreateModel(
            name='Declaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('ingredient_declaration', 'ingredients'), ('material_declaration', 'materials by part')], max_length=25, verbose_name='kind')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('declared_at', models.DateTimeField(verbose_name='declared at')),
                ('declared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='declared by')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='declarations', to='suppliers.product', verbose_name='product')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='declaration', to='compliance.document', verbose_name='document')),
            ],
            options={
                'verbose_name': 'declaration',
                'verbose_name_plural': 'declarations',
                'permissions': [('read_formulas', 'Reads formulas and declarations of materials')],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('is_blocking', models.BooleanField(default=True, verbose_name='blocks go-live')),
                ('state', models.CharField(choices=[('submitted', 'submitted'), ('checked', 'checked'), ('accepted', 'accepted'), ('refused', 'refused'), ('revoked', 'revoked')], default='submitted', max_length=9, verbose_name='state')),
                ('number', models.CharField(blank=True, max_length=120, verbose_name='number')),
                ('issuing_body', models.CharField(blank=True, max_length=200, verbose_name='issuing body')),
                ('standard', models.TextField(blank=True, verbose_name='standard')),
                ('edition', models.CharField(blank=True, max_length=120, verbose_name='edition tested')),
                ('model_numbers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None, verbose_name='model numbers')),
                ('holder', models.CharField(blank=True, max_length=200, verbose_name='holder or applicant')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='issued on')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('fields', models.JSONField(blank=True, default=dict, verbose_name='further fields')),
                ('as_read', models.JSONField(blank=True, default=dict, help_text='What the reader had found for the form, beside what was handed in: field -> {value, page, quote}.', verbose_name='as it was read')),
                ('submitted_at', models.DateTimeField(verbose_name='submitted at')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='checked at')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted at')),
                ('reopened_at', models.DateTimeField(blank=True, null=True, verbose_name='put up for a new look at')),
                ('reopened_why', models.JSONField(blank=True, default=dict, verbose_name='why it was put up for a new look')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='refused or revoked at')),
                ('ended_reason', models.TextField(blank=True, verbose_name='why it was refused or revoked')),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='accepted by')),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='compliance.document', verbose_name='document')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='refused or revoked by')),
                ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='submitted by')),
            ],
            options={
                'verbose_name': 'evidence',
                'verbose_name_plural': 'evidence',
                'permissions': [('check_evidence', 'Checks, accepts, refuses and revokes evidence')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceListing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names', to='compliance.evidence', verbose_name='evidence')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.listing', verbose_name='listing')),
            ],
            options={
                'verbose_name': 'listing that evidence names',
                'verbose_name_plural': 'listings that evidence names',
            },
        ),
        migrations.AddField(
            model_name='evidence',
            name='listings',
            field=models.ManyToManyField(related_name='evidence', through='compliance.EvidenceListing', to='suppliers.listing', verbose_name='listings'),
        ),
        migrations.CreateModel(
            name='Examination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('examined_at', models.DateTimeField(verbose_name='examined at')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='to be compared anew since')),
                ('due_why', models.JSONField(blank=True, default=dict, verbose_name='why it is compared anew')),
                ('evidence', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='examination', to='compliance.evidence', verbose_name='evidence')),
            ],
            options={
                'verbose_name': 'examination of a paper',
                'verbose_name_plural': 'examinations of papers',
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('weight', models.CharField(choices=[('block', 'stops it'), ('review', 'to be looked at'), ('note', 'noted')], max_length=6, verbose_name='weight')),
                ('params', models.JSONField(blank=True, default=dict, verbose_name='what it says')),
                ('page', models.PositiveIntegerField(blank=True, null=True, verbose_name='page')),
                ('quote', models.TextField(blank=True, verbose_name='quote')),
                ('fingerprint', models.CharField(editable=False, max_length=64)),
                ('is_ban', models.BooleanField(default=False, verbose_name='says that it is banned')),
                ('is_current', models.BooleanField(default=True, verbose_name='found last time')),
                ('found_at', models.DateTimeField(verbose_name='found at')),
                ('state', models.CharField(choices=[('open', 'open'), ('confirmed', 'confirmed'), ('overruled', 'overruled')], default='open', max_length=9, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('seen_on', models.PositiveIntegerField(blank=True, null=True, verbose_name='seen on page')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='compliance.evidence', verbose_name='evidence')),
            ],
            options={
                'verbose_name': 'finding',
                'verbose_name_plural': 'findings',
            },
        ),
        migrations.CreateModel(
            name='GateDefect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('found_at', models.DateTimeField(verbose_name='found at')),
                ('stored', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='field -> value, of the fields that differ', verbose_name='what was stored')),
                ('computed', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='what it should have been')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='suppliers.listing', verbose_name='listing')),
            ],
            options={
                'verbose_name': 'defect of a gate',
                'verbose_name_plural': 'defects of gates',
            },
        ),
        migrations.CreateModel(
            name='GoLiveDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('on', models.DateField(verbose_name='goes live on')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('evaluation', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='{day, checks, facts} as they were', verbose_name='evaluation')),
                ('signature', models.CharField(choices=[('password', 'password'), ('token', 'API token')], max_length=8, verbose_name='signed by')),
                ('decided_at', models.DateTimeField(verbose_name='decided at')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='suppliers.listing', verbose_name='listing')),
            ],
            options={
                'verbose_name': 'go-live decision',
                'verbose_name_plural': 'go-live decisions',
            },
        ),
        migrations.CreateModel(
            name='Gate',
            fields=[
                ('listing', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='gate', serialize=False, to='suppliers.listing', verbose_name='listing')),
                ('state', models.CharField(choices=[('open', 'open'), ('closed', 'closed')], default='closed', max_length=6, verbose_name='state')),
                ('live', models.CharField(choices=[('never', 'not live yet'), ('live', 'live'), ('suspended', 'suspended'), ('withdrawn', 'taken off the market')], default='never', max_length=9, verbose_name='on the market')),
                ('checks', models.JSONField(default=list, verbose_name='checks')),
                ('failing', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None, verbose_name='failing checks')),
                ('unmet', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None, verbose_name='checks that are not met')),
                ('acts_next', models.CharField(blank=True, max_length=12, verbose_name='acts next')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('planned_on', models.DateField(blank=True, null=True, verbose_name='planned go-live')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('next_change_at', models.DateTimeField(blank=True, null=True, verbose_name='next change at')),
                ('changed_at', models.DateTimeField(blank=True, null=True, verbose_name='changed at')),
                ('sku', models.CharField(max_length=60, verbose_name='SKU')),
                ('market', models.CharField(max_length=10, verbose_name='market')),
                ('words', models.TextField(blank=True, help_text='In lower case', verbose_name='words to find it by')),
                ('standing', models.GeneratedField(db_persist=True, expression=models.Case(models.When(live='live', then=models.Value('live')), models.When(live='suspended', then=models.Value('suspended')), models.When(state='open', then=models.Value('open')), models.When(failing__len=0, then=models.Value('waiting')), default=models.Value('closed')), output_field=models.CharField(choices=[('open', 'open'), ('live', 'live'), ('closed', 'closed'), ('waiting', 'waiting'), ('suspended', 'suspended')], max_length=9, verbose_name='standing'))),
                ('decision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.golivedecision', verbose_name='decision')),
            ],
            options={
                'verbose_name': 'gate',
                'verbose_name_plural': 'gates',
                'permissions': [('take_live', 'Takes listings live and off the market')],
            },
        ),
        migrations.CreateModel(
            name='LabelCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('element', models.SlugField(max_length=60, verbose_name='element')),
                ('is_there', models.BooleanField(verbose_name='is there')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('checked_at', models.DateTimeField(verbose_name='checked at')),
                ('checked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='label_checks', to='compliance.evidence', verbose_name='evidence')),
            ],
            options={
                'verbose_name': 'check of a label',
                'verbose_name_plural': 'checks of labels',
            },
        ),
        migrations.CreateModel(
            name='Loosening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('cause', models.CharField(choices=[('answers', 'other answers about the product'), ('product', 'another category or market of the product'), ('requirement', 'another text of a requirement'), ('unknown', 'a change that no service recorded')], max_length=11, verbose_name='cause')),
                ('about', models.CharField(max_length=60, verbose_name='about')),
                ('said', models.JSONField(blank=True, default=list, verbose_name='before and after')),
                ('papers', models.JSONField(default=list, verbose_name='papers that go')),
                ('state', models.CharField(choices=[('waiting', 'waits for the second signature'), ('signed', 'signed'), ('refused', 'refused'), ('withdrawn', 'taken back')], default='waiting', max_length=9, verbose_name='state')),
                ('asked_at', models.DateTimeField(verbose_name='changed at')),
                ('changed_by', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None, verbose_name='who had a part in it')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('signature', models.CharField(blank=True, choices=[('password', 'password'), ('token', 'API token')], max_length=8, verbose_name='signed by')),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
            ],
            options={
                'verbose_name': 'loosening',
                'verbose_name_plural': 'loosenings',
            },
        ),
        migrations.CreateModel(
            name='ProductFacts',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model_numbers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='model numbers')),
                ('battery_models', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='models of its batteries')),
                ('cosmetic_type', models.CharField(blank=True, max_length=24, verbose_name='type of cosmetic')),
                ('changed_at', models.DateTimeField(verbose_name='changed at')),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='facts', to='suppliers.product', verbose_name='product')),
            ],
            options={
                'verbose_name': 'facts about a product',
                'verbose_name_plural': 'facts about products',
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('waiting', 'waits to be read'), ('done', 'read'), ('unreadable', 'cannot be read')], default='waiting', max_length=10, verbose_name='status')),
                ('pages', models.JSONField(blank=True, default=list, verbose_name='pages')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('claimed_until', models.DateTimeField(blank=True, null=True, verbose_name='claimed until')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read at')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reading', to='compliance.document', verbose_name='document')),
            ],
            options={
                'verbose_name': 'reading',
                'verbose_name_plural': 'readings',
            },
        ),
        migrations.CreateModel(
            name='ReferenceEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(choices=[('substances', 'restricted substances'), ('manual_sections', 'sections of manuals'), ('manual_language_rules', 'languages of manuals'), ('market_voltage_patterns', 'voltages of markets'), ('number_formats', 'formats of numbers')], max_length=25, verbose_name='table')),
                ('key', models.CharField(max_length=80, verbose_name='key')),
                ('data', models.JSONField(verbose_name='what it says')),
                ('verification', models.CharField(choices=[('verified', 'verified'), ('partly', 'partly verified'), ('known', 'not verified')], default='known', max_length=8, verbose_name='verification')),
                ('is_active', models.BooleanField(default=True, verbose_name='is compared with')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed at')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='revision')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmed by')),
            ],
            options={
                'verbose_name': 'reference entry',
                'verbose_name_plural': 'reference entries',
            },
        ),
        migrations.CreateModel(
            name='ProposedChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('key', models.CharField(max_length=80, verbose_name='requirement')),
                ('values', models.JSONField(help_text='field -> value, of the fields that differ', verbose_name='what it would say')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='asked for at')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('status', models.CharField(choices=[('open', 'open'), ('applied', 'applied'), ('dismissed', 'dismissed')], default='open', max_length=9, verbose_name='status')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='compliance.catalogueversion', verbose_name='file')),
                ('entry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='compliance.referenceentry', verbose_name='entry')),
            ],
            options={
                'verbose_name': 'proposed change',
                'verbose_name_plural': 'proposed changes',
            },
        ),
        migrations.CreateModel(
            name='ReferenceRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='revision')),
                ('source', models.CharField(choices=[('file', 'loaded from a file'), ('edit', 'edited'), ('confirmation', 'confirmed')], max_length=12, verbose_name='source')),
                ('data', models.JSONField(verbose_name='what it says')),
                ('is_active', models.BooleanField(verbose_name='is compared with')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='compliance.referenceentry', verbose_name='entry')),
            ],
            options={
                'verbose_name': 'revision of a reference entry',
                'verbose_name_plural': 'revisions of reference entries',
            },
        ),
        migrations.CreateModel(
            name='RegisterLookup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('register', models.CharField(max_length=200, verbose_name='public register')),
                ('number', models.CharField(blank=True, max_length=120, verbose_name='number looked up')),
                ('result', models.CharField(choices=[('found', 'found, and it agrees'), ('differs', 'found, and it differs'), ('not_found', 'not found')], max_length=9, verbose_name='result')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('looked_up_at', models.DateTimeField(verbose_name='looked up at')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lookups', to='compliance.evidence', verbose_name='evidence')),
                ('looked_up_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='looked up by')),
                ('screenshot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.document', verbose_name='screenshot')),
            ],
            options={
                'verbose_name': 'look-up in a register',
                'verbose_name_plural': 'look-ups in registers',
            },
        ),
        migrations.CreateModel(
            name='Requirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='name in Chinese')),
                ('key', models.SlugField(max_length=60, unique=True, verbose_name='key')),
                ('kind', models.CharField(choices=[('certification', 'certification'), ('test_report', 'test report'), ('declaration_of_conformity', 'declaration of conformity'), ('ingredient_declaration', 'ingredient declaration'), ('material_declaration', 'material declaration'), ('manual', 'manual'), ('label', 'label'), ('responsible_person', 'responsible person'), ('registration', 'registration'), ('platform', 'platform requirement')], max_length=25, verbose_name='kind')),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='categories')),
                ('categories_exclude', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='categories that are excluded')),
                ('markets', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='markets')),
                ('jurisdiction', models.CharField(blank=True, max_length=60, verbose_name='jurisdiction')),
                ('traits_all', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='traits, all of which it needs')),
                ('traits_any', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='traits, one of which it needs')),
                ('group', models.SlugField(blank=True, help_text='Requirements of one group are met by any one of them.', max_length=40, verbose_name='group')),
                ('legal_basis', models.TextField(blank=True, verbose_name='legal basis')),
                ('evidence', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='evidence')),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='fields of the evidence')),
                ('validity_type', models.CharField(choices=[('fixed_term', 'fixed term'), ('months_from_issue', 'months from its issue'), ('calendar_annual', 'calendar year'), ('calendar_biennial', 'two calendar years'), ('per_shipment', 'each shipment'), ('on_change', 'until the product or the rule changes'), ('no_expiry', 'no end')], max_length=17, verbose_name='validity')),
                ('validity_months', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='months of validity')),
                ('policy_max_age_months', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='greatest age in months')),
                ('validity_verification', models.CharField(choices=[('verified', 'verified'), ('partly', 'partly verified'), ('known', 'not verified')], default='known', max_length=8, verbose_name='verification of the validity')),
                ('validity_note', models.TextField(blank=True, verbose_name='note on the validity')),
                ('platform_rules', models.JSONField(blank=True, default=list, verbose_name='platform rules')),
                ('edition', models.CharField(blank=True, help_text='What a paper must have been tested to, e.g. F963-23.', max_length=60, verbose_name='edition')),
                ('edition_from', models.DateField(blank=True, null=True, verbose_name='edition counts from')),
                ('asks', models.JSONField(blank=True, default=dict, help_text='What is looked for in the paper itself; compliance/reading/facts.py says how it is written.', verbose_name='what a paper has to show')),
                ('number_format', models.SlugField(blank=True, max_length=40, verbose_name='format of the number')),
                ('renewal_lead_days', models.PositiveSmallIntegerField(default=30, verbose_name='days that a renewal takes')),
                ('renewal_lead_basis', models.TextField(blank=True, verbose_name='basis of the renewal time')),
                ('severity', models.CharField(choices=[('block', 'blocks go-live'), ('warn', 'warns')], default='block', max_length=5, verbose_name='severity')),
                ('is_ban', models.BooleanField(default=False, help_text='No waiver covers it.', verbose_name='is a ban')),
                ('applies_from', models.DateField(blank=True, null=True, verbose_name='applies from')),
                ('applies_until', models.DateField(blank=True, null=True, verbose_name='applies until')),
                ('verification', models.CharField(choices=[('verified', 'verified'), ('partly', 'partly verified'), ('known', 'not verified')], default='known', max_length=8, verbose_name='verification')),
                ('verified_scope', models.TextField(blank=True, verbose_name='what of it is verified')),
                ('source', models.TextField(blank=True, verbose_name='source')),
                ('notes', models.TextField(blank=True, verbose_name='notes')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed at')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='revision')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmed by')),
            ],
            options={
                'verbose_name': 'requirement',
                'verbose_name_plural': 'requirements',
                'permissions': [('edit_catalogue', 'Edits the catalogue of requirements')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_to', models.DateField(verbose_name='valid to')),
                ('step', models.PositiveSmallIntegerField(verbose_name='days before')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('listing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='suppliers.listing', verbose_name='listing')),
                ('requirement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.requirement', verbose_name='requirement')),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
            },
        ),
        migrations.AddField(
            model_name='evidence',
            name='requirement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence_given', to='compliance.requirement', verbose_name='requirement'),
        ),
        migrations.CreateModel(
            name='RequirementRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='revision')),
                ('source', models.CharField(choices=[('file', 'loaded from a file'), ('edit', 'edited'), ('confirmation', 'confirmed')], max_length=12, verbose_name='source')),
                ('data', models.JSONField(verbose_name='what it says')),
                ('changes', models.JSONField(default=dict, help_text='field -> [before, after]', verbose_name='what changed')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('requirement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='compliance.requirement', verbose_name='requirement')),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.catalogueversion', verbose_name='file')),
            ],
            options={
                'verbose_name': 'revision of a requirement',
                'verbose_name_plural': 'revisions of requirements',
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(blank=True, help_text='The query string of the board', max_length=1000, verbose_name='filters')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='board_views', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
            },
        ),
        migrations.CreateModel(
            name='Trait',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='name in Chinese')),
                ('key', models.SlugField(max_length=60, unique=True, verbose_name='key')),
            ],
            options={
                'verbose_name': 'product trait',
                'verbose_name_plural': 'product traits',
                'constraints': [models.UniqueConstraint(activity.identifiers.Look('key'), name='trait_key_looks_like_no_other', violation_error_code='duplicate', violation_error_message='It looks the same as one that exists.')],
            },
        ),
        migrations.CreateModel(
            name='ProductTrait',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer', models.BooleanField(null=True, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='supplier asked at')),
                ('supplier_says', models.BooleanField(null=True, verbose_name='supplier says')),
                ('said_at', models.DateTimeField(blank=True, null=True, verbose_name='said at')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='traits', to='suppliers.product', verbose_name='product')),
                ('said_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='said by')),
                ('trait', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.trait', verbose_name='trait')),
            ],
            options={
                'verbose_name': 'trait of a product',
                'verbose_name_plural': 'traits of products',
                'permissions': [('answer_traits', 'Says which traits a product has')],
            },
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('state', models.CharField(choices=[('requested', 'waits for the second signature'), ('signed', 'signed'), ('ended', 'ended')], default='requested', max_length=9, verbose_name='state')),
                ('reason', models.TextField(verbose_name='reason')),
                ('limit', models.TextField(help_text='What it is limited to: a quantity, an order, a channel.', verbose_name='limit')),
                ('expires_on', models.DateField(verbose_name='expires on')),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('signed_at', models.DateTimeField(blank=True, null=True, verbose_name='signed at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('ended_reason', models.TextField(blank=True, verbose_name='why it ended')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='suppliers.listing', verbose_name='listing')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by')),
                ('requirement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='compliance.requirement', verbose_name='requirement')),
                ('signed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='signed by')),
            ],
            options={
                'verbose_name': 'waiver',
                'verbose_name_plural': 'waivers',
                'permissions': [('sign_waiver', 'Requests and signs waivers')],
            },
        ),
        migrations.CreateModel(
            name='ChecklistItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('missing', 'missing'), ('submitted', 'submitted'), ('checked', 'checked'), ('accepted', 'accepted'), ('refused', 'refused'), ('expired', 'expired'), ('waived', 'waived')], default='missing', max_length=9, verbose_name='state')),
                ('is_blocking', models.BooleanField(default=True, verbose_name='blocks go-live')),
                ('group', models.SlugField(blank=True, max_length=40, verbose_name='group')),
                ('reason', models.JSONField(default=dict, verbose_name='why it applies')),
                ('acts_next', models.CharField(blank=True, choices=[('supplier', 'supplier'), ('qc', 'QC'), ('manager', 'quality manager'), ('merchandiser', 'merchandiser'), ('', 'nobody')], max_length=12, verbose_name='acts next')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('revision', models.PositiveIntegerField(blank=True, null=True, verbose_name='revision that it is judged by')),
                ('since', models.DateTimeField(verbose_name='in this state since')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checklist_items', to='suppliers.listing', verbose_name='listing')),
                ('evidence', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.evidence', verbose_name='evidence')),
                ('loosening', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='compliance.loosening', verbose_name='loosening')),
                ('requirement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='compliance.requirement', verbose_name='requirement')),
                ('waiver', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.waiver', verbose_name='waiver')),
            ],
            options={
                'verbose_name': 'item of a checklist',
                'verbose_name_plural': 'items of checklists',
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feeds', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'calendar feed',
                'verbose_name_plural': 'calendar feeds',
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('user',), name='calendar_feed_is_one_per_user')],
            },
        ),
        migrations.CreateModel(
            name='Checklist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unanswered', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text='Keys of the traits that a requirement of this category and market mentions', size=None, verbose_name='unanswered traits')),
                ('refreshed_at', models.DateTimeField(verbose_name='worked out at')),
                ('changes_at', models.DateTimeField(blank=True, help_text='When a day begins that makes an item differ', null=True, verbose_name='changes by itself at')),
                ('listing', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='checklist', to='suppliers.listing', verbose_name='listing')),
            ],
            options={
                'verbose_name': 'checklist',
                'verbose_name_plural': 'checklists',
                'indexes': [models.Index(condition=models.Q(('changes_at__isnull', False)), fields=['changes_at'], name='checklist_by_change')],
            },
        ),
        migrations.CreateModel(
            name='DeclarationLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField(verbose_name='line')),
                ('name', models.CharField(max_length=250, verbose_name='name')),
                ('cas', models.CharField(blank=True, max_length=40, verbose_name='CAS number')),
                ('ec', models.CharField(blank=True, max_length=40, verbose_name='EC number')),
                ('low', models.DecimalField(blank=True, decimal_places=8, max_digits=12, null=True, verbose_name='from %')),
                ('high', models.DecimalField(blank=True, decimal_places=8, max_digits=12, null=True, verbose_name='to %')),
                ('function', models.CharField(blank=True, max_length=120, verbose_name='function')),
                ('part', models.CharField(blank=True, max_length=120, verbose_name='part')),
                ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='compliance.declaration', verbose_name='declaration')),
            ],
            options={
                'verbose_name': 'line of a declaration',
                'verbose_name_plural': 'lines of declarations',
                'ordering': ['place'],
                'constraints': [models.UniqueConstraint(fields=('declaration', 'place'), name='declaration_line_has_its_own_place'), models.CheckConstraint(condition=models.Q(models.Q(('high', None), ('low', None)), models.Q(('high__isnull', False), ('low__isnull', False)), _connector='OR'), name='declaration_line_has_both_ends_or_none'), models.CheckConstraint(condition=models.Q(('low', None), models.Q(('high__gte', models.F('low')), ('high__lte', 1000), ('low__gte', 0)), _connector='OR'), name='declaration_line_is_a_share')],
            },
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['sha256'], name='document_by_sha256'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['id'], name='document_waiting'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('supplier', 'sha256'), name='document_is_once_per_supplier'),
        ),
        migrations.AddConstraint(
            model_name='declaration',
            constraint=models.UniqueConstraint(fields=('product', 'kind', 'number'), name='declaration_is_numbered_once_per_product'),
        ),
        migrations.AddConstraint(
            model_name='evidencelisting',
            constraint=models.UniqueConstraint(fields=('evidence', 'listing'), name='evidence_names_a_listing_once'),
        ),
        migrations.AddIndex(
            model_name='examination',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='examination_due'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(fields=('evidence', 'fingerprint'), name='finding_is_once_per_paper'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='finding_is_decided_exactly_when_someone_decided_it'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'overruled'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='finding_is_overruled_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'overruled'), _negated=True), ('is_ban', False), _connector='OR'), name='finding_of_a_ban_is_not_overruled'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('seen_on', None), models.Q(('seen_on__gte', 1), ('state', 'overruled'), ('weight', 'review')), _connector='OR'), name='finding_is_seen_on_a_page_where_it_was_not_found'),
        ),
        migrations.AddIndex(
            model_name='golivedecision',
            index=models.Index(fields=['listing', '-id'], name='go_live_by_listing'),
        ),
        migrations.AddIndex(
            model_name='gate',
            index=models.Index(models.F('standing'), models.F('sku'), models.F('market'), name='gate_by_standing'),
        ),
        migrations.AddIndex(
            model_name='gate',
            index=models.Index(fields=['sku', 'market'], name='gate_by_sku'),
        ),
        migrations.AddIndex(
            model_name='gate',
            index=models.Index(fields=['market', 'sku'], name='gate_by_market'),
        ),
        migrations.AddIndex(
            model_name='gate',
            index=models.Index(fields=['planned_on', 'sku', 'market'], name='gate_by_plan'),
        ),
        migrations.AddIndex(
            model_name='gate',
            index=models.Index(fields=['valid_until', 'sku', 'market'], name='gate_by_end'),
        ),
        migrations.AddIndex(
            model_name='gate',
            index=models.Index(fields=['due_on', 'sku', 'market'], name='gate_by_due'),
        ),
        migrations.AddIndex(
            model_name='gate',
            index=models.Index(condition=models.Q(('next_change_at__isnull', False)), fields=['next_change_at'], name='gate_due'),
        ),
        migrations.AddIndex(
            model_name='gate',
            index=django.contrib.postgres.indexes.GinIndex(fields=['unmet'], name='gate_by_unmet'),
        ),
        migrations.AddConstraint(
            model_name='gate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('live', 'live'), _negated=True), ('state', 'open'), _connector='OR'), name='gate_of_a_live_listing_is_open'),
        ),
        migrations.AddConstraint(
            model_name='gate',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'closed'), models.Q(('failing', []), ('unmet', [])), _connector='OR'), name='gate_is_open_only_without_unmet_checks'),
        ),
        migrations.AddConstraint(
            model_name='gate',
            constraint=models.CheckConstraint(condition=models.Q(('live', 'never'), ('decision__isnull', False), _connector='OR'), name='gate_was_live_only_by_a_decision'),
        ),
        migrations.AddConstraint(
            model_name='labelcheck',
            constraint=models.UniqueConstraint(fields=('evidence', 'element'), name='label_element_is_checked_once_per_paper'),
        ),
        migrations.AddIndex(
            model_name='loosening',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['-id'], name='loosening_waiting'),
        ),
        migrations.AddConstraint(
            model_name='loosening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'waiting')), models.Q(('decided_at__isnull', False), ('decided_by', None), ('state', 'withdrawn')), models.Q(('state__in', ['signed', 'refused']), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='loosening_is_decided_exactly_when_someone_decided_it'),
        ),
        migrations.AddConstraint(
            model_name='loosening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'signed'), _negated=True), models.Q(('signature', ''), _negated=True), _connector='OR'), name='loosening_is_signed_with_a_signature'),
        ),
        migrations.AddIndex(
            model_name='reading',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['document'], name='reading_waiting'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('read_at', None), ('status', 'waiting')), models.Q(models.Q(('status', 'waiting'), _negated=True), ('read_at__isnull', False)), _connector='OR'), name='reading_is_done_exactly_when_it_was_read'),
        ),
        migrations.AddConstraint(
            model_name='referenceentry',
            constraint=models.UniqueConstraint(fields=('table', 'key'), name='reference_entry_is_once_per_table'),
        ),
        migrations.AddConstraint(
            model_name='referenceentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='reference_entry_is_confirmed_by_a_named_person'),
        ),
        migrations.AddConstraint(
            model_name='proposedchange',
            constraint=models.UniqueConstraint(fields=('key', 'version'), name='proposed_change_is_once_per_file'),
        ),
        migrations.AddConstraint(
            model_name='proposedchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='proposed_change_is_decided_exactly_when_someone_decided_it'),
        ),
        migrations.AddConstraint(
            model_name='proposedchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked_at', None), ('asked_by', None), ('entry', None), ('version__isnull', False)), models.Q(('asked_at__isnull', False), ('asked_by__isnull', False), ('entry', None), ('version__isnull', False)), models.Q(('asked_at__isnull', False), ('asked_by__isnull', False), ('version', None), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='proposed_change_is_of_a_file_or_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='proposedchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'applied'), _negated=True), ('asked_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='proposed_change_is_applied_by_another_than_asked'),
        ),
        migrations.AddConstraint(
            model_name='referencerevision',
            constraint=models.UniqueConstraint(fields=('entry', 'number'), name='reference_revision_is_numbered_once'),
        ),
        migrations.AddConstraint(
            model_name='referencerevision',
            constraint=models.CheckConstraint(condition=models.Q(('source', 'file'), ('actor__isnull', False), _connector='OR'), name='reference_is_changed_by_a_named_person'),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=models.UniqueConstraint(activity.identifiers.Look('key'), name='requirement_key_looks_like_no_other', violation_error_code='duplicate', violation_error_message='It looks the same as one that exists.'),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=models.CheckConstraint(condition=models.Q(('applies_from', None), ('applies_until', None), ('applies_until__gte', models.F('applies_from')), _connector='OR'), name='requirement_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=models.CheckConstraint(condition=models.Q(('edition_from', None), models.Q(('edition', ''), _negated=True), _connector='OR'), name='requirement_names_the_edition_that_counts'),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='requirement_is_confirmed_by_a_named_person'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('listing', 'requirement', 'valid_to', 'step'), name='reminder_is_sent_once_per_step'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(condition=models.Q(('number', ''), _negated=True), fields=['number'], name='evidence_by_number'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(fields=['state', '-id'], name='evidence_by_state'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from', None), ('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='evidence_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_by', None), models.Q(('accepted_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='evidence_is_accepted_by_another_than_its_uploader'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by', None), models.Q(('checked_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='evidence_is_checked_by_another_than_its_uploader'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_by', None), ('is_blocking', False), models.Q(('checked_by__isnull', False), models.Q(('checked_by', models.F('accepted_by')), _negated=True)), _connector='OR'), name='evidence_that_blocks_is_seen_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('checked_at', None), ('ended_at', None), ('ended_reason', ''), ('state', 'submitted')), models.Q(('accepted_at', None), ('checked_at__isnull', False), ('ended_at', None), ('ended_reason', ''), ('state', 'checked')), models.Q(('accepted_at__isnull', False), ('checked_at__isnull', False), ('ended_at', None), ('ended_reason', ''), ('state', 'accepted')), models.Q(('accepted_at', None), ('ended_at__isnull', False), ('state', 'refused'), models.Q(('ended_reason', ''), _negated=True)), models.Q(('accepted_at__isnull', False), ('ended_at__isnull', False), ('state', 'revoked'), models.Q(('ended_reason', ''), _negated=True)), _connector='OR'), name='evidence_is_in_the_state_that_its_dates_tell'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at', None), ('checked_by', None)), models.Q(('checked_at__isnull', False), ('checked_by__isnull', False)), _connector='OR'), name='evidence_is_checked_by_a_named_person'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('accepted_by', None)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), _connector='OR'), name='evidence_is_accepted_by_a_named_person'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='evidence_is_ended_by_a_named_person'),
        ),
        migrations.AddConstraint(
            model_name='requirementrevision',
            constraint=models.UniqueConstraint(fields=('requirement', 'number'), name='requirement_revision_is_numbered_once'),
        ),
        migrations.AddConstraint(
            model_name='requirementrevision',
            constraint=models.CheckConstraint(condition=models.Q(('source', 'file'), ('actor__isnull', False), _connector='OR'), name='requirement_is_changed_by_a_named_person'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('user', 'name'), name='saved_view_is_named_once_per_user'),
        ),
        migrations.AddConstraint(
            model_name='producttrait',
            constraint=models.UniqueConstraint(fields=('product', 'trait'), name='product_trait_is_once_per_product'),
        ),
        migrations.AddConstraint(
            model_name='producttrait',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', None), ('answered_at', None), ('answered_by', None)), models.Q(('answer__isnull', False), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='product_trait_is_answered_exactly_when_someone_answered_it'),
        ),
        migrations.AddConstraint(
            model_name='producttrait',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked_at', None), ('asked_by', None)), models.Q(('asked_at__isnull', False), ('asked_by__isnull', False)), _connector='OR'), name='product_trait_is_asked_by_a_named_person'),
        ),
        migrations.AddConstraint(
            model_name='producttrait',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('said_at', None), ('said_by', None), ('supplier_says', None)), models.Q(('said_at__isnull', False), ('said_by__isnull', False), ('supplier_says__isnull', False)), _connector='OR'), name='product_trait_is_said_by_a_named_person'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'ended'), _negated=True), fields=('listing', 'requirement'), name='waiver_is_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('limit', ''), _negated=True)), name='waiver_has_a_reason_and_a_limit'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(('signed_by', None), models.Q(('signed_by', models.F('requested_by')), _negated=True), _connector='OR'), name='waiver_is_signed_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('signed_at', None), ('state', 'requested')), models.Q(('ended_at', None), ('signed_at__isnull', False), ('state', 'signed')), models.Q(('ended_at__isnull', False), ('state', 'ended'), models.Q(('ended_reason', ''), _negated=True)), _connector='OR'), name='waiver_is_in_the_state_that_its_dates_tell'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('signed_at', None), ('signed_by', None)), models.Q(('signed_at__isnull', False), ('signed_by__isnull', False)), _connector='OR'), name='waiver_is_signed_by_a_named_person'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='waiver_is_ended_by_a_named_person'),
        ),
        migrations.AddIndex(
            model_name='checklistitem',
            index=models.Index(condition=models.Q(('state__in', ['accepted', 'waived'])), fields=['valid_to'], name='checklist_item_by_end'),
        ),
        migrations.AddIndex(
            model_name='checklistitem',
            index=models.Index(fields=['acts_next', 'due_on'], name='checklist_item_by_actor'),
        ),
        migrations.AddConstraint(
            model_name='checklistitem',
            constraint=models.UniqueConstraint(fields=('listing', 'requirement'), name='checklist_item_is_once_per_listing'),
        ),
        migrations.AddConstraint(
            model_name='checklistitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), ('evidence__isnull', False), _connector='OR'), name='checklist_item_is_accepted_on_evidence'),
        ),
        migrations.AddConstraint(
            model_name='checklistitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'waived'), _negated=True), ('waiver__isnull', False), _connector='OR'), name='checklist_item_is_waived_by_a_waiver'),
        ),
    ]


# What makemigrations does not write; docs/how-to/change-the-schema.md says how to renew what is above.
from activity.database_rules import rules_of
from activity.tables_at_once import TablesAtOnce

Migration.dependencies += [("activity", "0001_initial"), ("inspections", "0001_initial")]
Migration.operations = [TablesAtOnce(Migration.operations), *rules_of("compliance")]
