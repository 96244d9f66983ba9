"""Forms of people: what is asked, and where a command's refusal is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from xirang.areas.forms import AreaField
from xirang.foundation.errors import InvalidError, XirangError
from xirang.people.logic.staff_sheet import MOST_BYTES
from xirang.people.spec import ADMINISTRATORS, KIND_TITLES, SECURING_ACTS, Kind, all_roles
from xirang.ui.widgets import DateInput, FileUpload, PhoneInput, SearchSelect, offer_choices
from xirang.ui.wording import speaks_english


def show_error(form: forms.Form, error: XirangError) -> None:
    """Put a command's refusal where it belongs: at its fields, or above the form."""
    shown = False
    if isinstance(error, InvalidError):
        for name, sentence in error.fields.items():
            form.add_error(name if name in form.fields else None, sentence)
            shown = True
    if not shown:
        form.add_error(None, error.sentence())


def kind_choices() -> list[tuple[str, Any]]:
    """Kinds of organisations with their titles in the reader's language."""
    return [(kind.value, KIND_TITLES[kind][1 if _english() else 0]) for kind in Kind]


def role_choices() -> list[tuple[str, str]]:
    """All declared roles with their titles in the reader's language."""
    return [(code, role.en if _english() else role.zh) for code, role in all_roles().items()]


def grant_choices() -> list[tuple[str, str]]:
    """The roles that one person may grant alone: an administrator is appointed at the request of another."""
    return [(code, title) for code, title in role_choices() if code not in ADMINISTRATORS]


def act_choices() -> list[tuple[str, str]]:
    """What may be asked for on the account of an administrator, in the reader's language."""
    return [(code, title[_english()]) for code, title in SECURING_ACTS.items()]


def _english() -> bool:
    return speaks_english()


def password_input(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete, "maxlength": "256"})


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("用户名"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(label=_("口令"), max_length=512, strip=False, widget=password_input("current-password"))


class SecondFactorForm(forms.Form):
    code = forms.CharField(
        label=_("动态码"),
        max_length=20,
        help_text=_("打开手机上的动态码应用，填写 6 位数字。手机不在身边的，填写恢复码。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text"}),
    )


class RegisterForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(label=_("手机号码"), max_length=20, widget=PhoneInput())
    username = forms.CharField(
        label=_("用户名"),
        max_length=32,
        help_text=_("3 到 32 位小写字母、数字、点、横线或下划线。"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("口令"),
        max_length=256,
        strip=False,
        help_text=_("至少 10 位，不要全是数字。"),
        widget=password_input("new-password"),
    )
    credit_code = forms.CharField(
        label=_("企业的统一社会信用代码"),
        max_length=40,
        required=False,
        help_text=_("代表企业办事的填写。企业联系人身份经核对后生效。"),
    )


class PasswordForm(forms.Form):
    old_password = forms.CharField(
        label=_("原口令"), max_length=512, strip=False, widget=password_input("current-password")
    )
    new_password = forms.CharField(
        label=_("新口令"),
        max_length=256,
        strip=False,
        widget=password_input("new-password"),
        help_text=_("至少 10 位，不要全是数字，不要与用户名相近。"),
    )
    repeated = forms.CharField(
        label=_("再填一次新口令"), max_length=256, strip=False, widget=password_input("new-password")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new_password") and data.get("new_password") != data.get("repeated"):
            self.add_error("repeated", _("两次填写的新口令不同。"))
        return data


class TotpForm(forms.Form):
    code = forms.CharField(
        label=_("动态码"),
        max_length=10,
        help_text=_("扫码后，应用里显示的 6 位数字。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class OwnPasswordForm(forms.Form):
    password = forms.CharField(label=_("口令"), max_length=512, strip=False, widget=password_input("current-password"))


class DisableTotpForm(OwnPasswordForm):
    code = forms.CharField(
        label=_("动态码或恢复码"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=_("语言"), choices=[("zh-hans", "中文"), ("en", "English")])


class AccountForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=60, help_text=_("密存，只显示掩码。"))
    title_name = forms.CharField(
        label=_("显示名称"), max_length=60, help_text=_("同事看到的名称，例如“沈岚（企业服务科）”。")
    )
    username = forms.CharField(
        label=_("用户名"), max_length=32, help_text=_("3 到 32 位小写字母、数字、点、横线或下划线。")
    )
    phone = forms.CharField(label=_("手机号码"), max_length=20, required=False, widget=PhoneInput())
    organisation_id = forms.TypedChoiceField(
        label=_("所在单位"), required=False, coerce=UUID, empty_value=None, widget=SearchSelect()
    )
    area = AreaField(label=_("区域"), required=False, help_text=_("不选则与单位相同。"))


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=_("角色"), choices=grant_choices)
    area = AreaField(label=_("区域"), help_text=_("角色在这个区域及其下级有效。"))
    organisation_id = forms.TypedChoiceField(
        label=_("代表单位"),
        required=False,
        coerce=UUID,
        empty_value=None,
        widget=SearchSelect(),
        help_text=_("不选则为所在单位。"),
    )
    credit_code = forms.CharField(
        label=_("企业的统一社会信用代码"),
        required=False,
        max_length=40,
        help_text=_("授予企业联系人时填写，代替代表单位。"),
    )
    valid_from = forms.DateField(label=_("起"), required=False, widget=DateInput(), help_text=_("不填为今天。"))
    valid_to = forms.DateField(label=_("止"), required=False, widget=DateInput(), help_text=_("含当日；不填为长期。"))


class StandInForm(forms.Form):
    substitute_id = forms.TypedChoiceField(label=_("代岗人"), coerce=UUID)
    valid_from = forms.DateField(label=_("起"), widget=DateInput())
    valid_to = forms.DateField(label=_("止"), widget=DateInput(), help_text=_("含当日，最长 90 天。"))
    because = forms.CharField(label=_("事由"), max_length=120, help_text=_("例如“年休假”。"))
    roles = forms.MultipleChoiceField(
        label=_("代理的角色"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("不选为全部。")
    )

    def offer(self, colleagues: Sequence[tuple[UUID, str]], roles: Sequence[tuple[str, str]], today: date) -> None:
        nobody = ("", _("请选择"))
        offer_choices(self, "substitute_id", [nobody, *((str(pk), name) for pk, name in colleagues)])
        offer_choices(self, "roles", roles)
        self.fields["valid_from"].initial = today


class ReasonForm(forms.Form):
    because = forms.CharField(label=_("原因"), max_length=200)


class SecuringForm(ReasonForm):
    act = forms.ChoiceField(label=_("处置"), choices=act_choices)
    field_order = ("act", "because")


class RevealForm(forms.Form):
    field = forms.ChoiceField(label=_("项目"))
    purpose = forms.CharField(label=_("用途"), max_length=200, help_text=_("例如“回访诉求人”。用途会记入记录。"))

    def offer(self, fields: Sequence[tuple[str, str]]) -> None:
        offer_choices(self, "field", fields)


class OrganisationForm(forms.Form):
    kind = forms.ChoiceField(label=_("类别"), choices=kind_choices)
    name = forms.CharField(label=_("名称"), max_length=200)
    credit_code = forms.CharField(label=_("统一社会信用代码"), max_length=40, required=False)
    code = forms.RegexField(
        r"^[a-z][a-z0-9_]{1,39}$",
        label=_("单位代码"),
        required=False,
        help_text=_("政府单位填写，小写字母和下划线，例如 power_supply。"),
    )
    area = AreaField(label=_("区域"))
    address_text = forms.CharField(label=_("地址"), max_length=300, required=False)
    staff_count = forms.IntegerField(label=_("职工人数"), required=False, min_value=0)


class StaffSheetForm(forms.Form):
    file = forms.FileField(
        label=_("人员表"),
        help_text=_("XLSX，不超过 2 MB，一次最多 200 人。"),
        widget=FileUpload(accept=".xlsx", multiple=False, max_bytes=MOST_BYTES),
    )
    only_good = forms.BooleanField(label=_("只导入无误的行"), required=False)
