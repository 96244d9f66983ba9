"""Why an uploaded file is refused, each with a code and a sentence that says what to do."""

from __future__ import annotations


class FileError(ValueError):
    """A refused file; `code` is for machines, `zh` and `en` for people."""

    code = "file"
    zh = "这个文件不能上传。请换一个文件。"
    en = "This file cannot be uploaded. Please choose another."

    def __init__(self, zh: str = "", en: str = "") -> None:
        self.zh, self.en = zh or type(self).zh, en or type(self).en
        super().__init__(self.en)


class EmptyFileError(FileError):
    code = "empty"
    zh = "文件是空的。请重新选择。"
    en = "The file is empty. Please choose it again."


class TooLargeError(FileError):
    """More bytes, pixels or unpacked bytes than allowed."""

    code = "too_large"


class WrongKindError(FileError):
    """A kind of file that is not known, or not asked for here."""

    code = "wrong_kind"


class UnsafeFileError(FileError):
    """Something that could act on the reader's machine: a program, a script, a macro, two files in one."""

    code = "unsafe"
    zh = "文件中含有可执行的内容，为了安全不能上传。请改传图片或 PDF。"
    en = "The file contains something that can be executed. For safety please upload a picture or a PDF instead."


class BrokenFileError(FileError):
    code = "broken"
    zh = "文件已损坏，无法打开。请重新保存或拍照后再传。"
    en = "The file is damaged and cannot be opened. Please save it or take the picture again."


class InfectedFileError(FileError):
    """The scanner found malware; `signature` is its name for it."""

    code = "infected"
    zh = "病毒检查未通过，文件没有保存。请先清除电脑或手机上的病毒。"
    en = "The virus check failed and the file was not kept. Please clean your computer or phone first."

    def __init__(self, signature: str = "") -> None:
        super().__init__()
        self.signature = signature


class ScannerUnavailableError(FileError):
    """The configured scanner does not answer; nothing is kept unscanned."""

    code = "scanner_unavailable"
    zh = "暂时无法进行病毒检查，文件没有保存。请稍后再传。"
    en = "The virus check is not available for the moment and the file was not kept. Please try again later."
