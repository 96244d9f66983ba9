"""Uploads: real pictures lose their position, tricks are refused, what is kept is whole, private and named by hash."""

import contextlib
import hashlib
import io
import os
import stat
import struct
import threading
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageStat

from xirang.foundation import files
from xirang.foundation.files import FileKind, images
from xirang.foundation.tests.file_samples import ANY, exif, keep, office, pdf, picture, refused, video


@pytest.fixture
def root(tmp_path):
    return tmp_path / "文件 库"


# ---------------------------------------------------------------- what is kept


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (picture("JPEG"), "image/jpeg", "照片.jpg"),
        (picture("JPEG", mode="L"), "image/jpeg", "照片.jpg"),
        (picture("JPEG", mode="CMYK"), "image/jpeg", "照片.jpg"),
        (picture("PNG", mode="RGBA"), "image/png", "照片.png"),
        (picture("PNG", mode="P"), "image/png", "照片.png"),
        (picture("WEBP"), "image/webp", "照片.webp"),
        (picture("GIF"), "image/gif", "照片.gif"),
        (pdf(), "application/pdf", "照片.pdf"),
        (office(), files.CONTENT_TYPES[FileKind.DOCX], "照片.docx"),
        (office("spreadsheetml.sheet.main+xml"), files.CONTENT_TYPES[FileKind.XLSX], "照片.xlsx"),
        (video(), "video/mp4", "照片.mp4"),
        (video(b"M4A "), "audio/mp4", "照片.m4a"),
        (b"ID3\x04" + bytes(200), "audio/mpeg", "照片.mp3"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40), "audio/wav", "照片.wav"),
    ],
)
def test_kinds_are_told_by_content_and_the_name_follows(root, content, kind, name):
    kept = keep(root, content, "照片.exe")
    assert (kept.content_type, kept.name, kept.scan_state) == (kind, name, "not_scanned")
    with files.open_stored(root, kept.sha256) as stream:
        stored = stream.read()
    assert hashlib.sha256(stored).hexdigest() == kept.sha256
    assert len(stored) == kept.size
    assert kept.path == files.stored_path(root, kept.sha256)


def test_files_are_private_deduplicated_and_leave_nothing_unfinished(root):
    first, second = keep(root, pdf(), "一.pdf"), keep(root, pdf(), "二.pdf")
    assert first.path == second.path
    assert (first.name, second.name) == ("一.pdf", "二.pdf")
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o600
    assert {
        stat.S_IMODE(folder.stat().st_mode) for folder in first.path.parents if root in (folder, *folder.parents)
    } == {0o700}
    assert [path for path in root.rglob("*") if path.is_file()] == [first.path]


def test_a_file_cut_short_by_a_failure_is_replaced(root):
    kept = keep(root, pdf())
    kept.path.write_bytes(b"%PDF")
    again = keep(root, pdf())
    assert again.path.read_bytes() == pdf()


def test_unfinished_files_of_a_power_cut_are_swept_after_a_day(root):
    keep(root, pdf())
    old, new = root / "unfinished" / "old", root / "unfinished" / "new"
    for path in (old, new):
        path.write_bytes(b"x")
    now = datetime.now(UTC)
    os.utime(old, (now.timestamp() - 90_000,) * 2)
    assert files.sweep_unfinished(root, now) == 1
    assert not old.exists()
    assert new.exists()
    assert files.sweep_unfinished(root, now + timedelta(days=2)) == 1
    assert files.sweep_unfinished(root / "nowhere", now) == 0


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_hash_opens_a_file(root, sha256):
    with pytest.raises(ValueError, match="hexadecimal"):
        files.open_stored(root, sha256)


def test_missing_files_and_links_are_not_opened(root):
    with pytest.raises(FileNotFoundError):
        files.open_stored(root, "0" * 64)
    link = files.stored_path(root, "1" * 64)
    link.parent.mkdir(parents=True)
    link.symlink_to("/etc/hostname")
    with pytest.raises(OSError):
        files.open_stored(root, "1" * 64)


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_position_camera_and_comments_are_gone(root, kind):
    options = {"exif": exif(), **({"comment": b"home"} if kind == "JPEG" else {})}
    original = picture(kind, **options)
    assert b"SecretPhone" in original
    kept = keep(root, original).path.read_bytes()
    assert b"SecretPhone" not in kept
    assert b"home" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert not image.getexif()
        assert not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert {"comment", "exif", "xmp", "icc_profile"}.isdisjoint(image.info)


def test_text_chunks_and_a_file_hung_on_behind_are_gone(root):
    payload = b"<script>alert(1)</script>" + office()
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        kept = keep(root, picture(kind) + payload).path.read_bytes()
        assert b"script" not in kept
        assert b"PK\x03\x04" not in kept


def test_pictures_are_turned_upright(root):
    image = Image.new("RGB", (60, 40), "white")
    image.paste((255, 0, 0), (0, 0, 20, 40))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=95, exif=exif(orientation=6))
    with Image.open(keep(root, stream.getvalue()).path) as kept:
        assert kept.size == (40, 60)
        red, _, blue = kept.convert("RGB").getpixel((20, 5))
        assert red > 200
        assert blue < 60


@pytest.mark.parametrize(
    "options", [{"quality": 40}, {"quality": 98, "subsampling": 0}, {"quality": 70, "progressive": True}]
)
def test_writing_anew_neither_coarsens_nor_swells_a_picture(root, options):
    stream = io.BytesIO()
    Image.effect_noise((500, 400), 60).convert("RGB").save(stream, "JPEG", **options)
    kept = keep(root, stream.getvalue())
    assert 0.8 < kept.size / len(stream.getvalue()) < 1.2
    with Image.open(kept.path) as after, Image.open(stream) as before:
        difference = ImageChops.difference(after.convert("L"), before.convert("L"))
    assert ImageStat.Stat(difference).mean[0] < 1.5


def test_large_pictures_wait_for_each_other_and_do_not_block_small_ones(root):
    large = picture(size=(4200, 3000))
    with images._one_large_at_a_time:
        waiting = threading.Thread(target=keep, args=(root, large))
        waiting.start()
        keep(root, picture(size=(90, 80)))
        assert waiting.is_alive()
    waiting.join(20)
    assert not waiting.is_alive()
    assert sum(path.is_file() for path in root.rglob("*")) == 2


def test_an_embedded_colour_profile_is_applied_and_dropped(root):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for icc in (profile, b"broken profile"):
        with Image.open(keep(root, picture("JPEG", icc_profile=icc)).path) as kept:
            assert "icc_profile" not in kept.info
            assert kept.getpixel((5, 5))[0] == pytest.approx(200, abs=6)


def test_moving_pictures_keep_moving_within_limits(root):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    stream = io.BytesIO()
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:], duration=80)
    with Image.open(keep(root, stream.getvalue()).path) as kept:
        assert kept.n_frames == 3
    many = [Image.new("L", (2, 2), n) for n in range(120)]
    stream = io.BytesIO()
    many[0].save(stream, "GIF", save_all=True, append_images=many[1:], duration=80)
    refused(root / "b", stream.getvalue(), files.TooLargeError)


def test_a_picture_that_unpacks_to_too_much_is_refused_before_unpacking(root):
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    for side in (9_000, 60_000):
        header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        bomb = (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(bytes(1000)))
            + chunk(b"IEND", b"")
        )
        refused(root, bomb, files.TooLargeError)
    refused(root, picture(size=(200, 200)), files.TooLargeError, most_pixels=10_000)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_broken_pictures_are_refused(root, kind):
    whole = picture(kind, size=(300, 300))
    refused(root, whole[: len(whole) // 2], files.BrokenFileError)
    refused(root, whole[:16], files.BrokenFileError)


@given(st.data())
def test_no_damage_to_a_picture_breaks_the_store(tmp_path_factory, data):
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]))
    content = bytearray(picture(kind))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(files.FileError):
        keep(tmp_path_factory.getbasetemp() / "damage", bytes(content))


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\x00" + bytes(200), b"\x7fELF" + bytes(200), b"#!/bin/sh\nrm -rf /", b"\xca\xfe\xba\xbe" + bytes(60),
     b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"\xef\xbb\xbf  <!DOCTYPE html><html>",
     b"<?xml version='1.0'?><svg/>",
     b"<?php system($_GET[1]);", b"%PDF-1.7\n<script>alert(1)</script>\n%%EOF", b"ID3<html ><body>"],
)  # fmt: skip
def test_programs_pages_and_scripts_are_refused_whatever_their_name(root, content):
    refused(root, content, files.UnsafeFileError)


@pytest.mark.parametrize(
    ("content", "hint"),
    [(b"plain text", "只收"), (b"Rar!\x1a\x07\x00", "只收"),
     (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为"),
     (b"\x00\x00\x00\x18ftypheic" + bytes(60), "HEIC"), (b"\x00\x00\x00\x18ftypzzzz" + bytes(60), "只收")],
)  # fmt: skip
def test_other_kinds_are_refused_with_a_way_out(root, content, hint):
    assert hint in refused(root, content, files.WrongKindError).zh


def test_only_what_the_form_asks_for_is_taken(root):
    error = refused(root, pdf(), files.WrongKindError, accept=("image",))
    assert "图片" in error.zh
    assert keep(root, pdf(), accept=("image", "pdf")).content_type == "application/pdf"
    with pytest.raises(KeyError):
        keep(root, pdf(), accept=("anything",))


def test_size_limit_and_empty_files(root):
    refused(root, b"", files.EmptyFileError)
    assert "1 MB" in refused(root, pdf() + bytes(1024 * 1024), files.TooLargeError, max_bytes=1024 * 1024).zh

    class Endless:
        given = 0

        def read(self, size: int) -> bytes:
            self.given += size
            return b"%PDF-1.7" * (size // 8)

    endless = Endless()
    with pytest.raises(files.TooLargeError):
        files.store(endless, root=root, name="x", accept=ANY, max_bytes=1_000_000)
    assert endless.given < 1_200_000


def test_a_sender_who_hangs_up_leaves_nothing(root):
    class Broken:
        def read(self, size: int) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.store(Broken(), root=root, name="x", accept=ANY)
    assert [path for path in root.rglob("*") if path.is_file()] == []
