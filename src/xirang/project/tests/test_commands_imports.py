"""Importing firms into a real database: every row accounted for, a second time nothing, and a power cut in between."""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import psycopg
import pytest

from tests import databases
from tests.engines import bring
from xirang.areas.models import Area
from xirang.areas.queries import AreaLocator
from xirang.engines.ledger.models import Record
from xirang.foundation.actor import PUBLIC, SYSTEM, Actor, Grant, PlainActor, Ref
from xirang.foundation.errors import NotAllowedError, NotFoundError
from xirang.foundation.intake import Checked, Column, Columns, Importer, Intake, IntakeError, Row, Taken
from xirang.foundation.terminal import StartupError
from xirang.people.commands import OrganisationRow, create_organisation
from xirang.people.intake import COLUMNS, EnterpriseIntake
from xirang.people.models import Organisation
from xirang.project.demo.areas import DISTRICT, code_of, found_ground
from xirang.project.demo.firms import credit_code
from xirang.project.imports import cli, commands, kinds
from xirang.project.imports.headings import parse_map
from xirang.project.imports.models import ImportRun
from xirang.project.imports.running import Outcome, Wish, import_file
from xirang.project.imports.tables import TableError
from xirang.project.keeping.folders import SOURCE

ENTERPRISES = EnterpriseIntake()
NOW = datetime(2026, 9, 18, 8, 0, tzinfo=UTC)
HEAD = "企业名称,统一社会信用代码,注册日期,企业类型,注册资金,经营范围,所在省份,地区,注册地址"

REAL_ROWS = 2_500


def line(serial: int, name: str = "", address: str = "听潮街道潮兴路 1 号") -> str:
    return f"{name or f'禾澜试验{serial}号机械厂'},{credit_code(serial)},2001-03-09,N/A,50万,机械。,浙江,沧澜,{address}"


@pytest.fixture
def ground(db: None) -> dict:
    return found_ground(NOW)


@pytest.fixture
def take(tmp_path: Path, ground: dict):
    """Import these lines; returns the outcome and the lines of the report."""

    def run(
        *lines: str, head: str = HEAD, actor=SYSTEM, progress=lambda outcome: None, intake=ENTERPRISES, **wish
    ) -> tuple[Outcome, list[list[str]]]:
        path = tmp_path / "firms.csv"
        path.write_text("\n".join([head, *lines]) + "\n", "utf-8")
        wish = {"source": "试验", **wish}
        report = tmp_path / "report.csv"
        outcome = import_file(
            intake, Wish(path, **wish), actor=actor, clock=lambda: NOW, report=report, progress=progress
        )
        return outcome, list(csv.reader(io.StringIO(report.read_text("utf-8-sig"))))[1:]

    return run


def firms() -> dict[str, str]:
    rows = Organisation.objects.all_unscoped("a test looks at everything")
    return dict(rows.values_list("credit_code", "name"))


def test_good_rows_are_taken_and_bad_ones_are_named(take):
    outcome, report = take(
        line(1),
        line(2, "厂"),
        line(3).replace(credit_code(3), "91330331MA00000000"),
        line(4),
        line(4, "禾澜同码后一厂"),
    )
    assert (outcome.read, outcome.new, outcome.refused, outcome.repeated) == (5, 2, 2, 1)
    assert outcome.adds_up()
    assert firms() == {credit_code(1): "禾澜试验1号机械厂", credit_code(4): "禾澜同码后一厂"}
    assert [(row[0], row[1]) for row in report] == [("3", "拒收"), ("4", "拒收"), ("5", "重复")]
    assert "第 6 行" in report[2][2]
    assert credit_code(4) in report[2][3]


def test_a_second_import_changes_nothing_and_leaves_no_record_but_its_own(take):
    first, _ = take(line(1), line(2), line(3))
    before = list(Organisation.objects.all_unscoped("a test").order_by("pk").values())
    last = Record.objects.all_unscoped("a test").order_by("id").last().pk
    second, _ = take(line(1), line(2), line(3))
    assert (first.new, second.new, second.changed, second.unchanged) == (3, 0, 0, 3)
    assert list(Organisation.objects.all_unscoped("a test").order_by("pk").values()) == before
    kinds = set(Record.objects.all_unscoped("a test").filter(pk__gt=last).values_list("subject_kind", flat=True))
    assert kinds == {"import_run"}


def test_a_changed_row_changes_its_firm_alone(take):
    take(line(1), line(2))
    outcome, _ = take(line(1), line(2, "禾澜改名机械厂"))
    assert (outcome.new, outcome.changed, outcome.unchanged) == (0, 1, 1)
    assert firms()[credit_code(2)] == "禾澜改名机械厂"


def test_batches_do_not_show_in_the_result(take):
    lines = [line(number) for number in range(1, 24)]
    one, _ = take(*lines, batch=5)
    assert (one.new, one.read) == (23, 23)
    two, _ = take(*lines, line(1, "禾澜末行为准厂"), batch=4)
    assert (two.changed, two.unchanged, two.repeated) == (1, 22, 1)


def test_a_dry_run_writes_nothing(take):
    outcome, _ = take(line(1), line(2, "厂"), dry_run=True)
    assert (outcome.new, outcome.refused, outcome.run_id) == (1, 1, None)
    assert not firms()
    assert not ImportRun.objects.exists()


def test_an_interrupted_run_goes_on_where_it_stopped(take, tmp_path):
    lines = [line(number) for number in range(1, 12)]

    def control_c(outcome: Outcome) -> None:
        if outcome.read == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(*lines, batch=3, progress=control_c)
    assert len(firms()) == 6
    assert not (tmp_path / "report.csv").exists()
    outcome, _ = take(*lines, batch=3)
    assert outcome.resumed_at == 8
    assert (outcome.read, outcome.new, outcome.unchanged) == (11, 11, 0)
    assert ImportRun.objects.get().finished_at is not None


def test_two_imports_of_one_file_do_not_run_side_by_side(ground):
    run = commands.start_import(
        actor=SYSTEM, kind="enterprises", file_name="f", file_hash="0" * 64, options={}, now=NOW
    )
    row = OrganisationRow(credit_code(1), "禾澜一号厂", ground[DISTRICT])
    first = {"actor": SYSTEM, "run_id": run, "rows": [row], "from_line": 1, "next_line": 2, "source": "s", "now": NOW}
    commands.take_rows(**first)
    with pytest.raises(commands.ImportElsewhereError):
        commands.take_rows(**first)
    assert ImportRun.objects.get().new == 1


@pytest.mark.parametrize("role", ["handler", "security_admin", "enterprise"])
def test_only_the_system_administrator_imports(take, ground, role):
    path = tuple(Area.objects.get(pk=ground[DISTRICT]).path)
    other = PlainActor(Ref("account", "0"), "某人", (Grant(role, ground[DISTRICT], path),))
    for actor in (other, PUBLIC):
        with pytest.raises(NotAllowedError):
            take(line(1), actor=actor)
    assert not firms()


def test_an_administrator_of_one_street_does_not_import_elsewhere(take, ground):
    path = tuple(Area.objects.get(code=code_of("听潮")).path)
    actor = PlainActor(Ref("account", "0"), "街道管理员", (Grant("system_admin", path[-1], path),))
    take(line(1), actor=actor)
    with pytest.raises(NotAllowedError):
        take(line(2, address="鹭洲镇长堤路 3 号"), actor=actor)
    assert list(firms()) == [credit_code(1)]


@pytest.mark.parametrize(
    ("province", "region", "address", "code"),
    [
        ("浙江", "沧澜", "浙江省沧澜市禾澜区听潮街道潮兴路 1 号", code_of("听潮")),
        ("浙江", "沧澜", "听潮街道澄湖社区 3 幢", code_of("听潮", "澄湖社区")),
        ("", "", "禾澜区鹭洲镇前洲村 12 号", code_of("鹭洲", "前洲村")),
        ("", "松塘街道", "", code_of("松塘")),
        ("江苏", "苏州", "江苏省苏州市听潮街道 1 号", DISTRICT),
        ("浙江", "宁波", "宁波市鄞州区听潮街道 1 号", DISTRICT),
        ("", "", "余姚市听潮街道 1 号", DISTRICT),
        ("浙江", "沧澜", "潮兴路 128 号", DISTRICT),
    ],
)
def test_a_firm_lies_where_its_address_says(ground, province, region, address, code):
    locator = AreaLocator(Area.objects.get(code=DISTRICT), date(2026, 9, 18))
    found = Area.objects.get(pk=locator.locate(province, region, address))
    assert found.code == code


def test_columns_by_choice_and_files_that_cannot_be_used(take):
    take(
        f"禾澜选列厂,{credit_code(9)}",
        head="公司,代码",
        chosen=parse_map(["公司=企业名称", "代码=统一社会信用代码"], COLUMNS),
    )
    assert firms() == {credit_code(9): "禾澜选列厂"}
    with pytest.raises(TableError, match="headings"):
        take("甲,乙", head="公司,代码")
    with pytest.raises(IntakeError, match="no area"):
        take(line(1), options={"area": "110000000000"})


# ---------------------------------------------------------------- another engine's rows


class UnitIntake:
    """Offices of the district by their code: an intake with another key, other columns and no option."""

    code, zh, en, key_title = "units", "部门", "units", "单位代码"
    columns = (
        Column("code", ("单位代码",), "code", required=True),
        Column("name", ("部门名称",), "name", required=True),
    )
    options = ()

    def __init__(self, area_id: UUID) -> None:
        self.area_id = area_id

    def begin(self, options: Mapping[str, str], day: date) -> UnitReading:
        return UnitReading()

    def take(self, entries: Sequence[tuple[str, str]], *, actor: Actor, source: str, now: datetime) -> Taken:
        for code, name in entries:
            create_organisation(
                actor=actor, kind="government", name=name, code=code, area_id=self.area_id, source=source, now=now
            )
        return Taken(new=len(entries), changed=0, unchanged=0)


class UnitReading:
    options: ClassVar[dict[str, str]] = {}

    def check(self, row: Row, columns: Columns) -> Checked:
        code, name = columns.pick(row.cells, "code"), columns.pick(row.cells, "name")
        return Checked(row.line, code, {"name": name}, () if name else ("缺部门名称",))

    def entry(self, checked: Checked) -> tuple[str, str]:
        return checked.key, checked.values["name"]

    def remark(self) -> tuple[str, str]:
        return "", ""


@pytest.fixture
def units(ground: dict, monkeypatch: pytest.MonkeyPatch) -> UnitIntake:
    intake = UnitIntake(ground[DISTRICT])
    bring(monkeypatch, Importer(intake))
    return intake


def test_another_intake_brings_its_own_key_columns_and_command(units, take):
    outcome, report = take(
        "A1,禾澜街道办", "A2,", "A1,禾澜区民政局", "A3,禾澜区税务局", head="单位代码,部门名称", intake=units, batch=1
    )
    assert (outcome.read, outcome.new, outcome.refused, outcome.repeated, outcome.remark) == (4, 2, 1, 1, ("", ""))
    names = Organisation.objects.all_unscoped("a test").filter(code__in=["A1", "A2", "A3"]).order_by("code")
    assert list(names.values_list("code", "name")) == [("A1", "禾澜区民政局"), ("A3", "禾澜区税务局")]
    assert report[0][2].startswith("单位代码 A1 在第 4 行又出现")
    assert report[1][2] == "缺部门名称"
    assert ImportRun.objects.get().kind == "units"
    with pytest.raises(TableError, match="for code and name in"):
        take(line(1), intake=units)


def test_an_option_of_another_intake_is_refused(units, tmp_path):
    path = tmp_path / "units.csv"
    path.write_text("单位代码,部门名称\nA1,禾澜区民政局\n", "utf-8")
    parser = argparse.ArgumentParser()
    cli.configure(parser)
    with pytest.raises(StartupError) as refused:
        cli.run(parser.parse_args(["units", str(path), "--area", DISTRICT]))
    assert "没有 --area" in refused.value.zh
    assert cli.run(parser.parse_args(["units", str(path), "--report", str(tmp_path / "r.csv")])) == 0
    with pytest.raises(NotFoundError):
        kinds.get_intake("moons")


@pytest.mark.parametrize("intake", kinds.intakes(), ids=lambda intake: intake.code)
def test_every_intake_tells_its_columns_apart(intake: Intake) -> None:
    headings = [heading for column in intake.columns for heading in column.headings]
    assert len(headings) == len(set(headings))
    assert any(column.required for column in intake.columns)
    assert [one.code for one in kinds.intakes()].count(intake.code) == 1
    assert len(intake.code) <= ImportRun._meta.get_field("kind").max_length
    assert not {option.name for option in intake.options} & {"map", "source", "report", "dry-run", "batch"}


# ---------------------------------------------------------------- a power cut, and the real file


@pytest.fixture
def elsewhere(postgres, template) -> Iterator[str]:
    """A database that other processes may work in, with the demo district's ground."""
    name = databases.clone(postgres, template, "imports")
    done = xirang(
        postgres.url(name),
        "-c",
        "import django; django.setup()\n"
        "from datetime import UTC, datetime\n"
        "from xirang.project.demo.areas import found_ground\nfound_ground(datetime.now(UTC))",
    )
    assert done.wait() == 0, done.stdout.read()
    yield postgres.url(name)
    databases.drop(postgres, name)


def xirang(url: str, *arguments: str) -> subprocess.Popen:
    env = os.environ | {"DATABASE_URL": url, "PYTHONPATH": str(SOURCE), "LANG": "zh_CN.UTF-8"}
    argv = [sys.executable, *(arguments if arguments[0] == "-c" else ("-m", "xirang.project.cli", *arguments))]
    return subprocess.Popen(argv, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def state(url: str) -> tuple:
    with psycopg.connect(url) as connection:
        rows = connection.execute("select credit_code, name, area_id, address_text from people_organisation order by 1")
        runs = connection.execute(
            "select read, new, changed, unchanged, refused, repeated, finished_at is not null"
            " from imports_importrun order by started_at"
        )
        return rows.fetchall(), runs.fetchall()


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        return connection.execute(f"select count(*) from {table}").fetchone()[0]


def test_kill_9_in_the_middle_and_again_gives_the_same_end(elsewhere, tmp_path):
    path = tmp_path / "企业 名单.csv"
    bad = "坏行,0000"
    body = [line(number) if number % 50 else bad for number in range(1, 4001)]
    path.write_text("\n".join([HEAD, *body]), "utf-8")
    arguments = ("import", "enterprises", str(path), "--batch", "40", "--report", str(tmp_path / "report.csv"))
    process = xirang(elsewhere, *arguments)
    deadline = time.monotonic() + 60
    while count(elsewhere, "people_organisation") < 400:
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 0 < count(elsewhere, "people_organisation") < 3920
    again = xirang(elsewhere, *arguments)
    said, _ = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert "接着导入" in said
    firms, runs = state(elsewhere)
    assert [row[0] for row in firms] == sorted(credit_code(n) for n in range(1, 4001) if n % 50)
    assert runs == [(4000, 3920, 0, 0, 80, 0, True)]
    assert len((tmp_path / "report.csv").read_text("utf-8-sig").splitlines()) == 81


@pytest.mark.slow
def test_real_rows_load_without_one_lost_or_invented(elsewhere, tmp_path):
    """Some of the real file, with rows that are refused and repeated; `make bench` loads all of it, twice."""
    folder = Path(os.environ.get("SHARED_DATA") or SOURCE.parents[1] / "shared") / "data"
    path = folder / "enterprises" / "zhejiang-part.csv.gz"
    if not path.is_file():
        pytest.skip(f"no real data at {folder}; name the folder above by SHARED_DATA")
    part = tmp_path / "part.csv"
    with gzip.open(path, "rb") as whole:
        head, *rows = whole
    part.write_bytes(b"".join([head, *rows[:REAL_ROWS], *rows[REAL_ROWS::17]]))
    for round_, expected in (
        ("first", (5012, 4999, 0, 0, 2, 11, True)),
        ("second", (5012, 0, 0, 4999, 2, 11, True)),
    ):
        report = tmp_path / f"{round_}.csv"
        process = xirang(elsewhere, "import", "enterprises", str(part), "--report", str(report))
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, said
        firms, runs = state(elsewhere)
        assert runs[-1] == expected
        if round_ == "first":
            kept, records = firms, count(elsewhere, "ledger_record where subject_kind <> 'import_run'")
    assert firms == kept
    assert count(elsewhere, "ledger_record where subject_kind <> 'import_run'") == records
    lines = list(csv.reader(io.StringIO(report.read_text("utf-8-sig"))))
    assert len(firms) == 4999
    assert sum(row[1] == "拒收" for row in lines) == 2
    assert sum(row[1] == "重复" for row in lines) == 11
