"""Each tag draws what docs/ui.md promises."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

from xirang.ui import gallery_data, widgets
from xirang.ui.components import Column, DueCell, NumberCell, Pager, Row, RulerDay, StatusCell, Table, describe_due

NOW = datetime(2026, 9, 23, 2, 20, tzinfo=UTC)


def render(text: str, **context: object) -> str:
    return Template("{% load ui %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("hours", "said", "state"),
    [
        (-0.2, "超 12 分钟", "late"),
        (-2, "超 2 小时", "late"),
        (-30, "超 1 天", "late"),
        (3, "今天 13:20", "soon"),
        (31, "明天 17:20", "plain"),
        (127, "9-28 周一", "plain"),
        (24 * 200, "2027-04-11 周日", "plain"),
    ],
)
def test_a_deadline_is_said_by_the_calendar(hours: float, said: str, state: str) -> None:
    due = describe_due(NOW + timedelta(hours=hours), NOW)
    assert (due.text, due.state) == (said, state)


def test_midnight_belongs_to_the_local_day_not_to_utc() -> None:
    # 16:30 UTC on the 23rd is 0:30 on the 24th in Shanghai.
    assert describe_due(datetime(2026, 9, 23, 16, 30, tzinfo=UTC), NOW).text == "明天 00:30"


def test_no_deadline_is_said_too() -> None:
    assert describe_due(None, NOW).state == "none"
    assert "没有期限" in render("{% due at %}", at=None, now=NOW)


def test_a_deadline_in_english() -> None:
    with override("en"):
        assert describe_due(NOW + timedelta(hours=3), NOW).text == "Today 13:20"
        assert describe_due(NOW - timedelta(hours=2), NOW).text == "2 h late"


def test_status_refuses_a_kind_nobody_defined() -> None:
    assert render('{% status "done" "已解决" %}') == '<span class="x-status is-done">已解决</span>'
    with pytest.raises(TemplateSyntaxError, match="没有“closed”这种状态"):
        render('{% status "closed" "办结" %}')


def test_words_from_users_are_escaped_everywhere() -> None:
    nasty = '<img src=x onerror="alert(1)">'
    table = Table(
        (Column("title", nasty, "title"), Column("status", "状态", "status")),
        (Row(nasty, {"title": nasty, "status": StatusCell("doing", nasty)}, url="/x"),),
        caption=nasty,
    )
    drawn = render(
        "{% table t %}{% tag n %}{% chip n %}{% card n sub=n %}{{ n }}{% slot foot %}{{ n }}{% endslot %}{% endcard %}"
        "{% page_head n %}{% endpage_head %}{% confirm n title=n action='/x' verb=n consequence=n %}{% endconfirm %}"
        "{% empty n n %}{% slip n number=n %}{{ n }}{% endslip %}",
        t=table,
        n=nasty,
    )
    assert "<img" not in drawn
    assert "&lt;img" in drawn


def test_slots_of_a_card_inside_a_card_do_not_mix() -> None:
    drawn = render(
        "{% card '外' %}{% slot actions %}外动作{% endslot %}"
        "{% card '内' %}{% slot actions %}内动作{% endslot %}正文{% endcard %}{% endcard %}"
    )
    outer, inner = drawn.split("内</h2>")
    assert "外动作" in outer
    assert "外动作" not in inner
    assert "内动作" in inner
    assert "内动作" not in outer


def test_the_table_shows_each_of_its_states() -> None:
    columns = (
        Column("due", "截止", "due"),
        Column("title", "事项", "title"),
        Column("n", "件数", "number", secondary=True),
    )
    row = Row(
        "r1",
        {"due": DueCell(NOW + timedelta(hours=3)), "title": "路灯", "n": NumberCell(1240, "件")},
        url="/r1",
        drawer_url="/d/r1",
    )
    ready = render("{% table t %}", t=Table(columns, (row,), pager=Pager(1240, next_url="?after=r1")), now=NOW)
    assert "今天 13:20" in ready
    assert "1,240 件" in ready
    assert 'hx-get="/d/r1"' in ready
    assert 'href="/r1"' in ready
    assert "共 1,240 件" in ready
    assert 'aria-disabled="true">上一页' in ready
    assert 'href="?after=r1">下一页' in ready
    assert 'aria-busy="true"' in render("{% table t %}", t=Table(columns, state="loading"))
    failed = render("{% table t %}", t=Table(columns, state="failed", retry_url="?kind=power", reference="E-1024"))
    assert "您选的条件还在" in failed
    assert 'href="?kind=power"' in failed
    assert "E-1024" in failed
    assert "看明天的 5 件" in render(
        "{% table t %}", t=Table(columns, empty_title="没有", empty_url="/t", empty_action="看明天的 5 件")
    )


def test_the_ruler_draws_rest_make_up_today_and_due() -> None:
    drawn = render("{% ruler days sentence %}", days=gallery_data.days(), sentence=gallery_data.SENTENCE)
    for css in ("is-rest", "is-makeup is-counted", "is-counted is-today", "is-counted is-due"):
        assert css in drawn
    assert "中秋" in drawn
    assert "第 5 天" in drawn
    assert gallery_data.SENTENCE in drawn
    assert RulerDay(date(2026, 9, 19), "rest").words == ("休",)


def test_a_reason_shows_rule_document_inputs_and_objection() -> None:
    drawn = render("{% why why %}", why=gallery_data.reason())
    for words in ("《办件分派规则》第四条，第 12 版", "可办人", "逐步计算过程", "不该我办，退回"):
        assert words in drawn
    assert drawn.index("x-rule") < drawn.index("x-why-source") < drawn.index("x-why-inputs") < drawn.index("x-why-foot")


class Form(forms.Form):
    name = forms.CharField(label="名称", help_text="照执照填写。", max_length=10)
    story = forms.CharField(label="事情经过", widget=forms.Textarea(), max_length=500)
    open_result = forms.ChoiceField(label="公开", widget=widgets.Segmented(), choices=[("1", "公开"), ("0", "不公开")])
    place = widgets.PlaceField(label="地点")
    files = widgets.FilesField(label="附件", required=False)


def test_a_field_ties_label_hint_and_error_together() -> None:
    form = Form({"name": ""})
    drawn = render("{% field form.name %}", form=form)
    assert 'for="id_name"' in drawn
    assert 'id="id_name_hint"' in drawn
    assert 'id="id_name_error"' in drawn
    assert 'aria-describedby="id_name_hint id_name_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert "请填写“名称”。" in drawn


def test_the_summary_leads_to_each_field_in_the_order_of_the_form() -> None:
    form = Form({})
    form.is_valid()
    form.add_error(None, "两项不能都空。")
    drawn = render("{% form_errors form %}", form=form)
    assert "两项不能都空。" in drawn
    assert "请选择“公开”。" in drawn
    assert drawn.index("#id_name_field") < drawn.index("#id_story_field") < drawn.index("#id_place_field")


def test_long_text_is_counted_not_cut() -> None:
    drawn = render("{% field form.story %}", form=Form())
    assert 'data-x-counter="500"' in drawn
    assert "最多 500 字" in drawn


def test_the_place_field_cleans_to_address_and_point() -> None:
    base = {"name": "甲", "story": "乙", "open_result": "1"}
    good = Form(base | {"place_address": "潮兴路 128 号", "place_point": "121.5,29.8"})
    assert good.is_valid()
    assert good.cleaned_data["place"] == {"address": "潮兴路 128 号", "point": "121.5,29.8"}
    assert not Form(base | {"place_address": "潮兴路", "place_point": "1;drop"}).is_valid()
    assert not Form(base | {"place_point": "121.5,29.8"}).is_valid()
    drawn = render("{% field form.place %}", form=good)
    assert 'name="place_address"' in drawn
    assert 'value="潮兴路 128 号"' in drawn
    assert 'value="121.5,29.8"' in drawn


def test_choices_keep_what_was_chosen() -> None:
    drawn = render("{% field form.open_result %}", form=Form({"open_result": "0"}))
    assert 'value="0" id="id_open_result_1" checked' in drawn
    assert 'value="1" id="id_open_result_0" checked' not in drawn


def test_an_icon_must_be_in_the_sprite() -> None:
    assert "#bell" in render('{% icon "bell" %}')
    assert "aria-hidden" in render('{% icon "bell" %}')
    assert 'aria-label="消息"' in render('{% icon "bell" label="消息" %}')
    with pytest.raises(TemplateSyntaxError, match="unicorn"):
        render('{% icon "unicorn" %}')
