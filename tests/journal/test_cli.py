"""`jedel journal verify`, `head` and `key`, as an administrator and as another party run them."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from jedel.app.settings import Settings
from jedel.journal import Store, notary
from jedel.journal.heads import parse, parse_key
from tests.conftest import Database
from tests.journal import forge
from tests.journal.forge import REGION


def jedel(settings: Settings, *args: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **settings.environment()}
    command = [sys.executable, "-P", "-m", "jedel", "journal", *args]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
async def signed(settings: Settings, database: Database, store: Store) -> Settings:
    forge.write(database.url, 50)
    await notary.sign_all(store, settings.journal_key, settings.journal_heads_dir)
    return settings


def test_a_whole_journal(signed: Settings) -> None:
    said = jedel(signed, "verify")
    assert (said.returncode, said.stderr) == (0, "")
    assert "the journal is what was written" in said.stdout
    said = jedel(signed, "verify", "--region", REGION)
    assert "50 entries of 1 regions" in said.stdout
    assert "2 signed heads in the database and 1 files" in said.stdout


def test_an_edited_row_is_named(signed: Settings, database: Database) -> None:
    with forge.administrator(database.url) as conn:
        conn.execute("UPDATE journal SET actor = 'x' WHERE region = %s AND seq = 17", (REGION,))
    said = jedel(signed, "verify")
    assert said.returncode == 1
    assert f"region {REGION}, entry 17" in said.stdout
    assert "the journal is not what was written" in said.stdout


def test_another_party_finds_a_rewritten_journal_with_what_it_kept(
    signed: Settings, database: Database, tmp_path: Path
) -> None:
    key = jedel(signed, "key").stdout.strip()
    copy = tmp_path / "copied elsewhere.jsonl"
    copy.write_bytes((signed.journal_heads_dir / f"{REGION}.jsonl").read_bytes())
    with forge.administrator(database.url) as conn:
        was = forge.entries(conn)
        forge.put(conn, forge.chained([*was[:30], forge.forged(was[30]), *was[31:]]))
        conn.execute("DELETE FROM journal_head")
    (signed.journal_heads_dir / f"{REGION}.jsonl").unlink()
    (signed.journal_heads_dir / "00.jsonl").unlink(missing_ok=True)
    elsewhere = signed.model_copy(update={"data_dir": tmp_path / "another machine"})
    said = jedel(elsewhere, "verify", "--heads", str(copy), "--key", key)
    assert said.returncode == 1
    assert f"region {REGION}, entry 1: the journal was rewritten" in said.stdout
    assert jedel(elsewhere, "verify").returncode == 0  # the chain alone cannot tell


def test_the_head_and_the_key_are_printed(signed: Settings) -> None:
    said = jedel(signed, "head", "--region", REGION)
    assert said.returncode == 0
    assert parse(said.stdout.encode()).size == 50
    assert jedel(signed, "head", "--region", "77").returncode == 1
    parse_key(jedel(signed, "key").stdout)


def test_the_key_is_made_on_first_use(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "own.key"
    own = settings.model_copy(update={"journal_key_file": file})
    first, again = jedel(own, "key"), jedel(own, "key")
    assert first.stdout == again.stdout
    assert "made" in first.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    for command in ("key", "verify"):
        refused = jedel(own, command)
        assert refused.returncode == 2
        assert "chmod 600" in refused.stderr


def test_what_cannot_be_checked_says_why(settings: Settings, database: Database) -> None:
    for args in (["--key", "nonsense"], ["--heads", "/nowhere"]):
        said = jedel(settings, "verify", *args)
        assert said.returncode == 2
        assert "Traceback" not in said.stderr
    with psycopg.connect(database.url) as conn:
        conn.execute("DROP TABLE journal_head")
    for command in ("verify", "head"):
        said = jedel(settings, command)
        assert said.returncode == 2
        assert "journal_head" in said.stderr
        assert "Traceback" not in said.stderr
    away = settings.model_copy(update={"database_url": "postgresql://x@127.0.0.1:1/x"})
    for command in ("verify", "head"):
        said = jedel(away, command)
        assert said.returncode == 2
        assert "Traceback" not in said.stderr
