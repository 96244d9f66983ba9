"""What is added goes to the end of these indexes, so that their pages fill up; nobody asks a log by its unit."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0001_initial'),
        ('cases', '0007_cases_of_a_person'),
        ('people', '0002_keep_grants_apart'),
        ('places', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='case',
            name='case_all_county',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_all_area',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_of_process',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_all_town',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_all_village',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_all_unit',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_all_holder',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_all_asker',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_all_firm',
        ),
        migrations.AlterField(
            model_name='caseevent',
            name='unit',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='经办单位'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['county_id', 'opened_at', 'id'], name='case_all_county'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('town_id__isnull', False)), fields=['town_id', 'opened_at', 'id'], name='case_all_town'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('village_id__isnull', False)), fields=['village_id', 'opened_at', 'id'], name='case_all_village'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['area', 'opened_at', 'id'], name='case_all_area'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('holder_unit__isnull', False)), fields=['holder_unit', 'opened_at', 'id'], name='case_all_unit'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('holder_account__isnull', False)), fields=['holder_account', 'opened_at', 'id'], name='case_all_holder'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('requester_account__isnull', False)), fields=['requester_account', 'opened_at', 'id'], name='case_all_asker'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('requester_organisation__isnull', False)), fields=['requester_organisation', 'opened_at', 'id'], name='case_all_firm'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['process_code', 'opened_at', 'id'], name='case_of_process'),
        ),
    ]
