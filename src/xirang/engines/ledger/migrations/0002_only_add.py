"""Records are only ever added: the database itself refuses to change, delete or truncate them."""

from django.db import migrations

REFUSE = """
create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'records are only ever added (% on %)', tg_op, tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger record_only_added before update or delete on ledger_record
    for each row execute function ledger_refuse_change();
create trigger record_not_truncated before truncate on ledger_record
    for each statement execute function ledger_refuse_change();
"""
ALLOW = """
drop trigger record_only_added on ledger_record;
drop trigger record_not_truncated on ledger_record;
drop function ledger_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
