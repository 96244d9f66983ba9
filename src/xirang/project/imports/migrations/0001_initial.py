
import django.db.models.expressions
import xirang.foundation.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('kind', models.CharField(max_length=32, verbose_name='内容')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件')),
                ('file_hash', models.CharField(max_length=64, verbose_name='文件哈希')),
                ('options', models.JSONField(default=dict, verbose_name='参数')),
                ('next_line', models.PositiveBigIntegerField(default=1, verbose_name='下一行')),
                ('new', models.PositiveBigIntegerField(default=0, verbose_name='新增')),
                ('changed', models.PositiveBigIntegerField(default=0, verbose_name='变更')),
                ('unchanged', models.PositiveBigIntegerField(default=0, verbose_name='未变')),
                ('read', models.PositiveBigIntegerField(default=0, verbose_name='读入')),
                ('refused', models.PositiveBigIntegerField(default=0, verbose_name='拒收')),
                ('repeated', models.PositiveBigIntegerField(default=0, verbose_name='重复')),
                ('warned', models.PositiveBigIntegerField(default=0, verbose_name='提醒')),
                ('started_by', models.CharField(max_length=80, verbose_name='导入人')),
                ('started_at', models.DateTimeField(verbose_name='开始时间')),
                ('updated_at', models.DateTimeField(verbose_name='更新时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='完成时间')),
            ],
            options={
                'verbose_name': '导入',
                'constraints': [models.UniqueConstraint(condition=models.Q(('finished_at__isnull', True)), fields=('kind', 'file_hash', 'options'), name='import_run_once'), models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), ('read', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('new'), '+', models.F('changed')), '+', models.F('unchanged')), '+', models.F('refused')), '+', models.F('repeated'))), _connector='OR'), name='import_run_adds_up')],
            },
        ),
    ]
