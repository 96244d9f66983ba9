"""Form widgets of our own: what Django's have no word for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise


class Segmented(forms.RadioSelect):
    """Two to four choices side by side."""

    kind = "segmented"


class Rating(forms.RadioSelect):
    """One to five stars, each with its word; choices rise: (“1”, “很不满意”) to (“5”, “很满意”)."""

    kind = "rating"


class PhoneInput(forms.TextInput):
    """A telephone number: digits keyboard on a phone, and the browser may fill it in."""

    kind = "phone"
    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "tel", "autocomplete": "tel", "maxlength": "20"} | (attrs or {}))


class DateInput(forms.DateInput):
    """A day. The native picker on a phone, a Chinese calendar on a desk, a typed date without script."""

    kind = "date"
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None, rest_days: Sequence[str] = ()) -> None:
        super().__init__({"data-x-date": " ".join(rest_days)} | (attrs or {}), format="%Y-%m-%d")


class SearchSelect(forms.Select):
    """A long list of choices with a search box; a plain list without script."""

    kind = "select"

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Sequence[Any] = ()) -> None:
        super().__init__({"data-x-select": ""} | (attrs or {}), choices)


class FileUpload(forms.ClearableFileInput):
    """One or several files with drag, progress and retry.

    ``upload_url``: files are sent one by one as they are chosen and the form then carries their tokens under
    ``<name>_tokens``; the answer is JSON ``{"token": …, "name": …}`` or ``{"error": sentence}``. Without it the files
    travel with the form. ``max_bytes`` and ``accept`` are checked before sending; the server checks again.
    """

    kind = "upload"
    allow_multiple_selected = True

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        upload_url: str = "",
        accept: str = "",
        max_bytes: int = 20 * 1024 * 1024,
        multiple: bool = True,
        max_files: int = 9,
    ) -> None:
        super().__init__(attrs)
        self.upload_url, self.accept, self.max_bytes = upload_url, accept, max_bytes
        self.multiple, self.max_files = multiple, max_files
        self.allow_multiple_selected = multiple  # Django hands out a list wherever this is set.

    def value_from_datadict(
        self,
        data: Any,
        files: MultiValueDict[str, UploadedFile[Any]],
        name: str,
    ) -> UploadedFile[Any] | list[UploadedFile[Any]] | None:
        """All files of the field, or the one where only one is taken."""
        if not self.multiple:
            one: UploadedFile[Any] | None = super().value_from_datadict(data, files, name)
            return one
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class AreaChooser(forms.Select):
    """A place in the tree of areas, chosen level by level or by search; a plain list without script.

    ``children_url?parent=<id>`` answers JSON ``[{"id", "name", "leaf"}]``, an empty parent meaning the top;
    ``search_url?q=<text>`` answers ``[{"id", "name", "path"}]``. ``trail`` is the chosen area's line of ancestors,
    top first, as (id, name) pairs; ``any_level`` allows choosing a level that has children.
    """

    kind = "area"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Sequence[Any] = (),
        children_url: str = "",
        search_url: str = "",
        trail: Sequence[tuple[str, str]] = (),
        any_level: bool = True,
    ) -> None:
        super().__init__(attrs, choices)
        self.children_url, self.search_url, self.trail, self.any_level = children_url, search_url, trail, any_level


class PlaceInput(forms.MultiWidget):
    """An address in words and, if wanted, a point on the map as “longitude,latitude” in WGS-84.

    ``suggest_url?q=<text>`` answers JSON ``[{"text", "lon", "lat"}]``; ``tiles_url`` and ``centre`` belong to the map.
    """

    kind = "place"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        suggest_url: str = "",
        tiles_url: str = "",
        centre: str = "",
        with_map: bool = True,
    ) -> None:
        super().__init__({"address": forms.TextInput(), "point": forms.HiddenInput()}, attrs)
        self.suggest_url, self.tiles_url, self.centre, self.with_map = suggest_url, tiles_url, centre, with_map

    def decompress(self, value: Any) -> list[str]:
        """Split a stored value, a mapping or pair of address and point, for the two inputs."""
        if isinstance(value, dict):
            return [value.get("address", ""), value.get("point", "")]
        if isinstance(value, list | tuple):
            return [*value, "", ""][:2]
        return [value or "", ""]


class PlaceField(forms.MultiValueField):
    """Cleans to ``{"address": str, "point": "lon,lat" or ""}``; the point is optional, the address is not."""

    def __init__(self, *, widget: PlaceInput | None = None, max_length: int = 200, **kwargs: Any) -> None:
        fields = (
            forms.CharField(max_length=max_length),
            forms.RegexField(r"^-?\d{1,3}(\.\d+)?,-?\d{1,2}(\.\d+)?$", required=False),
        )
        super().__init__(fields, widget=widget or PlaceInput(), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        """Join the two answers."""
        address, point = [*data_list, "", ""][:2]
        return {"address": address, "point": point}


class FilesField(forms.FileField):
    """A file field that takes several files and cleans to a list."""

    def __init__(self, *, widget: FileUpload | None = None, **kwargs: Any) -> None:
        super().__init__(widget=widget or FileUpload(), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Every file is cleaned by itself; no file means an empty list where the field is optional."""
        if not data:
            if self.required:
                super().clean(None, initial)
            return []
        return [forms.FileField.clean(self, item, initial) for item in data]


def offer_choices(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, str | Promise]]) -> None:
    """Set what one field of a form has to choose from, as (value, title); TypeError for a field without choices."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} has no choices")
    field.choices = list(choices)
