"""Records are only ever added; the values sealed beside them are never changed, only erased."""

from django.db import migrations

from xirang.foundation.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        append_only("ledger_record"),
        append_only("ledger_sealedvalue", refuse=("update", "truncate")),
    ]
