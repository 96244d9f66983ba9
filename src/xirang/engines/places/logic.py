"""Where something is: coordinate systems used in China, converted both ways, checked, measured and read from text."""

from __future__ import annotations

import math
import re
import unicodedata
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


# ---------------------------------------------------------------- measuring

_EARTH_RADIUS = 6_371_008.8


def distance_metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance of two (latitude, longitude) points in metres, right to about half a percent."""
    (lat_a, lon_a), (lat_b, lon_b) = ((math.radians(lat), math.radians(lon)) for lat, lon in (a, b))
    chord = math.sin((lat_b - lat_a) / 2) ** 2
    chord += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * _EARTH_RADIUS * math.asin(math.sqrt(min(1.0, chord)))


# ---------------------------------------------------------------- reading

_LONGEST_TEXT = 120
_NUMBER = r"[0-9]{1,3}(?:\.[0-9]{1,15})?"
_ANGLE = re.compile(
    rf"(?P<before>[NSEW]|北纬|南纬|东经|西经|纬度|经度)?\s*[:=]?\s*(?P<sign>[+-])?\s*(?P<degrees>{_NUMBER})"
    rf"(?:\s*[°度D]\s*(?:(?P<minutes>{_NUMBER})\s*[′'分M]\s*(?:(?P<seconds>{_NUMBER})\s*(?:″|′′|\"|''|秒|S(?![A-Z]))\s*)?)?)?"
    # A letter behind belongs to this angle only where none stands before it: N30.7 E120.7.
    r"(?(before)|(?:\s*(?P<after>[NSEW](?![A-Z])))?)"
)
_AXES = {"N": "lat", "S": "lat", "E": "lon", "W": "lon", "北纬": "lat", "南纬": "lat", "东经": "lon", "西经": "lon",
         "纬度": "lat", "经度": "lon"}  # fmt: skip
_NEGATIVE = frozenset({"S", "W", "南纬", "西经"})


def _text_error() -> PointError:
    return PointError(
        "text",
        "看不出坐标。请写成“纬度, 经度”，例如 30.7512, 120.7581，或在地图上点选。",
        "No coordinates found. Write latitude, longitude, for example 30.7512, 120.7581, or pick a point on the map.",
    )


def _angle(match: re.Match[str]) -> tuple[str, float]:
    """Return the axis ("lat", "lon" or "") and the degrees of one written angle."""
    minutes, seconds = float(match["minutes"] or 0), float(match["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        raise _text_error()
    label = match["before"] or match["after"] or ""
    value = float(match["degrees"]) + minutes / 60 + seconds / 3600
    negative = (match["sign"] == "-") != (label in _NEGATIVE)
    return _AXES.get(label, ""), -value if negative else value


def parse_coordinates(text: str) -> Point:
    """Read two angles as people paste them: decimal or degrees, minutes, seconds; with 北纬/东经 or N/E or bare.

    A bare pair may stand in either order where the numbers tell (in China they do); otherwise latitude comes first.
    The result is a checked point in whatever system the text was in. Raises PointError.
    """
    plain = unicodedata.normalize("NFKC", text[: _LONGEST_TEXT + 1]).replace("’", "'").replace("”", '"').upper()
    plain = plain.replace("，", ",").replace("、", ",").replace("−", "-").strip().strip("()[]")
    first = _ANGLE.match(plain) if len(text) <= _LONGEST_TEXT else None
    gap = re.compile(r"\s*[,;/]?\s*").match(plain, first.end()) if first else None
    second = _ANGLE.match(plain, gap.end()) if gap else None
    if first is None or second is None or plain[second.end() :].strip():
        raise _text_error()
    # One long number must not be cut into two, nor a dash between two numbers read as a minus.
    if not plain[first.end("degrees") : second.start("degrees")].strip("+-"):
        raise _text_error()
    (axis_a, a), (axis_b, b) = _angle(first), _angle(second)
    if axis_a and axis_a == axis_b:
        raise _text_error()
    if axis_a == "lon" or axis_b == "lat":
        return check_point(b, a)
    if not axis_a and not axis_b and not _in_china(a, b) and _in_china(b, a):
        return check_point(b, a)
    return check_point(a, b)
