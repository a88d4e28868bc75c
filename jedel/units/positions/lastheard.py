"""The newest position of each unit since the writer began, kept to be noted in PostgreSQL now and then."""

import numpy as np

from jedel.units.hot import HotUnits
from jedel.units.positions.batch import Batch
from jedel.units.positions.rows import copy_data


class LastHeard:
    """Of every unit heard: its newest record, and when anything of it came last."""

    def __init__(self) -> None:
        self._hot = HotUnits()
        self._heard_us = np.zeros(0, dtype=np.int64)
        self._touched = np.zeros(0, dtype=np.bool_)

    def hear(self, batch: Batch) -> None:
        """Take in a batch, whose messages are in the order of the stream."""
        if not len(batch.records):
            return
        index = self._hot.update(batch.records)
        more = len(self._hot) - len(self._heard_us)
        self._heard_us = np.concatenate((self._heard_us, np.zeros(more, dtype=np.int64)))
        self._touched = np.concatenate((self._touched, np.zeros(more, dtype=np.bool_)))
        self._heard_us[index] = batch.heard_us  # in order, so the last one stays
        self._touched[index] = True

    def rows(self) -> bytes | None:
        """COPY data of the units heard since `written`; None where there is none."""
        index = np.flatnonzero(self._touched)
        return copy_data(self._hot.records(index), self._heard_us[index]) if len(index) else None

    def written(self) -> None:
        """What `rows` gave last is committed."""
        self._touched[:] = False
