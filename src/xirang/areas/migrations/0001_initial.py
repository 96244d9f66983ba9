
import django.contrib.postgres.fields
import django.db.models.deletion
import xirang.foundation.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('code', models.CharField(max_length=16, verbose_name='区域代码')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('name_en', models.CharField(blank=True, default='', max_length=120, verbose_name='英文名称')),
                ('level', models.CharField(choices=[('province', '省级'), ('city', '地级'), ('county', '县级'), ('town', '乡级'), ('village', '村级'), ('grid', '网格')], max_length=8, verbose_name='层级')),
                ('path', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None, verbose_name='从省到自身')),
                ('valid_from', models.DateField(verbose_name='起用日期')),
                ('valid_to', models.DateField(null=True, verbose_name='停用日期')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='areas.area', verbose_name='上级')),
            ],
            options={
                'verbose_name': '区域',
            },
        ),
        migrations.CreateModel(
            name='Succession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='日期')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='successions', to='areas.area', verbose_name='原区域')),
                ('successor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='predecessions', to='areas.area', verbose_name='后继区域')),
            ],
            options={
                'verbose_name': '区域沿革',
            },
        ),
        migrations.AddIndex(
            model_name='area',
            index=models.Index(fields=['parent', 'code'], name='area_children'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(fields=('code', 'valid_from'), name='area_code_once'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('code',), name='area_code_current'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='area_span'),
        ),
        migrations.AddConstraint(
            model_name='succession',
            constraint=models.UniqueConstraint(fields=('area', 'successor'), name='succession_once'),
        ),
    ]
