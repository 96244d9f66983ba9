
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
            name='OwnedCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=64, verbose_name='类别')),
                ('code', models.CharField(max_length=64, verbose_name='代码')),
                ('pack', models.CharField(max_length=64, verbose_name='应用包')),
            ],
            options={
                'verbose_name': '代码归属',
                'constraints': [models.UniqueConstraint(fields=('kind', 'code'), name='code_owned_once')],
            },
        ),
        migrations.CreateModel(
            name='PackVersion',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('pack', models.CharField(max_length=64, verbose_name='应用包')),
                ('version', models.CharField(max_length=32, verbose_name='版本')),
                ('version_hash', models.CharField(max_length=64, verbose_name='内容哈希')),
                ('title_zh', models.CharField(max_length=80, verbose_name='名称')),
                ('title_en', models.CharField(blank=True, default='', max_length=120, verbose_name='英文名称')),
                ('answers', models.CharField(blank=True, default='', max_length=40, verbose_name='对应系统')),
                ('grade', models.CharField(max_length=1, verbose_name='等级')),
                ('manifest', models.JSONField(verbose_name='清单')),
                ('texts', models.JSONField(default=dict, verbose_name='文本')),
                ('wiring', models.JSONField(default=list, verbose_name='接线')),
                ('readme', models.TextField(blank=True, default='', verbose_name='说明')),
                ('scenarios', models.PositiveIntegerField(default=0, verbose_name='情景数')),
                ('installed_at', models.DateTimeField(verbose_name='安装时间')),
                ('installed_by', models.CharField(max_length=80, verbose_name='安装人')),
                ('removed_at', models.DateTimeField(null=True, verbose_name='卸下时间')),
            ],
            options={
                'verbose_name': '应用包版本',
                'constraints': [models.UniqueConstraint(fields=('pack', 'version_hash'), name='pack_version_once')],
            },
        ),
        migrations.CreateModel(
            name='PackActivation',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('pack', models.CharField(max_length=64, verbose_name='应用包')),
                ('switches', models.JSONField(default=dict, verbose_name='开关')),
                ('active_from', models.DateTimeField(verbose_name='启用时间')),
                ('active_to', models.DateTimeField(null=True, verbose_name='停用时间')),
                ('activated_by', models.CharField(max_length=80, verbose_name='启用人')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区域')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activations', to='packs.packversion', verbose_name='版本')),
            ],
            options={
                'verbose_name': '应用包启用',
            },
        ),
        migrations.CreateModel(
            name='SwitchChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('switch', models.CharField(max_length=64, verbose_name='开关')),
                ('on', models.BooleanField(verbose_name='打开')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.CharField(max_length=80, verbose_name='由谁')),
                ('because', models.CharField(max_length=200, verbose_name='理由')),
                ('activation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='switch_changes', to='packs.packactivation', verbose_name='启用')),
            ],
            options={
                'verbose_name': '开关变动',
            },
        ),
        migrations.AddConstraint(
            model_name='packactivation',
            constraint=models.UniqueConstraint(condition=models.Q(('active_to__isnull', True)), fields=('pack', 'area'), name='pack_activation_once'),
        ),
        migrations.AddIndex(
            model_name='switchchange',
            index=models.Index(fields=['activation', 'switch', '-at'], name='switch_latest'),
        ),
    ]
