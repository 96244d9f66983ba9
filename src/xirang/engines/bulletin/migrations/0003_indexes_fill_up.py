"""What is added goes to the end of these indexes, so that their pages fill up."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bulletin', '0002_smaller_messages'),
        ('people', '0002_keep_grants_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='message',
            name='message_newest',
        ),
        migrations.RemoveIndex(
            model_name='message',
            name='message_of_account',
        ),
        migrations.RemoveIndex(
            model_name='message',
            name='message_of_unit',
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['created_at', 'id'], name='message_newest'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('to_account__isnull', False)), fields=['to_account', 'created_at', 'id'], name='message_of_account'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('to_unit__isnull', False)), fields=['to_unit', 'created_at', 'id'], name='message_of_unit'),
        ),
    ]
