"""A record names its area alone: the way up to it never changes and stands with the area."""

from django.db import migrations

# On the way back the column is filled again; that changes no fact, and so the trigger stands aside for it.
REFILL = """
alter table ledger_record disable trigger ledger_record_only_added;
update ledger_record set area_path = a.path from areas_area a where a.id = ledger_record.area_id;
alter table ledger_record enable trigger ledger_record_only_added;
"""


class Migration(migrations.Migration):
    dependencies = [("areas", "0001_initial"), ("ledger", "0002_only_add")]
    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, REFILL),
        migrations.RemoveField("record", "area_path"),
    ]
