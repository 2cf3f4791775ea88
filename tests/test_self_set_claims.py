"""Policies that ask people what they may, and roles that everybody has: said, and not trusted."""

from blueproof.consult import consult
from blueproof.intake.words.read import read_request

REQUEST = """Can someone review my supabase policies? Each clinic must only see its own.

create table clinics (id uuid primary key default gen_random_uuid(), name text);
create table members (clinic_id uuid references clinics(id), user_id uuid references auth.users(id),
  role text not null default 'staff', primary key (clinic_id, user_id));
create table patients (id uuid primary key, clinic_id uuid not null references clinics(id));
alter table clinics enable row level security;
alter table members enable row level security;
alter table patients enable row level security;
create policy "join" on members for insert with check (user_id = auth.uid());
create policy "see" on members for select using (user_id = auth.uid());
create policy "clinic patients" on patients for all
  using (clinic_id = (auth.jwt() -> '{}' ->> 'clinic_id')::uuid);
"""


def test_user_metadata_is_no_proof_of_anything_and_the_default_role_leads_nobody() -> None:
    found = consult(read_request(REQUEST.format("user_metadata")))
    answer = " ".join(found.answer.split())
    assert answer.startswith("On patients, policy clinic patients, user_metadata decides")
    assert "a signed-in user can join any clinic_id of members" in answer
    written = "".join(a.text for a in found.artifacts if a.path == "migrations/row_security.sql")
    assert "'staff'" not in written
    trusted = consult(read_request(REQUEST.format("app_metadata")))
    assert "user_metadata" not in trusted.answer
    assert "a signed-in user can join any clinic_id of members" in " ".join(trusted.answer.split())
