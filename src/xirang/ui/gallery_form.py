"""One form field of every kind, for the gallery."""

from django import forms

from xirang.ui import widgets


class GalleryForm(forms.Form):
    """One field of every kind."""

    number = forms.CharField(label="办件编号", help_text="编号在短信和回执右上角。", max_length=20)
    phone = forms.CharField(label="联系电话", widget=widgets.PhoneInput())
    kind = forms.ChoiceField(
        label="类别", choices=[("", "请选择"), ("power", "用电用能"), ("road", "道路交通"), ("job", "用工")]
    )
    street = forms.ChoiceField(
        label="所在单位",
        widget=widgets.SearchSelect(),
        required=False,
        choices=[("", "请选择")] + [(str(n), f"听潮街道第 {n} 网格") for n in range(1, 25)],
    )
    day = forms.DateField(
        label="希望几时前有结果", widget=widgets.DateInput(rest_days=["2026-09-25", "2026-09-26", "2026-09-27"])
    )
    amount = forms.IntegerField(label="从业人数", required=False)
    open_result = forms.ChoiceField(
        label="结果能否公开", widget=widgets.Segmented(), choices=[("1", "公开（隐去企业名）"), ("0", "不公开")]
    )
    how = forms.ChoiceField(
        label="怎么联系您",
        widget=forms.RadioSelect(),
        choices=[("call", "打电话"), ("text", "发短信"), ("none", "不用联系")],
    )
    about = forms.MultipleChoiceField(
        label="涉及",
        widget=forms.CheckboxSelectMultiple(),
        required=False,
        choices=[("noise", "噪声"), ("dust", "扬尘"), ("night", "夜间施工")],
    )
    story = forms.CharField(
        label="事情经过", widget=forms.Textarea(), max_length=500, help_text="说清时间、地点和希望怎么办。"
    )
    area = forms.CharField(
        label="所在地",
        required=False,
        widget=widgets.AreaChooser(
            choices=[("a", "禾澜区"), ("b", "禾澜区 / 听潮街道"), ("c", "禾澜区 / 听潮街道 / 听潮-07")],
            children_url="",
            search_url="",
        ),
    )
    place = widgets.PlaceField(label="事发地点")
    attachments = widgets.FilesField(
        label="附件",
        required=False,
        help_text="照片、合同、图纸。",
        widget=widgets.FileUpload(accept=".pdf,.jpg,.png", max_bytes=20 * 1024 * 1024),
    )
    rating = forms.ChoiceField(
        label="办得怎么样",
        widget=widgets.Rating(),
        required=False,
        choices=[("1", "很不满意"), ("2", "不满意"), ("3", "一般"), ("4", "满意"), ("5", "很满意")],
    )
    agree = forms.BooleanField(label="我已读过个人信息处理规则")
