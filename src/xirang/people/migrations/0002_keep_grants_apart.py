"""A trigger keeps an account from holding one grant twice, or two of the three administrators, at the same time."""

from django.db import migrations

ARM = """
create function people_keep_grants_apart() returns trigger language plpgsql as $$
declare
    administrators constant text[] := array['system_admin', 'security_admin', 'audit_admin'];
begin
    if new.ended_at is not null then
        return new;
    end if;
    -- Two grants given at the same moment wait for each other here, and the second one sees the first.
    perform 1 from people_account where id = new.account_id for no key update;
    if new.role = any (administrators) and exists (
        select 1 from people_rolegrant g
        where g.account_id = new.account_id and g.id <> new.id and g.ended_at is null
          and g.role = any (administrators) and g.role <> new.role
          and daterange(g.valid_from, g.valid_to, '[]') && daterange(new.valid_from, new.valid_to, '[]')
    ) then
        raise exception 'an account may hold only one of the three administrators'
            using errcode = 'exclusion_violation', constraint = 'role_grant_administrators_apart';
    end if;
    if exists (
        select 1 from people_rolegrant g
        where g.account_id = new.account_id and g.id <> new.id and g.ended_at is null
          and g.role = new.role and g.area_id = new.area_id
          and g.organisation_id is not distinct from new.organisation_id
          and daterange(g.valid_from, g.valid_to, '[]') && daterange(new.valid_from, new.valid_to, '[]')
    ) then
        raise exception 'the same grant is already in force in these days'
            using errcode = 'exclusion_violation', constraint = 'role_grant_once';
    end if;
    return new;
end
$$;
create trigger people_keep_grants_apart before insert or update on people_rolegrant
    for each row execute function people_keep_grants_apart();
"""

DISARM = """
drop trigger people_keep_grants_apart on people_rolegrant;
drop function people_keep_grants_apart();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(ARM, DISARM)]
