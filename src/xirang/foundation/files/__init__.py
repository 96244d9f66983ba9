"""Uploaded files: what they really are, made harmless, scanned, and kept outside the database by their hash."""

from xirang.foundation.files.errors import (
    BrokenFileError,
    EmptyFileError,
    FileError,
    InfectedFileError,
    ScannerUnavailableError,
    TooLargeError,
    UnsafeFileError,
    WrongKindError,
)
from xirang.foundation.files.kinds import CONTENT_TYPES, GROUPS, FileKind, detect_kind, extensions_for
from xirang.foundation.files.naming import clean_file_name
from xirang.foundation.files.scanning import ClamdScanner, NoScanner, Scanner, scanner_from
from xirang.foundation.files.storing import StoredFile, open_stored, store, stored_path, sweep_unfinished

__all__ = [
    "CONTENT_TYPES",
    "GROUPS",
    "BrokenFileError",
    "ClamdScanner",
    "EmptyFileError",
    "FileError",
    "FileKind",
    "InfectedFileError",
    "NoScanner",
    "Scanner",
    "ScannerUnavailableError",
    "StoredFile",
    "TooLargeError",
    "UnsafeFileError",
    "WrongKindError",
    "clean_file_name",
    "detect_kind",
    "extensions_for",
    "open_stored",
    "scanner_from",
    "store",
    "stored_path",
    "sweep_unfinished",
]
