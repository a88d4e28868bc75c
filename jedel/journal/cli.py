"""The commands ``jedel journal verify``, ``head``, ``key`` and ``erase``."""

import asyncio
import getpass
import socket
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from jedel.journal import erasure
from jedel.journal.chunk import connect
from jedel.journal.erasure import Ground
from jedel.journal.heads import Head, Malformed, key_id, key_text, parse_key
from jedel.journal.keys import KeyFault, load, load_or_make
from jedel.journal.proof import Report, examine
from jedel.journal.repository import HEAD_COLUMNS
from jedel.journal.store import opened
from jedel.journal.text import problem_text
from jedel.kernel.errors import Problem
from jedel.kernel.ids import new_id

GOOD, BAD, CANNOT = 0, 1, 2
_HEADS_SHOWN = f"SELECT DISTINCT ON (region) {HEAD_COLUMNS} FROM journal_head"  # noqa: S608 - a constant


def verify(
    database_url: str,
    key_file: Path,
    folder: Path,
    region: str | None = None,
    heads: Sequence[Path] = (),
    keys: Sequence[str] = (),
) -> int:
    """Say whether the journal is what was written; the exit status.

    ``heads`` and ``keys`` are what another party kept; without them, what lies on this machine is used.
    """
    out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        known = _keys(keys, key_file)
        files = list(heads) or _files(folder, region)
        report = _with_bar(err, database_url, known, files, region)
    except (KeyFault, Malformed, OSError, BrokenProcessPool, psycopg.Error) as problem:
        err.print(f"[bold red]not verified[/]: {escape(str(problem).strip())}")
        return CANNOT
    for fault in report.faults:
        out.print(f"[bold red]region {escape(fault.region)}, entry {fault.seq}[/]: {escape(fault.what)}")
    out.print(
        f"{report.entries} entries of {report.regions} regions, {report.erased} of them without content "
        f"by law; {report.heads} signed heads in the database and {len(files)} files"
    )
    if report.faults:
        out.print("[bold red]the journal is not what was written[/]")
        return BAD
    if not report.heads:
        out.print(
            "the chain is whole; no head was signed, so nothing shows that it is the one that was written"
        )
    else:
        out.print("[green]the journal is what was written[/]")
    return GOOD


def head(database_url: str, region: str | None = None) -> int:
    """Print the newest signed head of each region, or of one, as the lines of the file."""
    try:
        with connect(database_url) as conn:
            rows = conn.execute(
                f"{_HEADS_SHOWN} WHERE %(region)s::text IS NULL OR region = %(region)s"
                " ORDER BY region, size DESC",
                {"region": region},
            ).fetchall()
    except psycopg.Error as problem:
        Console(stderr=True).print(escape(str(problem).strip()))
        return CANNOT
    for row in rows:
        print(Head(*row).line().decode(), end="")  # noqa: T201 - to be piped
    if not rows:
        Console(stderr=True).print("no head was signed yet; the role `jobs` signs one a minute")
    return GOOD if rows else BAD


def key(key_file: Path) -> int:
    """Print the public key, which others need to check heads; the key is made if there is none."""
    err = Console(stderr=True, soft_wrap=True)
    fresh = not key_file.exists()
    try:
        public = load_or_make(key_file).public_key()
    except KeyFault as problem:
        err.print(escape(str(problem)))
        return CANNOT
    if fresh:
        err.print(f"made {escape(str(key_file))}")
    err.print(f"key {key_id(public)}")
    print(key_text(public))  # noqa: T201 - to be piped
    return GOOD


def _keys(texts: Sequence[str], key_file: Path) -> dict[str, Ed25519PublicKey]:
    if not texts:
        public = [load(key_file).public_key()] if key_file.exists() else []
    else:
        public = [parse_key(text) for text in texts]
    return {key_id(one): one for one in public}


def _files(folder: Path, region: str | None) -> list[Path]:
    return sorted(file for file in folder.glob("*.jsonl") if region in (None, file.stem))


def _with_bar(
    console: Console, url: str, keys: dict[str, Ed25519PublicKey], files: Sequence[Path], region: str | None
) -> Report:
    columns = (TextColumn("entries"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("entries", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return examine(url, keys, files, region, progress)


def erase(database_url: str, region: str, seq: int, ground: str, document: str) -> int:
    """Erase the content of one entry by law; the exit status. The journal says who ran it and where."""
    out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)

    async def erased() -> bool:
        actor = f"system:command-line/{getpass.getuser()}@{socket.gethostname()}"
        async with opened(database_url) as store:
            return await erasure.erase(store, new_id(), region, seq, Ground(ground), document, actor)

    try:
        done = asyncio.run(erased())
    except Problem as problem:
        err.print(f"[bold red]not erased[/]: {escape(problem_text('journal', problem))}")
        return BAD
    except psycopg.Error as problem:
        err.print(f"[bold red]not erased[/]: {escape(str(problem).strip())}")
        return CANNOT
    what = "is erased; its hash stays" if done else "had no content any more; nothing changed"
    out.print(f"entry {seq} of region {escape(region)} {what}")
    return GOOD
