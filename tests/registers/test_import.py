"""A register's file comes into force as a whole or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from jedel.journal import Store
from jedel.registers import repository
from jedel.registers.importer import import_register, rejects_path
from jedel.registers.model import Kind
from tests.registers import make

OLD, NEW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize("parquet", [False, True])
async def test_every_register_comes_in_and_is_found(store: Store, tmp_path: Path, parquet: bool) -> None:
    for kind in Kind:
        file = make.file(tmp_path, kind)
        if parquet:
            table = pacsv.read_csv(file)  # with numbers and dates as such
            file = tmp_path / f"{kind}.parquet"
            pq.write_table(table, file)
        done = await import_register(store, kind, file, source="МВД", as_of=OLD)
        assert done.counts == {"accepted": 1, "rejected": 0, "in_force": 1}
        assert not rejects_path(file).exists()
    async with store.reading() as tx:
        car = await repository.vehicle(tx.conn, plate="123 авс-02")
        same = await repository.vehicle(tx.conn, vin=make.VIN)
        person = await repository.person(tx.conn, iin=make.iin())
        by_document = await repository.person(tx.conn, document="n12345678")
        phone = await repository.phone(tx.conn, make.imei())
        entry = await (
            await tx.conn.execute("SELECT kind, actor FROM journal ORDER BY seq DESC LIMIT 1")
        ).fetchone()
    assert car is not None
    assert car == same
    assert car.vehicle is not None
    assert (car.vehicle.make, car.vehicle.year, car.vehicle.accidents) == ("Aqquba", 2015, 1)
    assert (car.vehicle.origin.source, car.vehicle.origin.as_of) == ("МВД", OLD)
    assert car.owner is not None
    assert car.owner.number == make.iin()
    assert [wanted.reason for wanted in car.wanted] == ["stolen"]
    assert [fine.amount_tenge for fine in car.fines] == [21625]
    assert car.insurance[0].valid_on(car.insurance[0].until)
    assert set(car.ages) == set(Kind)
    assert person is not None
    assert (len(person.wanted), len(person.permits), len(person.vehicles), len(person.fines)) == (1, 1, 1, 1)
    assert by_document is not None
    assert by_document.permits == person.permits
    assert phone is not None
    assert [report.report for report in phone.reports] == ["R-1"]
    assert entry == {"kind": "registers.imported", "actor": "system:register-import"}
