"""Fragmented MP4 (ISO/IEC 14496-12): what recordings are kept in and MSE takes. Pure, no I/O.

A fragment is `prft` (our wall clock, where it is said), `moof`, `mdat`. Track ids are indexes plus one; a
track's timescale is its clock rate.
"""

import struct
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jedel.media.fmp4_entries import BROWSER, box, codec_of, full, sample_entry
from jedel.media.model import AccessUnit, Codec, Track
from jedel.media.parameters import H264_AUD, H265_AUD, is_parameter, nal_type, picture_of
from rtsp.errors import Malformed

__all__ = [
    "Fragment",
    "Malformed",
    "Run",
    "Sample",
    "boxes",
    "codecs",
    "for_browser",
    "fragment",
    "init_end",
    "init_segment",
    "parse_fragments",
    "select_tracks",
    "wall_us",
]

_NTP_EPOCH_S: Final = 2_208_988_800
_SYNC: Final = 0x02000000
_NO_SYNC: Final = 0x01010000
_TRUN: Final = 0x000701
"""The run says where its data is, and each sample's duration, size and flags."""
_MATRIX: Final = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@dataclass(frozen=True, slots=True)
class Sample:
    """``data``: as the file has it. ``duration``: ticks of the track."""

    data: bytes
    duration: int
    keyframe: bool

    @classmethod
    def of(cls, track: Track, unit: AccessUnit, duration: int) -> "Sample":
        """Of H.264 and H.265 each NAL unit behind its length; parameter sets are in the init segment."""
        if track.codec not in {Codec.H264, Codec.H265}:
            return cls(b"".join(unit.parts), duration, unit.keyframe)
        delimiter = H264_AUD if track.codec is Codec.H264 else H265_AUD
        parts: list[bytes] = []
        for nal in unit.parts:
            if not is_parameter(track.codec, nal) and nal_type(track.codec, nal) not in {delimiter, -1}:
                parts += (len(nal).to_bytes(4), nal)
        return cls(b"".join(parts), duration, unit.keyframe)


@dataclass(frozen=True, slots=True)
class Run:
    """A track's part of a fragment. ``track``: its index. ``base``: its first sample's decode time, ticks."""

    track: int
    base: int
    samples: Sequence[Sample]


@dataclass(frozen=True, slots=True)
class Fragment:
    """What `parse_fragments` found. ``offset``, ``size``: bytes in the data, `prft` included. ``at_us``: our
    wall clock at the first sample of the first run, 0 where the file does not say it."""

    offset: int
    size: int
    sequence: int
    at_us: int
    runs: tuple[Run, ...]

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.offset + self.size


def for_browser(tracks: Sequence[Track]) -> list[int]:
    """Indexes of the tracks that MSE may take: the first picture and the first sound of a fitting codec."""
    video = next((n for n, t in enumerate(tracks) if t.video and t.codec in BROWSER), None)
    sound = next((n for n, t in enumerate(tracks) if not t.video and t.codec in BROWSER), None)
    return [n for n in (video, sound) if n is not None]


def codecs(tracks: Sequence[Track]) -> str:
    """For `video/mp4; codecs="…"` (RFC 6381). Raises Malformed where a track lacks its parameters."""
    return ",".join(map(codec_of, tracks))


def init_segment(tracks: Sequence[Track]) -> bytes:
    """`ftyp` and `moov`. Raises Malformed where a track lacks its parameters or its picture size."""
    if not tracks:
        raise Malformed("no tracks")
    mvhd = full(b"mvhd", 0, 0, struct.pack(">IIIIIH10x", 0, 0, 1000, 0, 0x10000, 0x100), _MATRIX,
                struct.pack(">24xI", len(tracks) + 1))  # fmt: skip
    traks = b"".join(_trak(number, track) for number, track in enumerate(tracks, 1))
    trex = b"".join(full(b"trex", 0, 0, struct.pack(">5I", n + 1, 1, 0, 0, 0)) for n in range(len(tracks)))
    return box(b"ftyp", b"iso5", struct.pack(">I", 512), b"iso5iso6mp41") + box(
        b"moov", mvhd, traks, box(b"mvex", trex)
    )


def _trak(number: int, track: Track) -> bytes:
    picture = picture_of(track) if track.video else None
    width, height = (picture.width, picture.height) if picture else (0, 0)
    tkhd = full(
        b"tkhd", 0, 3, struct.pack(">IIIII8xHHHxx", 0, 0, number, 0, 0, 0, 0, 0 if track.video else 0x100),
        _MATRIX, struct.pack(">II", width << 16, height << 16),
    )  # fmt: skip
    mdhd = full(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, track.clock_rate, 0, 0x55C4, 0))
    handler, name = (b"vide", b"video\0") if track.video else (b"soun", b"sound\0")
    hdlr = full(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, handler), name)
    header = full(b"vmhd", 0, 1, bytes(8)) if track.video else full(b"smhd", 0, 0, bytes(4))
    dinf = box(b"dinf", full(b"dref", 0, 0, struct.pack(">I", 1), full(b"url ", 0, 1)))
    tables = (full(kind, 0, 0, bytes(4)) for kind in (b"stts", b"stsc", b"stco"))
    stbl = box(
        b"stbl",
        full(b"stsd", 0, 0, struct.pack(">I", 1), sample_entry(track)),
        *tables,
        full(b"stsz", 0, 0, bytes(8)),
    )
    return box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, box(b"minf", header, dinf, stbl)))


def fragment(sequence: int, runs: Sequence[Run], at_us: int | None = None) -> bytes:
    """`moof` and `mdat` of those runs (each with at least one sample); with ``at_us``, our wall clock at the
    first run's first sample, a `prft` in front."""
    moof_size = 24 + sum(64 + 12 * len(run.samples) for run in runs)
    parts = [struct.pack(">I4s", moof_size, b"moof"), full(b"mfhd", 0, 0, struct.pack(">I", sequence))]
    at = moof_size + 8
    for run in runs:
        parts.append(_traf(run, at))
        at += sum(len(sample.data) for sample in run.samples)
    parts.append(struct.pack(">I4s", at - moof_size, b"mdat"))
    parts += [sample.data for run in runs for sample in run.samples]
    if at_us is not None:
        parts.insert(0, _prft(runs[0], at_us))
    return b"".join(parts)


def _traf(run: Run, data_at: int) -> bytes:
    count = len(run.samples)
    table = struct.pack(
        f">IIi{3 * count}I",
        _TRUN,
        count,
        data_at,
        *(
            value
            for sample in run.samples
            for value in (sample.duration, len(sample.data), _SYNC if sample.keyframe else _NO_SYNC)
        ),
    )
    return box(
        b"traf",
        full(b"tfhd", 0, 0x020000, struct.pack(">I", run.track + 1)),
        full(b"tfdt", 1, 0, struct.pack(">Q", run.base)),
        struct.pack(">I4s", 8 + len(table), b"trun"),
        table,
    )


def _prft(run: Run, at_us: int) -> bytes:
    seconds, rest_us = divmod(at_us, 1_000_000)
    ntp = (seconds + _NTP_EPOCH_S) << 32 | (rest_us << 32) // 1_000_000
    return full(b"prft", 1, 8, struct.pack(">IQQ", run.track + 1, ntp & (1 << 64) - 1, run.base))


def boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Type, first byte of the content, end. Raises Malformed at a box that does not end within."""
    while start < end:
        if end - start < 8:
            raise Malformed("a torn box")
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < 8 or start + size > end:
            raise Malformed("a torn box")
        yield kind, start + 8, start + size
        start += size


def init_end(data: bytes) -> int:
    """The first byte behind `moov`. Raises Malformed where there is none."""
    for kind, _, end in boxes(data, 0, len(data)):
        if kind == b"moov":
            return end
        if kind == b"mdat":
            break
    raise Malformed("no moov")


def select_tracks(init: bytes, keep: Collection[int]) -> bytes:
    """An init segment with those tracks (indexes) only; their ids stay. Raises Malformed."""
    out = b""
    for kind, start, end in boxes(init, 0, init_end(init)):
        if kind != b"moov":
            out += init[start - 8 : end]
            continue
        parts, number = [], -1
        for inner, at, stop in boxes(init, start, end):
            if inner == b"trak":
                number += 1
                if number not in keep:
                    continue
            if inner == b"mvex":
                every = [init[a - 8 : b] for _, a, b in boxes(init, at, stop)]
                parts.append(box(b"mvex", *(trex for n, trex in enumerate(every) if n in keep)))
                continue
            parts.append(init[at - 8 : stop])
        out += box(b"moov", *parts)
    return out


def parse_fragments(data: bytes, start: int = 0) -> tuple[list[Fragment], int]:
    """The whole fragments from ``start`` on, and the first byte behind them: what follows there is torn."""
    found: list[Fragment] = []
    begin, at_us, moof = start, 0, (0, 0)
    good = start
    try:
        for kind, at, end in boxes(data, start, len(data)):
            if kind == b"prft":
                begin, at_us = at - 8, wall_us(data, at, end)
            elif kind == b"moof":
                begin, moof = (at - 8 if not at_us else begin), (at, end)
            elif kind == b"mdat" and moof[1]:
                sequence, runs = _parse_moof(data, *moof, end)
                found.append(Fragment(begin, end - begin, sequence, at_us, runs))
                good, at_us, moof = end, 0, (0, 0)
            elif not found and not moof[1]:
                good = begin = end
    except (Malformed, struct.error):
        pass
    return found, good


def wall_us(data: bytes, at: int, end: int) -> int:
    """Our clock as the `prft` whose content lies there says it, µs since 1970. Raises Malformed."""
    if end - at != 24:
        raise Malformed("a strange prft")
    ntp = int.from_bytes(data[at + 8 : at + 16])
    seconds, share = ntp >> 32, ntp & 0xFFFFFFFF
    if seconds < 1 << 31:
        seconds += 1 << 32  # NTP's second era begins in 2036
    return (seconds - _NTP_EPOCH_S) * 1_000_000 + (share * 1_000_000 + (1 << 31) >> 32)


def _parse_moof(data: bytes, start: int, end: int, limit: int) -> tuple[int, tuple[Run, ...]]:
    sequence, runs = 0, []
    for kind, at, stop in boxes(data, start, end):
        if kind == b"mfhd":
            (sequence,) = struct.unpack_from(">I", data, at + 4)
        elif kind == b"traf":
            runs.append(_parse_traf(data, at, stop, start - 8, limit))
    if not runs:
        raise Malformed("an empty fragment")
    return sequence, tuple(runs)


def _parse_traf(data: bytes, start: int, end: int, moof: int, limit: int) -> Run:
    track, base, samples = 0, 0, []
    for kind, at, _ in boxes(data, start, end):
        if kind == b"tfhd":
            (track,) = struct.unpack_from(">I", data, at + 4)
        elif kind == b"tfdt":
            (base,) = struct.unpack_from(">Q", data, at + 4)
        elif kind == b"trun":
            flags, count, offset = struct.unpack_from(">IIi", data, at)
            if flags != _TRUN or at + 12 + 12 * count > end:
                raise Malformed("a strange run")
            position = moof + offset
            for duration, size, sync in struct.iter_unpack(">III", data[at + 12 : at + 12 + 12 * count]):
                if not 0 <= position <= position + size <= limit:
                    raise Malformed("a sample outside")
                samples.append(Sample(data[position : position + size], duration, sync == _SYNC))
                position += size
    if track < 1 or not samples:
        raise Malformed("an empty run")
    return Run(track - 1, base, samples)
