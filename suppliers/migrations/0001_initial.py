import activity.identifiers
import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.lookups
import suppliers.markets
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='name in Chinese')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='suppliers.category', verbose_name='parent')),
            ],
            options={
                'verbose_name': 'category',
                'verbose_name_plural': 'categories',
            },
        ),
        migrations.CreateModel(
            name='Market',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='name in Chinese')),
                ('code', models.CharField(max_length=10, unique=True, verbose_name='code')),
                ('zone', models.CharField(help_text='Of several, the one in which a day ends first, so that no paper counts after its last day.', max_length=40, validators=[suppliers.markets.is_time_zone], verbose_name='time zone')),
                ('country_names', models.TextField(help_text='How addresses in papers name it: whole words with | between them, each of which may be a pattern.', validators=[suppliers.markets.is_pattern], verbose_name='names of the country')),
                ('voltage', models.PositiveSmallIntegerField(help_text='Nominal, in V.', verbose_name='mains voltage')),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3, validators=[django.core.validators.RegexValidator('^[a-z]{2,3}\\Z')]), help_text='Of which a manual or text needs one: codes such as de or fil, with commas between them.', size=None, verbose_name='languages')),
                ('return_days', models.PositiveSmallIntegerField(help_text='How long after delivery a customer may send goods back.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='return window in days')),
                ('return_days_source', models.CharField(help_text='The law or the terms, or that it is assumed.', max_length=300, verbose_name='source of the return window')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='suppliers.market', verbose_name='parent')),
            ],
            options={
                'verbose_name': 'market',
                'verbose_name_plural': 'markets',
            },
        ),
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('planned_on', models.DateField(blank=True, null=True, verbose_name='planned go-live')),
                ('market', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='suppliers.market', verbose_name='market')),
            ],
            options={
                'verbose_name': 'listing',
                'verbose_name_plural': 'listings',
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='name in Chinese')),
                ('sku', activity.identifiers.IdentifierField(max_length=60, unique=True, validators=[django.core.validators.RegexValidator('^[\\w][\\w.-]*\\Z', 'Use letters, digits, dots, hyphens and underscores, and begin with a letter or digit.', 'code')], verbose_name='SKU')),
                ('model_code', models.CharField(blank=True, help_text='SKUs of one model are the same product made by several suppliers.', max_length=60, validators=[django.core.validators.RegexValidator('^[\\w][\\w.-]*\\Z', 'Use letters, digits, dots, hyphens and underscores, and begin with a letter or digit.', 'code')], verbose_name='model')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='suppliers.category', verbose_name='category')),
                ('markets', models.ManyToManyField(through='suppliers.Listing', to='suppliers.market', verbose_name='markets')),
                ('merchandiser', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to=settings.AUTH_USER_MODEL, verbose_name='merchandiser')),
            ],
            options={
                'verbose_name': 'product',
                'verbose_name_plural': 'products',
            },
        ),
        migrations.AddField(
            model_name='listing',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='suppliers.product', verbose_name='product'),
        ),
        migrations.CreateModel(
            name='Supplier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='name in Chinese')),
                ('code', activity.identifiers.IdentifierField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[\\w][\\w.-]*\\Z', 'Use letters, digits, dots, hyphens and underscores, and begin with a letter or digit.', 'code')], verbose_name='code')),
                ('contact_email', models.EmailField(blank=True, max_length=254, verbose_name='contact e-mail')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('members', models.ManyToManyField(related_name='suppliers', through='suppliers.Membership', to=settings.AUTH_USER_MODEL, verbose_name='members')),
            ],
            options={
                'verbose_name': 'supplier',
                'verbose_name_plural': 'suppliers',
                'permissions': [('see_all', 'Sees the records of every supplier'), ('manage', 'Creates and changes suppliers, products and listings')],
            },
        ),
        migrations.AddField(
            model_name='product',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='suppliers.supplier', verbose_name='supplier'),
        ),
        migrations.AddField(
            model_name='membership',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='suppliers.supplier', verbose_name='supplier'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.UniqueConstraint(activity.identifiers.Look('code'), name='category_code_looks_like_no_other', violation_error_code='duplicate', violation_error_message='It looks the same as one that exists.'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.CheckConstraint(condition=models.Q(('parent', None), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='category_is_not_its_own_parent'),
        ),
        migrations.AddConstraint(
            model_name='market',
            constraint=models.UniqueConstraint(activity.identifiers.Look('code'), name='market_code_looks_like_no_other', violation_error_code='duplicate', violation_error_message='It looks the same as one that exists.'),
        ),
        migrations.AddConstraint(
            model_name='market',
            constraint=models.CheckConstraint(condition=models.Q(('zone__contains', '/'), django.db.models.lookups.IsNull(models.Func(models.F('zone'), models.Value(datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC)), function='timezone', output_field=models.DateTimeField()), False)), name='market_has_a_known_time_zone'),
        ),
        migrations.AddConstraint(
            model_name='market',
            constraint=models.CheckConstraint(condition=models.Q(('country_names', ''), _negated=True), name='market_has_names_of_its_country'),
        ),
        migrations.AddConstraint(
            model_name='market',
            constraint=models.CheckConstraint(condition=models.Q(('voltage__range', (100, 240))), name='market_has_a_mains_voltage'),
        ),
        migrations.AddConstraint(
            model_name='market',
            constraint=models.CheckConstraint(condition=models.Q(('languages__len__gte', 1)), name='market_has_a_language'),
        ),
        migrations.AddConstraint(
            model_name='market',
            constraint=models.CheckConstraint(condition=models.Q(('return_days__range', (1, 365)), models.Q(('return_days_source', ''), _negated=True)), name='market_has_a_return_window'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.UniqueConstraint(fields=('product', 'market'), name='listing_is_once_per_market'),
        ),
        migrations.AddConstraint(
            model_name='supplier',
            constraint=models.UniqueConstraint(activity.identifiers.Look('code'), name='supplier_code_looks_like_no_other', violation_error_code='duplicate', violation_error_message='It looks the same as one that exists.'),
        ),
        migrations.AddConstraint(
            model_name='supplier',
            constraint=models.UniqueConstraint(activity.identifiers.Reading('code'), name='supplier_code_reads_like_no_other', violation_error_code='duplicate', violation_error_message='It looks the same as one that exists.'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('model_code', ''), _negated=True), fields=['model_code'], name='product_by_model'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.UniqueConstraint(activity.identifiers.Look('sku'), name='product_sku_looks_like_no_other', violation_error_code='duplicate', violation_error_message='It looks the same as one that exists.'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.UniqueConstraint(activity.identifiers.Reading('sku'), name='product_sku_reads_like_no_other', violation_error_code='duplicate', violation_error_message='It looks the same as one that exists.'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('supplier', 'user'), name='membership_is_once_per_supplier'),
        ),
    ]


# What makemigrations does not write; docs/how-to/change-the-schema.md says how to renew what is above.
from activity.tables_at_once import TablesAtOnce
from suppliers.starting_rows import insert

# Changed again and again from here on, it would have every table that refers to a user rendered anew with it.
Migration.dependencies += [("mfa", "0003_authenticator_type_uniq")]
Migration.operations = [TablesAtOnce(Migration.operations), migrations.RunPython(insert, migrations.RunPython.noop)]
