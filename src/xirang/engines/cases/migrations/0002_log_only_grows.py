"""The log of a case is only ever added to; its state is computed from it, so nobody may rewrite it."""

from django.db import migrations

REFUSE = """
create function cases_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the log of a case is only added to (%)', tg_op using errcode = 'restrict_violation';
end $$;
create trigger case_event_only_added before update or delete on cases_caseevent
    for each row execute function cases_refuse_change();
"""
ALLOW = "drop trigger case_event_only_added on cases_caseevent; drop function cases_refuse_change();"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
