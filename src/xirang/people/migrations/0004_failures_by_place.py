"""Failed tries are counted by name and place; the former counts, good for fifteen minutes, are dropped."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_securing_requests")]

    operations = [
        migrations.DeleteModel(name="SignInFailure"),
        migrations.CreateModel(
            name="SignInFailure",
            fields=[
                (
                    "digest",
                    models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="用户名与来源摘要"),
                ),
                ("name_digest", models.CharField(db_index=True, max_length=64, verbose_name="用户名摘要")),
                ("failed_count", models.PositiveSmallIntegerField(default=0, verbose_name="失败次数")),
                ("last_at", models.DateTimeField(db_index=True, verbose_name="最近一次")),
                ("locked_until", models.DateTimeField(null=True, verbose_name="锁定至")),
            ],
            options={"verbose_name": "登录失败计数"},
        ),
    ]
