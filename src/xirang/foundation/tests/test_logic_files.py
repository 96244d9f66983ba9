"""Uploads: real pictures lose their position, tricks are refused, what is kept is whole, private and named by hash."""

import contextlib
import hashlib
import io
import os
import socket
import stat
import struct
import threading
import zipfile
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageStat

from xirang.foundation import files
from xirang.foundation.files import FileKind, images, inspecting

ANY = ("image", "pdf", "office", "audio", "video")


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options) -> bytes:
    image = Image.new(
        mode, size, 120 if mode in ("L", "P") else (200, 30, 30, 255)[: len(Image.new(mode, (1, 1)).getbands())]
    )
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[ExifTags.Base.Orientation] = orientation
    data[ExifTags.Base.Make] = "SecretPhone"
    data.get_ifd(ExifTags.IFD.GPSInfo).update({
        ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (30.0, 45.0, 4.0),
        ExifTags.GPS.GPSLongitudeRef: "E", ExifTags.GPS.GPSLongitude: (120.0, 45.0, 29.0),
    })  # fmt: skip
    return data


def office(main: str = "wordprocessingml.document.main+xml", extra: dict[str, bytes] | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{main}"/></Types>',
        )
        archive.writestr("word/document.xml", "<w:document/>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return stream.getvalue()


def pdf(body: bytes = b"1 0 obj << /Type /Catalog >> endobj") -> bytes:
    return b"%PDF-1.7\n" + body + b"\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def video(brand: bytes = b"isom", place: bytes = b"") -> bytes:
    return (
        box(b"ftyp", brand + bytes(8)) + box(b"moov", box(b"udta", box(b"\xa9xyz", place))) + box(b"mdat", b"x" * 500)
    )


@pytest.fixture
def root(tmp_path):
    return tmp_path / "文件 库"


def keep(root, content: bytes, name: str = "照片.jpg", accept=ANY, **options) -> files.StoredFile:
    return files.store(io.BytesIO(content), root=root, name=name, accept=accept, **options)


def refused(root, content: bytes, error: type[files.FileError], name: str = "照片.jpg", **options) -> files.FileError:
    with pytest.raises(error) as caught:
        keep(root, content, name, **options)
    assert caught.value.zh.endswith("。")
    assert caught.value.en.endswith(".")
    assert [path for path in root.rglob("*") if path.is_file()] == []
    return caught.value


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


# ---------------------------------------------------------------- documents


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (office(extra={"word/vbaProject.bin": b"x"}), files.UnsafeFileError),
        (office(extra={"word/embeddings/run.exe": b"MZ"}), files.UnsafeFileError),
        (office(extra={"../../etc/cron.d/x": b"x"}), files.UnsafeFileError),
        (office()[:-30], files.BrokenFileError),
        (office() + b"<html>", files.UnsafeFileError),
        (office("presentationml.presentation.main+xml"), files.WrongKindError),
        (office("wordprocessingml.document.main+xml;macroEnabled"), files.UnsafeFileError),
    ],
)  # fmt: skip
def test_documents_that_hide_something_are_refused(root, content, error):
    refused(root, content, error, name="合同.docx")


def test_plain_archives_are_refused(root):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "压缩包" in refused(root, stream.getvalue(), files.WrongKindError).zh


def test_bombs_are_refused_whether_the_header_tells_the_truth_or_lies(root, monkeypatch):
    honest = office(extra={"word/media.bin": bytes(3_000_000)})
    assert len(honest) < 10_000
    lying = bytearray(honest)
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        place, offset = lying.rfind(mark), 22 if mark == b"PK\x03\x04" else 24
        assert struct.unpack_from("<I", lying, place + offset)[0] == 3_000_000
        struct.pack_into("<I", lying, place + offset, 10)
    for bomb in (honest, bytes(lying)):
        with pytest.raises((files.TooLargeError, files.BrokenFileError)):
            inspecting.inspect_office(io.BytesIO(bomb), most_unpacked=1_000_000)
    assert inspecting.inspect_office(io.BytesIO(honest), most_unpacked=4_000_000) is FileKind.DOCX
    monkeypatch.setattr(inspecting, "MOST_ENTRIES", 3)
    refused(root, office(extra={f"{n}.xml": b"x" for n in range(5)}), files.TooLargeError)


def test_documents_with_a_password_are_told_apart(root):
    locked = bytearray(office())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = locked.find(mark)
        while place >= 0:
            locked[place + offset] |= 1
            place = locked.find(mark, place + 1)
    assert "密码" in refused(root, bytes(locked), files.WrongKindError).zh


def test_damaged_entries_are_found(root):
    broken = bytearray(office(extra={"word/long.xml": os.urandom(5000)}))
    broken[len(broken) // 2] ^= 0xFF
    refused(root, bytes(broken), files.BrokenFileError)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (pdf(b"1 0 obj << /S /JavaScript /JS (app.alert) >> endobj"), files.UnsafeFileError),
        (pdf(b"1 0 obj << /S /J#61vaScript >> endobj"), files.UnsafeFileError),
        (pdf(b"1 0 obj << /S /Launch /F (cmd.exe) >> endobj"), files.UnsafeFileError),
        (pdf() + b"PK\x03\x04 and more", files.UnsafeFileError),
        (b"%PDF-1.7 without an end", files.BrokenFileError),
    ],
)
def test_documents_that_act_are_refused(root, content, error):
    refused(root, content, error, name="函.pdf")


def test_words_in_compressed_streams_are_chance(root):
    assert keep(root, pdf(b"2 0 obj << /Length 20 >> stream\n\x01/JS \x02/Launch \nendstream endobj")).size > 100


# ---------------------------------------------------------------- sound and video


def test_the_place_of_recording_is_blanked_and_the_length_kept(root):
    original = video(place=b"\x00\x12\x15\xc7+30.7512+120.7581+004.000/")
    kept = keep(root, original).path.read_bytes()
    assert b"30.7512" not in kept
    assert len(kept) == len(original)
    assert kept.endswith(b"x" * 500)


@pytest.mark.parametrize(
    "content", [video() + b"another file behind", video()[:-3], box(b"ftyp", b"isom" + bytes(8)) + bytes(20)]
)
def test_media_with_something_behind_or_missing_is_refused(root, content):
    refused(root, content, files.BrokenFileError)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("given_name", "kind", "name"),
    [
        ("配电室现场.jpg", FileKind.JPEG, "配电室现场.jpg"),
        ("IMG_001.JPEG", FileKind.JPEG, "IMG_001.jpeg"),
        ("../../etc/passwd", FileKind.PNG, "passwd.png"),
        ("C:\\Users\\沈\\图 纸.pdf", FileKind.PDF, "图 纸.pdf"),
        ("发票\u202egpj.exe", FileKind.JPEG, "发票gpj.jpg"),
        ("a\x00b\nc\u200b.pdf", FileKind.PDF, "abc.pdf"),
        ("", FileKind.PDF, "附件.pdf"),
        (".htaccess", FileKind.PNG, "htaccess.png"),
        ("...", FileKind.PNG, "附件.png"),
        ("CON.pdf", FileKind.PDF, "_CON.pdf"),
        ('a<b>:"c|?*.xlsx', FileKind.XLSX, "a_b___c___.xlsx"),
        ("第3.5节", FileKind.PDF, "第3.5节.pdf"),
        ("v1.2", FileKind.PDF, "v1.2.pdf"),
        ("录像.MOV", FileKind.MP4, "录像.mov"),
        ("e\u0301te\u0301.png", FileKind.PNG, "été.png"),
    ],
)
def test_names_are_cleaned(given_name, kind, name):
    assert files.clean_file_name(given_name, kind) == name


@given(st.text(max_size=400), st.sampled_from(list(FileKind)))
def test_every_name_becomes_harmless_and_stays_so(text, kind):
    name = files.clean_file_name(text, kind)
    assert 5 <= len(name) <= 90
    assert len(name.encode()) <= 210
    assert not set(name) & set('/\\<>:"|?*\x00\n\r\u202e\u200b')
    assert not name.startswith((".", " "))
    assert files.clean_file_name(name, kind) == name


def test_accept_attribute_of_a_form():
    assert files.extensions_for(("pdf", "sheet")) == ".pdf,.xlsx"


# ---------------------------------------------------------------- the virus check


class Daemon:
    """A small server that speaks clamd's INSTREAM: counts what it receives and answers as told."""

    def __init__(self, address, reply: bytes, limit: int = 1 << 30) -> None:
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.bind(address)
        self.listener.listen(1)
        self.listener.settimeout(10)
        self.address, self.reply, self.limit, self.received = self.listener.getsockname(), reply, limit, b""
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        link, _ = self.listener.accept()
        with link, link.makefile("rb") as stream:
            link.settimeout(10)
            assert stream.read(10) == b"zINSTREAM\x00"
            while length := struct.unpack(">I", stream.read(4))[0]:
                self.received += stream.read(length)
                if len(self.received) > self.limit:
                    break
            if self.reply:
                link.sendall(self.reply + b"\x00")

    def close(self) -> None:
        self.thread.join(10)
        self.listener.close()


@pytest.fixture
def daemon(tmp_path):
    started = []

    def start(reply: bytes, limit: int = 1 << 30, address=None) -> Daemon:
        started.append(Daemon(address or str(tmp_path / "clamd.ctl"), reply, limit))
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_clean_files_pass_and_the_scanner_sees_what_was_sent(root, daemon):
    server = daemon(b"stream: OK")
    original = picture(size=(400, 300), exif=exif())
    kept = keep(root, original, scanner=files.scanner_from(server.address))
    assert kept.scan_state == "clean"
    assert server.received == original


def test_infected_files_are_refused_over_tcp(root, daemon):
    server = daemon(b"stream: Eicar-Test-Signature FOUND", address=("127.0.0.1", 0))
    scanner = files.scanner_from(f"tcp://127.0.0.1:{server.address[1]}")
    error = refused(root, pdf(), files.InfectedFileError, scanner=scanner)
    assert error.signature == "Eicar-Test-Signature"


@pytest.mark.parametrize("reply", [b"INSTREAM size limit exceeded. ERROR", b"", b"UNKNOWN COMMAND"])
def test_any_other_answer_keeps_nothing(root, daemon, reply):
    server = daemon(reply)
    refused(root, pdf(), files.ScannerUnavailableError, scanner=files.scanner_from(server.address))


def test_a_daemon_that_hangs_up_early_keeps_nothing(root, daemon):
    server = daemon(b"INSTREAM size limit exceeded. ERROR", limit=1000)
    large = pdf(b"2 0 obj << >> stream\n" + bytes(8_000_000) + b"\nendstream endobj")
    refused(root, large, files.ScannerUnavailableError, scanner=files.scanner_from(server.address))


def test_a_silent_or_absent_daemon_keeps_nothing(root, tmp_path):
    refused(root, pdf(), files.ScannerUnavailableError, scanner=files.ClamdScanner(str(tmp_path / "nobody")))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        scanner = files.ClamdScanner(f"127.0.0.1:{silent.getsockname()[1]}", timeout=0.2)
        refused(root, pdf(), files.ScannerUnavailableError, scanner=scanner)


def test_the_setting_chooses_the_scanner():
    assert isinstance(files.scanner_from(" "), files.NoScanner)
    assert files.scanner_from("unix:/run/clamav/clamd.ctl") == files.ClamdScanner("/run/clamav/clamd.ctl")
    assert files.scanner_from("[::1]:3310") == files.ClamdScanner("[::1]:3310")
    for wrong in ("clamd", "host:", "host:99999", "run/clamd.ctl"):
        with pytest.raises(ValueError, match="clamd"):
            files.scanner_from(wrong)
