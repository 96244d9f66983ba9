"""Each component draws what docs/templates.md promises."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.template import engines
from django.utils.translation import override
from jinja2 import UndefinedError

from xirang.ui import gallery_data, marks, widgets
from xirang.ui.components import Column, DueCell, NumberCell, Pager, Row, RulerDay, StatusCell, Table, describe_due

NOW = datetime(2026, 9, 23, 2, 20, tzinfo=UTC)
FILES = "".join(
    f'{{% import "ui/{name}.html" as {name} with context %}}' for name in ("parts", "lists", "cards", "forms")
)


def render(text: str, **context: object) -> str:
    return engines.all()[0].from_string(FILES + text).render({"now": NOW} | context)


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
    assert "没有期限" in marks.due(None, NOW)


def test_a_deadline_in_english() -> None:
    with override("en"):
        assert describe_due(NOW + timedelta(hours=3), NOW).text == "Today 13:20"
        assert describe_due(NOW - timedelta(hours=2), NOW).text == "2 h late"


def test_dates_are_local_however_they_are_said() -> None:
    late = datetime(2026, 9, 23, 16, 30, tzinfo=UTC)
    said = render("{{ at|day }}, {{ at|minute }}, {{ at|moment }}, {{ day|day }}", at=late, day=date(2026, 1, 2))
    assert said == "2026-09-24, 2026-09-24 00:30, 9 月 24 日 00:30, 2026-01-02"


def test_status_refuses_a_kind_nobody_defined() -> None:
    assert marks.status("done", "已解决") == '<span class="x-status is-done">已解决</span>'
    with pytest.raises(LookupError, match="没有“closed”这种状态"):
        render('{{ marks.status("closed", "办结") }}')


def test_words_from_users_are_escaped_everywhere() -> None:
    nasty = '<img src=x onerror="alert(1)">'
    table = Table(
        (Column("title", nasty, "title"), Column("status", "状态", "status")),
        (Row(nasty, {"title": nasty, "status": StatusCell("doing", nasty)}, url="/x"),),
        caption=nasty,
    )
    drawn = render(
        "{{ lists.table(t) }}{{ marks.tag(n) }}{{ parts.chip(n) }}{% set foot %}{{ n }}{% endset %}"
        "{% call parts.card(n, sub=n, foot=foot) %}{{ n }}{% endcall %}{{ parts.page_head(n, tags=(n,)) }}"
        "{{ parts.confirm(n, title=n, action=n, verb=n, consequence=n) }}{{ parts.empty(n, n, n, n) }}"
        "{% call parts.slip(n, number=n) %}{{ n }}{% endcall %}{{ _('共 %(total)s', total=n) }}"
        "{% call lists.drawer(n, number=n, url=n, foot=n) %}{{ n }}{% endcall %}{{ parts.button(n, only_icon=true) }}",
        t=table,
        n=nasty,
    )
    assert "<img" not in drawn
    assert 'onerror="' not in drawn
    assert drawn.count("&lt;img") > 30


def test_slots_of_a_card_inside_a_card_do_not_mix() -> None:
    drawn = render(
        "{% call parts.card('外', actions='外动作') %}"
        "{% call parts.card('内', actions='内动作') %}正文{% endcall %}{% endcall %}"
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
    ready = render("{{ lists.table(t) }}", t=Table(columns, (row,), pager=Pager(1240, next_url="?after=r1")))
    assert "今天 13:20" in ready
    assert "1,240 件" in ready
    assert 'hx-get="/d/r1"' in ready
    assert 'href="/r1"' in ready
    assert "共 1,240 件" in ready
    assert 'aria-disabled="true">上一页' in ready
    assert 'href="?after=r1">下一页' in ready
    assert 'class="x-col-number is-right is-secondary"' in ready
    assert 'aria-busy="true"' in render("{{ lists.table(t) }}", t=Table(columns, state="loading"))
    failed = render(
        "{{ lists.table(t) }}", t=Table(columns, state="failed", retry_url="?kind=power", reference="E-1024")
    )
    assert "您选的条件还在" in failed
    assert 'href="?kind=power"' in failed
    assert "E-1024" in failed
    assert "看明天的 5 件" in render(
        "{{ lists.table(t) }}", t=Table(columns, empty_title="没有", empty_url="/t", empty_action="看明天的 5 件")
    )


def test_the_ruler_draws_rest_make_up_today_and_due() -> None:
    drawn = render("{{ cards.ruler(days, sentence) }}", days=gallery_data.days(), sentence=gallery_data.SENTENCE)
    for css in ("is-rest", "is-makeup is-counted", "is-counted is-today", "is-counted is-due"):
        assert css in drawn
    assert "中秋" in drawn
    assert "第 5 天" in drawn
    assert gallery_data.SENTENCE in drawn
    assert RulerDay(date(2026, 9, 19), "rest").words == ("休",)


def test_a_reason_shows_rule_document_inputs_and_objection() -> None:
    drawn = render("{{ cards.why(why) }}", why=gallery_data.reason())
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
    drawn = render("{{ forms.field(form.name) }}", form=Form({"name": ""}))
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
    drawn = render("{{ forms.errors(form) }}", form=form)
    assert "有 5 处要改" in drawn
    assert "两项不能都空。" in drawn
    assert "请选择“公开”。" in drawn
    assert drawn.index("#id_name_field") < drawn.index("#id_story_field") < drawn.index("#id_place_field")


def test_long_text_is_counted_not_cut() -> None:
    drawn = render("{{ forms.field(form.story) }}", form=Form())
    assert 'data-x-counter="500"' in drawn
    assert "最多 500 字" in drawn


def test_the_place_field_cleans_to_address_and_point() -> None:
    base = {"name": "甲", "story": "乙", "open_result": "1"}
    good = Form(base | {"place_address": "潮兴路 128 号", "place_point": "121.5,29.8"})
    assert good.is_valid()
    assert good.cleaned_data["place"] == {"address": "潮兴路 128 号", "point": "121.5,29.8"}
    assert not Form(base | {"place_address": "潮兴路", "place_point": "1;drop"}).is_valid()
    assert not Form(base | {"place_point": "121.5,29.8"}).is_valid()
    drawn = render("{{ forms.field(form.place) }}", form=good)
    assert 'name="place_address"' in drawn
    assert 'value="潮兴路 128 号"' in drawn
    assert 'value="121.5,29.8"' in drawn


def test_choices_keep_what_was_chosen() -> None:
    drawn = render("{{ forms.field(form.open_result) }}", form=Form({"open_result": "0"}))
    chosen, other = drawn.index('id="id_open_result_1"'), drawn.index('id="id_open_result_0"')
    assert other < chosen < drawn.index("checked")
    assert drawn.count("checked") == 1


def test_an_icon_must_be_in_the_sprite() -> None:
    assert "#bell" in marks.icon("bell")
    assert "aria-hidden" in marks.icon("bell")
    assert 'aria-label="消息"' in marks.icon("bell", label="消息")
    with pytest.raises(LookupError, match="unicorn"):
        render('{{ icon("unicorn") }}')


def test_a_name_that_no_view_gave_is_refused_not_blank() -> None:
    with pytest.raises(UndefinedError, match="titel"):
        render("{{ parts.page_head(titel) }}")
