"""Forms made from what a process declares: one Django field for each field or question."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.areas.forms import AreaField, offer_areas
from xirang.areas.models import Area
from xirang.engines.cases.commands import PlaceGiven
from xirang.engines.cases.logic.answers import TEXT_LIMIT, clean_answers, missing
from xirang.engines.cases.logic.fields import FieldSpec
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import InvalidError, UnavailableError
from xirang.foundation.files import FileError, ScannerUnavailableError, StoredFile, extensions_for, scanner_from, store
from xirang.foundation.language import is_english
from xirang.foundation.pages import now
from xirang.people.models import Organisation
from xirang.ui.widgets import (
    DateInput,
    FilesField,
    FileUpload,
    PhoneInput,
    PlaceField,
    PlaceInput,
    Rating,
    SearchSelect,
    Segmented,
)

FEW, SHORT = 4, 60
WHOSE_MATTER = ("name", "phone")
YES_NO = (("true", gettext_lazy("是")), ("false", gettext_lazy("否")))


class DeclaredForm(forms.Form):
    """The fields of a process, or the questions of one action, held to the same checks as by the command.

    The form makes them too, so that everything wrong is told at once; the command's is the word that counts, and
    `add_command_errors` puts what only it can know under the fields.
    """

    def __init__(
        self,
        specs: Mapping[str, FieldSpec],
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, UploadedFile[Any]] | None = None,
        *,
        language: str = "zh",
        units: Sequence[Organisation] = (),
        initial: Mapping[str, Any] | None = None,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data, files, initial=dict(initial or {}), prefix=prefix)
        self.specs, self.language = specs, language
        for code, spec in specs.items():
            self.fields[code] = _field(spec, language, units)

    def clean(self) -> dict[str, Any]:
        """What was given; each answer that does not fit has its sentence, beside those that are missing."""
        data = super().clean() or {}
        given = {
            code: spec
            for code, spec in self.specs.items()
            if data.get(code) not in (None, "", []) and spec.kind not in ("place", "files")
        }
        found = clean_answers(given, {code: data[code] for code in given}, today=local_date(now()))
        for code, wrong in found.wrong.items():
            self.add_error(code, wrong.en if is_english(self.language) else wrong.zh)
        return data

    def answers(self) -> dict[str, Any]:
        """What was given, without places and files; call after is_valid()."""
        apart = {code for code, spec in self.specs.items() if spec.kind in ("place", "files")}
        return {
            code: self.cleaned_data[code] for code in self.specs if code not in apart and self.cleaned_data.get(code)
        }

    def places(self) -> dict[str, PlaceGiven]:
        """Where it is, for every field of kind place that was filled in."""
        return {
            code: _place(self.cleaned_data[code])
            for code, spec in self.specs.items()
            if spec.kind == "place" and self.cleaned_data.get(code) and any(self.cleaned_data[code].values())
        }

    def stored_files(self) -> dict[str, list[StoredFile]]:
        """Store the uploads and return them by field; InvalidError with the sentence of the first that is refused.

        Django's own attribute `files` holds them as they came.
        """
        return {
            code: [_stored(code, spec, upload) for upload in self.cleaned_data.get(code) or ()]
            for code, spec in self.specs.items()
            if spec.kind == "files"
        }

    def add_command_errors(self, error: InvalidError) -> None:
        """Show what the command found under its fields; what belongs to no field stands at the top."""
        for code, sentence in error.fields.items():
            self.add_error(code if code in self.fields else None, sentence)
        if not error.fields:
            self.add_error(None, error.sentence())


class AskForm(DeclaredForm):
    """The form by which a case is opened: its fields, the area where it lies, and the mark of this submission."""

    area = AreaField(
        label=gettext_lazy("所在街道或社区"), required=False, help_text=gettext_lazy("不清楚的，选到区即可。")
    )
    submission = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(
        self,
        specs: Mapping[str, FieldSpec],
        *args: Any,
        root: Area,
        areas: Sequence[Area] = (),
        about_another: bool = False,
        **kwargs: Any,
    ) -> None:
        """`about_another` also asks whose matter it is; what the register knows of them is then asked of nobody."""
        if about_another:
            specs = {code: _if_unknown(spec) for code, spec in specs.items()}
        super().__init__(specs, *args, **kwargs)
        if about_another:
            self.fields = {**_whose_matter(), **self.fields}
        if areas:
            offer_areas(self, "area", areas, root)
        else:  # The ground knows where it lies.
            del self.fields["area"]

    def about_person(self) -> dict[str, str]:
        """Whose matter it is, by field of the vault; empty where it is the requester's own."""
        return {name: self.cleaned_data[f"about_{name}"] for name in WHOSE_MATTER if f"about_{name}" in self.fields}


def _whose_matter() -> dict[str, forms.Field]:
    """What somebody of the office gives of the person whose matter it is."""
    return {
        "about_name": forms.CharField(
            label=_("是谁的事（姓名）"), max_length=60, error_messages={"required": _("请填写姓名。")}
        ),
        "about_phone": forms.CharField(
            label=_("其手机号码"),
            widget=PhoneInput(),
            help_text=_("系统按号码找到本人，已有的信息自动带入；没有登记过的，就此登记。"),
            error_messages={"required": _("请填写手机号码。")},
        ),
    }


def _if_unknown(spec: FieldSpec) -> FieldSpec:
    """A field that the register of persons may fill, once it is known whose matter it is."""
    return dataclasses.replace(spec, required=False) if spec.source.startswith("about.") else spec


class TrackForm(forms.Form):
    """A number and its query code, both from the receipt."""

    number = forms.CharField(
        label=gettext_lazy("办件编号"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "HL-0918-0417"}),
    )
    code = forms.CharField(
        label=gettext_lazy("查询码"), max_length=16, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class NoteForm(forms.Form):
    """A note on a case."""

    text = forms.CharField(label=gettext_lazy("备注"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    internal = forms.BooleanField(label=gettext_lazy("仅内部可见，求助人看不到"), required=False, initial=True)

    def __init__(self, *args: Any, may_reply: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_reply:  # Whoever only watches over the case is not asked: the note is internal.
            self.fields["internal"].widget = forms.HiddenInput()


def _field(spec: FieldSpec, language: str, units: Sequence[Organisation]) -> forms.Field:
    build = _BUILDERS.get(spec.kind, _text)
    field = build(spec, language, units)
    field.label = spec.title.text(language)
    field.help_text = spec.help.text(language) if spec.help else ""
    field.required = field.widget.is_required = spec.required
    sentence = missing(spec)
    field.error_messages["required"] = sentence.en if is_english(language) else sentence.zh
    return field


def _text(spec: FieldSpec, language: str, units: Sequence[Organisation]) -> forms.Field:
    limit = spec.max or TEXT_LIMIT
    widget = forms.TextInput() if limit <= SHORT else forms.Textarea(attrs={"rows": 4, "maxlength": str(limit)})
    return forms.CharField(widget=widget, strip=True)


def _choice(spec: FieldSpec, language: str, units: Sequence[Organisation]) -> forms.Field:
    today = local_date(now()).isoformat()
    items = [item for item in (spec.choices.items if spec.choices else ()) if not item.until or item.until >= today]
    choices = [(item.code, item.title.text(language)) for item in items]
    if spec.kind == "choices":
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)
    if len(choices) <= FEW and sum(len(title) for _code, title in choices) < 24:
        return forms.ChoiceField(choices=choices, widget=Segmented)
    return forms.ChoiceField(choices=[("", _("请选择")), *choices])


def _unit(spec: FieldSpec, language: str, units: Sequence[Organisation]) -> forms.Field:
    return forms.ChoiceField(
        choices=[("", _("请选择")), *((str(unit.pk), unit.name) for unit in units)], widget=SearchSelect
    )


def _files(spec: FieldSpec, language: str, units: Sequence[Organisation]) -> forms.Field:
    return FilesField(
        widget=FileUpload(
            accept=extensions_for(spec.accept or ("image", "pdf")),
            max_bytes=settings.FILE_SIZE_LIMIT,
            max_files=spec.max or 9,
        )
    )


def _rating(spec: FieldSpec, language: str, units: Sequence[Organisation]) -> forms.Field:
    words = [("1", _("很不满意")), ("2", _("不满意")), ("3", _("一般")), ("4", _("满意")), ("5", _("很满意"))]
    return forms.ChoiceField(choices=words, widget=Rating)


_BUILDERS = {
    "text": _text,
    "choice": _choice,
    "choices": _choice,
    "unit": _unit,
    "files": _files,
    "rating": _rating,
    "int": lambda *_: forms.CharField(widget=forms.TextInput(attrs={"inputmode": "numeric"})),
    "fen": lambda *_: forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"})),
    "date": lambda *_: forms.CharField(widget=DateInput()),
    "bool": lambda *_: forms.ChoiceField(choices=YES_NO, widget=Segmented),
    "phone": lambda *_: forms.CharField(widget=PhoneInput()),
    "place": lambda *_: PlaceField(widget=PlaceInput(with_map=True), required=False),
}


def _place(given: Mapping[str, str]) -> PlaceGiven:
    if not given.get("point"):
        return PlaceGiven(address=given.get("address", ""))
    longitude, latitude = given["point"].split(",")
    return PlaceGiven(given.get("address", ""), float(latitude), float(longitude))


def _stored(code: str, spec: FieldSpec, upload: UploadedFile[Any]) -> StoredFile:
    try:
        return store(
            upload,
            root=settings.FILES_ROOT,
            name=upload.name or "",
            accept=spec.accept or ("image", "pdf"),
            max_bytes=settings.FILE_SIZE_LIMIT,
            scanner=scanner_from(settings.CLAMD_SOCKET),
        )
    except ScannerUnavailableError as error:
        raise UnavailableError(zh=error.zh, en=error.en, code="scanner") from error
    except FileError as error:
        zh = f"{upload.name}：{error.zh}"
        raise InvalidError(fields={code: zh}, zh=zh, en=f"{upload.name}: {error.en}") from error
