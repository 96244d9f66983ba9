"""Records are found by subject and by actor with less room: an object by its id, the system's own acts without an index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_records_by_time'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='record',
            name='record_of_subject',
        ),
        migrations.RemoveIndex(
            model_name='record',
            name='record_of_actor',
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(fields=['subject_id'], name='record_of_subject'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(condition=models.Q(('actor_kind', 'system'), _negated=True), fields=['actor_id', 'id'], name='record_of_actor'),
        ),
    ]
