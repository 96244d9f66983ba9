"""Coordinates: published vectors, inverses to the millimetre, refusals that help."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xirang.engines.places import logic
from xirang.engines.places.logic import CoordinateSystem, Point, PointError

BEIJING = Point(39.915, 116.404)
SHIFTED = ["gcj02", "bd09"]


def grid():
    """Points all over China, off the corners of the shift's frame."""
    return [Point(lat + 0.137, lon + 0.211) for lat in range(4, 53, 2) for lon in range(74, 135, 2)]


def distance_metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The great-circle distance of two (latitude, longitude) points, right to about half a percent."""
    (lat_a, lon_a), (lat_b, lon_b) = ((math.radians(lat), math.radians(lon)) for lat, lon in (a, b))
    chord = math.sin((lat_b - lat_a) / 2) ** 2
    chord += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(min(1.0, chord)))


def one_step(point: Point, system: str) -> Point:
    """The inverse that subtracts the shift of the wrong place once."""
    there = logic.from_wgs84(*point, system)
    return Point(2 * point.latitude - there.latitude, 2 * point.longitude - there.longitude)


def test_vectors_known_from_other_implementations():
    assert logic.from_wgs84(*BEIJING, "gcj02") == pytest.approx((39.91640428150164, 116.41024449916938), abs=1e-12)
    assert logic._bd09_from_gcj02(BEIJING) == pytest.approx((39.92133699351021, 116.41036949371029), abs=1e-12)
    # The usual one-step inverse gives 39.91359571849836, 116.39775550083061: within a metre here, but not the inverse.
    assert logic.to_wgs84(*BEIJING, "gcj02") == pytest.approx((39.913596, 116.397756), abs=1e-5)


@pytest.mark.parametrize("system", list(CoordinateSystem))
def test_there_and_back_is_exact_to_a_millimetre_all_over_china(system):
    for point in grid():
        there = logic.from_wgs84(*point, system)
        assert distance_metres(point, logic.to_wgs84(*there, system)) < 0.001


@pytest.mark.parametrize("system", SHIFTED)
def test_one_step_errs_by_metres_and_ours_does_not(system):
    worst = {"one": 0.0, "ours": 0.0}
    for point in grid():
        there = logic.from_wgs84(*point, system)
        worst["one"] = max(worst["one"], distance_metres(point, one_step(there, system)))
        worst["ours"] = max(worst["ours"], distance_metres(point, logic.to_wgs84(*there, system)))
    assert worst["one"] > 2
    assert worst["ours"] < 0.01


@pytest.mark.parametrize("system", SHIFTED)
def test_the_shift_is_some_hundred_metres(system):
    for point in grid():
        assert 50 < distance_metres(point, logic.from_wgs84(*point, system)) < 2500


@given(st.floats(18, 53), st.floats(74, 134), st.sampled_from(SHIFTED), st.sampled_from(SHIFTED))
def test_any_two_systems_convert_there_and_back(latitude, longitude, source, target):
    there = logic.convert(latitude, longitude, source, target)
    back = logic.convert(*there, target, source)
    assert distance_metres((latitude, longitude), back) < 0.01


def test_cgcs2000_is_wgs84_and_equal_systems_change_nothing():
    assert logic.to_wgs84(30.7512, 120.7581, "cgcs2000") == (30.7512, 120.7581)
    assert logic.convert(30.7512, 120.7581, "bd09", "bd09") == (30.7512, 120.7581)


@pytest.mark.parametrize("point", [(48.8584, 2.2945), (35.6586, 139.7454), (-33.8568, 151.2153), (0.5, 110.0)])
@pytest.mark.parametrize("system", SHIFTED)
def test_outside_china_all_systems_agree(point, system):
    assert logic.from_wgs84(*point, system) == point
    assert logic.to_wgs84(*point, system) == point


@given(st.floats(-90, 90), st.floats(-180, 180), st.sampled_from(SHIFTED))
def test_conversion_ends_and_stays_near_everywhere(latitude, longitude, system):
    try:
        logic.check_point(latitude, longitude)
    except PointError:
        return
    point = logic.to_wgs84(latitude, longitude, system)
    assert distance_metres(point, (latitude, longitude)) < 6000


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [(120.7581, 30.7512, "swapped"), (87.6, 43.8, "swapped"), (91, 0, "range"), (0, 181, "range"), (0, 0, "zero"),
     (math.nan, 120, "range"), (30, math.inf, "range"), (-91, 120, "range")],
)  # fmt: skip
def test_what_is_no_point_is_refused_with_a_reason(latitude, longitude, reason):
    for call in (logic.check_point, lambda a, b: logic.to_wgs84(a, b, "gcj02")):
        with pytest.raises(PointError) as caught:
            call(latitude, longitude)
        assert caught.value.reason == reason
        assert caught.value.zh.endswith("。")
        assert caught.value.en.endswith(".")


def test_unknown_system_is_refused():
    for call in (lambda: logic.to_wgs84(30, 120, "utm"), lambda: logic.from_wgs84(30, 120, "")):
        with pytest.raises(PointError) as caught:
            call()
        assert caught.value.reason == "system"


# ---------------------------------------------------------------- distance


def test_distances():
    assert distance_metres((30, 120), (30, 120)) == 0
    assert distance_metres((0, 0), (0, 1)) == pytest.approx(111_195, abs=1)
    assert distance_metres((90, 0), (-90, 0)) == pytest.approx(math.pi * 6_371_008.8)
    assert distance_metres((31.2304, 121.4737), (39.9042, 116.4074)) == pytest.approx(1_067_000, rel=0.005)


@given(*[st.floats(-90, 90), st.floats(-180, 180)] * 2)
def test_distance_is_symmetric_and_bounded(lat_a, lon_a, lat_b, lon_b):
    there = distance_metres((lat_a, lon_a), (lat_b, lon_b))
    assert there == pytest.approx(distance_metres((lat_b, lon_b), (lat_a, lon_a)), abs=1e-6)
    assert 0 <= there <= math.pi * 6_371_008.8 + 1e-6


# ---------------------------------------------------------------- texts
