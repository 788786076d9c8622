import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import inspections.models.fields
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
            name='Characteristic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='name in Chinese')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('code', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[\\w][\\w.-]*\\Z', 'Use letters, digits, dots, hyphens and underscores, and begin with a letter or digit.', 'code')], verbose_name='code')),
                ('aspect', models.CharField(choices=[('dimension', 'dimension'), ('tolerance', 'tolerance'), ('material', 'material'), ('colour', 'colour'), ('performance', 'performance'), ('appearance', 'appearance'), ('function', 'function'), ('packaging', 'packaging'), ('accessories', 'accessories'), ('manual', 'manual'), ('label', 'label'), ('transport', 'transport durability')], max_length=11, verbose_name='aspect')),
                ('nonconformity_class', models.CharField(choices=[('critical', 'critical'), ('major', 'major'), ('minor', 'minor')], max_length=8, verbose_name='class')),
                ('is_measured', models.BooleanField(verbose_name='measured')),
                ('target', models.DecimalField(blank=True, decimal_places=6, max_digits=18, null=True, verbose_name='target')),
                ('lower', models.DecimalField(blank=True, decimal_places=6, max_digits=18, null=True, verbose_name='lower limit')),
                ('upper', models.DecimalField(blank=True, decimal_places=6, max_digits=18, null=True, verbose_name='upper limit')),
                ('unit', models.CharField(blank=True, max_length=20, verbose_name='unit')),
                ('variables', models.JSONField(blank=True, help_text='VariablesRule.as_dict(); None: as the scheme says', null=True, verbose_name='variables plan')),
                ('method', models.TextField(blank=True, verbose_name='method')),
                ('method_zh', models.TextField(blank=True, verbose_name='method in Chinese')),
                ('picture', models.ImageField(blank=True, upload_to='references/%Y/%m/', verbose_name='reference picture')),
            ],
            options={
                'verbose_name': 'characteristic',
                'verbose_name_plural': 'characteristics',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=60, unique=True, validators=[django.core.validators.RegexValidator('^[\\w][\\w.-]*\\Z', 'Use letters, digits, dots, hyphens and underscores, and begin with a letter or digit.', 'code')], verbose_name='number')),
                ('po_number', models.CharField(blank=True, max_length=60, verbose_name='purchase order')),
                ('cartons', models.PositiveIntegerField(blank=True, null=True, verbose_name='cartons')),
                ('produced_on', models.DateField(blank=True, null=True, verbose_name='production date')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('quantity', models.PositiveIntegerField(verbose_name='quantity')),
                ('awaiting', models.PositiveIntegerField(verbose_name='awaiting')),
                ('available', models.PositiveIntegerField(default=0, verbose_name='available')),
                ('on_hold', models.PositiveIntegerField(default=0, verbose_name='on hold')),
                ('shipped', models.PositiveIntegerField(default=0, verbose_name='shipped')),
                ('returned', models.PositiveIntegerField(default=0, verbose_name='returned')),
                ('scrapped', models.PositiveIntegerField(default=0, verbose_name='scrapped')),
                ('hold_count', models.PositiveSmallIntegerField(default=0, verbose_name='holds placed')),
                ('deviation_until', models.DateTimeField(blank=True, help_text='What is available was accepted on deviation, and ships until then.', null=True, verbose_name='deviation until')),
                ('state', models.GeneratedField(db_persist=True, expression=models.Case(models.When(on_hold__gt=0, then=models.Value('on_hold')), models.When(awaiting__gt=0, then=models.Value('awaiting')), models.When(available__gt=0, then=models.Value('accepted')), default=models.Value('closed')), output_field=models.CharField(choices=[('awaiting', 'awaiting inspection'), ('on_hold', 'on hold'), ('accepted', 'accepted'), ('closed', 'closed')], max_length=8, verbose_name='state'))),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='suppliers.product', verbose_name='product')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='suppliers.supplier', verbose_name='supplier')),
            ],
            options={
                'verbose_name': 'batch',
                'verbose_name_plural': 'batches',
                'permissions': [('register_batch', 'Registers batches')],
            },
        ),
        migrations.CreateModel(
            name='BatchCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('lot', 'lot code on units'), ('carton', 'carton')], max_length=6, verbose_name='kind')),
                ('code', models.CharField(max_length=60, verbose_name='code')),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='inspections.batch', verbose_name='batch')),
                ('product', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.product')),
            ],
            options={
                'verbose_name': 'code of a batch',
                'verbose_name_plural': 'codes of batches',
                'ordering': ['kind', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Catch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('complaint', models.SlugField(max_length=40, verbose_name='complaint point')),
                ('characteristic', models.CharField(blank=True, max_length=40, verbose_name='characteristic')),
                ('set_at', models.DateTimeField()),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='catches', to='suppliers.product', verbose_name='product')),
                ('set_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'what should catch a complaint',
                'verbose_name_plural': 'what should catch complaints',
            },
        ),
        migrations.CreateModel(
            name='ComplaintPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='name in Chinese')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='points', to='inspections.complaintpoint', verbose_name='group')),
            ],
            options={
                'verbose_name': 'complaint point',
                'verbose_name_plural': 'complaint points',
                'ordering': ['position', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Drift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(max_length=40, verbose_name='characteristic')),
                ('kind', models.CharField(choices=[('mean', 'the mean'), ('spread', 'the spread'), ('rate', 'the share nonconforming')], max_length=6, verbose_name='what moved')),
                ('facts', models.JSONField(verbose_name='figures')),
                ('noticed_at', models.DateTimeField(verbose_name='noticed at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('ending', models.CharField(blank=True, choices=[('mended', 'mended: it is back where it was'), ('new_normal', 'this is the new normal')], max_length=10, null=True, verbose_name='ending')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drifts', to='suppliers.product', verbose_name='product')),
            ],
            options={
                'verbose_name': 'drift',
                'verbose_name_plural': 'drifts',
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('ordinal', models.PositiveSmallIntegerField(verbose_name='number within the batch')),
                ('reason', models.CharField(choices=[('critical', 'critical nonconformity'), ('rejected', 'inspection rejected'), ('manual', 'placed by hand'), ('deviation_expired', 'deviation expired'), ('discontinued', 'inspection discontinued')], max_length=17, verbose_name='reason')),
                ('is_critical', models.BooleanField(default=False, help_text='Something critical is among what it rests on; never taken back, whatever is corrected later', verbose_name='critical')),
                ('finding', models.JSONField(default=dict, help_text='What was found: the characteristic, the unit, the reading, the limits', verbose_name='finding')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('quantity', models.PositiveIntegerField(verbose_name='quantity')),
                ('remaining', models.PositiveIntegerField(verbose_name='remaining')),
                ('sorted_out', models.PositiveIntegerField(default=0, verbose_name='sorted out as bad')),
                ('status', models.CharField(choices=[('open', 'open'), ('ended', 'ended')], default='open', max_length=5, verbose_name='status')),
                ('placed_at', models.DateTimeField(verbose_name='placed at')),
                ('answer_due_at', models.DateTimeField(verbose_name='answer due at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='inspections.batch', verbose_name='batch')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                ('placed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'hold',
                'verbose_name_plural': 'holds',
                'permissions': [('place_hold', 'Places holds by hand'), ('decide_hold', 'Decides holds'), ('respond_to_hold', 'Answers holds of its supplier')],
            },
        ),
        migrations.CreateModel(
            name='Disposition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('release', 'release'), ('sort', 'sort'), ('rework', 'rework'), ('return', 'return to supplier'), ('scrap', 'scrap'), ('accept_on_deviation', 'accept on deviation'), ('requalify', 're-qualify and inspect')], max_length=19, verbose_name='disposition')),
                ('quantity', models.PositiveIntegerField(help_text='Units decided on.', verbose_name='quantity')),
                ('freed', models.PositiveIntegerField(help_text='Units that may ship because of it.', verbose_name='freed')),
                ('reason', models.TextField(verbose_name='reason')),
                ('limit', models.TextField(blank=True, verbose_name='what is accepted')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='expires on')),
                ('signature', models.CharField(choices=[('password', 'password'), ('token', 'API token')], max_length=8, verbose_name='signed by')),
                ('decided_at', models.DateTimeField(verbose_name='decided at')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dispositions', to='inspections.hold', verbose_name='hold')),
            ],
            options={
                'verbose_name': 'disposition',
                'verbose_name_plural': 'dispositions',
            },
        ),
        migrations.CreateModel(
            name='HoldResponse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('root_cause', models.TextField(verbose_name='root cause')),
                ('corrective_action', models.TextField(verbose_name='corrective action')),
                ('wants_reinspection', models.BooleanField(default=False, verbose_name='asks for re-inspection')),
                ('responded_at', models.DateTimeField(verbose_name='responded at')),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='inspections.hold', verbose_name='hold')),
                ('responded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': "supplier's answer",
                'verbose_name_plural': "suppliers' answers",
            },
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('round', models.PositiveSmallIntegerField(verbose_name='round')),
                ('lot_size', models.PositiveIntegerField(verbose_name='lot size')),
                ('severity', models.CharField(max_length=10, verbose_name='severity')),
                ('plan', models.JSONField(help_text='Class -> Plan.as_dict(), frozen when planned', verbose_name='plan')),
                ('variables_plans', models.JSONField(default=dict, help_text='Characteristic code -> VariablesPlan.as_dict(), frozen when planned', verbose_name='variables plans')),
                ('pick_seed', models.CharField(editable=False, help_text='What the units to pick are drawn from', max_length=16)),
                ('cartons', models.PositiveIntegerField(blank=True, help_text='That the units come in now; None where they are counted loose', null=True, verbose_name='cartons')),
                ('carton_rule', models.CharField(choices=[('square_root', 'square root of their number'), ('all', 'all of them')], default='square_root', max_length=11, verbose_name='cartons to open')),
                ('stage_counts', models.JSONField(default=dict, help_text='Class -> counts at the end of each completed stage of a double or multiple plan')),
                ('stage_findings', models.JSONField(default=dict, help_text='Characteristic code -> numbers of the bad units that finished samples showed, or their count')),
                ('status', models.CharField(choices=[('open', 'open'), ('submitted', 'submitted'), ('abandoned', 'abandoned')], default='open', max_length=9, verbose_name='status')),
                ('verdict', models.CharField(blank=True, choices=[('accepted', 'accepted'), ('rejected', 'rejected')], max_length=8, null=True, verbose_name='verdict')),
                ('tally', models.JSONField(blank=True, help_text='Class -> nonconforming, nonconformities', null=True, verbose_name='tally')),
                ('variables_tally', models.JSONField(default=dict, help_text='Characteristic code -> VariablesTally.as_dict(), with the verdict')),
                ('planned_at', models.DateTimeField(verbose_name='planned at')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted at')),
                ('abandoned_at', models.DateTimeField(blank=True, null=True, verbose_name='abandoned at')),
                ('abandoned_reason', models.TextField(blank=True, verbose_name='why it was abandoned')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='inspections.batch', verbose_name='batch')),
                ('hold', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='inspections.hold', verbose_name='hold')),
                ('inspector', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to=settings.AUTH_USER_MODEL, verbose_name='inspector')),
                ('previous', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.inspection', verbose_name='previous round')),
                ('tightened_for', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.drift', verbose_name='tightened for')),
            ],
            options={
                'verbose_name': 'inspection',
                'verbose_name_plural': 'inspections',
                'permissions': [('inspect', 'Records inspections')],
            },
        ),
        migrations.AddField(
            model_name='hold',
            name='ended_by_inspection',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.inspection', verbose_name='ended by inspection'),
        ),
        migrations.AddField(
            model_name='hold',
            name='to_countersign',
            field=models.ForeignKey(blank=True, db_index=False, help_text='Accepted by somebody who had inspected before: it ends the hold once a manager has countersigned it', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.inspection', verbose_name='re-inspection to countersign'),
        ),
        migrations.AddField(
            model_name='drift',
            name='seen_in',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.inspection', verbose_name='noticed at'),
        ),
        migrations.AddField(
            model_name='drift',
            name='since',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.inspection', verbose_name='since'),
        ),
        migrations.CreateModel(
            name='Countersignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('signature', models.CharField(choices=[('password', 'password'), ('token', 'API token')], max_length=8, verbose_name='signed by')),
                ('signed_at', models.DateTimeField(verbose_name='signed at')),
                ('signed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='signed by')),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='countersignatures', to='inspections.hold', verbose_name='hold')),
                ('inspection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='countersignature', to='inspections.inspection', verbose_name='re-inspection')),
            ],
            options={
                'verbose_name': 'countersignature',
                'verbose_name_plural': 'countersignatures',
            },
        ),
        migrations.CreateModel(
            name='Baseline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, verbose_name='characteristic')),
                ('note', models.TextField(verbose_name='reason')),
                ('set_at', models.DateTimeField(verbose_name='set at')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='baselines', to='suppliers.product', verbose_name='product')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.inspection', verbose_name='from')),
                ('last', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.inspection', verbose_name='to')),
            ],
            options={
                'verbose_name': 'baseline',
                'verbose_name_plural': 'baselines',
            },
        ),
        migrations.CreateModel(
            name='MarginInputs',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('currency', models.CharField(max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}\\Z')], verbose_name='currency')),
                ('price', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='selling price')),
                ('goods', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='goods')),
                ('platform_rate', models.DecimalField(decimal_places=6, max_digits=7, verbose_name='platform commission')),
                ('channel_rate', models.DecimalField(decimal_places=6, max_digits=7, verbose_name='channel commission')),
                ('logistics', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='logistics and fulfilment')),
                ('packaging', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='packaging')),
                ('payment_rate', models.DecimalField(decimal_places=6, max_digits=7, verbose_name='payment fee, share of the price')),
                ('payment_fee', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='payment fee, per order')),
                ('service', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='customer service')),
                ('promotion', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='promotion')),
                ('reverse_logistics', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='way back of a returned unit')),
                ('resale_loss', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='what a returned unit loses in worth')),
                ('commission_kept_rate', models.DecimalField(decimal_places=6, max_digits=7, verbose_name='commission kept on a refund')),
                ('return_rate', models.DecimalField(decimal_places=6, max_digits=7, verbose_name='expected rate of returns')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('set_at', models.DateTimeField(verbose_name='set at')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='margin_inputs', to='suppliers.product', verbose_name='product')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='set by')),
            ],
            options={
                'verbose_name': 'margin inputs',
                'verbose_name_plural': 'margin inputs',
                'permissions': [('set_margin', 'Sees and sets prices, costs and margins')],
            },
        ),
        migrations.CreateModel(
            name='MarketReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('source', models.SlugField(max_length=40, verbose_name='source')),
                ('reference', models.CharField(max_length=120, verbose_name='reference')),
                ('fingerprint', models.BinaryField(help_text='SHA-256 of what was sent', max_length=32)),
                ('kind', models.CharField(choices=[('returned', 'returned'), ('complained', 'complained')], max_length=10, verbose_name='kind')),
                ('order_reference', models.CharField(blank=True, max_length=80, verbose_name='order')),
                ('found_by', models.CharField(choices=[('stated', 'named by the source'), ('lot_code', 'lot code on the unit'), ('carton', 'carton'), ('shipment', 'shipment reference'), ('shipped_on', 'the only batch that shipped on the day'), ('only_batch', 'the only batch that had shipped'), ('by_hand', 'named by hand'), ('unknown', 'batch unknown')], max_length=10, verbose_name='how the batch was found')),
                ('reason', models.CharField(blank=True, choices=[('quality', 'quality'), ('not_as_described', 'not as described'), ('logistics', 'logistics'), ('usage', 'does not know how to use it'), ('changed_mind', 'changed mind')], max_length=16, verbose_name='reason')),
                ('complaints', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(max_length=40), blank=True, default=list, help_text='Codes of complaint points, ascending', size=None)),
                ('lot_code', models.CharField(blank=True, max_length=60, verbose_name='lot code')),
                ('carton', models.CharField(blank=True, max_length=60, verbose_name='carton')),
                ('carrier', models.CharField(blank=True, max_length=60, verbose_name='carrier')),
                ('shipment', models.CharField(blank=True, max_length=120, verbose_name='shipment reference')),
                ('shipped_on', models.DateField(blank=True, null=True, verbose_name='shipped on')),
                ('delivered_on', models.DateField(blank=True, null=True, verbose_name='delivered on')),
                ('happened_on', models.DateField(verbose_name='returned or complained on')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='market_returns', to='inspections.batch', verbose_name='batch')),
                ('inspection', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='market_returns', to='inspections.inspection', verbose_name='inspection')),
                ('market', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.market', verbose_name='market')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='market_returns', to='suppliers.product', verbose_name='product')),
                ('recorded_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
            ],
            options={
                'verbose_name': 'return from the market',
                'verbose_name_plural': 'returns from the market',
                'permissions': [('report_returns', 'Records returns from the market and decides on what they propose')],
            },
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('unit_number', models.PositiveIntegerField(blank=True, null=True, verbose_name='unit number')),
                ('aspect', models.CharField(blank=True, choices=[('appearance', 'appearance'), ('function', 'function'), ('packaging', 'packaging'), ('accessories', 'accessories'), ('manual', 'manual'), ('label', 'label'), ('transport', 'transport durability')], max_length=11, verbose_name='aspect')),
                ('drop_number', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='drop of the transport test')),
                ('status', models.CharField(choices=[('waiting', 'being processed'), ('ready', 'ready'), ('refused', 'refused')], default='waiting', max_length=7, verbose_name='status')),
                ('refusal', models.CharField(blank=True, choices=[('unreadable', 'This is not a picture that can be read.'), ('too_many_pixels', 'The picture has too many pixels. Take it at a lower resolution.'), ('damaged', 'The picture is damaged or was cut off on its way. Take it again.'), ('gave_up', 'Processing the picture failed twice. Take it again.')], max_length=15, verbose_name='why it was refused')),
                ('attempts', models.PositiveSmallIntegerField(default=0, help_text='How often processing began and ended neither well nor badly: the worker died')),
                ('claimed_until', models.DateTimeField(blank=True, help_text='A worker has it until then', null=True)),
                ('sha256', models.CharField(db_index=True, help_text='Of the upload, before anything touched it', max_length=64)),
                ('perceptual_hash', models.BigIntegerField(blank=True, help_text='64-bit difference hash, signed; None for a picture too flat to be compared', null=True)),
                ('upload', models.FileField(blank=True, upload_to='uploads/%Y/%m/')),
                ('large', models.FileField(blank=True, upload_to='photos/%Y/%m/')),
                ('small', models.FileField(blank=True, upload_to='photos/%Y/%m/')),
                ('width', models.PositiveIntegerField(blank=True, help_text='Of the large copy', null=True)),
                ('height', models.PositiveIntegerField(blank=True, null=True)),
                ('taken_at', models.DateTimeField(blank=True, null=True, verbose_name='taken at')),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded at')),
                ('characteristic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.characteristic', verbose_name='characteristic')),
                ('earlier_use', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.photo', verbose_name='same picture in another inspection')),
                ('inspection', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='inspections.inspection', verbose_name='inspection')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'photo',
                'verbose_name_plural': 'photos',
            },
        ),
        migrations.CreateModel(
            name='DoubtFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('near_limit', 'crowded inside a limit'), ('run', 'a run of one value'), ('block', 'the same values twice'), ('digits', 'favourite last digits'), ('pace', 'quicker than the clock allows'), ('copied', 'like the round before'), ('disagree', 'two inspectors disagree'), ('photo', 'a photo used before')], max_length=10, verbose_name='kind')),
                ('probability', models.FloatField(help_text='How often an honest inspection shows as much, 0 to 1', verbose_name='chance')),
                ('facts', models.JSONField(help_text='What was seen, as of inspections.rules.doubts')),
                ('raised_at', models.DateTimeField(verbose_name='raised at')),
                ('characteristic', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.characteristic', verbose_name='characteristic')),
                ('inspection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='doubts', to='inspections.inspection', verbose_name='inspection')),
                ('photo', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.photo', verbose_name='photo')),
            ],
            options={
                'verbose_name': 'doubt',
                'verbose_name_plural': 'doubts',
                'permissions': [('see_doubts', 'Sees doubts about inspections')],
            },
        ),
        migrations.CreateModel(
            name='PilotLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('damage', models.DecimalField(decimal_places=5, max_digits=6, verbose_name='damage rate')),
                ('complaint', models.DecimalField(decimal_places=5, max_digits=6, verbose_name='complaint rate')),
                ('return_rate', models.DecimalField(decimal_places=5, max_digits=6, verbose_name='return rate')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='suppliers.category', verbose_name='category')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='suppliers.product', verbose_name='product')),
            ],
            options={
                'verbose_name': 'limits of pilot runs',
                'verbose_name_plural': 'limits of pilot runs',
            },
        ),
        migrations.CreateModel(
            name='PilotRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('ordinal', models.PositiveIntegerField(help_text='Counts the runs of a product from 1.', verbose_name='number')),
                ('size', models.PositiveSmallIntegerField(verbose_name='planned units')),
                ('reason', models.TextField(blank=True, verbose_name='why so many')),
                ('rule_kind', models.CharField(choices=[('curtailed', 'judged as the whole run would be'), ('sequential', 'judged as the units come back')], default='curtailed', max_length=10, verbose_name='rule')),
                ('damage_limit', models.DecimalField(decimal_places=5, max_digits=6, verbose_name='highest damage rate')),
                ('complaint_limit', models.DecimalField(decimal_places=5, max_digits=6, verbose_name='highest complaint rate')),
                ('return_limit', models.DecimalField(decimal_places=5, max_digits=6, verbose_name='highest return rate')),
                ('limits_source', models.CharField(blank=True, max_length=200, verbose_name='where the limits come from')),
                ('rule', models.JSONField(help_text='Rate -> pilot_rules.Boundary.as_dict(), frozen when planned', verbose_name='rule')),
                ('status', models.CharField(choices=[('planned', 'planned'), ('running', 'running'), ('concluded', 'concluded'), ('stopped', 'stopped')], default='planned', max_length=9, verbose_name='status')),
                ('verdict', models.CharField(blank=True, choices=[('pass', 'passed'), ('fail', 'failed'), ('undecided', 'undecided')], max_length=9, null=True, verbose_name='verdict')),
                ('planned_at', models.DateTimeField(verbose_name='planned at')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started at')),
                ('concluded_at', models.DateTimeField(blank=True, null=True, verbose_name='concluded at')),
                ('stopped_because', models.TextField(blank=True, verbose_name='why it was stopped')),
                ('concluded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pilot_runs', to='suppliers.product', verbose_name='product')),
            ],
            options={
                'verbose_name': 'pilot run',
                'verbose_name_plural': 'pilot runs',
                'permissions': [('run_pilot', 'Plans, records and concludes pilot runs')],
            },
        ),
        migrations.CreateModel(
            name='PilotReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('readings', inspections.models.fields.ReadingsField(help_text='One decimal per unit in unit order, None where a unit was not measured')),
                ('count', models.PositiveSmallIntegerField(help_text='Units that were measured')),
                ('nonconforming', models.PositiveSmallIntegerField(help_text='Of those, beyond a limit of the characteristic')),
                ('minimum', models.FloatField()),
                ('maximum', models.FloatField()),
                ('mean', models.FloatField()),
                ('sd', models.FloatField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('characteristic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pilot_readings', to='inspections.characteristic')),
                ('recorded_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='inspections.pilotrun')),
            ],
            options={
                'verbose_name': 'readings of a pilot run',
                'verbose_name_plural': 'readings of pilot runs',
            },
        ),
        migrations.CreateModel(
            name='PilotUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='unit')),
                ('order_reference', models.CharField(blank=True, max_length=80, verbose_name='order')),
                ('outcome', models.CharField(blank=True, choices=[('ok', 'delivered fine'), ('damaged', 'damaged'), ('complained', 'complained'), ('returned', 'returned')], max_length=10, verbose_name='outcome')),
                ('damage', models.CharField(blank=True, choices=[('product', 'product'), ('inner_box', 'inner box'), ('carton', 'carton')], max_length=9, verbose_name='where damaged')),
                ('complaints', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(max_length=40), blank=True, default=list, help_text='Codes of complaint points, ascending', size=None)),
                ('return_reason', models.CharField(blank=True, choices=[('quality', 'quality'), ('not_as_described', 'not as described'), ('logistics', 'logistics'), ('usage', 'does not know how to use it'), ('changed_mind', 'changed mind')], max_length=16, verbose_name='return reason')),
                ('handling_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days of handling')),
                ('transit_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days of transit')),
                ('delivered_on', models.DateField(blank=True, null=True, verbose_name='delivered on')),
                ('returned_on', models.DateField(blank=True, null=True, verbose_name='returned on')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('revision', models.PositiveSmallIntegerField(default=0, help_text='How often its outcome was recorded')),
                ('recorded_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='units', to='inspections.pilotrun')),
            ],
            options={
                'verbose_name': 'unit of a pilot run',
                'verbose_name_plural': 'units of pilot runs',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('raise_class', 'raise the class'), ('add_characteristic', 'add a characteristic')], max_length=18, verbose_name='kind')),
                ('subject', models.CharField(max_length=40, verbose_name='subject')),
                ('class_from', models.CharField(blank=True, max_length=8)),
                ('class_to', models.CharField(max_length=8)),
                ('evidence', models.JSONField(verbose_name='evidence')),
                ('status', models.CharField(choices=[('open', 'open'), ('accepted', 'accepted'), ('dismissed', 'dismissed')], default='open', max_length=9, verbose_name='status')),
                ('proposed_at', models.DateTimeField(verbose_name='proposed at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('drafted_version', models.PositiveIntegerField(blank=True, null=True, verbose_name='version that was drafted')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='suppliers.product', verbose_name='product')),
            ],
            options={
                'verbose_name': 'proposal',
                'verbose_name_plural': 'proposals',
            },
        ),
        migrations.CreateModel(
            name='Recorder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inspection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='recorders', to='inspections.inspection')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'recorder of results',
                'verbose_name_plural': 'recorders of results',
            },
        ),
        migrations.CreateModel(
            name='ReinspectionOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('reason', models.TextField(verbose_name='reason')),
                ('ordered_at', models.DateTimeField(verbose_name='ordered at')),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='inspections.hold', verbose_name='hold')),
                ('ordered_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ordered by')),
            ],
            options={
                'verbose_name': 'order to inspect again',
                'verbose_name_plural': 'orders to inspect again',
            },
        ),
        migrations.CreateModel(
            name='ResponseFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('content_type', models.CharField(max_length=40)),
                ('sha256', models.CharField(max_length=64)),
                ('file', models.FileField(upload_to='responses/%Y/%m/')),
                ('response', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='inspections.holdresponse', verbose_name='answer')),
            ],
            options={
                'verbose_name': 'file of an answer',
                'verbose_name_plural': 'files of answers',
            },
        ),
        migrations.CreateModel(
            name='Result',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('readings', inspections.models.fields.ReadingsField(help_text='Measured: one decimal per unit in unit order, None where not read yet', null=True)),
                ('nonconforming_units', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), help_text='Numbers from 1, ascending', null=True, size=None)),
                ('nonconforming', models.PositiveIntegerField(verbose_name='nonconforming units')),
                ('nonconformities', models.PositiveIntegerField(verbose_name='nonconformities')),
                ('is_complete', models.BooleanField(verbose_name='complete')),
                ('minimum', models.FloatField(null=True)),
                ('maximum', models.FloatField(null=True)),
                ('mean', models.FloatField(null=True)),
                ('sd', models.FloatField(null=True)),
                ('revision', models.PositiveIntegerField(default=1, help_text='Goes up with every change')),
                ('recorded_at', models.DateTimeField(help_text="By the device's clock where it told one")),
                ('received_at', models.DateTimeField()),
                ('characteristic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='inspections.characteristic')),
                ('inspection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='results', to='inspections.inspection')),
                ('recorded_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'result',
                'verbose_name_plural': 'results',
            },
        ),
        migrations.CreateModel(
            name='ReturnNorm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('quality', 'quality'), ('not_as_described', 'not as described'), ('logistics', 'logistics'), ('usage', 'does not know how to use it'), ('changed_mind', 'changed mind')], max_length=16, verbose_name='reason')),
                ('share', models.DecimalField(decimal_places=5, help_text='A fraction: 0.3 is 30 %.', max_digits=6, verbose_name='share')),
                ('status', models.CharField(choices=[('assumption', 'assumption'), ('measured', 'measured')], default='assumption', max_length=10, verbose_name='status')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='suppliers.category', verbose_name='category')),
            ],
            options={
                'verbose_name': 'norm of return reasons',
                'verbose_name_plural': 'norms of return reasons',
            },
        ),
        migrations.CreateModel(
            name='Sample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('series', models.PositiveSmallIntegerField(verbose_name='series')),
                ('round', models.PositiveSmallIntegerField(verbose_name='round')),
                ('version', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='version')),
                ('status', models.CharField(choices=[('received', 'being checked'), ('checked', 'waits for a decision'), ('approved', 'approved'), ('refused', 'refused')], default='received', max_length=8, verbose_name='status')),
                ('length_mm', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='length')),
                ('width_mm', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='width')),
                ('height_mm', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='height')),
                ('weight_g', models.DecimalField(blank=True, decimal_places=2, max_digits=11, null=True, verbose_name='weight')),
                ('lab_l', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='L*')),
                ('lab_a', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='a*')),
                ('lab_b', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='b*')),
                ('barcode', models.CharField(blank=True, max_length=14, verbose_name='barcode')),
                ('label_text', models.TextField(blank=True, verbose_name='text of the label')),
                ('seal_number', models.CharField(blank=True, max_length=60, verbose_name='seal number')),
                ('kept_at', models.CharField(blank=True, max_length=120, verbose_name='kept at')),
                ('kept_until', models.DateField(blank=True, null=True, verbose_name='kept until')),
                ('note', models.TextField(blank=True, help_text='The supplier does not see it.', verbose_name='internal note')),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='checked at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('signature', models.CharField(blank=True, choices=[('password', 'password'), ('token', 'API token')], max_length=8, verbose_name='signed by')),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='samples', to='suppliers.product', verbose_name='product')),
                ('received_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='samples', to='suppliers.supplier', verbose_name='supplier')),
            ],
            options={
                'verbose_name': 'sample',
                'verbose_name_plural': 'samples',
                'permissions': [('check_sample', 'Receives and checks samples'), ('decide_sample', 'Approves and refuses samples')],
            },
        ),
        migrations.CreateModel(
            name='ReferenceComparison',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_same', models.BooleanField(verbose_name='same as the golden sample')),
                ('difference', models.TextField(blank=True, verbose_name='how it differs')),
                ('lab_l', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='L*')),
                ('lab_a', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='a*')),
                ('lab_b', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='b*')),
                ('colour_difference', models.FloatField(blank=True, null=True, verbose_name='colour difference')),
                ('revision', models.PositiveIntegerField(default=1, help_text='Goes up with every change')),
                ('recorded_at', models.DateTimeField(help_text="By the device's clock where it told one", verbose_name='recorded at')),
                ('received_at', models.DateTimeField()),
                ('characteristic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.characteristic')),
                ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comparisons', to='inspections.inspection')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sample', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comparisons', to='inspections.sample', verbose_name='golden sample')),
            ],
            options={
                'verbose_name': 'comparison with the golden sample',
                'verbose_name_plural': 'comparisons with golden samples',
            },
        ),
        migrations.AddField(
            model_name='pilotrun',
            name='sample',
            field=models.ForeignKey(blank=True, help_text='The one that stood for the product when the run started', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pilot_runs', to='inspections.sample', verbose_name='golden sample'),
        ),
        migrations.AddField(
            model_name='photo',
            name='sample',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='inspections.sample', verbose_name='sample'),
        ),
        migrations.CreateModel(
            name='SampleCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('aspect', models.CharField(blank=True, choices=[('appearance', 'appearance'), ('function', 'function'), ('packaging', 'packaging'), ('accessories', 'accessories'), ('manual', 'manual'), ('label', 'label'), ('transport', 'transport durability')], max_length=11, verbose_name='aspect')),
                ('conforms', models.BooleanField(verbose_name='conforms')),
                ('readings', inspections.models.fields.ReadingsField(help_text='Of a measured characteristic, as often as it was measured; in its unit', null=True)),
                ('note', models.TextField(blank=True, verbose_name='what was seen')),
                ('revision', models.PositiveIntegerField(default=1, help_text='Goes up with every change')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('characteristic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sample_checks', to='inspections.characteristic', verbose_name='characteristic')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sample', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='inspections.sample', verbose_name='sample')),
            ],
            options={
                'verbose_name': 'check of a sample',
                'verbose_name_plural': 'checks of samples',
            },
        ),
        migrations.CreateModel(
            name='SampleRecorder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sample', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='recorders', to='inspections.sample')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'recorder of checks',
                'verbose_name_plural': 'recorders of checks',
            },
        ),
        migrations.CreateModel(
            name='Shipment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('quantity', models.PositiveIntegerField(verbose_name='quantity')),
                ('reference', models.CharField(blank=True, max_length=120, verbose_name='reference')),
                ('shipped_at', models.DateTimeField(verbose_name='shipped at')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shipments', to='inspections.batch', verbose_name='batch')),
                ('shipped_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'shipment',
                'verbose_name_plural': 'shipments',
                'permissions': [('ship', 'Ships quantities of batches')],
            },
        ),
        migrations.CreateModel(
            name='Reversal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('not_left', 'did not leave the warehouse'), ('unopened', 'came back unopened')], max_length=8, verbose_name='what happened')),
                ('quantity', models.PositiveIntegerField(verbose_name='quantity')),
                ('reason', models.TextField(verbose_name='reason')),
                ('place', models.CharField(editable=False, help_text='available, on_hold or awaiting', max_length=9, verbose_name='now')),
                ('reversed_at', models.DateTimeField(verbose_name='taken back at')),
                ('reversed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='inspections.shipment', verbose_name='shipment')),
            ],
            options={
                'verbose_name': 'shipment taken back',
                'verbose_name_plural': 'shipments taken back',
            },
        ),
        migrations.CreateModel(
            name='Specification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('active', 'active'), ('retired', 'retired')], default='draft', max_length=7, verbose_name='status')),
                ('scheme', models.JSONField(verbose_name='sampling scheme')),
                ('scheme_key', models.CharField(editable=False, help_text='Digest of the scheme: versions that share it share switching rules', max_length=64)),
                ('drafted_at', models.DateTimeField(verbose_name='drafted at')),
                ('activated_at', models.DateTimeField(blank=True, null=True, verbose_name='activated at')),
                ('activated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='specifications', to='suppliers.product', verbose_name='product')),
            ],
            options={
                'verbose_name': 'specification',
                'verbose_name_plural': 'specifications',
                'permissions': [('specify', 'Drafts and activates specifications')],
            },
        ),
        migrations.AddField(
            model_name='sample',
            name='specification',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='samples', to='inspections.specification', verbose_name='specification'),
        ),
        migrations.AddField(
            model_name='inspection',
            name='specification',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='inspections.specification', verbose_name='specification'),
        ),
        migrations.AddField(
            model_name='characteristic',
            name='specification',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='characteristics', to='inspections.specification'),
        ),
        migrations.CreateModel(
            name='SwitchingStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheme_key', models.CharField(help_text="Digest of the sampling scheme's definition", max_length=64)),
                ('kind', models.CharField(choices=[('lot', 'verdict on a first submission'), ('resumed', 're-qualified'), ('reduced_approved', 'reduced inspection approved'), ('reduced_withdrawn', 'reduced inspection withdrawn'), ('production_steady', 'production is steady'), ('production_irregular', 'production is irregular')], max_length=20, verbose_name='kind')),
                ('state', models.JSONField(verbose_name='state')),
                ('severity_before', models.CharField(max_length=12)),
                ('severity', models.CharField(max_length=12, verbose_name='severity')),
                ('lots', models.PositiveIntegerField(help_text='First submissions counted so far')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('inspection', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='switching_step', to='inspections.inspection', verbose_name='inspection')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='switching_steps', to='suppliers.product', verbose_name='product')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.supplier')),
            ],
            options={
                'verbose_name': 'switching step',
                'verbose_name_plural': 'switching steps',
            },
        ),
        migrations.CreateModel(
            name='TransportTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('protocol', models.CharField(choices=[('ista_1a', 'ISTA 1A'), ('ista_2a', 'ISTA 2A'), ('ista_3a', 'ISTA 3A')], max_length=7, verbose_name='test')),
                ('package_weight_kg', models.DecimalField(decimal_places=3, max_digits=6, verbose_name='weight of the package')),
                ('drops', models.JSONField(help_text='List of {number, height_mm, orientation}, in their order', verbose_name='drops')),
                ('begun_at', models.DateTimeField(verbose_name='begun at')),
                ('begun_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sample', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='transport_test', to='inspections.sample', verbose_name='sample')),
            ],
            options={
                'verbose_name': 'transport test',
                'verbose_name_plural': 'transport tests',
            },
        ),
        migrations.CreateModel(
            name='DropResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('package_damaged', models.BooleanField(verbose_name='package damaged')),
                ('product_damaged', models.BooleanField(verbose_name='product damaged')),
                ('note', models.TextField(blank=True, verbose_name='what was seen')),
                ('revision', models.PositiveIntegerField(default=1, help_text='Goes up with every change')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('test', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='inspections.transporttest', verbose_name='transport test')),
            ],
            options={
                'verbose_name': 'drop',
                'verbose_name_plural': 'drops',
                'ordering': ['number'],
            },
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(fields=['state', '-id'], name='batch_by_state'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(fields=['product', '-id'], name='batch_by_product'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(fields=['supplier', '-id'], name='batch_by_supplier'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('quantity', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('awaiting'), '+', models.F('available')), '+', models.F('on_hold')), '+', models.F('shipped')), '+', models.F('returned')), '+', models.F('scrapped')))), name='batch_quantities_add_up'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 1), ('quantity__lte', 1000000000)), name='batch_quantity_is_sensible'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('cartons', None), ('cartons__gte', 1), _connector='OR'), name='batch_has_no_carton_count_of_zero'),
        ),
        migrations.AddConstraint(
            model_name='batchcode',
            constraint=models.UniqueConstraint(fields=('product', 'kind', 'code'), name='batch_code_leads_to_one_batch'),
        ),
        migrations.AddConstraint(
            model_name='batchcode',
            constraint=models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='batch_code_is_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='catch',
            constraint=models.UniqueConstraint(fields=('product', 'complaint'), name='catch_is_once_per_complaint'),
        ),
        migrations.AddConstraint(
            model_name='complaintpoint',
            constraint=models.CheckConstraint(condition=models.Q(('parent', None), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='complaint_point_is_not_its_own_group'),
        ),
        migrations.AddConstraint(
            model_name='disposition',
            constraint=models.CheckConstraint(condition=models.Q(('freed__lte', models.F('quantity')), ('quantity__gte', 1)), name='disposition_frees_no_more_than_it_decides'),
        ),
        migrations.AddConstraint(
            model_name='disposition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('freed', models.F('quantity')), ('kind__in', ['release', 'accept_on_deviation'])), ('kind', 'sort'), models.Q(('freed', 0), ('kind__in', ['rework', 'return', 'scrap', 'requalify'])), _connector='OR'), name='disposition_frees_what_its_kind_allows'),
        ),
        migrations.AddConstraint(
            model_name='disposition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('expires_on__isnull', False), ('kind', 'accept_on_deviation')), models.Q(models.Q(('kind', 'accept_on_deviation'), _negated=True), ('expires_on', None)), _connector='OR'), name='disposition_expires_exactly_when_on_deviation'),
        ),
        migrations.AddConstraint(
            model_name='disposition',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='disposition_has_a_reason'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(fields=['status', '-id'], name='hold_by_status'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('batch',), name='hold_is_open_once_per_batch'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(fields=('batch', 'ordinal'), name='hold_ordinal_is_once_per_batch'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('ended_by_inspection', None), ('status', 'open')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('remaining', 0), ('status', 'ended')), _connector='OR'), name='hold_is_ended_exactly_when_someone_ended_it'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('remaining__lte', models.F('quantity')), ('sorted_out__lte', models.F('remaining'))), name='hold_covers_no_more_than_it_held'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'open'), _negated=True), ('remaining__gte', 1), _connector='OR'), name='hold_that_is_open_covers_something'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', 'critical'), _negated=True), ('is_critical', True), _connector='OR'), name='hold_for_a_critical_is_critical'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('to_countersign', None), models.Q(('is_critical', True), ('status', 'open')), _connector='OR'), name='hold_waits_for_a_countersignature_while_it_is_open'),
        ),
        migrations.AddConstraint(
            model_name='drift',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('product', 'code'), name='drift_is_open_once_per_characteristic'),
        ),
        migrations.AddConstraint(
            model_name='drift',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('ending', None), ('note', '')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('ending__isnull', False), models.Q(('note', ''), _negated=True)), _connector='OR'), name='drift_is_ended_exactly_when_someone_said_why'),
        ),
        migrations.AddIndex(
            model_name='baseline',
            index=models.Index(fields=['product', 'code', '-id'], name='baseline_newest'),
        ),
        migrations.AddConstraint(
            model_name='margininputs',
            constraint=models.UniqueConstraint(fields=('product', 'version'), name='margin_inputs_version_is_once_per_product'),
        ),
        migrations.AddConstraint(
            model_name='margininputs',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='margin_inputs_have_a_currency'),
        ),
        migrations.AddConstraint(
            model_name='margininputs',
            constraint=models.CheckConstraint(condition=models.Q(('goods__gte', 0), ('logistics__gte', 0), ('packaging__gte', 0), ('payment_fee__gte', 0), ('price__gt', 0), ('price__gte', 0), ('promotion__gte', 0), ('resale_loss__gte', 0), ('reverse_logistics__gte', 0), ('service__gte', 0)), name='margin_inputs_have_no_negative_amount'),
        ),
        migrations.AddConstraint(
            model_name='margininputs',
            constraint=models.CheckConstraint(condition=models.Q(('channel_rate__gte', 0), ('channel_rate__lte', 1), ('commission_kept_rate__gte', 0), ('commission_kept_rate__lte', 1), ('payment_rate__gte', 0), ('payment_rate__lte', 1), ('platform_rate__gte', 0), ('platform_rate__lte', 1), ('return_rate__gte', 0), ('return_rate__lte', 1)), name='margin_inputs_have_rates_from_0_to_1'),
        ),
        migrations.AddConstraint(
            model_name='margininputs',
            constraint=models.CheckConstraint(condition=models.Q(('resale_loss__lte', models.F('goods'))), name='margin_inputs_lose_at_most_the_goods'),
        ),
        migrations.AddIndex(
            model_name='marketreturn',
            index=models.Index(fields=['happened_on'], name='market_return_by_day'),
        ),
        migrations.AddIndex(
            model_name='marketreturn',
            index=models.Index(fields=['product', 'happened_on'], name='market_return_by_product'),
        ),
        migrations.AddConstraint(
            model_name='marketreturn',
            constraint=models.UniqueConstraint(fields=('source', 'reference'), name='market_return_is_once_per_source'),
        ),
        migrations.AddConstraint(
            model_name='marketreturn',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('batch', None), ('found_by', 'unknown'), ('inspection', None)), models.Q(models.Q(('found_by', 'unknown'), _negated=True), ('batch__isnull', False)), _connector='OR'), name='market_return_has_a_batch_exactly_when_found'),
        ),
        migrations.AddConstraint(
            model_name='marketreturn',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'returned'), ('reason__in', ['quality', 'not_as_described', 'logistics', 'usage', 'changed_mind'])), models.Q(('kind', 'complained'), ('reason', ''), models.Q(('complaints', []), _negated=True)), _connector='OR'), name='market_return_says_why'),
        ),
        migrations.AddConstraint(
            model_name='marketreturn',
            constraint=models.CheckConstraint(condition=models.Q(('delivered_on', None), ('happened_on__gte', models.F('delivered_on')), _connector='OR'), name='market_return_is_after_delivery'),
        ),
        migrations.AddConstraint(
            model_name='marketreturn',
            constraint=models.CheckConstraint(condition=models.Q(('shipped_on', None), models.Q(('happened_on__gte', models.F('shipped_on')), models.Q(('delivered_on', None), ('delivered_on__gte', models.F('shipped_on')), _connector='OR')), _connector='OR'), name='market_return_is_after_shipping'),
        ),
        migrations.AddConstraint(
            model_name='marketreturn',
            constraint=models.CheckConstraint(condition=models.Q(('found_by__in', ['stated', 'lot_code', 'carton', 'shipment', 'shipped_on', 'only_batch', 'by_hand', 'unknown'])), name='market_return_is_found_somehow'),
        ),
        migrations.AddIndex(
            model_name='doubtflag',
            index=models.Index(fields=['-raised_at'], name='doubt_newest'),
        ),
        migrations.AddConstraint(
            model_name='doubtflag',
            constraint=models.UniqueConstraint(models.F('inspection'), models.F('kind'), django.db.models.functions.comparison.Coalesce('characteristic', 0), django.db.models.functions.comparison.Coalesce('photo', 0), name='doubt_is_raised_once'),
        ),
        migrations.AddConstraint(
            model_name='doubtflag',
            constraint=models.CheckConstraint(condition=models.Q(('probability__gte', 0), ('probability__lte', 1)), name='doubt_has_a_probability'),
        ),
        migrations.AddConstraint(
            model_name='doubtflag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'photo'), ('photo__isnull', False)), models.Q(models.Q(('kind', 'photo'), _negated=True), ('photo__isnull', True)), _connector='OR'), name='doubt_has_a_photo_exactly_when_it_is_about_one'),
        ),
        migrations.AddConstraint(
            model_name='pilotlimit',
            constraint=models.UniqueConstraint(fields=('product', 'category'), name='pilot_limit_is_once_per_subject', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='pilotlimit',
            constraint=models.CheckConstraint(condition=models.Q(('product', None), ('category', None), _connector='OR'), name='pilot_limit_is_of_a_product_or_a_category'),
        ),
        migrations.AddConstraint(
            model_name='pilotlimit',
            constraint=models.CheckConstraint(condition=models.Q(('damage__gt', 0), ('damage__lt', 1), ('complaint__gt', 0), ('complaint__lt', 1), ('return_rate__gt', 0), ('return_rate__lt', 1)), name='pilot_limit_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='pilotreading',
            constraint=models.UniqueConstraint(fields=('run', 'characteristic'), name='pilot_reading_is_once_per_characteristic'),
        ),
        migrations.AddConstraint(
            model_name='pilotreading',
            constraint=models.CheckConstraint(condition=models.Q(('count__gte', 1), ('nonconforming__lte', models.F('count'))), name='pilot_reading_counts_what_it_holds'),
        ),
        migrations.AddConstraint(
            model_name='pilotunit',
            constraint=models.UniqueConstraint(fields=('run', 'number'), name='pilot_unit_number_is_once_per_run'),
        ),
        migrations.AddConstraint(
            model_name='pilotunit',
            constraint=models.UniqueConstraint(condition=models.Q(('order_reference', ''), _negated=True), fields=('run', 'order_reference'), name='pilot_unit_order_is_once_per_run'),
        ),
        migrations.AddConstraint(
            model_name='pilotunit',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', 200)), name='pilot_unit_is_numbered_from_1'),
        ),
        migrations.AddConstraint(
            model_name='pilotunit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('outcome', ''), _negated=True), ('recorded_at__isnull', False), ('recorded_by__isnull', False)), models.Q(('complaints', []), ('damage', ''), ('delivered_on', None), ('handling_days', None), ('outcome', ''), ('return_reason', ''), ('returned_on', None), ('transit_days', None)), _connector='OR'), name='pilot_unit_has_facts_only_with_an_outcome'),
        ),
        migrations.AddConstraint(
            model_name='pilotunit',
            constraint=models.CheckConstraint(condition=models.Q(('damage__in', ['', 'product', 'inner_box', 'carton']), ('outcome__in', ['', 'ok', 'damaged', 'complained', 'returned']), ('return_reason__in', ['', 'quality', 'not_as_described', 'logistics', 'usage', 'changed_mind'])), name='pilot_unit_has_a_known_outcome'),
        ),
        migrations.AddConstraint(
            model_name='pilotunit',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', 'returned'), models.Q(('return_reason', ''), ('returned_on', None)), _connector='OR'), name='pilot_unit_has_a_return_reason_only_when_returned'),
        ),
        migrations.AddConstraint(
            model_name='pilotunit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'ok'), _negated=True), models.Q(('complaints', []), ('damage', '')), _connector='OR'), name='pilot_unit_delivered_fine_has_no_fault'),
        ),
        migrations.AddConstraint(
            model_name='pilotunit',
            constraint=models.CheckConstraint(condition=models.Q(('returned_on', None), ('delivered_on', None), ('returned_on__gte', models.F('delivered_on')), _connector='OR'), name='pilot_unit_is_returned_after_delivery'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('product', 'kind', 'subject'), name='proposal_is_open_once_per_subject'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('drafted_version', None), ('status', 'open')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('drafted_version__isnull', False), ('status', 'accepted')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('drafted_version', None), ('status', 'dismissed'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='proposal_is_decided_by_someone_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='recorder',
            constraint=models.UniqueConstraint(fields=('inspection', 'user'), name='recorder_is_once_per_inspection'),
        ),
        migrations.AddConstraint(
            model_name='reinspectionorder',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reinspection_order_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.UniqueConstraint(fields=('inspection', 'characteristic'), name='result_is_once_per_characteristic'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(('nonconformities__gte', models.F('nonconforming'))), name='result_has_a_nonconformity_per_bad_unit'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(('nonconforming_units', None), ('nonconforming_units__len', models.F('nonconforming')), models.Q(('nonconforming', 0), ('nonconforming_units__len', 0)), _connector='OR'), name='result_counts_the_units_it_names'),
        ),
        migrations.AddConstraint(
            model_name='returnnorm',
            constraint=models.UniqueConstraint(fields=('category', 'reason'), name='return_norm_is_once_per_category_and_reason', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='returnnorm',
            constraint=models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lt', 1)), name='return_norm_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='referencecomparison',
            constraint=models.UniqueConstraint(fields=('inspection', 'characteristic'), name='comparison_is_once_per_characteristic'),
        ),
        migrations.AddConstraint(
            model_name='referencecomparison',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('difference', ''), ('is_same', True)), models.Q(('is_same', False), models.Q(('difference', ''), _negated=True)), _connector='OR'), name='comparison_that_differs_says_how'),
        ),
        migrations.AddConstraint(
            model_name='referencecomparison',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('colour_difference', None), ('lab_a', None), ('lab_b', None), ('lab_l', None)), models.Q(('lab_a__isnull', False), ('lab_b__isnull', False), ('lab_l__isnull', False)), _connector='OR'), name='comparison_colour_is_whole'),
        ),
        migrations.AddIndex(
            model_name='pilotrun',
            index=models.Index(fields=['product', 'status', '-concluded_at'], name='pilot_run_latest'),
        ),
        migrations.AddConstraint(
            model_name='pilotrun',
            constraint=models.UniqueConstraint(fields=('product', 'ordinal'), name='pilot_run_ordinal_is_once_per_product'),
        ),
        migrations.AddConstraint(
            model_name='pilotrun',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['planned', 'running'])), fields=('product',), name='pilot_run_is_open_once_per_product'),
        ),
        migrations.AddConstraint(
            model_name='pilotrun',
            constraint=models.CheckConstraint(condition=models.Q(('size__gte', 20), ('size__lte', 200)), name='pilot_run_has_20_to_200_units'),
        ),
        migrations.AddConstraint(
            model_name='pilotrun',
            constraint=models.CheckConstraint(condition=models.Q(('damage_limit__gt', 0), ('damage_limit__lt', 1), ('complaint_limit__gt', 0), ('complaint_limit__lt', 1), ('return_limit__gt', 0), ('return_limit__lt', 1)), name='pilot_run_limits_are_shares'),
        ),
        migrations.AddConstraint(
            model_name='pilotrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('concluded_at', None), ('started_at', None), ('status', 'planned')), models.Q(('concluded_at', None), ('started_at__isnull', False), ('status', 'running')), models.Q(('concluded_at__isnull', False), ('concluded_by__isnull', False), ('started_at__isnull', False), ('status', 'concluded')), models.Q(('concluded_at__isnull', False), ('concluded_by__isnull', False), ('status', 'stopped'), models.Q(('stopped_because', ''), _negated=True)), _connector='OR'), name='pilot_run_has_the_times_of_its_status'),
        ),
        migrations.AddConstraint(
            model_name='pilotrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'concluded'), ('verdict__in', ['pass', 'fail', 'undecided']), ('verdict__isnull', False)), models.Q(models.Q(('status', 'concluded'), _negated=True), ('verdict', None)), _connector='OR'), name='pilot_run_has_a_verdict_exactly_when_concluded'),
        ),
        migrations.AddIndex(
            model_name='photo',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['id'], name='photo_waiting'),
        ),
        migrations.AddIndex(
            model_name='photo',
            index=models.Index(fields=['perceptual_hash'], name='photo_by_perceptual_hash'),
        ),
        migrations.AddIndex(
            model_name='photo',
            index=models.Index(condition=models.Q(('upload', ''), _negated=True), fields=['id'], name='photo_with_upload'),
        ),
        migrations.AddIndex(
            model_name='photo',
            index=models.Index(condition=models.Q(('earlier_use__isnull', False)), fields=['id'], name='photo_reused'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'ready'), _negated=True), models.Q(models.Q(('large', ''), _negated=True), models.Q(('small', ''), _negated=True)), _connector='OR'), name='photo_is_ready_when_it_has_both_copies'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('refusal__in', ['unreadable', 'too_many_pixels', 'damaged', 'gave_up']), ('status', 'refused')), models.Q(models.Q(('status', 'refused'), _negated=True), ('refusal', '')), _connector='OR'), name='photo_is_refused_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('aspect', ''), ('drop_number', None), ('inspection__isnull', False), ('sample', None)), models.Q(('inspection', None), ('sample__isnull', False), ('unit_number', None)), _connector='OR'), name='photo_is_of_an_inspection_or_a_sample'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.UniqueConstraint(models.F('sample'), models.F('sha256'), django.db.models.functions.comparison.Coalesce('characteristic', 0), models.F('aspect'), django.db.models.functions.comparison.Coalesce('drop_number', 0), name='photo_is_once_per_check_of_a_sample'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.UniqueConstraint(models.F('inspection'), models.F('sha256'), django.db.models.functions.comparison.Coalesce('characteristic', 0), django.db.models.functions.comparison.Coalesce('unit_number', 0), name='photo_is_once_per_check_and_unit'),
        ),
        migrations.AddConstraint(
            model_name='samplecheck',
            constraint=models.UniqueConstraint(condition=models.Q(('characteristic', None)), fields=('sample', 'aspect'), name='sample_check_is_once_per_aspect'),
        ),
        migrations.AddConstraint(
            model_name='samplecheck',
            constraint=models.UniqueConstraint(fields=('sample', 'characteristic'), name='sample_check_is_once_per_characteristic'),
        ),
        migrations.AddConstraint(
            model_name='samplecheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('aspect__in', ['appearance', 'function', 'packaging', 'accessories', 'manual', 'label', 'transport']), ('characteristic', None), ('readings', None)), models.Q(('aspect', ''), ('characteristic__isnull', False)), _connector='OR'), name='sample_check_is_of_an_aspect_or_a_characteristic'),
        ),
        migrations.AddConstraint(
            model_name='samplecheck',
            constraint=models.CheckConstraint(condition=models.Q(('conforms', True), ('readings__isnull', False), models.Q(('note', ''), _negated=True), _connector='OR'), name='sample_check_that_fails_says_why'),
        ),
        migrations.AddConstraint(
            model_name='samplerecorder',
            constraint=models.UniqueConstraint(fields=('sample', 'user'), name='recorder_is_once_per_sample'),
        ),
        migrations.AddConstraint(
            model_name='shipment',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='shipment_is_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='reversal_is_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reversal_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='specification',
            constraint=models.UniqueConstraint(fields=('product', 'version'), name='specification_version_is_once_per_product'),
        ),
        migrations.AddConstraint(
            model_name='specification',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'active')), fields=('product',), name='specification_is_active_once_per_product'),
        ),
        migrations.AddConstraint(
            model_name='specification',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('product',), name='specification_is_drafted_once_per_product'),
        ),
        migrations.AddConstraint(
            model_name='specification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('activated_at', None), ('activated_by', None), ('status', 'draft')), models.Q(models.Q(('status', 'draft'), _negated=True), ('activated_at__isnull', False), ('activated_by__isnull', False)), _connector='OR'), name='specification_is_a_draft_until_someone_activates_it'),
        ),
        migrations.AddIndex(
            model_name='sample',
            index=models.Index(fields=['status', '-id'], name='sample_by_status'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.UniqueConstraint(fields=('product', 'series', 'round'), name='sample_round_is_once_per_series'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.UniqueConstraint(fields=('product', 'version'), name='sample_version_is_once_per_product'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['received', 'checked'])), fields=('product',), name='sample_is_undecided_once_per_product'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at', None), ('checked_by', None), ('status', 'received')), models.Q(models.Q(('status', 'received'), _negated=True), ('checked_at__isnull', False), ('checked_by__isnull', False)), _connector='OR'), name='sample_is_checked_exactly_when_someone_checked_it'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status__in', ['approved', 'refused']), _negated=True), ('decided_at', None), ('decided_by', None), ('reason', ''), ('signature', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status__in', ['approved', 'refused']), ('signature__in', ['password', 'token']), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='sample_is_decided_exactly_when_someone_signed_it'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved'), ('version__gte', 1), ('version__isnull', False)), models.Q(models.Q(('status', 'approved'), _negated=True), ('version', None)), _connector='OR'), name='sample_has_a_version_exactly_when_approved'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('checked_by')), _negated=True), _connector='OR'), name='sample_is_decided_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lab_a', None), ('lab_b', None), ('lab_l', None)), models.Q(('lab_a__isnull', False), ('lab_b__isnull', False), ('lab_l__gte', 0), ('lab_l__isnull', False), ('lab_l__lte', 100)), _connector='OR'), name='sample_colour_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(('length_mm', None), ('length_mm__gt', 0), _connector='OR'), name='sample_length_is_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(('width_mm', None), ('width_mm__gt', 0), _connector='OR'), name='sample_width_is_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(('height_mm', None), ('height_mm__gt', 0), _connector='OR'), name='sample_height_is_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(('weight_g', None), ('weight_g__gt', 0), _connector='OR'), name='sample_weight_is_above_zero'),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(fields=['status', '-id'], name='inspection_by_status'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('batch',), name='inspection_is_open_once_per_batch'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('status', 'abandoned'), _negated=True), ('hold__isnull', False), _connector='OR'), fields=('batch', 'round'), name='inspection_round_is_once_per_batch'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('abandoned_at', None), ('status', 'open'), ('submitted_at', None), ('verdict', None)), models.Q(('abandoned_at', None), ('status', 'submitted'), ('submitted_at__isnull', False), ('tally__isnull', False), ('verdict__isnull', False)), models.Q(('abandoned_at__isnull', False), ('status', 'abandoned'), ('submitted_at', None), ('verdict', None)), _connector='OR'), name='inspection_has_a_verdict_exactly_when_submitted'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(('tightened_for', None), models.Q(('round', 1), ('severity', 'tightened')), _connector='OR'), name='inspection_that_a_drift_tightens_is_tightened'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'rejected'), _negated=True), ('hold__isnull', False), _connector='OR'), name='inspection_that_is_rejected_has_a_hold'),
        ),
        migrations.AddConstraint(
            model_name='characteristic',
            constraint=models.UniqueConstraint(fields=('specification', 'code'), name='characteristic_code_is_once_per_specification'),
        ),
        migrations.AddConstraint(
            model_name='characteristic',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_measured', True), models.Q(('lower__isnull', False), ('upper__isnull', False), _connector='OR')), models.Q(('is_measured', False), ('lower', None), ('target', None), ('upper', None)), _connector='OR'), name='characteristic_is_measured_exactly_when_it_has_a_limit'),
        ),
        migrations.AddConstraint(
            model_name='characteristic',
            constraint=models.CheckConstraint(condition=models.Q(('variables__isnull', True), ('is_measured', True), _connector='OR'), name='characteristic_is_judged_by_variables_only_if_measured'),
        ),
        migrations.AddConstraint(
            model_name='characteristic',
            constraint=models.CheckConstraint(condition=models.Q(('lower', None), ('upper', None), ('lower__lte', models.F('upper')), _connector='OR'), name='characteristic_limits_are_in_order'),
        ),
        migrations.AddIndex(
            model_name='switchingstep',
            index=models.Index(fields=['product', 'supplier', 'scheme_key', '-id'], name='switching_step_newest'),
        ),
        migrations.AddConstraint(
            model_name='switchingstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('inspection__isnull', False), ('kind', 'lot')), models.Q(models.Q(('kind', 'lot'), _negated=True), ('inspection', None)), _connector='OR'), name='switching_step_has_an_inspection_exactly_when_it_is_a_lot'),
        ),
        migrations.AddConstraint(
            model_name='transporttest',
            constraint=models.CheckConstraint(condition=models.Q(('package_weight_kg__gt', 0)), name='transport_test_has_a_weight'),
        ),
        migrations.AddConstraint(
            model_name='dropresult',
            constraint=models.UniqueConstraint(fields=('test', 'number'), name='drop_is_once_per_test'),
        ),
        migrations.AddConstraint(
            model_name='dropresult',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('package_damaged', False), ('product_damaged', False)), models.Q(('note', ''), _negated=True), _connector='OR'), name='drop_that_damages_says_what'),
        ),
    ]


# What makemigrations does not write; docs/how-to/change-the-schema.md says how to renew what is above.
from activity.database_rules import rules_of
from activity.tables_at_once import TablesAtOnce
from inspections.models.starting_rows import insert

Migration.dependencies += [("activity", "0001_initial")]
Migration.operations = [
    TablesAtOnce(Migration.operations),
    *rules_of("inspections"),
    migrations.RunPython(insert, migrations.RunPython.noop),
]
