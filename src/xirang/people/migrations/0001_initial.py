
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.manager
import xirang.foundation.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('areas', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('created_at', models.DateTimeField(verbose_name='建立时间')),
                ('erased_at', models.DateTimeField(null=True, verbose_name='删除时间')),
            ],
            options={
                'verbose_name': '自然人',
            },
        ),
        migrations.CreateModel(
            name='SignInFailure',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='用户名与来源摘要')),
                ('name_digest', models.CharField(db_index=True, max_length=64, verbose_name='用户名摘要')),
                ('failed_count', models.PositiveSmallIntegerField(default=0, verbose_name='失败次数')),
                ('last_at', models.DateTimeField(db_index=True, verbose_name='最近一次')),
                ('locked_until', models.DateTimeField(null=True, verbose_name='锁定至')),
            ],
            options={
                'verbose_name': '登录失败计数',
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('city_id', models.UUIDField(editable=False, null=True, verbose_name='地级')),
                ('county_id', models.UUIDField(editable=False, null=True, verbose_name='县级')),
                ('town_id', models.UUIDField(editable=False, null=True, verbose_name='乡级')),
                ('village_id', models.UUIDField(editable=False, null=True, verbose_name='村级')),
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('kind', models.CharField(choices=[('enterprise', '企业'), ('government', '政府部门'), ('street', '街道或镇'), ('community', '村社'), ('association', '社会组织'), ('institution', '事业单位'), ('other', '其他')], max_length=12, verbose_name='类别')),
                ('code', models.CharField(max_length=40, null=True, unique=True, verbose_name='单位代码')),
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('credit_code', models.CharField(max_length=18, null=True, unique=True, verbose_name='统一社会信用代码')),
                ('address_text', models.CharField(blank=True, default='', max_length=300, verbose_name='地址')),
                ('industry', models.CharField(blank=True, default='', max_length=80, verbose_name='行业')),
                ('company_type', models.CharField(blank=True, default='', max_length=60, verbose_name='企业类型')),
                ('business_scope', models.TextField(blank=True, default='', verbose_name='经营范围')),
                ('capital_text', models.CharField(blank=True, default='', max_length=300, verbose_name='注册资本')),
                ('staff_count', models.PositiveIntegerField(null=True, verbose_name='职工人数')),
                ('registered_on', models.DateField(null=True, verbose_name='成立日期')),
                ('source', models.CharField(blank=True, default='', max_length=80, verbose_name='数据来源')),
                ('source_checked_at', models.DateTimeField(null=True, verbose_name='来源核对时间')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('active', models.BooleanField(default=True, verbose_name='在用')),
                ('search', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None, verbose_name='检索词')),
                ('area', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区域')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='people.organisation', verbose_name='上级单位')),
            ],
            options={
                'verbose_name': '单位',
            },
        ),
        migrations.CreateModel(
            name='PersonKey',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='key', serialize=False, to='people.person', verbose_name='自然人')),
                ('wrapped_key', models.BinaryField(verbose_name='密封的密钥')),
            ],
            options={
                'verbose_name': '个人密钥',
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('city_id', models.UUIDField(editable=False, null=True, verbose_name='地级')),
                ('county_id', models.UUIDField(editable=False, null=True, verbose_name='县级')),
                ('town_id', models.UUIDField(editable=False, null=True, verbose_name='乡级')),
                ('village_id', models.UUIDField(editable=False, null=True, verbose_name='村级')),
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('username', models.CharField(max_length=32, unique=True, verbose_name='用户名')),
                ('password', models.CharField(max_length=160, verbose_name='口令')),
                ('title_name', models.CharField(max_length=60, verbose_name='显示名称')),
                ('language', models.CharField(choices=[('zh-hans', '中文'), ('en', 'English')], default='zh-hans', max_length=8, verbose_name='语言')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='须改口令')),
                ('failed_count', models.PositiveSmallIntegerField(default=0, verbose_name='连续失败次数')),
                ('locked_until', models.DateTimeField(null=True, verbose_name='锁定至')),
                ('totp_secret', models.BinaryField(null=True, verbose_name='动态码密钥（密封）')),
                ('totp_confirmed_at', models.DateTimeField(null=True, verbose_name='动态码启用时间')),
                ('totp_last_step', models.BigIntegerField(null=True, verbose_name='最近用过的时步')),
                ('last_seen', models.DateTimeField(null=True, verbose_name='最近登录')),
                ('created_at', models.DateTimeField(verbose_name='开户时间')),
                ('area', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区域')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='people.organisation', verbose_name='所在单位')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='people.person', verbose_name='自然人')),
            ],
            options={
                'verbose_name': '账号',
                'default_manager_name': 'sign_ins',
            },
            managers=[
                ('sign_ins', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, verbose_name='摘要')),
                ('used_at', models.DateTimeField(null=True, verbose_name='使用时间')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '恢复码',
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('role', models.CharField(max_length=40, verbose_name='角色')),
                ('valid_from', models.DateField(verbose_name='起')),
                ('valid_to', models.DateField(null=True, verbose_name='止（含当日）')),
                ('granted_by', models.CharField(max_length=60, verbose_name='授予人')),
                ('granted_at', models.DateTimeField(verbose_name='授予时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='收回时间')),
                ('ended_by', models.CharField(blank=True, default='', max_length=60, verbose_name='收回人')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区域')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='代表单位')),
            ],
            options={
                'verbose_name': '角色授予',
            },
        ),
        migrations.CreateModel(
            name='RoleRequest',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('role', models.CharField(max_length=40, verbose_name='角色')),
                ('valid_from', models.DateField(verbose_name='起')),
                ('valid_to', models.DateField(null=True, verbose_name='止（含当日）')),
                ('requested_by', models.CharField(max_length=60, verbose_name='申请人')),
                ('requested_at', models.DateTimeField(verbose_name='申请时间')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='审定时间')),
                ('granted', models.BooleanField(null=True, verbose_name='同意')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_requests', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区域')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='代表单位')),
            ],
            options={
                'verbose_name': '角色申请',
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('page', models.CharField(max_length=60, verbose_name='页面')),
                ('title', models.CharField(max_length=30, verbose_name='名称')),
                ('query', models.JSONField(default=dict, verbose_name='条件')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='次序')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '我的视图',
            },
        ),
        migrations.CreateModel(
            name='SecuringRequest',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False, verbose_name='编号')),
                ('act', models.CharField(max_length=40, verbose_name='处置')),
                ('because', models.CharField(max_length=200, verbose_name='理由')),
                ('requested_by', models.CharField(max_length=60, verbose_name='申请人')),
                ('requested_at', models.DateTimeField(verbose_name='申请时间')),
                ('decided_by', models.CharField(blank=True, default='', max_length=60, verbose_name='审定人')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='审定时间')),
                ('confirmed', models.BooleanField(null=True, verbose_name='同意')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='securing_requests', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '三员账号处置申请',
            },
        ),
        migrations.CreateModel(
            name='StandIn',
            fields=[
                ('id', models.UUIDField(default=xirang.foundation.ids.new_id, primary_key=True, serialize=False, verbose_name='编号')),
                ('valid_from', models.DateField(verbose_name='起')),
                ('valid_to', models.DateField(verbose_name='止（含当日）')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None, verbose_name='代理的角色（空为全部）')),
                ('because', models.CharField(max_length=120, verbose_name='事由')),
                ('set_by', models.CharField(max_length=60, verbose_name='设定人')),
                ('set_at', models.DateTimeField(verbose_name='设定时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('absent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL, verbose_name='被代岗人')),
                ('substitute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='substitutions', to=settings.AUTH_USER_MODEL, verbose_name='代岗人')),
            ],
            options={
                'verbose_name': '代岗',
            },
        ),
        migrations.CreateModel(
            name='VaultEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(choices=[('name', '姓名'), ('phone', '手机号码'), ('identity_number', '身份证号'), ('address', '住址'), ('email', '电子邮箱')], max_length=32, verbose_name='项目')),
                ('ciphertext', models.BinaryField(verbose_name='密文')),
                ('blind_index', models.BinaryField(null=True, verbose_name='盲索引')),
                ('updated_at', models.DateTimeField(verbose_name='更新时间')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='people.person', verbose_name='自然人')),
            ],
            options={
                'verbose_name': '密存项',
            },
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='organisation_search'),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(fields=['name'], name='organisation_name_prefix', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(fields=['city_id', 'name', 'id'], name='organisation_by_city'),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(fields=['county_id', 'name', 'id'], name='organisation_by_county'),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(fields=['town_id', 'name', 'id'], name='organisation_by_town'),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(fields=['village_id', 'name', 'id'], name='organisation_by_village'),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(fields=['kind', 'name', 'id'], name='organisation_by_kind'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('credit_code__isnull', True), ('credit_code', django.db.models.functions.text.Upper('credit_code')), _connector='OR'), name='organisation_credit_code_upper'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='organisation_named'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['city_id', 'username'], name='account_by_city'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['county_id', 'username'], name='account_by_county'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['town_id', 'username'], name='account_by_town'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['organisation', 'username'], name='account_by_organisation'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('username', django.db.models.functions.text.Lower('username'))), name='account_username_lower'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('username__in', ('admin', 'administrator', 'root', 'superuser', 'test', 'guest', 'system', 'public', 'sysadmin', 'user', 'operator', 'demo')), _negated=True), name='account_username_allowed'),
        ),
        migrations.AddConstraint(
            model_name='recoverycode',
            constraint=models.UniqueConstraint(fields=('account', 'digest'), name='recovery_code_once'),
        ),
        migrations.AddIndex(
            model_name='rolegrant',
            index=models.Index(fields=['account', 'role'], name='role_grant_by_account'),
        ),
        migrations.AddIndex(
            model_name='rolegrant',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['role', 'area'], name='role_grant_by_role'),
        ),
        migrations.AddIndex(
            model_name='rolegrant',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['organisation', 'role'], name='role_grant_by_organisation'),
        ),
        migrations.AddConstraint(
            model_name='rolegrant',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='role_grant_span'),
        ),
        migrations.AddIndex(
            model_name='rolerequest',
            index=models.Index(condition=models.Q(('decided_at__isnull', True)), fields=['id'], name='role_request_waiting'),
        ),
        migrations.AddConstraint(
            model_name='rolerequest',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='role_request_span'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('account', 'page', 'title'), name='saved_view_once'),
        ),
        migrations.AddConstraint(
            model_name='securingrequest',
            constraint=models.CheckConstraint(condition=models.Q(('decided_at__isnull', True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='securing_by_two'),
        ),
        migrations.AddConstraint(
            model_name='securingrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at__isnull', True)), fields=('account', 'act'), name='securing_waits_once'),
        ),
        migrations.AddConstraint(
            model_name='standin',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='stand_in_span'),
        ),
        migrations.AddConstraint(
            model_name='standin',
            constraint=models.CheckConstraint(condition=models.Q(('absent', models.F('substitute')), _negated=True), name='stand_in_of_another'),
        ),
        migrations.AddIndex(
            model_name='vaultentry',
            index=models.Index(condition=models.Q(('blind_index__isnull', False)), fields=['field', 'blind_index'], name='vault_by_value'),
        ),
        migrations.AddConstraint(
            model_name='vaultentry',
            constraint=models.UniqueConstraint(fields=('person', 'field'), name='vault_entry_once'),
        ),
    ]
