"""The demo district's units and firms: all names are invented, all credit codes check out and belong to nobody."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from xirang.foundation.actor import SYSTEM
from xirang.people.commands import OrganisationRow, create_organisation, upsert_organisations
from xirang.people.logic.credit_code import check_character, organisation_check_character
from xirang.people.models import Organisation
from xirang.people.spec import Kind
from xirang.project.demo.areas import DISTRICT, TOWNS, code_of

SOURCE = "演示数据：企业登记"
SEED = 20260918


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the administration: its code in the packs, its names and the area it works for."""

    code: str
    name: str
    kind: Kind = Kind.GOVERNMENT
    area: str = DISTRICT
    address: str = ""


UNITS = (
    Unit("district_command_centre", "禾澜区社会治理中心", Kind.INSTITUTION, address="听潮街道望塔路 6 号"),
    Unit("enterprise_service_office", "禾澜区企业服务专班办公室", Kind.INSTITUTION, address="听潮街道望塔路 6 号"),
    Unit("district_office", "禾澜区人民政府办公室", address="听潮街道望塔路 1 号"),
    Unit("power_supply", "禾澜供电公司", Kind.INSTITUTION, address="听潮街道澄湖路 21 号"),
    Unit("economy", "禾澜区经济和信息化局", address="听潮街道望塔路 3 号"),
    Unit("transport", "禾澜区交通运输局", address="南埠街道新桥路 40 号"),
    Unit("human_resources", "禾澜区人力资源和社会保障局", address="听潮街道望塔路 5 号"),
    Unit("enterprise_service", "禾澜区企业服务中心", Kind.INSTITUTION, address="松塘街道工联路 2 号"),
    Unit("urban_management", "禾澜区综合行政执法局", address="南埠街道港前路 9 号"),
    Unit("market_supervision", "禾澜区市场监督管理局", address="松塘街道松月路 18 号"),
    Unit("housing", "禾澜区住房和城乡建设局", address="听潮街道望塔路 7 号"),
    Unit("ecology", "禾澜区生态环境分局", address="南埠街道新桥路 52 号"),
    Unit("street_ting_chao", "听潮街道办事处", Kind.STREET, code_of("听潮"), "听潮街道潮兴路 1 号"),
    Unit("street_song_tang", "松塘街道办事处", Kind.STREET, code_of("松塘"), "松塘街道松月路 1 号"),
    Unit("street_nan_bu", "南埠街道办事处", Kind.STREET, code_of("南埠"), "南埠街道港前路 1 号"),
    Unit("town_lu_zhou", "鹭洲镇人民政府", Kind.STREET, code_of("鹭洲"), "鹭洲镇鹭鸣路 1 号"),
)
MARKS = (
    "恒拓",
    "澜芯",
    "沛禾",
    "凌川",
    "启衡",
    "锦泽",
    "瑞汐",
    "拓垣",
    "岚图河",
    "云桨",
    "晟浦",
    "合一桥",
    "宏屿",
    "润舟",
    "星汀",
    "誉川",
    "安渡",
    "立澜",
    "旭浦",
    "和砺",
)
TRADES = (
    ("精工", "通用设备制造业", "数控机床、精密零部件的制造、销售。"),
    ("电器", "电气机械和器材制造业", "家用电器、电机及配件的制造、销售。"),
    ("电子", "计算机、通信和其他电子设备制造业", "电子元器件、线路板的制造、销售。"),
    ("冷链物流", "装卸搬运和仓储业", "普通货物仓储，低温仓储，道路货物运输。"),
    ("食品", "农副食品加工业", "水产品、果蔬的加工、销售。"),
    ("新材料", "橡胶和塑料制品业", "工程塑料、复合材料的研发、制造、销售。"),
    ("纺织", "纺织业", "纺织面料、家纺制品的制造、销售。"),
    ("生物医药", "医药制造业", "医药中间体、医疗器械的研发、制造、销售。"),
    ("汽车零部件", "汽车制造业", "汽车零部件及配件的制造、销售。"),
    ("种业", "农业", "农作物种子的繁育、加工、销售。"),
)
ROADS = {
    "听潮": ("潮兴路", "澄湖路", "望塔路"),
    "松塘": ("松塘路", "工联路", "槐里路"),
    "南埠": ("港前路", "新桥路", "桂花路"),
    "鹭洲": ("鹭鸣路", "长堤路", "稻香路"),
}


def credit_code(serial: int) -> str:
    """A valid code of a region that was never issued, so that it cannot be anybody's."""
    inner = f"MADM{serial:04d}"
    first = f"91{DISTRICT[:6]}{inner}{organisation_check_character(inner)}"
    return first + check_character(first)


def found_units(areas: dict[str, UUID], now: datetime) -> dict[str, UUID]:
    """Enter the units that are not there yet; returns the ids by code."""
    rows = Organisation.objects.all_unscoped("units are known to everybody by name")
    there = rows.filter(code__in=[unit.code for unit in UNITS]).values_list("code", "pk")
    known = {str(code): pk for code, pk in there}
    for unit in UNITS:
        if unit.code not in known:
            known[unit.code] = create_organisation(
                actor=SYSTEM,
                kind=unit.kind.value,
                name=unit.name,
                area_id=areas[unit.area],
                code=unit.code,
                address_text=unit.address,
                is_demo=True,
                now=now,
            )
    return known


def found_firms(areas: dict[str, UUID], now: datetime) -> dict[str, UUID]:
    """Enter all firms in one batch; a second time nothing changes. Returns the ids by name."""
    rows = firms(areas)
    codes = [row.credit_code for row in rows]
    known = Organisation.objects.all_unscoped("the demo district's own firms").filter(credit_code__in=codes)
    if known.count() < len(rows):
        upsert_organisations(actor=SYSTEM, rows=rows, source=SOURCE, is_demo=True, now=now)
    return dict(known.all().values_list("name", "pk"))


def firms(areas: dict[str, UUID]) -> list[OrganisationRow]:
    """Sixty firms, the same every time; the first is the one whose contact is in the cast."""
    dice = random.Random(SEED)
    rows = [
        _named(areas, 1, "恒拓精工（禾澜）有限公司", TRADES[0], "听潮", "潮兴社区", "听潮街道潮兴路 128 号 3 幢", 640),
        _named(areas, 2, "鹭洲长堤食品有限公司", TRADES[4], "鹭洲", "长堤村", "鹭洲镇长堤路 36 号", 210),
        _named(areas, 3, "禾澜南埠冷链物流有限公司", TRADES[3], "南埠", "南港社区", "南埠街道港前路 77 号", 1_380),
    ]
    names = [f"禾澜{mark}{trade[0]}有限公司" for mark in MARKS for trade in TRADES]
    for serial, place in enumerate(dice.sample(range(len(names)), 57), 4):
        town = dice.choice(TOWNS)
        village = dice.choice(town.villages)[0]
        address = f"{town.name}{dice.choice(ROADS[town.short])} {dice.randrange(2, 240)} 号"
        staff = dice.choice((8, 15, 22, 36, 48, 60, 85, 120, 180, 260, 420, 700, 1_150, 2_300))
        trade = TRADES[place % len(TRADES)]
        rows.append(_named(areas, serial, names[place], trade, town.short, village, address, staff))
    return rows


def _named(
    areas: dict[str, UUID],
    serial: int,
    name: str,
    trade: tuple[str, str, str],
    town: str,
    village: str,
    address: str,
    staff: int,
) -> OrganisationRow:
    founded = date(1998, 3, 2) + timedelta(days=serial * 151)
    return OrganisationRow(
        credit_code=credit_code(serial),
        name=name,
        area_id=areas[code_of(town, village)],
        address_text=address,
        industry=trade[1],
        company_type="有限责任公司",
        business_scope=trade[2],
        staff_count=staff,
        capital_text=f"{max(50, staff * 8)} 万元人民币",
        registered_on=founded,
    )
