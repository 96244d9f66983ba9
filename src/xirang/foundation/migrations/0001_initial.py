
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='DayCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.TextField(verbose_name='前缀')),
                ('day', models.DateField(verbose_name='日期')),
                ('last', models.PositiveIntegerField(default=0, verbose_name='末号')),
            ],
            options={
                'verbose_name': '每日流水号',
                'constraints': [models.UniqueConstraint(fields=('prefix', 'day'), name='day_counter_once')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.TextField(verbose_name='重复提交标识')),
                ('command', models.TextField(verbose_name='命令')),
                ('actor', models.TextField(verbose_name='由谁')),
                ('claimed_at', models.DateTimeField(verbose_name='时间')),
                ('result', models.JSONField(null=True, verbose_name='结果')),
            ],
            options={
                'verbose_name': '防重复标识',
                'indexes': [models.Index(fields=['claimed_at'], name='idempotency_age')],
                'constraints': [models.UniqueConstraint(fields=('key', 'command', 'actor'), name='idempotency_once')],
            },
        ),
        migrations.CreateModel(
            name='OutboxEvent',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False, verbose_name='编号')),
                ('kind', models.TextField(verbose_name='事件')),
                ('body', models.JSONField(verbose_name='内容')),
                ('actor', models.TextField(verbose_name='由谁')),
                ('occurred_at', models.DateTimeField(verbose_name='发生时间')),
                ('delivered_at', models.DateTimeField(null=True, verbose_name='送达时间')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='尝试次数')),
                ('next_try_at', models.DateTimeField(null=True, verbose_name='下次尝试')),
                ('last_error', models.TextField(blank=True, default='', verbose_name='最近一次错误')),
                ('asked_at', models.DateTimeField(null=True, verbose_name='问遍接收者的时间')),
            ],
            options={
                'verbose_name': '待送事件',
                'indexes': [models.Index(condition=models.Q(('delivered_at__isnull', True)), fields=['id'], name='outbox_waiting')],
            },
        ),
        migrations.CreateModel(
            name='RateWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bucket', models.TextField(verbose_name='来源')),
                ('window', models.DateTimeField(verbose_name='时段')),
                ('used', models.PositiveIntegerField(default=0, verbose_name='次数')),
            ],
            options={
                'verbose_name': '限速时段',
                'constraints': [models.UniqueConstraint(fields=('bucket', 'window'), name='rate_once')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listener', models.TextField(verbose_name='接收者')),
                ('at', models.DateTimeField(null=True, verbose_name='时间')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='尝试次数')),
                ('failed_at', models.DateTimeField(null=True, verbose_name='首次失败时间')),
                ('next_try_at', models.DateTimeField(null=True, verbose_name='下次尝试')),
                ('given_up_at', models.DateTimeField(null=True, verbose_name='放弃时间')),
                ('last_error', models.TextField(blank=True, default='', verbose_name='最近一次错误')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='foundation.outboxevent', verbose_name='事件')),
            ],
            options={
                'verbose_name': '送达',
                'indexes': [models.Index(condition=models.Q(('at__isnull', True)), fields=['listener'], name='delivery_failing')],
                'constraints': [models.UniqueConstraint(fields=('event', 'listener'), name='delivery_once')],
            },
        ),
    ]
