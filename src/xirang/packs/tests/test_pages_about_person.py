"""A pack about persons lived on its pages: the same rules as in its scenarios, and nothing personal in clear."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.world import NOW, PHONE, WHY, World
from xirang.engines.cases import commands as cases
from xirang.engines.cases.commands import Opening
from xirang.engines.cases.models import Case, CaseEvent
from xirang.engines.cases.tests.test_commands_privacy import everywhere
from xirang.foundation.actor import SYSTEM
from xirang.foundation.errors import NotAllowedError
from xirang.packs.commands import activate_pack, install_pack
from xirang.packs.tests.home_visit import make_home_visit
from xirang.people.commands import keep_fields
from xirang.people.models import VaultEntry
from xirang.people.queries import masked_fields

ADDRESS = "禾澜区听潮街道澄湖路 18 号 3 幢 502 室"
ASK = "/ask/home_visit/"


@pytest.fixture
def visits(world: World, tmp_path: Path) -> World:
    """The district with the pack about persons in use, and a resident whose telephone is on file."""
    install_pack(actor=SYSTEM, folder=make_home_visit(tmp_path), now=NOW)
    activate_pack(actor=SYSTEM, pack="home_visit", area_id=world.root, now=NOW)
    keep(world, phone=PHONE)
    return world


def keep(world: World, part: str = "resident", **fields: str) -> None:
    keep_fields(actor=world.actor(part), person_id=world.account(part).person_id, fields=fields, now=NOW)


def form_of(client: Client) -> tuple[str, dict[str, str]]:
    """The page with the form, and its hidden mark as a browser would send it back."""
    page = client.get(ASK).content.decode()
    submission = re.search(r'name="submission" value="([^"]+)"', page)
    assert submission, "the form carries its mark"
    return page, {"submission": submission[1]}


def ask(client: Client, **given: str) -> Case:
    answer = client.post(ASK, {**form_of(client)[1], **given})
    assert answer.status_code == 302, re.findall(r"x-field-error[^>]*>([^<]+)", answer.content.decode())
    return Case.objects.all_unscoped(WHY).get(pk=answer["Location"].split("/")[2])


def act(world: World, case: Case, part: str, action: str, **answers: str) -> Any:
    seq = Case.objects.all_unscoped(WHY).get(pk=case.pk).last_seq
    return world.client(part).post(reverse("cases:act", args=[case.pk, action]), {**answers, "seq": str(seq)})


def stage_of(case: Case) -> str:
    return Case.objects.all_unscoped(WHY).get(pk=case.pk).stage


def test_what_is_on_file_fills_the_form_and_lets_the_visit_happen(visits: World) -> None:
    keep(visits, address=ADDRESS)
    resident = visits.client("resident")
    page, _ = form_of(resident)
    assert "139****0042" in page
    assert "听潮街道***" in page
    assert PHONE not in page
    assert "502" not in page
    assert 'name="phone"' not in page
    assert 'name="about_phone"' not in page, "a resident asks for themselves"
    case = ask(resident, what="行动不便，请上门办理")
    person = str(visits.account("resident").person_id)
    assert str(case.about_person_id) == person
    assert case.fields["phone"] == {"person": person, "drawer": "phone"}
    assert case.fields["home"] == {"person": person, "drawer": "address"}

    assert (
        act(visits, case, "dispatcher", "assign", unit=str(visits.account("handler").organisation_id)).status_code
        == 302
    )
    office = visits.client("handler").get(reverse("cases:case", args=[case.pk])).content.decode()
    assert "139****0042" in office
    assert PHONE not in office
    assert "502" not in office
    assert reverse("cases:act", args=[case.pk, "visit"]) in office
    assert act(visits, case, "handler", "visit").status_code == 302
    assert stage_of(case) == "closed"
    assert everywhere(PHONE) == []
    assert everywhere("502 室") == []


def test_without_an_address_the_visit_is_refused_with_its_reason(visits: World) -> None:
    case = ask(visits.client("resident"), what="行动不便，请上门办理")
    act(visits, case, "dispatcher", "assign", unit=str(visits.account("handler").organisation_id))
    office = visits.client("handler").get(reverse("cases:case", args=[case.pk])).content.decode()
    assert "本人没有登记住址，不能上门" in office
    assert reverse("cases:act", args=[case.pk, "visit"]) not in office
    refused = act(visits, case, "handler", "visit")
    assert refused.status_code == 403
    assert "本人没有登记住址，不能上门" in refused.content.decode()
    assert stage_of(case) == "handling"
    # What is on file counts at the moment of the decision: nothing of it was kept with the case.
    keep(visits, address=ADDRESS)
    assert act(visits, case, "handler", "visit").status_code == 302
    assert stage_of(case) == "closed"
    bodies = list(CaseEvent.objects.filter(case=case).values_list("body", flat=True))
    assert "on_file" not in str(bodies)


def test_the_office_names_whose_matter_it_is(visits: World) -> None:
    keep(visits, address=ADDRESS)
    keep(visits, part="grid_worker", phone="13700000009")
    worker = visits.client("grid_worker")
    page, mark = form_of(worker)
    assert 'name="about_phone"' in page
    assert "137****0009" not in page, "the grid worker's own number is not the person's"
    missing = worker.post(ASK, {**mark, "what": "请上门"})
    assert missing.status_code == 400
    assert "请填写手机号码。" in missing.content.decode()
    found = ask(worker, what="请上门", about_name="方晴", about_phone="139 8765 0042")
    assert found.about_person_id == visits.account("resident").person_id
    assert found.requester_account_id == visits.account("grid_worker").pk
    assert found.fields["phone"]["person"] == str(found.about_person_id)


def test_whom_the_register_does_not_know_is_entered(visits: World) -> None:
    worker, before = visits.client("grid_worker"), VaultEntry.objects.count()
    case = ask(worker, what="请上门", about_name="沈老太", about_phone="13600000077")
    assert VaultEntry.objects.count() == before + 2
    masked = masked_fields([case.about_person_id], ["name", "phone"])[case.about_person_id]
    assert masked == {"name": "沈**", "phone": "136****0077"}
    office = visits.client("dispatcher").get(reverse("cases:case", args=[case.pk])).content.decode()
    assert "沈**" in office
    assert "沈老太" not in office
    assert everywhere("13600000077") == []


def test_nobody_reads_the_register_by_naming_a_stranger(visits: World) -> None:
    opening = Opening(
        process="home_visit", area_id=visits.root, answers={"what": "请上门"}, about_person={"phone": PHONE}
    )
    with pytest.raises(NotAllowedError):
        cases.open_case(actor=visits.actor("enterprise"), opening=opening, now=NOW)
    stranger = Opening(
        process="enterprise_help",
        area_id=visits.root,
        answers={"topic": "space", "need": "想找三千平方米的场地。"},
        about_id=visits.actor("other_enterprise").grants[0].organisation_id,
    )
    with pytest.raises(NotAllowedError) as refused:
        cases.open_case(actor=visits.actor("enterprise"), opening=stranger, now=NOW)
    assert refused.value.code == "not_your_subject"


def test_an_erased_person_leaves_the_case_readable(visits: World) -> None:
    case = ask(visits.client("grid_worker"), what="请上门", about_name="沈老太", about_phone="13600000077")
    from xirang.people.commands import erase_person

    erase_person(actor=SYSTEM, person_id=case.about_person_id, because="本人申请", now=NOW)
    page = visits.client("dispatcher").get(reverse("cases:case", args=[case.pk]))
    assert page.status_code == 200
    assert "已删除" in page.content.decode()
