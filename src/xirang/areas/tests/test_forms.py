"""The chooser offers what lies within reach, and keeps what was chosen when a form is shown again."""

from __future__ import annotations

from django import forms
from django.test import Client

from tests.world import NOW, World
from xirang.areas.forms import AreaField, offer_areas
from xirang.areas.queries import get_area, list_children


class Sample(forms.Form):
    area = AreaField()


def test_what_was_chosen_deep_in_the_tree_is_kept_when_the_form_is_shown_again(world: World):
    root, street = get_area(world.root), get_area(world.town())
    village = list_children(street.pk, NOW.date())[0]
    form = Sample({"area": str(village.pk)})
    offer_areas(form, "area", [street], root)
    widget = form["area"].field.widget
    assert widget.trail == [(str(street.pk), street.name), (str(village.pk), village.name)]
    assert (str(village.pk), village.name) in list(widget.choices)
    assert form.is_valid()
    assert form.cleaned_data["area"] == village


def test_without_a_root_the_trail_begins_at_the_top(world: World):
    form = Sample({"area": str(world.root)})
    offer_areas(form, "area", [])
    names = [name for _pk, name in form["area"].field.widget.trail]
    assert names[-1] == get_area(world.root).name
    assert len(names) == len(get_area(world.root).path)


def test_no_area_and_no_sense_are_told_apart(world: World):
    for given in ("", "nonsense", str(world.unit("power_supply"))):
        form = Sample({"area": given})
        offer_areas(form, "area", [])
        assert not form.is_valid(), given
    assert "没有这个区域" in str(form.errors)


def test_a_mistake_in_another_field_does_not_lose_the_area(world: World):
    village = str(list_children(world.town(), NOW.date())[0].pk)
    page = Client().post("/ask/snap_report/", {"area": village, "description": ""})
    assert page.status_code == 400
    text = page.content.decode()
    assert f'<option value="{village}" selected>' in text
    assert f"options/?parent={world.root}" in text


def test_the_tree_of_a_form_begins_below_its_root(world: World):
    ask = Client().get
    below = ask(f"/areas/options/?parent={world.root}").json()
    assert {one["name"] for one in below} >= {"听潮街道"}
    assert ask(f"/areas/options/?q=听潮&within={world.areas['abroad']}").json() == []
    assert ask(f"/areas/options/?q=听潮&within={world.root}").json()
    for spoilt in ("?parent=x", "?q=听潮&within=x"):
        assert ask(f"/areas/options/{spoilt}").status_code == 400
