"""The field by which people choose an area, in every form that asks for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xirang.areas import queries
from xirang.areas.models import Area
from xirang.foundation.errors import NotFoundError
from xirang.foundation.ids import is_uuid
from xirang.ui.widgets import AreaChooser


def offer_areas(form: forms.BaseForm, name: str, offered: Sequence[Area], root: Area | None = None) -> None:
    """What `AreaField.offer` does, for one field of a form; TypeError for a field of another kind."""
    field = form.fields[name]
    if not isinstance(field, AreaField):
        raise TypeError(f"{name} does not ask for an area")
    field.offer(offered, root)


class AreaField(forms.ChoiceField):
    """An area of the tree; cleans to the Area, or None where none was chosen.

    `offer` gives the plain list that stands without script, and the area below which the tree is shown with it.
    """

    widget = AreaChooser

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=AreaChooser(), **kwargs)
        self.root: Area | None = None

    def offer(self, offered: Sequence[Area], root: Area | None = None) -> None:
        """Offer these areas in the plain list, and with script all below `root` (the whole tree without one)."""
        self.root, address = root, reverse("areas:options")
        self.choices = [("", _("请选择")), *((str(area.pk), area.shown_name) for area in offered)]
        self.widget.children_url = f"{address}?parent={root.pk}" if root else address
        self.widget.search_url = f"{address}?within={root.pk}" if root else address

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """A form that is shown again still shows the area that was chosen, however deep it lies."""
        bound = super().get_bound_field(form, field_name)
        value = bound.value()
        if chosen := queries.find_area(UUID(value)) if is_uuid(value) else None:
            line = queries.list_ancestors(chosen)
            shown = line[line.index(self.root) + 1 :] if self.root in line else line
            self.widget.trail = [(str(area.pk), area.shown_name) for area in shown]
            if all(value != known for known, _name in self.widget.choices):
                self.widget.choices = [*self.widget.choices, (value, chosen.shown_name)]
        return bound

    def valid_value(self, value: Any) -> bool:
        """Any area of the tree will do; `clean` refuses what is none."""
        return True

    def clean(self, value: Any) -> Area | None:
        """The chosen area; ValidationError for an id that names none."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return queries.get_area(UUID(text))
        except (ValueError, NotFoundError) as error:
            raise forms.ValidationError(_("没有这个区域，请重新选择。")) from error
