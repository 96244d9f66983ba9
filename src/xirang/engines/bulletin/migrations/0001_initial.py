
import django.db.models.deletion
import xirang.foundation.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('created_at', models.DateTimeField(verbose_name='时间')),
                ('channel', models.CharField(max_length=16, verbose_name='渠道')),
                ('to_title', models.CharField(max_length=120, verbose_name='收件方')),
                ('subject', models.CharField(max_length=200, verbose_name='标题')),
                ('body', models.TextField(verbose_name='正文')),
                ('about_kind', models.CharField(blank=True, default='', max_length=32, verbose_name='关于')),
                ('about_id', models.CharField(blank=True, default='', max_length=64, verbose_name='关于编号')),
                ('about_url', models.CharField(blank=True, default='', max_length=200, verbose_name='链接')),
                ('area_path', models.JSONField(default=list, verbose_name='区域上级')),
                ('state', models.CharField(max_length=12, verbose_name='状态')),
                ('read_at', models.DateTimeField(null=True, verbose_name='已读时间')),
                ('to_account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='收件账号')),
                ('to_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person', verbose_name='收件人')),
                ('to_unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='收件单位')),
            ],
            options={
                'verbose_name': '消息',
                'indexes': [models.Index(fields=['-created_at', '-id'], name='message_newest'), models.Index(fields=['to_account', '-created_at', '-id'], name='message_of_account'), models.Index(fields=['to_unit', '-created_at', '-id'], name='message_of_unit'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['to_account'], name='message_unread')],
            },
        ),
    ]
