"""Dealing the work of `jedel journal verify` out to processes."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jedel.journal import chunk, heads
from jedel.journal.chunk import Checked, Chunk
from jedel.journal.heads import Head


class Deal:
    """Work for other processes, answered in order; with none of them, done here."""

    def __init__(self, url: str, pool: ProcessPoolExecutor | None) -> None:
        self._url = url
        self._pool = pool

    def check(self, chunks: Iterable[Chunk]) -> Iterator[Checked]:
        if self._pool is None:
            with chunk.connect(self._url) as conn:
                yield from (chunk.check(conn, one) for one in chunks)
            return
        waiting: list[Future[Checked]] = [self._pool.submit(_check, one) for one in chunks]
        while waiting:
            yield waiting.pop(0).result()

    def unsigned(self, batches: Iterable[list[Head]], keys: dict[str, bytes]) -> Iterator[list[str | None]]:
        if self._pool is None:
            yield from (_unsigned(batch, keys) for batch in batches)
            return
        for future in [self._pool.submit(_unsigned, batch, keys) for batch in batches]:
            yield future.result()


@contextmanager
def deal_out(url: str, workers: int) -> Iterator[Deal]:
    """``workers`` processes with a connection each; with 0 the work is done in this one."""
    if not workers:
        yield Deal(url, None)
        return
    # a fresh interpreter each: the progress bar's thread and a forked process do not go together
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin, (url,)) as pool:
        try:
            yield Deal(url, pool)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_own: list[psycopg.Connection] = []
"""This process's connection, where it is one of the pool."""


def _begin(url: str) -> None:
    _own.append(chunk.connect(url))


def _check(one: Chunk) -> Checked:
    return chunk.check(_own[0], one)


def _unsigned(batch: list[Head], keys: dict[str, bytes]) -> list[str | None]:
    known = {name: Ed25519PublicKey.from_public_bytes(raw) for name, raw in keys.items()}
    return [heads.fault(head, known) for head in batch]
