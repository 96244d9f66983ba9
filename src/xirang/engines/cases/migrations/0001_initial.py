
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import xirang.foundation.columns
import xirang.foundation.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('areas', '0001_initial'),
        ('people', '0001_initial'),
        ('places', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('city_id', models.UUIDField(editable=False, null=True, verbose_name='地级')),
                ('county_id', models.UUIDField(editable=False, null=True, verbose_name='县级')),
                ('town_id', models.UUIDField(editable=False, null=True, verbose_name='乡级')),
                ('village_id', models.UUIDField(editable=False, null=True, verbose_name='村级')),
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='办件编号')),
                ('process_code', models.CharField(max_length=64, verbose_name='流程')),
                ('channel', models.CharField(max_length=16, verbose_name='来源')),
                ('title', models.CharField(max_length=120, verbose_name='事项')),
                ('fields', models.JSONField(default=dict, verbose_name='内容')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('source_kind', models.CharField(blank=True, default='', max_length=32, verbose_name='由什么引发')),
                ('source_id', models.CharField(blank=True, default='', max_length=64, verbose_name='引发者编号')),
                ('source_depth', models.PositiveSmallIntegerField(default=0, verbose_name='第几层引发')),
                ('stage', models.CharField(max_length=64, verbose_name='环节')),
                ('stage_kind', models.CharField(max_length=8, verbose_name='环节性质')),
                ('outcome', models.CharField(blank=True, default='', max_length=16, verbose_name='结果')),
                ('co_holders', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None, verbose_name='协办单位')),
                ('opened_at', models.DateTimeField(verbose_name='收到时间')),
                ('due_at', models.DateTimeField(null=True, verbose_name='到期时间')),
                ('due_clock', models.CharField(blank=True, default='', max_length=64, verbose_name='到期时限')),
                ('order_at', models.DateTimeField(verbose_name='排序时间')),
                ('next_mark_at', models.DateTimeField(null=True, verbose_name='下次提醒时间')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='办结时间')),
                ('reopened', models.PositiveSmallIntegerField(default=0, verbose_name='重开次数')),
                ('last_seq', models.PositiveIntegerField(default=0, verbose_name='末件序号')),
                ('updated_at', models.DateTimeField(verbose_name='更新时间')),
                ('about_organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='关于单位')),
                ('about_person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person', verbose_name='关于何人')),
                ('area', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区域')),
                ('holder_account', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='承办人')),
                ('holder_unit', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='承办单位')),
                ('place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place', verbose_name='地点')),
                ('requester_account', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='求助账号')),
                ('requester_organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='求助单位')),
                ('requester_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person', verbose_name='求助人')),
            ],
            options={
                'verbose_name': '办件',
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('seq', models.PositiveIntegerField(verbose_name='随哪一步')),
                ('field', models.CharField(max_length=64, verbose_name='栏目')),
                ('name', models.CharField(max_length=160, verbose_name='文件名')),
                ('content_type', models.CharField(max_length=100, verbose_name='类型')),
                ('size', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('sha256', models.CharField(max_length=64, verbose_name='内容哈希')),
                ('scanned', models.CharField(max_length=16, verbose_name='病毒检查')),
                ('internal', models.BooleanField(default=False, verbose_name='仅内部可见')),
                ('uploaded_at', models.DateTimeField(verbose_name='上传时间')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='cases.case', verbose_name='办件')),
            ],
            options={
                'verbose_name': '附件',
            },
        ),
        migrations.CreateModel(
            name='ProcessVersion',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('pack', models.CharField(max_length=64, verbose_name='应用包')),
                ('code', models.CharField(max_length=64, verbose_name='流程')),
                ('serial', models.PositiveIntegerField(verbose_name='第几版')),
                ('version_hash', models.CharField(max_length=64, verbose_name='内容哈希')),
                ('title_zh', models.CharField(max_length=80, verbose_name='名称')),
                ('title_en', models.CharField(blank=True, default='', max_length=120, verbose_name='英文名称')),
                ('service_code', models.CharField(blank=True, default='', max_length=32, verbose_name='服务代码')),
                ('document', xirang.foundation.columns.OrderedJSONField(verbose_name='声明')),
                ('values', xirang.foundation.columns.OrderedJSONField(default=dict, verbose_name='取值')),
                ('installed_at', models.DateTimeField(verbose_name='安装时间')),
                ('retired_at', models.DateTimeField(null=True, verbose_name='停用时间')),
            ],
            options={
                'verbose_name': '流程版本',
                'constraints': [models.UniqueConstraint(fields=('code', 'version_hash'), name='process_version_once'), models.UniqueConstraint(fields=('code', 'serial'), name='process_serial_once')],
            },
        ),
        migrations.AddField(
            model_name='case',
            name='process',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='cases.processversion', verbose_name='流程版本'),
        ),
        migrations.CreateModel(
            name='Activation',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('code', models.CharField(max_length=64, verbose_name='流程')),
                ('switches', models.JSONField(default=dict, verbose_name='开关')),
                ('active_from', models.DateTimeField(verbose_name='启用时间')),
                ('active_to', models.DateTimeField(null=True, verbose_name='停用时间')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区域')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activations', to='cases.processversion', verbose_name='版本')),
            ],
            options={
                'verbose_name': '流程启用',
            },
        ),
        migrations.CreateModel(
            name='CaseEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False, verbose_name='序号')),
                ('seq', models.PositiveIntegerField(verbose_name='件内序号')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('kind', models.CharField(max_length=16, verbose_name='类别')),
                ('action', models.CharField(blank=True, default='', max_length=64, verbose_name='动作')),
                ('actor_kind', models.CharField(max_length=16, verbose_name='经办类别')),
                ('actor_id', models.CharField(max_length=64, verbose_name='经办编号')),
                ('actor_name', models.CharField(max_length=80, verbose_name='经办')),
                ('stands_in_for', models.CharField(blank=True, default='', max_length=80, verbose_name='代谁办理')),
                ('relation', models.CharField(blank=True, default='', max_length=32, verbose_name='以何身份')),
                ('internal', models.BooleanField(default=False, verbose_name='仅内部可见')),
                ('body', models.JSONField(default=dict, verbose_name='内容')),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='cases.case', verbose_name='办件')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='经办单位')),
            ],
            options={
                'verbose_name': '办件经过',
                'constraints': [models.UniqueConstraint(fields=('case', 'seq'), name='case_event_once')],
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('stage_kind', 'done'), _negated=True), fields=['county_id', 'order_at', 'id'], name='case_open_county'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('stage_kind', 'done'), _negated=True), fields=['town_id', 'order_at', 'id'], name='case_open_town'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('stage_kind', 'done'), _negated=True), fields=['village_id', 'order_at', 'id'], name='case_open_village'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('stage_kind', 'done'), _negated=True), fields=['area', 'order_at', 'id'], name='case_open_area'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('stage_kind', 'done'), _negated=True), fields=['holder_unit', 'order_at', 'id'], name='case_open_unit'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('stage_kind', 'done'), _negated=True), fields=['holder_account', 'order_at', 'id'], name='case_open_holder'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('stage_kind', 'done'), _negated=True), fields=['requester_account', 'order_at', 'id'], name='case_open_asker'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('stage_kind', 'done'), _negated=True), fields=['requester_organisation', 'order_at', 'id'], name='case_open_firm'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['county_id', '-opened_at', '-id'], name='case_all_county'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['town_id', '-opened_at', '-id'], name='case_all_town'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['village_id', '-opened_at', '-id'], name='case_all_village'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['area', '-opened_at', '-id'], name='case_all_area'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['holder_unit', '-opened_at', '-id'], name='case_all_unit'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['holder_account', '-opened_at', '-id'], name='case_all_holder'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['requester_account', '-opened_at', '-id'], name='case_all_asker'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['requester_organisation', '-opened_at', '-id'], name='case_all_firm'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['process_code', '-opened_at', '-id'], name='case_of_process'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('next_mark_at__isnull', False)), fields=['next_mark_at'], name='case_marks'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['county_id', 'stage_kind', 'outcome', 'closed_at'], name='case_figures'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['about_organisation', '-opened_at', '-id'], name='case_about_organisation'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=django.contrib.postgres.indexes.GinIndex(fields=['co_holders'], name='case_helpers'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('stage_kind__in', ['open', 'waiting', 'done'])), name='case_stage_kind'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('stage_kind', 'done')), models.Q(models.Q(('stage_kind', 'done'), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='case_closed_when_done'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('source_kind', ''), _negated=True), fields=('source_kind', 'source_id', 'process_code'), name='case_once_per_source'),
        ),
        migrations.AddConstraint(
            model_name='activation',
            constraint=models.UniqueConstraint(condition=models.Q(('active_to__isnull', True)), fields=('code', 'area'), name='activation_once'),
        ),
    ]
