
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Record',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False, verbose_name='序号')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('action', models.TextField(verbose_name='动作')),
                ('subject_kind', models.TextField(verbose_name='对象类别')),
                ('subject_id', models.TextField(verbose_name='对象编号')),
                ('actor_kind', models.TextField(verbose_name='经办类别')),
                ('actor_id', models.TextField(verbose_name='经办编号')),
                ('stands_in_for', models.TextField(blank=True, default='', verbose_name='代谁办理')),
                ('area_id', models.UUIDField(null=True, verbose_name='区域')),
                ('area_path', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None, verbose_name='区域上级')),
                ('body', models.JSONField(verbose_name='内容')),
                ('leaf', models.BinaryField(max_length=32, verbose_name='叶哈希')),
            ],
            options={
                'verbose_name': '记录',
                'indexes': [models.Index(fields=['subject_kind', 'subject_id', 'id'], name='record_of_subject'), models.Index(fields=['actor_id', 'id'], name='record_of_actor'), models.Index(fields=['action', 'id'], name='record_of_action')],
            },
        ),
        migrations.CreateModel(
            name='SealedValue',
            fields=[
                ('pk', models.CompositePrimaryKey('record_id', 'path', blank=True, editable=False, primary_key=True, serialize=False, verbose_name='记录与位置')),
                ('path', models.TextField(verbose_name='在内容中的位置')),
                ('salt', models.BinaryField(max_length=32, verbose_name='盐')),
                ('value', models.TextField(verbose_name='原值')),
                ('about_kind', models.TextField(verbose_name='涉及谁（类别）')),
                ('about_id', models.TextField(verbose_name='涉及谁（编号）')),
                ('record', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='sealed', to='ledger.record', verbose_name='记录')),
            ],
            options={
                'verbose_name': '封存值',
                'indexes': [models.Index(fields=['about_kind', 'about_id'], name='sealed_about')],
            },
        ),
    ]
