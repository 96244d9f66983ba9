"""Records are found by the day on which something was done."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_areas_are_looked_up'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='record',
            index=models.Index(fields=['at'], name='record_by_time'),
        ),
    ]
