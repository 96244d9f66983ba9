"""The log of a case is only ever added to; its state is computed from it, so nobody may rewrite it."""

from django.db import migrations

from xirang.foundation.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [append_only("cases_caseevent")]
