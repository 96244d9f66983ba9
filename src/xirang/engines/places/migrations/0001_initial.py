
import django.db.models.deletion
import xirang.foundation.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('areas', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Place',
            fields=[
                ('city_id', models.UUIDField(editable=False, null=True, verbose_name='地级')),
                ('county_id', models.UUIDField(editable=False, null=True, verbose_name='县级')),
                ('town_id', models.UUIDField(editable=False, null=True, verbose_name='乡级')),
                ('village_id', models.UUIDField(editable=False, null=True, verbose_name='村级')),
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('address_text', models.CharField(blank=True, default='', max_length=300, verbose_name='地址')),
                ('latitude', models.FloatField(null=True, verbose_name='纬度（WGS-84）')),
                ('longitude', models.FloatField(null=True, verbose_name='经度（WGS-84）')),
                ('given_latitude', models.FloatField(null=True, verbose_name='原纬度')),
                ('given_longitude', models.FloatField(null=True, verbose_name='原经度')),
                ('given_system', models.CharField(blank=True, default='', max_length=8, verbose_name='原坐标系')),
                ('created_at', models.DateTimeField(verbose_name='登记时间')),
                ('area', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区域')),
            ],
            options={
                'verbose_name': '地点',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='place_point'), models.CheckConstraint(condition=models.Q(models.Q(('address_text', ''), _negated=True), ('latitude__isnull', False), _connector='OR'), name='place_says_where')],
            },
        ),
    ]
