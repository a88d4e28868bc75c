"""The secret's file: made once, refused when others could read it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jedel.citizen.secret import SecretFault, load_or_make


def test_many_processes_make_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "citizen.key"
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(load_or_make, [path] * 32))
    assert len(made) == 1
    assert [each.name for each in path.parent.iterdir()] == ["citizen.key"]


def test_a_file_that_others_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "citizen.key"
    load_or_make(path)
    path.chmod(0o644)
    with pytest.raises(SecretFault, match="chmod 600"):
        load_or_make(path)


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "citizen.key"
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(SecretFault, match="32 bytes"):
        load_or_make(path)


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "citizen.key"
    path.mkdir(mode=0o700)
    with pytest.raises(SecretFault, match="cannot be read"):
        load_or_make(path)
