"""Where something is: coordinate systems used in China, converted both ways and checked."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple


class CoordinateSystem(StrEnum):
    """WGS-84 (satellites), CGCS2000 (the national one, equal to it within centimetres), and the two shifted systems:
    GCJ-02 (Gaode, Tencent and other maps) and BD-09 (Baidu)."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class Point(NamedTuple):
    """Degrees north and east, in this order."""

    latitude: float
    longitude: float


class PointError(ValueError):
    """Not a point; `reason` is "range", "swapped", "zero", "system" or "text", `zh` and `en` say what to do."""

    def __init__(self, reason: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason, self.zh, self.en = reason, zh, en


# ---------------------------------------------------------------- checking

_CHINA_LATITUDES = (3.0, 54.0)
_CHINA_LONGITUDES = (73.0, 136.0)
# The shifted systems are shifted inside this frame only.
_SHIFTED_LATITUDES = (0.8293, 55.8271)
_SHIFTED_LONGITUDES = (72.004, 137.8347)


def _in_china(latitude: float, longitude: float) -> bool:
    return (
        _CHINA_LATITUDES[0] <= latitude <= _CHINA_LATITUDES[1]
        and _CHINA_LONGITUDES[0] <= longitude <= _CHINA_LONGITUDES[1]
    )


def check_point(latitude: float, longitude: float) -> Point:
    """Return the point when it is one.

    PointError when a number is out of range or not finite, when latitude and longitude seem exchanged (the exchanged
    point lies in China, this one does not), and for 0, 0, which is what devices send when they know nothing.
    """
    if math.isfinite(latitude) and math.isfinite(longitude):
        if not _in_china(latitude, longitude) and _in_china(longitude, latitude):
            raise PointError(
                "swapped",
                "经度和纬度似乎写反了。我国纬度在 3 至 54 之间，经度在 73 至 136 之间，请对调后再试。",
                "Latitude and longitude seem exchanged. In China latitude lies between 3 and 54, longitude between 73 "
                "and 136. Please exchange them.",
            )
        if latitude == 0 and longitude == 0:
            raise PointError(
                "zero",
                "没有取得位置（坐标为 0）。请在地图上点选，或填写地址。",
                "No position was obtained (both numbers are 0). Please pick a point on the map or enter an address.",
            )
        if -90 <= latitude <= 90 and -180 <= longitude <= 180:
            return Point(float(latitude), float(longitude))
    raise PointError(
        "range",
        "坐标超出范围。纬度应在 -90 至 90 之间，经度应在 -180 至 180 之间，请核对。",
        "The coordinates are out of range: latitude lies between -90 and 90, longitude between -180 and 180.",
    )


def check_system(system: str) -> CoordinateSystem:
    """Return the system of this name; PointError when there is none."""
    try:
        return CoordinateSystem(system)
    except ValueError:
        raise PointError(
            "system",
            "坐标系不对。可用 wgs84、cgcs2000、gcj02、bd09。",
            "This coordinate system is not known. Use wgs84, cgcs2000, gcj02 or bd09.",
        ) from None


# ---------------------------------------------------------------- converting

# The shift of GCJ-02 is defined on the Krasovsky ellipsoid.
_AXIS = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU_WAVE = math.pi * 3000 / 180
_BAIDU_OFFSET = (0.006, 0.0065)
# A ten-billionth of a degree is about a hundredth of a millimetre; each round gains two to three digits.
_CLOSE_ENOUGH = 1e-10
_MOST_ROUNDS = 30


def _is_shifted(point: Point) -> bool:
    return (
        _SHIFTED_LATITUDES[0] <= point.latitude <= _SHIFTED_LATITUDES[1]
        and _SHIFTED_LONGITUDES[0] <= point.longitude <= _SHIFTED_LONGITUDES[1]
    )


def _ripples(x: float, terms: tuple[tuple[float, float], ...]) -> float:
    """Sum the sine waves (amplitude, half wave length) at x."""
    return sum(amplitude * math.sin(x * math.pi / half_wave) for amplitude, half_wave in terms) * 2 / 3


def _shift_in_metres(x: float, y: float) -> tuple[float, float]:
    """Return the GCJ-02 shift northwards and eastwards, x and y being degrees east of 105 and north of 35."""
    root = math.sqrt(abs(x))
    shared = _ripples(x, ((20.0, 1 / 6), (20.0, 0.5)))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + shared
    north += _ripples(y, ((20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + shared
    east += _ripples(x, ((20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)))
    return north, east


def _gcj02_from_wgs84(point: Point) -> Point:
    if not _is_shifted(point):
        return point
    north, east = _shift_in_metres(point.longitude - 105, point.latitude - 35)
    radians = math.radians(point.latitude)
    flatness = 1 - _ECCENTRICITY_SQUARED * math.sin(radians) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY_SQUARED) / flatness**1.5
    parallel = _AXIS / math.sqrt(flatness) * math.cos(radians)
    return Point(
        point.latitude + math.degrees(north / meridian),
        point.longitude + math.degrees(east / parallel),
    )


def _bd09_from_gcj02(point: Point) -> Point:
    if not _is_shifted(point):
        return point
    y, x = point
    radius = math.hypot(x, y) + 0.00002 * math.sin(y * _BAIDU_WAVE)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * _BAIDU_WAVE)
    return Point(radius * math.sin(angle) + _BAIDU_OFFSET[0], radius * math.cos(angle) + _BAIDU_OFFSET[1])


def _bd09_from_wgs84(point: Point) -> Point:
    return _bd09_from_gcj02(_gcj02_from_wgs84(point))


def _same(point: Point) -> Point:
    return point


_FORWARD: dict[CoordinateSystem, Callable[[Point], Point]] = {
    CoordinateSystem.WGS84: _same,
    CoordinateSystem.CGCS2000: _same,
    CoordinateSystem.GCJ02: _gcj02_from_wgs84,
    CoordinateSystem.BD09: _bd09_from_wgs84,
}


def _invert(forward: Callable[[Point], Point], wanted: Point) -> Point:
    """Return the point that `forward` carries to `wanted`.

    Subtracting the shift once, as is often done, takes the shift of the wrong place and errs by metres; repeating the
    correction with the error that is left comes down to nothing, because the shift changes slowly.
    """
    guess = wanted
    for _ in range(_MOST_ROUNDS):
        reached = forward(guess)
        rest = (wanted.latitude - reached.latitude, wanted.longitude - reached.longitude)
        guess = Point(guess.latitude + rest[0], guess.longitude + rest[1])
        if max(abs(rest[0]), abs(rest[1])) < _CLOSE_ENOUGH:
            break
    return guess


def to_wgs84(latitude: float, longitude: float, system: str = CoordinateSystem.WGS84) -> Point:
    """Return a checked point of `system` in WGS-84 degrees, right to less than a centimetre. Raises PointError.

    Points outside China are the same in all systems.
    """
    point, named = check_point(latitude, longitude), check_system(system)
    return point if not _is_shifted(point) else _invert(_FORWARD[named], point)


def from_wgs84(latitude: float, longitude: float, system: str) -> Point:
    """Return a checked WGS-84 point in degrees of `system`. Raises PointError."""
    point, named = check_point(latitude, longitude), check_system(system)
    return _FORWARD[named](point)


def convert(latitude: float, longitude: float, source: str, target: str) -> Point:
    """Return a checked point of one system in another. Raises PointError."""
    if check_system(source) == check_system(target):
        return check_point(latitude, longitude)
    return from_wgs84(*to_wgs84(latitude, longitude, source), target)
