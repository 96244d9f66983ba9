"""A sealed value is added and may be erased; the database itself refuses to change it."""

from django.db import migrations

REFUSE = """
create function ledger_refuse_other_value() returns trigger language plpgsql as $$
begin
    raise exception 'a sealed value is never changed, only erased (%)', tg_op using errcode = 'restrict_violation';
end $$;
create trigger sealed_never_changed before update on ledger_sealedvalue
    for each row execute function ledger_refuse_other_value();
create trigger sealed_not_truncated before truncate on ledger_sealedvalue
    for each statement execute function ledger_refuse_other_value();
"""
ALLOW = """
drop trigger sealed_never_changed on ledger_sealedvalue;
drop trigger sealed_not_truncated on ledger_sealedvalue;
drop function ledger_refuse_other_value();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_only_add")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
