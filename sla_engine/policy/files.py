"""Which files are policies, and what they hold: links, pipes and folders that lead astray are told, never followed."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

from sla_engine.policy.codes import Code
from sla_engine.policy.diagnostics import START, Diagnostic

LARGEST_FILE = 1024 * 1024
_FOR_CUSTOMERS = "customers"


@frozen
class PolicyFile:
    """A file that is to be read.

    Attributes:
        name: its path, as diagnostics show it.
        is_customers: whether it lies under a folder named ``customers``.
    """

    name: str
    is_customers: bool


def find_files(paths: Sequence[Path], findings: list[Diagnostic]) -> list[PolicyFile]:
    """Every policy file of files and folders, in a fixed order; what is wrong with them goes to ``findings``."""
    files: list[PolicyFile] = []
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            findings.append(whole_file(str(path), "there is no such file or folder", "check the path"))
        except OSError as error:
            findings.append(unreadable(str(path), error))
        else:
            if not is_folder:
                files.append(PolicyFile(str(path), _FOR_CUSTOMERS in path.parts[:-1]))
            elif inside := list(_walk(path, findings)):
                files += inside
            else:
                help_ = "a policy set is a folder of *.toml files"
                findings.append(whole_file(str(path), "there is no policy file here", help_, Code.NO_POLICIES))
    return files


def content_of(name: str) -> bytes:
    """What a file holds, up to one byte more than it may.

    Raises:
        OSError: it cannot be read, or is no file: whoever opens a pipe waits for its writer.
    """
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is a pipe, a socket or a device")
        return file.read(LARGEST_FILE + 1)


def unreadable(name: str, error: OSError) -> Diagnostic:
    """A file or folder that the system does not let us read."""
    return whole_file(name, f"cannot be read: {error.strerror}", "put a file there that the engine's user may read")


def whole_file(name: str, message: str, help_: str, code: Code = Code.UNREADABLE) -> Diagnostic:
    """A finding that concerns a file as a whole."""
    return Diagnostic(code, "error", message, help_, name, START)


def _walk(root: Path, findings: list[Diagnostic]) -> Iterator[PolicyFile]:
    todo = [(str(root), root.absolute().name == _FOR_CUSTOMERS)]
    while todo:
        folder, is_customers = todo.pop()
        inner = []
        for entry in _entries(folder, findings):
            if entry.is_dir(follow_symlinks=False):
                inner.append((entry.path, is_customers or entry.name == _FOR_CUSTOMERS))
            if fault := _fault(entry, root):
                findings.append(whole_file(entry.path, *fault))
            elif _is_policy(entry.name):
                yield PolicyFile(entry.path.removeprefix("./"), is_customers)
        todo += reversed(inner)


def _entries(folder: str, findings: list[Diagnostic]) -> Sequence["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            visible = [entry for entry in entries if not entry.name.startswith(".")]
    except OSError as error:
        findings.append(unreadable(folder, error))
        return ()
    return sorted(visible, key=lambda entry: entry.name)


def _is_policy(name: str) -> bool:
    return name.endswith(".toml") and not name.endswith(".scenario.toml")


def _fault(entry: "os.DirEntry[str]", root: Path) -> tuple[str, str] | None:
    """What is wrong with an entry of a folder, and the way out."""
    if entry.is_symlink():
        path = Path(entry.path)
        if path.is_dir():
            return "this link leads to a folder, which is not followed", "put the folder itself here"
        if _is_policy(entry.name) and not _leads_into(path, root):
            return "this link leads out of the policy folder, or nowhere", "put the file itself into the folder"
    elif _is_policy(entry.name) and entry.is_dir():
        return "this is a folder named like a policy file", "rename the folder"
    return None


def _leads_into(link: Path, root: Path) -> bool:
    try:
        return link.resolve(strict=True).is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a circle of links is a RuntimeError in Python 3.11
        return False
