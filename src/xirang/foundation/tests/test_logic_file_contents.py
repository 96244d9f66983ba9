"""Documents, sound, video and names that hide something; the virus check against a server speaking its protocol."""

import io
import os
import socket
import struct
import threading
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xirang.foundation import files
from xirang.foundation.files import FileKind, inspecting
from xirang.foundation.tests.file_samples import box, exif, keep, office, pdf, picture, refused, video


@pytest.fixture
def root(tmp_path):
    return tmp_path / "文件 库"


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
        (pdf(b"%stream\n1 0 obj << /S /JavaScript /JS (app.alert) >> endobj\n%endstream"), files.UnsafeFileError),
        (pdf(b"%stream\n1 0 obj << /S /J#61vaScript >> endobj\n%endstream"), files.UnsafeFileError),
        (pdf(b"%stream\n1 0 obj << /S /Launch /F (cmd.exe) >> endobj\n%endstream"), files.UnsafeFileError),
        (pdf() + b"PK\x03\x04 and more", files.UnsafeFileError),
        (b"%PDF-1.7 without an end", files.BrokenFileError),
    ],
)
def test_documents_that_act_are_refused(root, content, error):
    refused(root, content, error, name="函.pdf")


def test_words_in_compressed_streams_are_chance(root):
    assert keep(root, pdf(b"2 0 obj << /Length 20 >> stream\n\x01/JS \x02/J#53 \nendstream endobj")).size > 100


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
